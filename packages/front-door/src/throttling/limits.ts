// The limits of requests, each with where its number comes from. They are the public cloud's own since 2024, for
// everybody: what works here works there. An installation may be given others.
import type { BucketRule } from "./token-bucket.ts";

export type RequestKind = "reads" | "writes" | "deletes";

export interface ThrottleLimits {
  /** Per principal, subscription (or tenant, for requests below none) and kind. */
  readonly perPrincipal: Readonly<Record<RequestKind, BucketRule>>;
  /** A subscription's (or tenant's) own bucket per kind holds and refills this many times as much as one principal's. */
  readonly globalFactor: number;
  /** Buckets kept in memory; over it full ones go first, then those not used for longest. */
  readonly bucketsMax: number;
}

/**
 * Reads 250 and 25 a second, writes and deletes 200 and 10 a second, the subscription 15 times that: Microsoft Learn,
 * "Understand how Azure Resource Manager throttles requests". `bucketsMax` is ours: 100,000 buckets are some 20 MB.
 */
export const PUBLIC_LIMITS: ThrottleLimits = {
  perPrincipal: {
    reads: { capacity: 250, refillPerSecond: 25 },
    writes: { capacity: 200, refillPerSecond: 10 },
    deletes: { capacity: 200, refillPerSecond: 10 },
  },
  globalFactor: 15,
  bucketsMax: 100_000,
};

/** Each control plane has buckets of its own, so `controlPlanes` that share the load each allow their part (rounded up). */
export function sharedBy(limits: ThrottleLimits, controlPlanes: number): ThrottleLimits {
  const part = (rule: BucketRule): BucketRule => ({ capacity: Math.ceil(rule.capacity / controlPlanes), refillPerSecond: Math.ceil(rule.refillPerSecond / controlPlanes) });
  const { reads, writes, deletes } = limits.perPrincipal;
  return { ...limits, perPrincipal: { reads: part(reads), writes: part(writes), deletes: part(deletes) } };
}

export const timesFactor = (rule: BucketRule, factor: number): BucketRule => ({ capacity: rule.capacity * factor, refillPerSecond: rule.refillPerSecond * factor });

/** Polls are reads, actions are writes. */
export function kindOf(method: string): RequestKind {
  if (method === "GET" || method === "HEAD") return "reads";
  return method === "DELETE" ? "deletes" : "writes";
}
