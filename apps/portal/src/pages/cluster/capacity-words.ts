// Fill and rates of a cluster in words. Decimal units, as disks are sold. Pure.
import type { ClusterCapacity, ClusterMetrics, LiveClientSample, MetricsSample } from "@cynosure/sdk";
import type { CapacityItem } from "../../plots/capacity-layout.ts";
import type { LineSeries } from "../../plots/line-layout.ts";
import { labelOf } from "../../words/labels.ts";
import { numberWords } from "../../words/values.ts";

const units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"] as const;

export function bytesWords(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  return `${(bytes / 1000 ** power).toLocaleString("en-GB", { maximumFractionDigits: 1 })} ${units[power] ?? "B"}`;
}

/** 0 to 1; of no disks nothing is taken. */
export const fillOf = ({ usedBytes, rawBytes }: Pick<ClusterCapacity, "usedBytes" | "rawBytes">): number => (rawBytes === 0 ? 0 : usedBytes / rawBytes);

export const fillWords = (capacity: Pick<ClusterCapacity, "usedBytes" | "rawBytes">): string => `${bytesWords(capacity.usedBytes)} of ${bytesWords(capacity.rawBytes)} of raw disks, ${numberWords(Math.round(fillOf(capacity) * 100))} %`;

export const rateFacts = (sample: MetricsSample): readonly { readonly label: string; readonly detail: string }[] => [
  { label: "Reading", detail: `${numberWords(sample.readMBps)} MB/s, ${numberWords(sample.readOps)} a second` },
  { label: "Writing", detail: `${numberWords(sample.writeMBps)} MB/s, ${numberWords(sample.writeOps)} a second` },
];

/** Reading and writing as lines. */
export const ratesOf = (samples: readonly (MetricsSample | LiveClientSample)[]): readonly LineSeries[] => [
  { label: "Reading", look: "solid", points: samples.map(({ at, readMBps }) => ({ atMs: Date.parse(at), value: readMBps })) },
  { label: "Writing", look: "dashed", points: samples.map(({ at, writeMBps }) => ({ atMs: Date.parse(at), value: writeMBps })) },
];

export const operationsOf = (samples: readonly MetricsSample[]): readonly LineSeries[] => [
  { label: "Reads", look: "solid", points: samples.map(({ at, readOps }) => ({ atMs: Date.parse(at), value: readOps })) },
  { label: "Writes", look: "dashed", points: samples.map(({ at, writeOps }) => ({ atMs: Date.parse(at), value: writeOps })) },
];

/** Only what the engine times: a line that is not told is not drawn. */
export const latencyOf = (samples: readonly MetricsSample[]): readonly LineSeries[] => {
  const line = (label: string, look: LineSeries["look"], of: (sample: MetricsSample) => number | undefined): LineSeries => ({
    label, look, points: samples.flatMap((sample) => { const value = of(sample); return value === undefined ? [] : [{ atMs: Date.parse(sample.at), value }]; }),
  });
  return [line("Reading", "solid", ({ readLatencyMs }) => readLatencyMs), line("Writing", "dashed", ({ writeLatencyMs }) => writeLatencyMs)].filter(({ points }) => points.length > 0);
};

/** What was timed, in words; an engine may time what nobody here has words for. */
export const latencyWords = (of: ClusterMetrics["latencyOf"]): string => {
  if (of === undefined) return "The engine tells no latency.";
  if (of === "request") return "Latency of whole requests, as clients wait for them.";
  return of === "diskCommit" ? "Latency is of writes made durable in one storage daemon, without network and copies: clients wait longer. The engine tells none of reads." : `Latency is what the engine calls ${labelOf(of).toLowerCase()}.`;
};

/** The longest stall of each second, in seconds. */
export const stallsOf = (samples: readonly LiveClientSample[]): readonly LineSeries[] => [{ label: "Stall", look: "dotted", points: samples.map(({ at, longestStallMs }) => ({ atMs: Date.parse(at), value: longestStallMs / 1000 })) }];

/** One bar for each pool of user data. */
export const capacityItems = ({ byProtection }: Pick<ClusterCapacity, "byProtection">): readonly CapacityItem[] =>
  byProtection.map(({ name, kind, protection: { hostFailures, scheme = "replication" }, usedBytes, usableBytes }) => ({
    name, usedBytes, usableBytes, kind: labelOf(`${kind}s`).toLowerCase(),
    protection: `${hostFailures === 0 ? "No host" : hostFailures === 1 ? "1 host" : `${hostFailures} hosts`} may fail, ${labelOf(scheme).toLowerCase()}`,
  }));
