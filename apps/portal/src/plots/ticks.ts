// Where the marks of an axis stand: round numbers, round moments, round spans. Pure.

/** Multiples of 1, 2 or 5 times a power of ten from 0 to the first that is not below the largest value; about `count` of them. */
export function niceTicks(max: number, count: number): readonly number[] {
  const top = Number.isFinite(max) && max > 0 ? max : 1;
  const step = niceStep(top / Math.max(count, 1));
  const steps = Math.max(1, Math.ceil(top / step - 1e-9));
  // Multiplied, not added up: 0.1 three times is not 0.3. The precision cuts what floating point adds to it.
  return Array.from({ length: steps + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5].find((each) => each * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const spans = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND_MS)
  .concat([1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS), [1, 2, 3, 6, 12, 24, 48, 168].map((hours) => hours * HOUR_MS));

export interface TimeTicks {
  readonly stepMs: number;
  readonly ticks: readonly number[];
}

/** Round moments between both, at most `count`; `offsetMs` is how far the reader's clock is ahead of UTC. */
export function timeTicks(fromMs: number, toMs: number, count: number, offsetMs = 0): TimeTicks {
  const rough = Math.max(toMs - fromMs, 1) / Math.max(count, 1);
  const longest = spans.at(-1) ?? HOUR_MS;
  const stepMs = spans.find((each) => each >= rough) ?? Math.ceil(rough / longest) * longest;
  const first = Math.ceil((fromMs + offsetMs) / stepMs);
  const last = Math.floor((toMs + offsetMs) / stepMs);
  const ticks = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * stepMs - offsetMs);
  return { stepMs, ticks: ticks.slice(0, Math.max(count, 1)) };
}

/** Two digits each; seconds only where the marks are closer than a minute. */
export const clockWords = (atMs: number, withSeconds: boolean): string => new Date(atMs).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", ...(withSeconds ? { second: "2-digit" } : {}) });
