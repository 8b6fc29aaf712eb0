// What the objects of one list have in common. Most of their bytes are the same from one to the next: names of properties, flags, and what
// nobody ever set. They are compared and not looked through again; only texts and numbers that differ are. An object that does not fit is left to
// whoever looks through all of it, and adds what differs in it.
import type { Buffer } from "node:buffer";
import { COLON, QUOTE, afterNumber, afterSpace, afterString, isNumberAt, parseBytes } from "./json-bytes.ts";
import type { Json } from "./json.ts";

/** An object that was looked through whole: nothing in it is out of the ordinary. */
export interface KnownRow {
  readonly start: number;
  /** Behind its last brace. */
  readonly end: number;
  readonly isEmpty: boolean;
  readonly properties: Json;
  /** Where the values of `properties` begin. */
  readonly starts: ReadonlyMap<number, string>;
}

export type FittingRow = Pick<KnownRow, "end" | "isEmpty" | "properties">;

/** A text or a number that is a value, not a name. */
interface Scalar {
  readonly start: number;
  readonly end: number;
}

interface Slot {
  readonly isText: boolean;
  /** The property it is the value of, where that is wanted. */
  readonly name: string | undefined;
}

interface Pattern {
  readonly row: KnownRow;
  readonly scalars: readonly Scalar[];
  /** By scalar: another object had another value there. */
  readonly differs: readonly boolean[];
  /** What stands before each slot, and after the last. */
  readonly segments: readonly Buffer[];
  readonly slots: readonly Slot[];
  /** Of what is the same in all. */
  readonly properties: Json;
}

/** Objects that have nothing in common are not compared for ever. */
const LEARNED_MAX = 16;

export class RowPattern {
  readonly #bytes: Buffer;
  #pattern: Pattern | null = null;
  #learned = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Null: it does not fit, or nothing is known yet. */
  fit(start: number): FittingRow | null {
    const pattern = this.#pattern;
    if (pattern === null) return null;
    const bytes = this.#bytes;
    const properties: Record<string, unknown> = { ...pattern.properties };
    const { segments, slots } = pattern;
    let at = start;
    for (let slot = 0; slot < segments.length; slot += 1) {
      const segment = segments[slot];
      if (segment === undefined || !isAt(bytes, at, segment)) return null;
      at += segment.length;
      const value = slots[slot];
      if (value === undefined) break;
      const from = at;
      if (value.isText) {
        if (bytes[at] !== QUOTE) return null;
        at = afterString(bytes, at);
      } else {
        if (!isNumberAt(bytes, at)) return null;
        at = afterNumber(bytes, at);
      }
      if (value.name !== undefined) properties[value.name] = parseBytes(bytes, from, at);
    }
    return { end: at, isEmpty: pattern.row.isEmpty, properties };
  }

  learn(row: KnownRow): void {
    if (this.#learned >= LEARNED_MAX) return;
    this.#learned += 1;
    // The first of its kind is a pattern in which nothing differs yet.
    this.#pattern = (this.#pattern === null ? null : widened(this.#bytes, this.#pattern, row)) ?? patternOf(this.#bytes, row, scalarsOf(this.#bytes, row), []);
  }
}

function isAt(bytes: Buffer, at: number, segment: Buffer): boolean {
  return at + segment.length <= bytes.length && bytes.compare(segment, 0, segment.length, at, at + segment.length) === 0;
}

function scalarsOf(bytes: Buffer, { start, end }: KnownRow): readonly Scalar[] {
  const scalars: Scalar[] = [];
  for (let at = start; at < end; ) {
    const isText = bytes[at] === QUOTE;
    if (!isText && !isNumberAt(bytes, at)) {
      at += 1;
      continue;
    }
    const after = isText ? afterString(bytes, at) : afterNumber(bytes, at);
    if (!isText || bytes[afterSpace(bytes, after)] !== COLON) scalars.push({ start: at, end: after });
    at = after;
  }
  return scalars;
}

/** Null: another kind of object. */
function widened(bytes: Buffer, { row, scalars, differs }: Pattern, other: KnownRow): Pattern | null {
  const others = scalarsOf(bytes, other);
  if (others.length !== scalars.length) return null;
  let [before, otherBefore] = [row.start, other.start];
  const now: boolean[] = [];
  for (const [at, scalar] of scalars.entries()) {
    const otherScalar = others[at];
    if (otherScalar === undefined || !isSame(bytes, before, scalar.start, otherBefore, otherScalar.start)) return null;
    const isSameKind = (bytes[scalar.start] === QUOTE) === (bytes[otherScalar.start] === QUOTE);
    if (!isSameKind) return null;
    now.push(differs[at] === true || !isSame(bytes, scalar.start, scalar.end, otherScalar.start, otherScalar.end));
    [before, otherBefore] = [scalar.end, otherScalar.end];
  }
  return isSame(bytes, before, row.end, otherBefore, other.end) ? patternOf(bytes, row, scalars, now) : null;
}

const isSame = (bytes: Buffer, start: number, end: number, otherStart: number, otherEnd: number): boolean => end - start === otherEnd - otherStart && bytes.compare(bytes, start, end, otherStart, otherEnd) === 0;

function patternOf(bytes: Buffer, row: KnownRow, scalars: readonly Scalar[], differs: readonly boolean[]): Pattern {
  const segments: Buffer[] = [];
  const slots: Slot[] = [];
  const properties: Record<string, unknown> = { ...row.properties };
  let before = row.start;
  for (const [at, { start, end }] of scalars.entries()) {
    if (differs[at] !== true) continue;
    const name = row.starts.get(start);
    segments.push(bytes.subarray(before, start));
    slots.push({ isText: bytes[start] === QUOTE, name });
    if (name !== undefined) delete properties[name];
    before = end;
  }
  segments.push(bytes.subarray(before, row.end));
  return { row, scalars, differs, segments, slots, properties };
}
