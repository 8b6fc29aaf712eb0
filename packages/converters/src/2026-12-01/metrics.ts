// What was measured of a cluster, on its way to the wire.
import type { ClusterMetrics } from "@cynosure/contract";
import type { KeptMetrics } from "@cynosure/model";
import { protectionToWire } from "./protection.ts";

export const metricsToWire = ({ samples, fill }: KeptMetrics, isSimulated: boolean): ClusterMetrics => ({
  isSimulated,
  samples: samples.map(({ observedAtMs, ...sample }) => ({ at: new Date(observedAtMs).toISOString(), ...sample })),
  ...(fill === null ? {} : { capacity: { ...fill, byProtection: fill.byProtection.map((pool) => ({ ...pool, protection: protectionToWire(pool.protection) })) } }),
});
