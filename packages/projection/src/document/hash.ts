// The name of a document: SHA-256 over its facts in canonical order, so that two documents that say the same have
// the same hash, whatever their sentences and the order of their paths.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { ApiDocument } from "./api-document.ts";

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, each]) => [name, canonical(each)]));
}

export function documentHash(facts: ApiDocument): string {
  const lines = facts.operations.map((operation) => JSON.stringify(canonical(operation))).toSorted();
  return bytesToHex(sha256(utf8ToBytes(lines.join("\n"))));
}
