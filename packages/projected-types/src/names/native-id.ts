// A native id as one text and as its parts, as it is shown and kept: one part as it is, several percent-encoded with commas between.
import type { Json } from "../wire/json.ts";

export type NativeId = readonly string[];

export const formatNativeId = (parts: NativeId): string => (parts.length === 1 ? (parts[0] ?? "") : parts.map(encodeURIComponent).join(","));

export function parseNativeId(text: string, count: number): NativeId {
  return count === 1 ? [text] : text.split(",").map(decodeURIComponent);
}

/** Null when the object does not tell all of them. */
export function nativeIdOf(row: Json, names: readonly string[], mayLackParts: boolean): NativeId | null {
  const parts = names.map((name) => textOf(row[name]));
  const isKnown = mayLackParts ? parts.some((part) => part !== "") : parts.every((part) => part !== "");
  return isKnown ? parts : null;
}

export const textOf = (value: unknown): string => (typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "");
