// What a live client says of itself, in the words of the demonstration: rates, the longest stall, and whether anything
// that was acknowledged was lost. Pure.
import type { LiveClientReport } from "@cynosure/sdk";
import { choiceLabel } from "../../words/labels.ts";
import { durationWords } from "../../words/durations.ts";
import { numberWords } from "../../words/values.ts";

/** "0 corrupt of 1,234" */
export const correctnessWords = ({ corruptObjects, objectsVerified }: LiveClientReport): string => `${corruptObjects} corrupt of ${numberWords(objectsVerified + corruptObjects)}`;

export function liveClientFacts(report: LiveClientReport): readonly { readonly label: string; readonly detail: string }[] {
  const newest = report.samples.at(-1);
  const rate = (value: number | undefined): string => (value === undefined ? "–" : `${numberWords(value)} MB/s`);
  return [
    { label: "Speaks", detail: report.protocol === undefined ? "–" : choiceLabel(report.protocol) },
    { label: "Reading", detail: rate(newest?.readMBps) },
    { label: "Writing", detail: rate(newest?.writeMBps) },
    { label: "Longest stall", detail: durationWords(report.longestStallMs) },
    { label: "Objects", detail: correctnessWords(report) },
    { label: "Written and read", detail: `${numberWords(report.bytesWritten / 1_000_000)} MB, ${numberWords(report.bytesRead / 1_000_000)} MB` },
    { label: "Last trouble", detail: report.lastError ?? "none" },
  ];
}
