// Scales and their round ticks for charts. Pure.

export interface Scale {
  readonly ticks: readonly number[];
  /** From a value to a place on the page. */
  at(value: number): number;
}

/** The step of 1, 2 or 5 times a power of ten that gives at most `ticksMax` steps. */
export function roundStep(span: number, ticksMax: number): number {
  if (!(span > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(span / ticksMax));
  return ([1, 2, 5, 10].find((factor) => (span / (factor * power)) <= ticksMax) ?? 10) * power;
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A line from `values.from` to at least `values.to`, put between two places. */
export function linearScale(values: Range, places: Range, ticksMax: number): Scale {
  const step = roundStep(values.to - values.from, ticksMax);
  const first = Math.floor(values.from / step) * step;
  const count = Math.max(1, Math.ceil((values.to - first) / step - 1e-9));
  const span = count * step;
  return { ticks: Array.from({ length: count + 1 }, (_, index) => Number((first + index * step).toPrecision(12))), at: (value) => places.from + ((value - first) / span) * (places.to - places.from) };
}

/** Two digits after the point are finer than any screen. */
export const place = (value: number): number => Math.round(value * 100) / 100;
