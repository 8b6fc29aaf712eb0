// Seconds per phase of a start, for the final line. Time arrives as a function so that tests own it.

export interface Phases {
  /** Runs `work` as phase `name`; its time counts also when it fails. */
  run<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Rounded to milliseconds, with `total`. */
  seconds(): Record<string, number>;
}

export function createPhases(nowMs: () => number): Phases {
  const startedAtMs = nowMs();
  const spentMs = new Map<string, number>();
  const toSeconds = (ms: number): number => Math.round(ms) / 1000;
  return {
    async run(name, work) {
      const from = nowMs();
      try {
        return await work();
      } finally {
        spentMs.set(name, (spentMs.get(name) ?? 0) + nowMs() - from);
      }
    },
    seconds: () => ({ ...Object.fromEntries([...spentMs].map(([name, ms]) => [name, toSeconds(ms)])), total: toSeconds(nowMs() - startedAtMs) }),
  };
}
