// What one run is: drawn from its seed and nothing else. Swarm testing: each run has some kinds of fault and
// not others, at rates of its own, because a run with everything at once never gets far enough to be wrong.
import type { Rng } from "@cynosure/model";
import { createSeededRng } from "@cynosure/simulated";

export const faultKinds = ["kill", "killAtCommit", "pause", "partition", "loss", "duplicate", "delay", "slowHost", "hostPower", "disksLost", "agentRestart", "diskFull", "storeAway", "answerOfCommitLost"] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface RunConfig {
  readonly seed: number;
  readonly controlPlanes: number;
  readonly clusters: number;
  readonly hostCount: { readonly min: number; readonly max: number };
  readonly faults: ReadonlySet<FaultKind>;
  /** Time in which the client writes and faults strike; what follows is calm. */
  readonly stormMs: number;
  readonly clientEveryMs: number;
  readonly clientAtOnceMax: number;
  /** Share of requests that delete a whole cluster: names come and go. */
  readonly deleteShare: number;
  /** Mean time between two faults that strike (kill, pause, power, …). */
  readonly faultEveryMs: number;
  /** Shares of messages. */
  readonly lossRate: number;
  readonly duplicateRate: number;
  readonly delayRate: number;
  readonly delayMsMax: number;
  /** How late a duplicate may come. */
  readonly lateMsMax: number;
  /** Share of store calls that take a moment, and how long. */
  readonly storeDelayRate: number;
  readonly storeDelayMsMax: number;
  readonly commitFaultRate: number;
  readonly jitter: number;
  /** Host ids that are slow, and by how much. */
  readonly slowHosts: Readonly<Record<string, number>>;
  readonly isRecreatedAtEnd: boolean;
}

/** A stream that answers whole numbers, choices and chances. */
export class Draw {
  readonly #rng: Rng;

  constructor(rng: Rng) {
    this.#rng = rng;
  }

  next(): number {
    return this.#rng.next();
  }

  chance(rate: number): boolean {
    return this.#rng.next() < rate;
  }

  /** From `min` to `max`, both included. */
  whole(min: number, max: number): number {
    return min + Math.floor(this.#rng.next() * (max - min + 1));
  }

  /** Small values often, large ones sometimes. */
  skewed(max: number): number {
    return Math.floor(max * this.#rng.next() ** 3);
  }

  pick<T>(values: readonly T[]): T {
    const value = values[Math.floor(this.#rng.next() * values.length)];
    if (value === undefined) throw new Error("nothing to pick from");
    return value;
  }

  maybePick<T>(values: readonly T[]): T | null {
    return values.length === 0 ? null : this.pick(values);
  }

  uuid(): string {
    return this.#rng.uuid();
  }
}

export function drawRun(seed: number): RunConfig {
  const draw = new Draw(createSeededRng(`simulation/${seed}`));
  // One run in twelve is calm: what fails there fails without any fault.
  const density = draw.pick([0, 0.15, 0.25, 0.25, 0.4, 0.4, 0.4, 0.6, 0.6, 0.6, 0.8, 1]);
  const faults = new Set(faultKinds.filter(() => draw.chance(density)));
  const rate = (max: number): number => max * draw.next() ** 2;
  const hostsMax = draw.pick([3, 4, 4, 5, 5, 6]);
  const slowHosts = Object.fromEntries(faults.has("slowHost") ? Array.from({ length: draw.whole(1, 2) }, () => [`host-${draw.whole(1, hostsMax)}`, draw.pick([3, 10, 40])]) : []);
  return {
    seed,
    controlPlanes: draw.pick([1, 2, 2, 2, 3, 3]),
    clusters: draw.pick([1, 1, 2, 3]),
    hostCount: { min: 3, max: hostsMax },
    faults,
    stormMs: draw.whole(10_000, 60_000),
    clientEveryMs: draw.pick([300, 1_000, 2_000, 4_000]),
    clientAtOnceMax: draw.whole(1, 5),
    deleteShare: draw.pick([0.03, 0.08, 0.25]),
    faultEveryMs: draw.pick([700, 1_500, 3_000, 6_000, 12_000]),
    lossRate: faults.has("loss") ? rate(0.3) : 0,
    duplicateRate: faults.has("duplicate") ? rate(0.4) : 0,
    delayRate: faults.has("delay") ? draw.next() : 0.05,
    delayMsMax: faults.has("delay") ? draw.pick([20, 200, 2_000, 8_000]) : 5,
    lateMsMax: draw.pick([10, 300, 3_000, 15_000]),
    storeDelayRate: draw.pick([0.02, 0.1, 0.3]),
    storeDelayMsMax: faults.has("delay") ? draw.pick([3, 20, 400]) : 3,
    commitFaultRate: rate(0.08),
    jitter: draw.next() * 0.6,
    slowHosts,
    isRecreatedAtEnd: draw.chance(0.3),
  };
}
