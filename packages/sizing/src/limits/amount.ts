// Amounts that may be partly unknown. What is known still binds: unknown terms of what is required count as 0 and unknown
// fractions of what there is as their best case, so that an unknown never meets a limit and never hides one that is broken.

export interface Amount {
  /** Of the known terms alone. */
  readonly value: number;
  /** Every term is known. */
  readonly isWhole: boolean;
}

export const NOTHING: Amount = { value: 0, isWhole: true };
/** Nothing of it is known. */
export const OPEN: Amount = { value: 0, isWhole: false };
export const UNBOUNDED_UNKNOWN: Amount = { value: Infinity, isWhole: false };

export const whole = (value: number): Amount => ({ value, isWhole: true });

/** A load times or over a constant: an unknown constant matters only where there is a load. */
export const multiplied = (load: number, constant: number | null): Amount => (load === 0 ? NOTHING : constant === null ? OPEN : whole(load * constant));
export const divided = (load: number, constant: number | null): Amount => (load === 0 ? NOTHING : constant === null ? OPEN : whole(load / constant));

/** An amount over a constant, likewise. */
export const over = (amount: Amount, constant: number | null): Amount => added({ value: 0, isWhole: amount.isWhole }, divided(amount.value, constant));

export function scaled(amount: Amount, factor: number): Amount {
  return factor === 1 ? amount : { value: amount.value * factor, isWhole: amount.isWhole };
}

export function added(...amounts: readonly Amount[]): Amount {
  let value = 0;
  let isWhole = true;
  for (const amount of amounts) {
    value += amount.value;
    isWhole &&= amount.isWhole;
  }
  return { value, isWhole };
}

export function largest(...amounts: readonly Amount[]): Amount {
  let value = 0;
  let isWhole = true;
  for (const amount of amounts) {
    value = Math.max(value, amount.value);
    isWhole &&= amount.isWhole;
  }
  return { value, isWhole };
}

/** What there is: `value` times each factor; an unknown factor takes its best case and leaves the amount open. */
export function available(value: number | null, ...factors: readonly { readonly value: number | null; readonly best: number }[]): Amount {
  if (value === null) return UNBOUNDED_UNKNOWN;
  let product = value;
  let isWhole = true;
  for (const factor of factors) {
    product *= factor.value ?? factor.best;
    isWhole &&= factor.value !== null;
  }
  return { value: product, isWhole };
}
