// Text that fits a terminal whatever is in it: paragraphs and tables of a given width. What strangers wrote is made harmless here.
// Pure.

/** One line without control characters. */
export const plain = (text: string): string => text.toWellFormed().replace(/\s+/g, " ").replace(/\p{Cc}/gu, "?").trim();

/** Words in lines of at most `columns`; a word that is longer is broken. */
export function wrapText(text: string, columns: number, indent = "", hanging = indent): string[] {
  const lines: string[] = [];
  let line = indent;
  let start = indent.length;
  const push = (): void => {
    lines.push(line.trimEnd());
    line = hanging;
    start = hanging.length;
  };
  for (const word of plain(text).split(" ")) {
    if (line.length > start && line.length + 1 + word.length > columns) push();
    line += line.length > start ? ` ${word}` : word;
    while (line.length > columns) {
      const rest = line.slice(columns);
      line = line.slice(0, columns);
      push();
      line += rest;
    }
  }
  if (line.length > start) push();
  return lines;
}

const GAP = "  ";
/** Narrower columns are not read any more. */
const COLUMN_WIDTH_MIN = 6;

export interface TableLayout {
  readonly columns: number;
  readonly indent?: string;
  /** Indices of columns that hold numbers: set to the right, never broken. */
  readonly numbers?: readonly number[];
}

/** A table of at most `columns`: the widest columns of words are narrowed, and their cells take several lines. */
export function fitTable(header: readonly string[], rows: readonly (readonly string[])[], { columns, indent = "", numbers = [] }: TableLayout): string[] {
  const cells = [header, ...rows].map((row) => header.map((_, column) => plain(row[column] ?? "")));
  const widths = header.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const total = (): number => indent.length + widths.reduce((sum, width) => sum + width, 0) + GAP.length * (widths.length - 1);
  // Names are broken only where nothing else helps.
  const words = header.map((_, column) => Math.max(COLUMN_WIDTH_MIN, ...cells.flatMap((row) => (row[column] ?? "").split(" ").map((word) => word.length))));
  const narrow = (least: (column: number) => number): void => {
    while (total() > columns) {
      const widest = widths.map((width, column) => ({ width, column })).filter(({ width, column }) => !numbers.includes(column) && width > least(column)).toSorted((a, b) => b.width - a.width)[0];
      if (widest === undefined) return;
      widths[widest.column] = widest.width - 1;
    }
  };
  narrow((column) => words[column] ?? COLUMN_WIDTH_MIN);
  narrow(() => COLUMN_WIDTH_MIN);
  return cells.flatMap((row) => {
    const wrapped = row.map((cell, column) => wrapText(cell, widths[column] ?? cell.length));
    const height = Math.max(1, ...wrapped.map((lines) => lines.length));
    return Array.from({ length: height }, (_, at) => {
      const line = wrapped.map((lines, column) => (numbers.includes(column) ? (lines[at] ?? "").padStart(widths[column] ?? 0) : (lines[at] ?? "").padEnd(widths[column] ?? 0))).join(GAP);
      return `${indent}${line}`.trimEnd();
    });
  });
}

/** 1234567.891 as 1,234,568; below 1000 with as many digits as three significant ones need. Not of any country. */
export function showNumber(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "unlimited" : String(value);
  const size = Math.abs(value);
  if (size >= 100) return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
  return String(Number(value.toPrecision(3)));
}
