// ARM names of native objects. Letters, digits, `.`, `_` and `-` stay; every other byte is `~` and two hex digits, so that any
// native name is one word of a URL and comes back whole. `id-<native id>` names any object; `~~<tenant>` tells apart what
// tenants name alike.
import { escapeChars, escapeFirst, isDotSegment } from "@cynosure/projection";

const OTHER = /[^A-Za-z0-9._-]/gu;

export function escapeName(native: string): string {
  const text = escapeChars(native, OTHER);
  // Must not be read as an id, nor be a dot segment of a URL.
  return /^id-/i.test(text) || isDotSegment(text) ? escapeFirst(text) : text;
}

/** Null for what escapeName never wrote. */
export function unescapeName(name: string): string | null {
  const bytes: number[] = [];
  for (let at = 0; at < name.length; at += 1) {
    if (name[at] !== "~") {
      bytes.push(...new TextEncoder().encode(String.fromCodePoint(name.codePointAt(at) ?? 0)));
      if ((name.codePointAt(at) ?? 0) > 0xffff) at += 1;
      continue;
    }
    const digits = name.slice(at + 1, at + 3);
    if (!/^[0-9a-f]{2}$/i.test(digits)) return null;
    bytes.push(Number.parseInt(digits, 16));
    at += 2;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(bytes));
  } catch {
    return null;
  }
}

const ID = /^id-(.+)$/i;
const TENANT = /^(.+)~~(\d+)$/;

export const idName = (native: string): string => `id-${escapeChars(native, OTHER)}`;
export const tenantName = (native: string, tenantId: string): string => `${escapeName(native)}~~${tenantId}`;

export type ReadName = { readonly kind: "id"; readonly native: string } | { readonly kind: "name"; readonly native: string; readonly tenantId: string | null };

export function readName(name: string): ReadName | null {
  const id = ID.exec(name)?.[1];
  const tenant = TENANT.exec(name);
  const native = unescapeName(id ?? tenant?.[1] ?? name);
  if (native === null) return null;
  return id !== undefined ? { kind: "id", native } : { kind: "name", native, tenantId: tenant?.[2] ?? null };
}

/** Several parts in one name: by their order where all are there, else by `part=value`. */
export function keyName(names: readonly string[], parts: readonly string[]): string {
  const isWhole = parts.every((part) => part !== "");
  return parts.flatMap((part, at) => (part === "" ? [] : [isWhole ? escapeName(part) : `${names[at] ?? ""}=${escapeName(part)}`])).join(",");
}

/** In the order of `names`; what is not there is empty. Null for what is no name of such a key. */
export function readKeyName(names: readonly string[], name: string): readonly string[] | null {
  const words = name.split(",");
  const pairs = words.map((word) => /^([A-Za-z0-9_]+)=(.*)$/.exec(word));
  const values = new Map<string, string>();
  for (const [at, word] of words.entries()) {
    const pair = pairs[at] ?? null;
    const key = pair === null ? names[at] : pair[1];
    const value = unescapeName(pair === null ? word : (pair[2] ?? ""));
    if (key === undefined || !names.includes(key) || value === null || value === "") return null;
    values.set(key, value);
  }
  // Without names in front all parts must be there.
  if (pairs.includes(null) && (words.length !== names.length || pairs.some((pair) => pair !== null))) return null;
  return names.map((each) => values.get(each) ?? "");
}
