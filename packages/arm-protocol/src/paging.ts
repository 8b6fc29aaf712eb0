// Lists (G3-G5): `nextLink` is the client's own URL with an opaque `$skipToken`. The token holds the last
// key handed out (keyset, stable under writes) and a checksum: a tampered one is refused, never guessed at.
import type { Outcome } from "./outcome.ts";
import { accept, refuse } from "./outcome.ts";

export const PAGE_SIZE_DEFAULT = 100;
export const PAGE_SIZE_MAX = 1000;
const SKIP_TOKEN_LENGTH_MAX = 4096;

const UNKEYABLE = /\p{Cc}/u;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1a. Finds accidents and tinkering, it is no signature: a token only says where to go on in one's own list. */
function checksum(text: string): string {
  let hash = FNV_OFFSET;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, FNV_PRIME) >>> 0;
  return hash.toString(16).padStart(8, "0");
}

const toBase64Url = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

function fromBase64Url(text: string): string | null {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

export const encodeSkipToken = (afterKey: string): string => toBase64Url(`1.${checksum(afterKey)}.${afterKey}`);

export function decodeSkipToken(token: string): Outcome<string> {
  const text = token.length > SKIP_TOKEN_LENGTH_MAX ? null : fromBase64Url(token);
  const match = text === null ? null : /^1\.([0-9a-f]{8})\.(.*)$/s.exec(text);
  const afterKey = match?.[2];
  // The checksum is no secret: a key that no resource can have must not reach the store.
  if (afterKey === undefined || UNKEYABLE.test(afterKey) || checksum(afterKey) !== match?.[1] || encodeSkipToken(afterKey) !== token) {
    return refuse("InvalidSkipToken", "The $skipToken is not one this service gave out. Follow nextLink as it is, or start the list again without $skipToken.", "$skipToken");
  }
  return accept(afterKey);
}

/** `$top` is a maximum, never a promise. */
export function parseTop(value: string | undefined): Outcome<number> {
  if (value === undefined || value === "") return accept(PAGE_SIZE_DEFAULT);
  if (!/^[1-9]\d{0,8}$/.test(value)) return refuse("InvalidParameter", `The $top value '${value.slice(0, 40)}' is not valid: give a whole number from 1 to ${PAGE_SIZE_MAX}.`, "$top");
  return accept(Math.min(Number(value), PAGE_SIZE_MAX));
}

/** The client's URL with the token set: its other parameters stay as they were written (G4). */
export function buildNextLink(requestUrl: string, skipToken: string): string {
  const [path = "", query = ""] = requestUrl.split("?", 2);
  const kept = query.split("&").filter((pair) => pair !== "" && decodedName(pair) !== "$skiptoken");
  return `${path}?${[...kept, `$skipToken=${skipToken}`].join("&")}`;
}

function decodedName(pair: string): string {
  const name = pair.split("=", 1)[0] ?? "";
  try {
    return decodeURIComponent(name).toLowerCase();
  } catch {
    return name.toLowerCase();
  }
}
