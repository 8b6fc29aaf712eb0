// A requirement in a sentence or two, also while it is being written. Pure.
import { isRecord, numberWords } from "../../words/values.ts";

const listOf = (value: unknown): readonly Readonly<Record<string, unknown>>[] => (Array.isArray(value) ? value.filter(isRecord) : []);
const text = (value: unknown): string => (typeof value === "string" ? value : "?");

function fileSystemWords(fileSystem: Readonly<Record<string, unknown>>): string {
  const capacity = fileSystem["usableCapacityGB"];
  const throughput = isRecord(fileSystem["throughput"]) ? fileSystem["throughput"] : {};
  const rate = (name: string, word: string): readonly string[] => (typeof throughput[name] === "number" ? [`${word} at ${numberWords(throughput[name])} GB/s`] : []);
  return [`${text(fileSystem["name"])} of ${typeof capacity === "number" ? numberWords(capacity) : "?"} GB`, ...rate("readGBps", "read"), ...rate("writeGBps", "written")].join(", ");
}

function siteWords(site: Readonly<Record<string, unknown>>): string {
  const hosts = isRecord(site["hosts"]) ? ` on ${String(site["hosts"]["count"] ?? "?")} hosts` : "";
  const things = [...listOf(site["fileSystems"]).map((each) => `file system ${fileSystemWords(each)}`), ...listOf(site["buckets"]).map((each) => `bucket ${text(each["name"])}`)];
  return `${text(site["name"])} in ${text(site["location"])}${hosts}: ${things.length === 0 ? "nothing yet" : things.join("; ")}.`;
}

export const requirementWords = (requirement: unknown): string => (isRecord(requirement) ? [`${text(requirement["name"])}.`, ...listOf(requirement["sites"]).map(siteWords)].join(" ") : "");
