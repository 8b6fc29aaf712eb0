// The middle of what was measured: one slow run does not move it.
/** `share`: 0.5 is the median, 0.99 what one of a hundred exceeds. NaN of nothing. */
export const quantile = (values: readonly number[], share: number): number => values.toSorted((one, other) => one - other)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;

export const median = (values: readonly number[]): number => quantile(values, 0.5);
