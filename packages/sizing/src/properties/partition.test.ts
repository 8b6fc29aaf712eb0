// The partition solver against trying every choice of sets, on random problems up to the eight file systems a cluster may have.
// SIZING_SEED repeats a run.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadPartitionSolver, type PartitionProblem } from "../index.ts";
import { baseSeed } from "../testkit/seeded-run.ts";

const seed = baseSeed();
const ITEMS_MAX = 8;

/** Least cost of choosing sets that have every item once; null when there is none. */
function leastCost(problem: PartitionProblem): number | null {
  let best: number | null = null;
  const choose = (covered: ReadonlySet<number>, cost: number): void => {
    const next = Array.from({ length: problem.items }, (_, item) => item).find((item) => !covered.has(item));
    if (next === undefined) {
      best = best === null ? cost : Math.min(best, cost);
      return;
    }
    for (const set of problem.sets) {
      if (set.members.includes(next) && set.members.every((item) => !covered.has(item))) choose(new Set([...covered, ...set.members]), cost + set.cost);
    }
  };
  choose(new Set(), 0);
  return best;
}

const problems = fc.integer({ min: 1, max: ITEMS_MAX }).chain((items) => {
  const set = fc.record({ members: fc.uniqueArray(fc.integer({ min: 0, max: items - 1 }), { minLength: 1 }), cost: fc.oneof(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 40_000 }).map((cents) => cents / 100)) });
  return fc.record({ items: fc.constant(items), sets: fc.array(set, { minLength: 1, maxLength: 40 }) });
});

describe("the partition solver", () => {
  it("chooses sets that have every item once at the least cost there is, and none when no choice has", async () => {
    const solve = await loadPartitionSolver();
    console.log(`seed=${seed}`);
    const law = fc.property(problems, (problem) => {
      const chosen = solve(problem).map((index) => problem.sets[index]);
      const least = leastCost(problem);
      if (least === null) {
        expect(chosen).toEqual([]);
        return;
      }
      expect(chosen.flatMap((set) => set?.members ?? []).sort()).toEqual(Array.from({ length: problem.items }, (_, item) => item));
      expect(chosen.reduce((sum, set) => sum + (set?.cost ?? 0), 0)).toBeCloseTo(least, 6);
    });
    fc.assert(law, { seed, numRuns: 150 });
  });
});
