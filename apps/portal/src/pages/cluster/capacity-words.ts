// Fill and rates of a cluster in words. Decimal units, as disks are sold. Pure.
import type { ClusterCapacity, LiveClientSample, MetricsSample, ProtectionCapacity } from "@cynosure/sdk";
import type { CapacityBar } from "../../plots/capacity-plot.tsx";
import type { PlotSeries } from "../../plots/line-plot.tsx";
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

/** One bar for each pool of user data. */
export const barOf = ({ name, protection, usedBytes, usableBytes }: ProtectionCapacity): CapacityBar => ({
  name: `${name}, survives ${protection.hostFailures} host${protection.hostFailures === 1 ? "" : "s"}`,
  words: `${bytesWords(usedBytes)} of ${bytesWords(usableBytes)}`,
  fill: usableBytes === 0 ? 0 : usedBytes / usableBytes,
});

/** Reading and writing as lines. */
export const ratesOf = (samples: readonly (MetricsSample | LiveClientSample)[]): readonly PlotSeries[] => [
  { name: "Reading", points: samples.map(({ at, readMBps }) => ({ atMs: Date.parse(at), value: readMBps })) },
  { name: "Writing", points: samples.map(({ at, writeMBps }) => ({ atMs: Date.parse(at), value: writeMBps })) },
];

export const operationsOf = (samples: readonly MetricsSample[]): readonly PlotSeries[] => [
  { name: "Reads", points: samples.map(({ at, readOps }) => ({ atMs: Date.parse(at), value: readOps })) },
  { name: "Writes", points: samples.map(({ at, writeOps }) => ({ atMs: Date.parse(at), value: writeOps })) },
];

/** The longest stall of each second, in milliseconds. */
export const stallsOf = (samples: readonly LiveClientSample[]): readonly PlotSeries[] => [{ name: "Longest stall", points: samples.map(({ at, longestStallMs }) => ({ atMs: Date.parse(at), value: longestStallMs })) }];
