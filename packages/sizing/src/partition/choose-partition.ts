// The cheapest way to put file systems on clusters: what dominates is taken without asking, where items are few
// the best way to cover every part of them is computed, and only the rest is for the solver.
// Ties go to fewer clusters, then to the order of names (sets come in that order).
import type { PartitionProblem, PartitionSolver } from "../knowledge.ts";

/** Fewer clusters among equally cheap ones; far below the price of a host, far above the solver's tolerance. */
const PER_CLUSTER = 1e-5;
const EQUAL = 1e-7;
/** Up to so many items the best way to cover every part of them is found faster than a solver can be asked. */
const COMPARED_ITEMS_MAX = 12;

type Sets = PartitionProblem["sets"];

interface Choice {
  readonly sets: readonly (readonly number[])[];
  readonly cost: number;
}

/**
 * A price for each item such that no set costs less than its items: their sum is a floor for every partition without
 * `without`. Null when some item is in no set.
 */
function floorOf(items: readonly number[], sets: Sets, without: number): number | null {
  let floor = 0;
  for (const item of items) {
    let least = Infinity;
    for (const { members, cost } of sets) if (members.length !== without && members.includes(item)) least = Math.min(least, cost / members.length);
    if (least === Infinity) return null;
    floor += least;
  }
  return floor;
}

/** The best way to cover every part of the items, each part once: 3^n steps. A later one must be cheaper to be taken. */
function cheapestOfAll(items: readonly number[], sets: Sets): Choice | null {
  const bit = new Map(items.map((item, k) => [item, 1 << k]));
  const masked = sets.map(({ members, cost }) => ({ members, cost, mask: members.reduce((mask, member) => mask | (bit.get(member) ?? 0), 0) }));
  const byLowest = items.map((_, k) => masked.filter(({ mask }) => (mask & -mask) === 1 << k));
  const memo = new Map<number, Choice | null>([[0, { sets: [], cost: 0 }]]);
  const cover = (open: number): Choice | null => {
    const found = memo.get(open);
    if (found !== undefined) return found;
    let best: Choice | null = null;
    for (const set of byLowest[31 - Math.clz32(open & -open)] ?? []) {
      if ((set.mask & open) !== set.mask) continue;
      const rest = cover(open ^ set.mask);
      if (rest !== null && (best === null || set.cost + rest.cost < best.cost - EQUAL)) best = { sets: [set.members, ...rest.sets], cost: set.cost + rest.cost };
    }
    memo.set(open, best);
    return best;
  };
  return cover((1 << items.length) - 1);
}

function cheapest(items: readonly number[], sets: Sets, solver: PartitionSolver): Choice | null {
  if (items.length === 0) return { sets: [], cost: 0 };
  const full = sets.find((set) => set.members.length === items.length);
  const floor = floorOf(items, sets, items.length);
  if (full !== undefined && (floor === null || items.length === 1 || full.cost <= floor + EQUAL)) return { sets: [full.members], cost: full.cost };
  if (floor === null) return null;
  if (sets.every((set) => set.members.length === 1)) return { sets: sets.map((set) => set.members), cost: sets.reduce((sum, set) => sum + set.cost, 0) };
  if (items.length <= COMPARED_ITEMS_MAX) return cheapestOfAll(items, sets);
  const place = new Map(items.map((item, index) => [item, index]));
  const chosen = solver({ items: items.length, sets: sets.map((set) => ({ members: set.members.map((item) => place.get(item) ?? 0), cost: set.cost })) });
  const picked = chosen.map((index) => sets[index]).filter((set) => set !== undefined);
  return picked.length === 0 ? null : { sets: picked.map((set) => set.members), cost: picked.reduce((sum, set) => sum + set.cost, 0) };
}

const within = (sets: Sets, items: readonly number[]): Sets => sets.filter((set) => set.members.every((item) => items.includes(item)));

/** Of all that are as cheap, the partition whose first cluster comes first in order, then the second, and so on. */
function firstInOrder(items: readonly number[], sets: Sets, best: Choice, solver: PartitionSolver): readonly (readonly number[])[] {
  const [first] = items;
  if (first === undefined || best.sets.length <= 1) return best.sets;
  for (const set of sets) {
    if (!set.members.includes(first)) continue;
    const rest = items.filter((item) => !set.members.includes(item));
    const open = within(sets, rest);
    const found = best.sets.includes(set.members) ? { sets: best.sets.filter((other) => other !== set.members), cost: best.cost - set.cost } : null;
    if (found === null) {
      const floor = rest.length === 0 ? 0 : floorOf(rest, open, 0);
      if (floor === null || set.cost + floor > best.cost + EQUAL) continue;
    }
    const others = found ?? cheapest(rest, open, solver);
    if (others !== null && set.cost + others.cost <= best.cost + EQUAL) return [set.members, ...firstInOrder(rest, open, others, solver)];
  }
  return best.sets;
}

/** Indices of the chosen sets in order of their first member; null when no choice of sets has every item once. `cost` null: the set cannot be had. */
export function choosePartition(items: number, sets: readonly { readonly members: readonly number[]; readonly cost: number | null }[], solver: PartitionSolver): readonly number[] | null {
  const open: { members: readonly number[]; cost: number }[] = [];
  for (const { members, cost } of sets) if (cost !== null) open.push({ members, cost: cost + PER_CLUSTER });
  const all = Array.from({ length: items }, (_, item) => item);
  const best = cheapest(all, open, solver);
  if (best === null) return null;
  const chosen = items <= COMPARED_ITEMS_MAX ? best.sets : firstInOrder(all, open, best, solver);
  return chosen.map((members) => sets.findIndex((set) => set.members === members)).toSorted((a, b) => (sets[a]?.members[0] ?? 0) - (sets[b]?.members[0] ?? 0));
}
