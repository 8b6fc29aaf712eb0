// What was measured of a cluster, on its way to the wire.
import type { ClusterMetrics, MetricsSample as WireSample } from "@cynosure/contract";
import type { KeptMetrics, MetricsSample } from "@cynosure/model";
import { protectionToWire } from "./protection.ts";
import { isoTime } from "./iso-time.ts";
import { realityToWire, type Reality } from "./reality.ts";

const sampleToWire = ({ observedAtMs, latency, ...sample }: MetricsSample): WireSample => ({
  at: isoTime(observedAtMs),
  ...sample,
  ...(latency === undefined || latency.readMs === null ? {} : { readLatencyMs: latency.readMs }),
  ...(latency === undefined || latency.writeMs === null ? {} : { writeLatencyMs: latency.writeMs }),
});

/** One engine times one thing: the newest sample speaks for all. */
const latencyOf = (samples: readonly MetricsSample[]): Pick<ClusterMetrics, "latencyOf"> => {
  const of = samples.findLast(({ latency }) => latency !== undefined)?.latency?.of;
  return of === undefined ? {} : { latencyOf: of };
};

export const metricsToWire = ({ samples, fill }: KeptMetrics, reality: Reality): ClusterMetrics => ({
  ...realityToWire(reality),
  samples: samples.map(sampleToWire),
  ...latencyOf(samples),
  ...(fill === null ? {} : { capacity: { ...fill, byProtection: fill.byProtection.map((pool) => ({ ...pool, protection: protectionToWire(pool.protection) })) } }),
});
