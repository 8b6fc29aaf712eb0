// Buckets by name, bounded. A bucket that is full is the same as one that never was, so full ones are forgotten
// first; only where more callers are active at once than there is room for does the longest unused one go early.
import type { Bucket, BucketRule } from "./token-bucket.ts";
import { fullBucket, isFull, refilled } from "./token-bucket.ts";

/** Looked at when there is no room: enough to make room for many, few enough for one request to pay. */
const FORGOTTEN_AT_ONCE_MAX = 64;

interface Entry {
  readonly rule: BucketRule;
  readonly bucket: Bucket;
}

export class BucketMap {
  /** Least recently used first. */
  readonly #entries = new Map<string, Entry>();
  readonly #countMax: number;

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  get count(): number {
    return this.#entries.size;
  }

  /** As it is at `nowMs`. */
  read(name: string, rule: BucketRule, nowMs: number): Bucket {
    const entry = this.#entries.get(name);
    return entry === undefined ? fullBucket(rule, nowMs) : refilled(rule, entry.bucket, nowMs);
  }

  keep(name: string, rule: BucketRule, bucket: Bucket): void {
    if (!this.#entries.delete(name) && this.#entries.size >= this.#countMax) this.#makeRoom(bucket.atMs);
    this.#entries.set(name, { rule, bucket });
  }

  #makeRoom(nowMs: number): void {
    let looked = 0;
    for (const [name, { rule, bucket }] of this.#entries) {
      // The first is the one not used for longest: it goes whatever it holds.
      if (looked === 0 || isFull(rule, bucket, nowMs)) this.#entries.delete(name);
      looked += 1;
      if (looked >= FORGOTTEN_AT_ONCE_MAX) return;
    }
  }
}
