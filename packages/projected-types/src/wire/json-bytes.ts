// JSON as it lies in UTF-8: what several ways of looking through it share.
import type { Buffer } from "node:buffer";

export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;
export const OPEN_LIST = 0x5b;
export const CLOSE_LIST = 0x5d;
const [SPACE, MINUS, PLUS, DOT, DIGIT_0, DIGIT_9, UPPER_E, LOWER_E] = [0x20, 0x2d, 0x2b, 0x2e, 0x30, 0x39, 0x45, 0x65] as const;
const NOT_ASCII = 0x80;
/** Exact in any case. */
const DIGITS_MAX = 15;

const decoder = new TextDecoder("utf-8", { fatal: true });

export const textOfBytes = (bytes: Uint8Array, start: number, end: number): string => decoder.decode(bytes.subarray(start, end));

/** Everything below it is white or a control that JSON has none of. */
export function afterSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && (bytes[at] ?? 0) <= SPACE) at += 1;
  return at;
}

/** `from`: its opening quote. Behind the closing one; beyond the end where there is none. */
export function afterString(bytes: Uint8Array, from: number): number {
  let at = from + 1;
  for (; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) at += 1;
  }
  return bytes.length + 1;
}

/** A number begins with a digit or a minus. */
export const isNumberAt = (bytes: Uint8Array, at: number): boolean => {
  const byte = bytes[at] ?? 0;
  return byte === MINUS || (byte >= DIGIT_0 && byte <= DIGIT_9);
};

export function afterNumber(bytes: Uint8Array, from: number): number {
  let at = from + 1;
  for (; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    const isPart = (byte >= DIGIT_0 && byte <= DIGIT_9) || byte === DOT || byte === MINUS || byte === PLUS || byte === UPPER_E || byte === LOWER_E;
    if (!isPart) break;
  }
  return at;
}

/** Throws where it is no JSON. Plain texts and counts, which most values are that name something, are taken without the parser. */
export function parseBytes(bytes: Buffer, start: number, end: number): unknown {
  return plainText(bytes, start, end) ?? plainCount(bytes, start, end) ?? JSON.parse(textOfBytes(bytes, start, end));
}

function plainText(bytes: Buffer, start: number, end: number): string | null {
  if (bytes[start] !== QUOTE || bytes[end - 1] !== QUOTE || end - start < 2) return null;
  for (let at = start + 1; at < end - 1; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < SPACE || byte >= NOT_ASCII || byte === BACKSLASH || byte === QUOTE) return null;
  }
  return bytes.toString("latin1", start + 1, end - 1);
}

function plainCount(bytes: Uint8Array, start: number, end: number): number | null {
  if (end - start > DIGITS_MAX || end === start || (bytes[start] === DIGIT_0 && end - start > 1)) return null;
  let count = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < DIGIT_0 || byte > DIGIT_9) return null;
    count = count * 10 + byte - DIGIT_0;
  }
  return count;
}
