// Reads fields of a user's parsed file: each wrong one becomes a problem with its path, what is wrong and what is
// allowed; reading goes on, so that a file is mended in one go. Knows no particular file.
import type { SizingProblem } from "@cynosure/model";

const PROBLEMS_MAX = 50;
const TEXT_LENGTH_MAX = 400;
const SHOWN_LENGTH_MAX = 60;

export type Fields = Readonly<Record<string, unknown>>;

export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly isWhole?: boolean;
}

export interface TextPattern {
  readonly is: RegExp;
  /** "is …; it must be" these. */
  readonly words: string;
}

/** What a stranger wrote, fit for a line of a terminal. */
export function shown(value: unknown): string {
  const text = typeof value === "string" ? `"${value}"` : (JSON.stringify(value) ?? typeof value);
  return (text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text).toWellFormed().replace(/[\p{Cc}\p{Cf}]/gu, "?");
}

export class FieldReader {
  readonly problems: SizingProblem[] = [];

  report(target: string, message: string): void {
    if (this.problems.length < PROBLEMS_MAX) this.problems.push({ target, message });
  }

  /** The map at `target`, its unknown and missing keys reported; null when it is no map. */
  map(value: unknown, target: string, known: readonly string[], required: readonly string[]): Fields | null {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      this.report(target, `is ${value === undefined ? "missing" : shown(value)}; it must be a map of keys and values: ${known.join(", ")}`);
      return null;
    }
    // Every object is a map of strings to something.
    const fields = value as Fields;
    for (const key of Object.keys(fields)) if (!known.includes(key)) this.report(at(target, shown(key).slice(1, -1)), `unknown key; allowed here: ${known.join(", ")}`);
    for (const key of required) if (!Object.hasOwn(fields, key)) this.report(at(target, key), "is missing; add it");
    return fields;
  }

  list(value: unknown, target: string, itemsMax: number): readonly unknown[] {
    if (!Array.isArray(value)) {
      this.report(target, `is ${value === undefined ? "missing" : shown(value)}; it must be a list`);
      return [];
    }
    if (value.length > itemsMax) this.report(target, `has ${value.length} entries; at most ${itemsMax} are read`);
    return value.slice(0, itemsMax);
  }

  /** null when it is absent or wrong; the difference is in the problems. */
  number(fields: Fields, key: string, target: string, { min, max, isWhole = false }: NumberRange): number | null {
    const value = own(fields, key);
    if (value === undefined || value === null) return null;
    if (typeof value === "number" && value >= min && value <= max && (!isWhole || Number.isInteger(value))) return value;
    this.report(at(target, key), `is ${shown(value)}; use ${isWhole ? "a whole number" : "a number"} from ${min} to ${max}, or leave it out when it is not known`);
    return null;
  }

  truth(fields: Fields, key: string, target: string): boolean | null {
    const value = own(fields, key);
    if (value === undefined || value === null) return null;
    if (typeof value === "boolean") return value;
    this.report(at(target, key), `is ${shown(value)}; allowed: true, false`);
    return null;
  }

  text(fields: Fields, key: string, target: string, pattern?: TextPattern): string | null {
    const value = own(fields, key);
    return value === undefined ? null : this.textValue(value, at(target, key), pattern);
  }

  textValue(value: unknown, target: string, pattern?: TextPattern): string | null {
    if (typeof value !== "string" || value.trim() === "" || value.length > TEXT_LENGTH_MAX || /\p{Cc}/u.test(value)) {
      this.report(target, `is ${shown(value)}; it must be text of 1 to ${TEXT_LENGTH_MAX} characters on one line`);
      return null;
    }
    if (pattern === undefined || pattern.is.test(value)) return value;
    this.report(target, `is ${shown(value)}; it must be ${pattern.words}`);
    return null;
  }

  oneOf<T extends string>(fields: Fields, key: string, target: string, allowed: readonly T[]): T | null {
    const value = own(fields, key);
    if (value === undefined) return null;
    const found = allowed.find((each) => each === value);
    if (found === undefined) this.report(at(target, key), `is ${shown(value)}; allowed: ${allowed.join(", ")}`);
    return found ?? null;
  }

  /** YYYY-MM-DD or YYYY-MM, and a day that exists. */
  date(fields: Fields, key: string, target: string): string | null {
    const value = this.text(fields, key, target);
    if (value === null || isDate(value)) return value;
    this.report(at(target, key), `is ${shown(value)}; write the date as 2026-12-01 or 2026-12`);
    return null;
  }
}

export const at = (target: string, key: string): string => (target === "" ? key : `${target}.${key}`);

/** Never what an object inherits. */
const own = (fields: Fields, key: string): unknown => (Object.hasOwn(fields, key) ? fields[key] : undefined);

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDate(text: string): boolean {
  const parts = /^(\d{4})-(\d{2})(?:-(\d{2}))?$/.exec(text);
  if (parts === null) return false;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3] ?? "01")];
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 && !isLeap ? 28 : (DAYS[month - 1] ?? 0);
  return day >= 1 && day <= days;
}
