// A list of an engine, looked through without being taken apart: where each object lies in its bytes, and the few properties that name
// it. Lists are long, and most of each object only passes. Whatever is out of the ordinary is left to whoever parses it.
import { Buffer } from "node:buffer";
import type { Json } from "./json.ts";
import { CLOSE_LIST, CLOSE_OBJECT, COLON, COMMA, OPEN_LIST, OPEN_OBJECT, QUOTE, afterSpace, afterString, parseBytes, textOfBytes } from "./json-bytes.ts";
import { KeyBook } from "./key-book.ts";
import type { KnownKey } from "./key-book.ts";
import { RowPattern } from "./row-pattern.ts";
import type { KnownRow } from "./row-pattern.ts";

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

const DEPTH_MAX = 64;
const RESULTS = '"results"';

export interface Asked {
  /** Properties of each object that are read. */
  readonly wanted: ReadonlySet<string>;
  /** Of the object itself, besides those whose names say it everywhere. */
  readonly secretFields: ReadonlySet<string>;
}

interface Rows {
  readonly rows: readonly ScannedRow[];
  readonly end: number;
}

function scanRows(bytes: Buffer, from: number, asked: Asked): Rows | null {
  const rows: ScannedRow[] = [];
  const pattern = new RowPattern(bytes);
  let at = afterSpace(bytes, from + 1);
  if (bytes[at] === CLOSE_LIST) return { rows, end: at + 1 };
  for (;;) {
    const row = pattern.fit(at) ?? learned(pattern, scanRow(bytes, at, asked));
    if (row === null) return null;
    const { end, isEmpty, properties } = row;
    rows.push({ start: at, end: end - 1, isEmpty, properties });
    at = afterSpace(bytes, end);
    if (bytes[at] === CLOSE_LIST) return { rows, end: at + 1 };
    if (bytes[at] !== COMMA) return null;
    at = afterSpace(bytes, at + 1);
  }
}

function learned(pattern: RowPattern, row: KnownRow | null): KnownRow | null {
  if (row !== null) pattern.learn(row);
  return row;
}

/** One loop over all bytes of an object, with nothing called for most of them. Null: out of the ordinary. */
function scanRow(bytes: Buffer, start: number, { wanted, secretFields }: Asked): KnownRow | null {
  if (bytes[start] !== OPEN_OBJECT) return null;
  const properties: Record<string, unknown> = {};
  const starts = new Map<number, string>();
  const isObject = new Uint8Array(DEPTH_MAX + 1);
  let [at, depth, isKeyNext, isEmpty, asked, askedAt] = [start + 1, 1, true, true, "", 0];
  let key: KnownKey | null = null;
  isObject[1] = 1;
  book.newRow();
  while (depth > 0) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      if (!isKeyNext) {
        // Text under a secret's name is for the parser, which leaves it out.
        if (key !== null && (key.isSecret || (depth === 1 && secretFields.has(key.name)))) return null;
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
        if (depth === 1 && wanted.has(key.name)) [asked, askedAt] = [key.name, afterSpace(bytes, at)];
      }
    } else if (byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      if (depth === 1 && asked !== "") {
        properties[asked] = parseBytes(bytes, askedAt, at);
        starts.set(askedAt, asked);
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
  return { start, end: at, isEmpty, properties, starts };
}

const book = new KeyBook();

/** Null for what must be parsed: no list of objects, text under a secret's name, names that are escaped, broken JSON. */
export function scanList(utf8: Uint8Array, asked: Asked): ScannedList | null {
  const bytes = Buffer.from(utf8.buffer, utf8.byteOffset, utf8.byteLength);
  try {
    const first = afterSpace(bytes, 0);
    const begin = bytes[first] === OPEN_LIST ? first : resultsOf(bytes, first);
    const scanned = begin === null ? null : scanRows(bytes, begin, asked);
    if (begin === null || scanned === null) return null;
    if (begin === first) return afterSpace(bytes, scanned.end) === bytes.length ? { rows: scanned.rows, envelope: null } : null;
    const { results, ...envelope } = JSON.parse(`${textOfBytes(bytes, 0, begin)}null${textOfBytes(bytes, scanned.end, bytes.length)}`) as Record<string, unknown>; // an object, or the parser has thrown
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
    if (end - at === RESULTS.length && bytes[list] === OPEN_LIST && textOfBytes(bytes, at, end) === RESULTS) return list;
    at = end;
  }
  return null;
}
