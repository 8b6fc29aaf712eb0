// What independent loads, each on for a part of the time, do not exceed together with a stated confidence.
// Exact: every combination of on and off is counted, which at most eight file systems of a cluster allow.

export interface OnOffLoad {
  readonly load: number;
  /** Part of the time it is on, 0 to 1. */
  readonly dutyFraction: number;
}

/** Probabilities that differ by less are equal: 0.81 + 0.18 is 0.99. */
const TOLERANCE = 1e-9;

/** Smallest x with P(sum of what is on <= x) >= confidence. */
export function quantileOfSum(loads: readonly OnOffLoad[], confidence: number): number {
  let outcomes: { sum: number; probability: number }[] = [{ sum: 0, probability: 1 }];
  for (const { load, dutyFraction } of loads) {
    if (load === 0 || dutyFraction === 0) continue;
    const on = outcomes.map(({ sum, probability }) => ({ sum: sum + load, probability: probability * dutyFraction }));
    outcomes = dutyFraction === 1 ? on : [...outcomes.map(({ sum, probability }) => ({ sum, probability: probability * (1 - dutyFraction) })), ...on];
  }
  outcomes.sort((a, b) => a.sum - b.sum);
  let reached = 0;
  for (const { sum, probability } of outcomes) {
    reached += probability;
    if (reached >= confidence - TOLERANCE) return sum;
  }
  return outcomes.at(-1)?.sum ?? 0;
}
