// A run is its seed: the same events to the last one, whatever ran before in the process.
import { describe, expect, it } from "vitest";
import { drawRun, faultKinds } from "./draw.ts";
import { runSeed } from "./run-seed.ts";

const SEEDS = [3, 9, 23];

describe("a run", () => {
  it("is the same for the same seed, to the last event, and another for another", { timeout: 180_000 }, async () => {
    const digests = new Set<string>();
    for (const seed of SEEDS) {
      const first = await runSeed(seed);
      const again = await runSeed(seed);
      expect(again, `seed=${seed}`).toEqual(first);
      expect(first.events).toBeGreaterThan(20);
      digests.add(first.digest);
    }
    expect(digests.size).toBe(SEEDS.length);
  });

  it("has kinds of fault drawn for it, each kind in some runs and no kind in all", () => {
    const runs = Array.from({ length: 200 }, (_, seed) => drawRun(seed));
    for (const kind of faultKinds) {
      const having = runs.filter((run) => run.faults.has(kind)).length;
      expect(having, kind).toBeGreaterThan(20);
      expect(having, kind).toBeLessThan(180);
    }
    expect(runs.some((run) => run.faults.size === 0)).toBe(true);
    expect(new Set(runs.map((run) => run.controlPlanes))).toEqual(new Set([1, 2, 3]));
  });
});
