// The fourth seam: time and randomness arrive as arguments, so that planning is a pure function and a
// simulated world can own both. System implementations live at the edge (apps, `simulated`).

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A random stream. Children are independent: adding one entity never shifts the values of another. */
export interface Rng {
  /** A stream of its own, derived from this one's seed and the label, for example `rng.child("host/host-3")`. */
  child(label: string): Rng;
  /** Uniform in [0, 1). */
  next(): number;
  /** RFC 9562 version-4 shaped identifier drawn from this stream. */
  uuid(): string;
}
