// How values, sources and sentences of the catalogue look in a terminal of 80 columns. Knows no command.
import type { Sourced } from "@cynosure/model";
import { wrapText } from "../text-layout.ts";

export const COLUMNS = 80;
const LABEL_COLUMNS = 26;

export const number = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 3 });

const plain = (value: string | number | boolean | null): string => (value === null ? "unknown" : typeof value === "number" ? number(value) : typeof value === "boolean" ? (value ? "yes" : "no") : value);

/** Sources are named once, at the end, and by number where they are used. */
export class SourceNumbers {
  readonly #sources = new Map<string, number>();

  of(page: { readonly source: string; readonly asOf: string }): string {
    const name = `${page.source} (${page.asOf})`;
    const known = this.#sources.get(name) ?? this.#sources.size + 1;
    this.#sources.set(name, known);
    return `[${known}]`;
  }

  lines(): string[] {
    return ["", "sources", ...[...this.#sources].flatMap(([name, place]) => sentences([`[${place}] ${name}`], "    ", "         "))];
  }
}

export const labelled = (label: string, text: string): string => `${label.padEnd(LABEL_COLUMNS)}${text}`;

/** `label  value [source]`, then what is said of it, indented. */
export const sourcedLines = (numbers: SourceNumbers) => (label: string, sourced: Sourced<number | boolean | string>, unit = ""): string[] => {
  const place = numbers.of(sourced);
  const value = `${plain(sourced.value)}${sourced.value === null || unit === "" ? "" : ` ${unit}`}`;
  const others = (sourced.conflicts ?? []).map((each) => `Another source says ${plain(each.value)} ${numbers.of(each)}.`);
  return [labelled(label, `${value} ${place}`), ...sentences([sourced.note === undefined ? "" : `${sourced.note}.`, ...others], "    ")];
};

export const sentences = (texts: readonly string[], indent: string, hanging = indent): string[] => texts.filter((text) => text !== "").flatMap((text) => wrapText(text, COLUMNS, indent, hanging));

/** Tables line their numbers up on the right. */
export const right = (rows: readonly (readonly string[])[], columns: readonly number[]): string[][] => {
  const widths = columns.map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) => row.map((cell, column) => (columns.includes(column) ? cell.padStart(widths[columns.indexOf(column)] ?? 0) : cell)));
};
