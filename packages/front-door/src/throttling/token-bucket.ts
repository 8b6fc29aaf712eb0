// One token bucket, as arithmetic: whole numbers only, so that any order of the same calls gives the same answer.
// Knows no clock and no keys; the time is an argument.

export interface BucketRule {
  /** Requests that may come at once. */
  readonly capacity: number;
  readonly refillPerSecond: number;
}

/** Thousandths of a request: a refill of r per second is r thousandths per millisecond, with nothing left over. */
const PARTS = 1000;

export interface Bucket {
  /** In thousandths of a request. */
  readonly parts: number;
  readonly atMs: number;
}

export const fullBucket = (rule: BucketRule, nowMs: number): Bucket => ({ parts: rule.capacity * PARTS, atMs: nowMs });

/** A clock that went back refills nothing and forgets nothing. */
export function refilled(rule: BucketRule, bucket: Bucket, nowMs: number): Bucket {
  const elapsedMs = Math.max(0, nowMs - bucket.atMs);
  return { parts: Math.min(rule.capacity * PARTS, bucket.parts + elapsedMs * rule.refillPerSecond), atMs: Math.max(bucket.atMs, nowMs) };
}

export const isFull = (rule: BucketRule, bucket: Bucket, nowMs: number): boolean => refilled(rule, bucket, nowMs).parts === rule.capacity * PARTS;

export const hasToken = (bucket: Bucket): boolean => bucket.parts >= PARTS;
export const withoutToken = (bucket: Bucket): Bucket => ({ ...bucket, parts: bucket.parts - PARTS });

/** Whole requests left. */
export const remaining = (bucket: Bucket): number => Math.floor(bucket.parts / PARTS);

/** Whole seconds until there is a token, at least one: `Retry-After` has no fractions. */
export const secondsToToken = (rule: BucketRule, bucket: Bucket): number => Math.max(1, Math.ceil((PARTS - bucket.parts) / rule.refillPerSecond / PARTS));
