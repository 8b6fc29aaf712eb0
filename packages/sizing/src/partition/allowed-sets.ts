// Which file systems may share a cluster: groups that are independent of each other, and within a group every set of at
// most eight. File systems are taken by name, so that the order of the requirement does not matter.
import type { RequirementSite } from "@cynosure/model";

/** Sharing more would make the exact distribution of shared peaks, and the number of sets, too large. */
export const FILE_SYSTEMS_PER_CLUSTER_MAX = 8;

/** Ordinal, so that the answer does not depend on a locale. */
export const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** Names that may share with each other and with nobody else, each list in order. */
export function sharingGroups(site: RequirementSite): string[][] {
  const names = site.fileSystems.toSorted(byName).map((each) => each.name);
  const { mayShare } = site.consolidation;
  if (mayShare === null) return names.length === 0 ? [] : [names];
  const groups: string[][] = [];
  const placed = new Set<string>();
  for (const name of names) {
    if (placed.has(name)) continue;
    const list = mayShare.find((each) => each.includes(name)) ?? [name];
    const group = names.filter((other) => list.includes(other) && !placed.has(other));
    for (const other of group) placed.add(other);
    groups.push(group);
  }
  return groups;
}

/** So many that nobody asked to keep apart are put together without comparing divisions; a host count is that of one cluster anyway. */
export const isUndivided = (site: RequirementSite): boolean => site.hostCount !== null || (site.consolidation.mayShare === null && site.fileSystems.length > FILE_SYSTEMS_PER_CLUSTER_MAX);

/** How many sets of at most eight there are of so many. */
export function countOfSets(items: number): number {
  let sum = 0;
  let combinations = 1;
  for (let members = 1; members <= Math.min(items, FILE_SYSTEMS_PER_CLUSTER_MAX); members += 1) {
    combinations = (combinations * (items - members + 1)) / members;
    sum += combinations;
  }
  return sum;
}

/** Every set of at most eight of the items 0 to count - 1, in order: [0], [0, 1], [0, 1, 2], [0, 2], [1] … */
export function setsOf(count: number): number[][] {
  const sets: number[][] = [];
  const extend = (members: number[], from: number): void => {
    for (let item = from; item < count; item += 1) {
      const set = [...members, item];
      sets.push(set);
      if (set.length < FILE_SYSTEMS_PER_CLUSTER_MAX) extend(set, item + 1);
    }
  };
  extend([], 0);
  return sets;
}
