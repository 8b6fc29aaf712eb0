// Words that the text and the report of a sizing answer share: marks, money, percentages, headings. Pure.
import { showNumber, wrapText } from "../text-layout.ts";
import { realityMark, type Reality } from "../reality.ts";

export const COLUMNS = 80;
export const INDENT = "  ";
export const NOT_KNOWN = "-";

/** What is not real; whatever is built on it says so. */
export interface Unreal {
  readonly isSimulated: boolean;
  readonly isEmulated?: boolean | undefined;
  /** Names of host sizes that do not exist. */
  readonly hypotheticalSizes: ReadonlySet<string>;
}

/** In front of every result that is built on what is not real. */
export const markOf = (reality: Reality, isHypothetical: boolean): string => `${realityMark(reality)}${isHypothetical ? "HYPOTHETICAL " : ""}`;

/** A host size where people read it. */
export const sizeWords = (size: string, unreal: Unreal): string => (unreal.hypotheticalSizes.has(size) ? `${size} HYPOTHETICAL` : size);

export const showUsd = (value: number): string => `USD ${showNumber(value)}`;

/** Beyond a tenfold nobody compares any more; the JSON has every digit. */
const PERCENT_SHOWN_MAX = 1_000;

export function showPercent(fraction: number): string {
  const percent = fraction * 100;
  if (percent > PERCENT_SHOWN_MAX) return `>${showNumber(PERCENT_SHOWN_MAX)} %`;
  return `${percent > 0 && percent < 0.1 ? "<0.1" : showNumber(percent)} %`;
}

const MS_PER_DAY = 86_400_000;

/** A number of a limit: dates are days there, and dates here. */
export function showValue(value: number | undefined, unit: string): string {
  if (value === undefined) return NOT_KNOWN;
  return unit === DAYS_UNIT ? new Date(value * MS_PER_DAY).toISOString().slice(0, "YYYY-MM-DD".length) : showNumber(value);
}

export const showUnit = (unit: string): string => (unit === DAYS_UNIT ? "date" : unit);
const DAYS_UNIT = "days since 1970-01-01";

export const section = (title: string, lines: readonly string[]): string[] => [...wrapText(`${title}:`, COLUMNS, INDENT), ...lines];

/** "3 sizes", "1 size". */
export const counted = (count: number, noun: string): string => `${showNumber(count)} ${noun}${count === 1 ? "" : "s"}`;

/** As long as a list may be where people read; the rest is counted. */
export function shortList(names: readonly string[], namesMax: number): string {
  const rest = names.length - namesMax;
  return rest <= 0 ? names.join(", ") : `${names.slice(0, namesMax).join(", ")} and ${rest} more`;
}
