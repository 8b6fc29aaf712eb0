// Geometry and words of a line plot: scales, lines that stop where samples are missing, labels that do not cover each
// other, and the sample nearest to a moment. Pure.
import { numberWords } from "../words/values.ts";
import { clockWords, niceTicks, timeTicks } from "./ticks.ts";
import type { TimeTicks } from "./ticks.ts";

export interface LinePoint {
  readonly atMs: number;
  readonly value: number;
}

export interface LineSeries {
  readonly label: string;
  /** How it is told apart without colour, too. */
  readonly look: "solid" | "dashed" | "dotted";
  /** Oldest first. */
  readonly points: readonly LinePoint[];
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface LineLayout {
  readonly box: Box;
  readonly x: (atMs: number) => number;
  readonly y: (value: number) => number;
  readonly times: TimeTicks;
  readonly values: readonly number[];
}

/** Room that one mark of the time axis needs. */
const TIME_TICK_WIDTH = 76;

export function layOutLines(series: readonly LineSeries[], box: Box, offsetMs = 0): LineLayout {
  const points = series.flatMap((each) => each.points);
  const fromMs = points.reduce((least, { atMs }) => Math.min(least, atMs), Infinity);
  const toMs = points.reduce((most, { atMs }) => Math.max(most, atMs), -Infinity);
  const values = niceTicks(points.reduce((most, { value }) => Math.max(most, value), 0), Math.max(2, Math.floor(box.height / 40)));
  const top = values.at(-1) ?? 1;
  const span = toMs - fromMs;
  return {
    box,
    x: (atMs) => box.left + (span > 0 ? ((atMs - fromMs) / span) * box.width : box.width),
    y: (value) => box.top + box.height * (1 - Math.max(0, value) / top),
    times: points.length === 0 ? { stepMs: 1, ticks: [] } : timeTicks(fromMs, toMs, Math.max(2, Math.floor(box.width / TIME_TICK_WIDTH)), offsetMs),
    values,
  };
}

/** Runs of samples of which each comes at most `gapMs` after the one before. */
export function segmentsOf(points: readonly LinePoint[], gapMs: number): readonly (readonly LinePoint[])[] {
  const segments: LinePoint[][] = [];
  let previousMs = -Infinity;
  for (const point of points) {
    const last = segments.at(-1);
    if (last === undefined || point.atMs - previousMs > gapMs) segments.push([point]);
    else last.push(point);
    previousMs = point.atMs;
  }
  return segments;
}

export const pathOf = (segment: readonly LinePoint[], { x, y }: Pick<LineLayout, "x" | "y">): string => segment.map(({ atMs, value }, index) => `${index === 0 ? "M" : "L"}${x(atMs).toFixed(1)} ${y(value).toFixed(1)}`).join("");

/** Every moment of any series, oldest first. */
export const momentsOf = (series: readonly LineSeries[]): readonly number[] => [...new Set(series.flatMap(({ points }) => points.map(({ atMs }) => atMs)))].toSorted((a, b) => a - b);

/** Index of the moment nearest to the one asked for; -1 when there is none. */
export function nearestIndex(moments: readonly number[], atMs: number): number {
  return moments.reduce((best, each, index) => (best < 0 || Math.abs(each - atMs) < Math.abs((moments[best] ?? Infinity) - atMs) ? index : best), -1);
}

/** Tops of labels pushed apart so that none covers another, each as near as may be to where it belongs. */
export function spreadLabels(wanted: readonly number[], height: number, bounds: { readonly top: number; readonly bottom: number }): readonly number[] {
  const order = wanted.map((_, index) => index).toSorted((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  const placed = [...wanted];
  let free = bounds.top;
  for (const index of order) {
    placed[index] = Math.max(placed[index] ?? 0, free);
    free = (placed[index] ?? 0) + height;
  }
  let limit = bounds.bottom - height;
  for (const index of order.toReversed()) {
    placed[index] = Math.min(placed[index] ?? 0, limit);
    limit = (placed[index] ?? 0) - height;
  }
  return placed;
}

const rounded = (value: number): string => numberWords(value >= 100 ? Math.round(value) : Number(value.toPrecision(3)));

export const valueWithUnit = (value: number | undefined, unit: string): string => (value === undefined ? "no sample" : `${rounded(value)} ${unit}`);

export const readingWords = (series: readonly LineSeries[], atMs: number, unit: string): string =>
  `${clockWords(atMs, true)}: ${series.map(({ label, points }) => `${label} ${valueWithUnit(points.find((point) => point.atMs === atMs)?.value, unit)}`).join(", ")}`;

/** What the plot shows, for who does not see it. */
export function lineSummary(title: string, series: readonly LineSeries[], unit: string, gapMs: number): string {
  const moments = momentsOf(series);
  const [first, last] = [moments[0], moments.at(-1)];
  if (first === undefined || last === undefined) return `${title}: no sample yet.`;
  const each = series.flatMap(({ label, points }) => {
    const newest = points.at(-1);
    if (newest === undefined) return [];
    const values = points.map(({ value }) => value);
    const gaps = segmentsOf(points, gapMs).length - 1;
    return [`${label} between ${rounded(Math.min(...values))} and ${rounded(Math.max(...values))}, newest ${rounded(newest.value)} ${unit}${gaps === 0 ? "" : `, ${gaps} ${gaps === 1 ? "gap" : "gaps"} without samples`}`];
  });
  return `${title} from ${clockWords(first, true)} to ${clockWords(last, true)}: ${each.join("; ")}.`;
}
