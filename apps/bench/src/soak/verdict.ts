// Whether a series of samples grows: the soak's rule, pure. The first third is warm-up and dropped. Of the rest
// only the lowest value of each of twelve equal windows counts, which is what is kept after work was done and
// memory was freed; a straight line is fitted through these, and slope times duration is the growth. A sawtooth
// comes back to its floor and so has none; a leak raises its floor.

export interface Sample {
  readonly atSeconds: number;
  readonly value: number;
}

export interface GrowthRule {
  /** Growth over the measured part, as a share of where it began. */
  readonly shareMax: number;
  /** Growth below this passes whatever the share: what sampling and the machine make of nothing. In the unit of the series. */
  readonly jitterMax: number;
}

export interface GrowthVerdict {
  readonly isFlat: boolean;
  /** Of the fitted line at the start of the measured part. */
  readonly from: number;
  /** Slope times duration. */
  readonly growth: number;
  readonly growthMax: number;
  readonly measuredSeconds: number;
}

export const WARM_UP_SHARE = 1 / 3;
const WINDOWS = 12;
/** Fewer cannot tell a line from noise. */
const SAMPLES_MIN = 2 * WINDOWS;

export function judgeGrowth(samples: readonly Sample[], rule: GrowthRule): GrowthVerdict {
  const first = samples[0]?.atSeconds ?? 0;
  const last = samples.at(-1)?.atSeconds ?? 0;
  const start = first + (last - first) * WARM_UP_SHARE;
  const kept = samples.filter((sample) => sample.atSeconds >= start);
  if (kept.length < SAMPLES_MIN) throw new RangeError(`${kept.length} samples after the warm-up are too few to judge, ${SAMPLES_MIN} are needed: run longer or sample more often.`);
  const measuredSeconds = last - start;
  const { slope, at } = fit(floors(kept, start, measuredSeconds));
  const from = at(start);
  const growth = slope * measuredSeconds;
  const growthMax = Math.max(rule.jitterMax, Math.abs(from) * rule.shareMax);
  return { isFlat: growth <= growthMax, from, growth, growthMax, measuredSeconds };
}

/** The lowest sample of each window, where the window has one. */
function floors(samples: readonly Sample[], start: number, seconds: number): readonly Sample[] {
  const lowest = new Map<number, Sample>();
  for (const sample of samples) {
    const window = Math.min(WINDOWS - 1, Math.floor(((sample.atSeconds - start) / seconds) * WINDOWS));
    const known = lowest.get(window);
    if (known === undefined || sample.value < known.value) lowest.set(window, sample);
  }
  return [...lowest.values()];
}

/** Least squares. */
function fit(points: readonly Sample[]): { readonly slope: number; readonly at: (seconds: number) => number } {
  const meanAt = mean(points.map((point) => point.atSeconds));
  const meanValue = mean(points.map((point) => point.value));
  const spread = points.reduce((sum, point) => sum + (point.atSeconds - meanAt) ** 2, 0);
  const together = points.reduce((sum, point) => sum + (point.atSeconds - meanAt) * (point.value - meanValue), 0);
  const slope = spread === 0 ? 0 : together / spread;
  return { slope, at: (seconds) => meanValue + slope * (seconds - meanAt) };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
