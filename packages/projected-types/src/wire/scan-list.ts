// A list of an engine, looked through without being taken apart: where each object lies in its bytes, and the few properties that name
// it. Lists are long, and most of each object only passes. Whatever is out of the ordinary is left to whoever parses it.
import type { Json } from "./json.ts";
import { KeyBook } from "./key-book.ts";
import type { KnownKey } from "./key-book.ts";

export interface ScannedRow {
  /** Of its braces, the last one not included. */
  readonly start: number;
  readonly end: number;
  readonly isEmpty: boolean;
  /** Of those that were asked for. */
  readonly properties: Json;
}

export interface ScannedList {
  readonly rows: readonly ScannedRow[];
  /** What stands beside `results`; null for a bare list. */
  readonly envelope: Json | null;
}

const [QUOTE, BACKSLASH, COMMA, COLON, OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x22, 0x5c, 0x2c, 0x3a, 0x7b, 0x7d, 0x5b, 0x5d] as const;
const SPACE = 0x20;
const DEPTH_MAX = 64;
const RESULTS = '"results"';

const decoder = new TextDecoder("utf-8", { fatal: true });
const parse = (bytes: Uint8Array, start: number, end: number): unknown => JSON.parse(decoder.decode(bytes.subarray(start, end)));

/** Everything below it is white or a control that JSON has none of. */
function afterSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && (bytes[at] ?? 0) <= SPACE) at += 1;
  return at;
}

/** Behind the closing quote; beyond the end where there is none. */
function afterString(bytes: Uint8Array, from: number): number {
  let at = from + 1;
  for (; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) at += 1;
  }
  return bytes.length + 1;
}

interface Rows {
  readonly rows: readonly ScannedRow[];
  readonly end: number;
}

/** One loop over all bytes of a list of objects, with nothing called for most of them. Null: out of the ordinary. */
function scanRows(bytes: Uint8Array, from: number, wanted: ReadonlySet<string>, book: KeyBook): Rows | null {
  const rows: ScannedRow[] = [];
  const isObject = new Uint8Array(DEPTH_MAX + 1);
  let at = afterSpace(bytes, from + 1);
  if (bytes[at] === CLOSE_LIST) return { rows, end: at + 1 };
  for (;;) {
    if (bytes[at] !== OPEN_OBJECT) return null;
    const start = at;
    const properties: Record<string, unknown> = {};
    let [depth, isKeyNext, isEmpty, asked, askedAt] = [1, true, true, "", 0];
    let key: KnownKey | null = null;
    isObject[1] = 1;
    book.newRow();
    at += 1;
    while (depth > 0) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        if (!isKeyNext) {
          // Text under a secret's name is for the parser, which leaves it out.
          if (key?.isSecret === true) return null;
          at = afterString(bytes, at);
          key = null;
        } else {
          key = book.read(bytes, at + 1);
          if (key === null) return null;
          at = afterSpace(bytes, at + key.bytes.length + 2);
          if (bytes[at] !== COLON) return null;
          at += 1;
          isKeyNext = false;
          isEmpty = false;
          if (depth === 1 && wanted.has(key.name)) [asked, askedAt] = [key.name, at];
        }
      } else if (byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
        if (depth === 1 && asked !== "") {
          properties[asked] = parse(bytes, askedAt, at);
          asked = "";
        }
        key = null;
        if (byte === COMMA) isKeyNext = isObject[depth] === 1;
        else {
          if ((byte === CLOSE_OBJECT) !== (isObject[depth] === 1)) return null;
          depth -= 1;
          isKeyNext = false;
        }
        at += 1;
      } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
        if (depth >= DEPTH_MAX) return null;
        depth += 1;
        isObject[depth] = byte === OPEN_OBJECT ? 1 : 0;
        isKeyNext = byte === OPEN_OBJECT;
        key = null;
        at += 1;
      } else if (byte === undefined) return null;
      else at += 1;
    }
    rows.push({ start, end: at - 1, isEmpty, properties });
    at = afterSpace(bytes, at);
    if (bytes[at] === CLOSE_LIST) return { rows, end: at + 1 };
    if (bytes[at] !== COMMA) return null;
    at = afterSpace(bytes, at + 1);
  }
}

const book = new KeyBook();

/** `bytes`: UTF-8. Null for what must be parsed: no list of objects, text under a secret's name, names that are escaped, broken JSON. */
export function scanList(bytes: Uint8Array, wanted: ReadonlySet<string>): ScannedList | null {
  try {
    const first = afterSpace(bytes, 0);
    const begin = bytes[first] === OPEN_LIST ? first : resultsOf(bytes, first);
    const scanned = begin === null ? null : scanRows(bytes, begin, wanted, book);
    if (begin === null || scanned === null) return null;
    if (begin === first) return afterSpace(bytes, scanned.end) === bytes.length ? { rows: scanned.rows, envelope: null } : null;
    const { results, ...envelope } = JSON.parse(`${decoder.decode(bytes.subarray(0, begin))}null${decoder.decode(bytes.subarray(scanned.end))}`) as Record<string, unknown>; // an object, or the parser has thrown
    return results === null ? { rows: scanned.rows, envelope } : null;
  } catch {
    return null;
  }
}

/** Where the list of an envelope begins. Only texts and numbers stand before it: anything else is for the parser. */
function resultsOf(bytes: Uint8Array, first: number): number | null {
  if (bytes[first] !== OPEN_OBJECT) return null;
  for (let at = first + 1; at < bytes.length; ) {
    const byte = bytes[at];
    if (byte === OPEN_LIST || byte === OPEN_OBJECT || byte === CLOSE_OBJECT) return null;
    if (byte !== QUOTE) {
      at += 1;
      continue;
    }
    const end = afterString(bytes, at);
    const next = afterSpace(bytes, end);
    const list = bytes[next] === COLON ? afterSpace(bytes, next + 1) : -1;
    if (end - at === RESULTS.length && bytes[list] === OPEN_LIST && decoder.decode(bytes.subarray(at, end)) === RESULTS) return list;
    at = end;
  }
  return null;
}
