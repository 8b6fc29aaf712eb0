import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PartitionSolver } from "../knowledge.ts";
import { countOfSets, setsOf } from "./allowed-sets.ts";
import { choosePartition } from "./choose-partition.ts";
import { loadPartitionSolver, lpText } from "./highs.ts";

const solver = await loadPartitionSolver();
const never: PartitionSolver = () => {
  throw new Error("nothing was left to ask the solver");
};
type Sets = Parameters<typeof choosePartition>[1];
const costed = (items: number, costOf: (members: readonly number[]) => number | null): Sets => setsOf(items).map((members) => ({ members, cost: costOf(members) }));
const membersOf = (sets: Sets, chosen: readonly number[] | null): unknown => chosen?.map((k) => sets[k]?.members) ?? null;

/** Every partition, by brute force: cost, then number of clusters, then order of the sets. */
function bestByTrying(items: number, sets: Sets): readonly (readonly number[])[] | null {
  let best: { readonly key: readonly [number, number, string]; readonly sets: readonly (readonly number[])[] } | null = null;
  const extend = (open: readonly number[], chosen: readonly (readonly number[])[], cost: number): void => {
    const [first] = open;
    if (first === undefined) {
      const key = [cost, chosen.length, JSON.stringify(chosen.map((set) => set.join()))] as const;
      if (best === null || key[0] < best.key[0] || (key[0] === best.key[0] && (key[1] < best.key[1] || (key[1] === best.key[1] && key[2] < best.key[2])))) best = { key, sets: chosen };
      return;
    }
    for (const set of sets) if (set.cost !== null && set.members[0] === first && set.members.every((item) => open.includes(item))) extend(open.filter((item) => !set.members.includes(item)), [...chosen, set.members], cost + set.cost);
  };
  extend(Array.from({ length: items }, (_, item) => item), [], 0);
  return best === null ? null : (best as { readonly sets: readonly (readonly number[])[] }).sets; // assigned in a closure, which the compiler does not follow
}

describe("the partition of file systems over clusters", () => {
  it("is one cluster where sharing costs no more, without asking the solver", () => {
    const sets = costed(3, (members) => members.length * 3);
    expect(membersOf(sets, choosePartition(3, sets, never))).toEqual([[0, 1, 2]]);
  });

  it("parts what is dearer together", () => {
    const sets = costed(3, (members) => (members.includes(0) && members.length > 1 ? 20 : members.length * 3));
    expect(membersOf(sets, choosePartition(3, sets, never))).toEqual([[0], [1, 2]]);
  });

  it("is none where a file system fits no cluster", () => {
    expect(choosePartition(2, costed(2, (members) => (members.includes(1) ? null : 3)), never)).toBeNull();
  });

  it("is the cheapest, with fewest clusters, first in the order of names", () => {
    const problems = fc.integer({ min: 1, max: 7 }).chain((items) => fc.tuple(fc.constant(items), fc.array(fc.option(fc.integer({ min: 3, max: 9 }), { nil: null, freq: 9 }), { minLength: countOfSets(items), maxLength: countOfSets(items) })));
    fc.assert(
      fc.property(problems, ([items, costs]) => {
        const sets = setsOf(items).map((members, k) => ({ members, cost: costs[k] ?? null }));
        expect(membersOf(sets, choosePartition(items, sets, never))).toEqual(bestByTrying(items, sets));
      }),
      { numRuns: 300 },
    );
  });

  it("is the solver's where there are too many for comparing, first in the order of names among equals", () => {
    // Thirteen items; pairs cost 5 where a single costs 3: six pairs and a single. The first in order pairs neighbours, and leaves the last alone.
    const pairs = Array.from({ length: 13 }, (_, a) => Array.from({ length: 13 - a }, (_none, k) => (k === 0 ? [a] : [a, a + k]))).flat().filter((members) => members.length === 1 || (members[1] ?? 0) - (members[0] ?? 0) <= 2);
    const sets = pairs.map((members) => ({ members, cost: members.length === 1 ? 3 : 5 }));
    expect(membersOf(sets, choosePartition(13, sets, solver))).toEqual([[0], [1, 2], [3, 4], [5, 6], [7, 8], [9, 10], [11, 12]]);
  });
});

describe("HiGHS", () => {
  it("is asked in the LP format, each item in exactly one set", () => {
    expect(lpText({ items: 2, sets: [{ members: [0], cost: 3 }, { members: [1], cost: 4 }, { members: [0, 1], cost: 6 }] })).toBe("Minimize\n cost: 3 x0 + 4 x1 + 6 x2\nSubject To\n once0: x0 + x2 = 1\n once1: x1 + x2 = 1\nBinary\n x0 x1 x2\nEnd\n");
  });

  it("answers nothing where an item is in no set or no choice has every item once", () => {
    expect(solver({ items: 2, sets: [{ members: [0], cost: 1 }] })).toEqual([]);
    expect(solver({ items: 3, sets: [{ members: [0, 1], cost: 1 }, { members: [1, 2], cost: 1 }] })).toEqual([]);
  });
});
