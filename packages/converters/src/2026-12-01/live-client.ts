// What a live client did and found, on its way to the wire.
import type { LiveClientReport } from "@cynosure/contract";
import type { LiveReport } from "@cynosure/model";
import { isoTime } from "./iso-time.ts";

export const liveReportToWire = ({ protocol, startedAtMs, samples, lastError, ...rest }: LiveReport): LiveClientReport => ({
  ...rest,
  ...(protocol === null ? {} : { protocol }),
  ...(startedAtMs === null ? {} : { startedAt: isoTime(startedAtMs) }),
  samples: samples.map(({ atMs, ...sample }) => ({ at: isoTime(atMs), ...sample })),
  ...(lastError === null ? {} : { lastError }),
});
