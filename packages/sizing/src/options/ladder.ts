// The fallback ladder: what deployment may do without asking when an option cannot be had.
import type { LadderRung } from "@cynosure/model";
import type { Candidate } from "../candidates/candidates.ts";

const RUNGS_MAX = 5;

/** `ranked` in order of rank; only what is determined in all that the option is determined in. */
export function ladderOf(option: Candidate, ranked: readonly Candidate[]): LadderRung[] {
  const open = new Set(option.undetermined);
  const later = ranked.slice(ranked.indexOf(option) + 1).filter((each) => each.undetermined.every((limit) => open.has(limit)));
  const nextSize = later.find((each) => each.place.order === option.place.order);
  const nextPlace = later.filter((each) => each.host.name === option.host.name && each.place.order > option.place.order).toSorted((a, b) => a.place.order - b.place.order)[0];
  const rungs: { readonly each: Candidate; readonly reason: string }[] = [];
  if (nextSize !== undefined) rungs.push({ each: nextSize, reason: `the next size in ${option.place.name}` });
  if (nextPlace !== undefined) rungs.push({ each: nextPlace, reason: `the same size in the next location, ${nextPlace.place.name}` });
  for (const each of later) {
    if (rungs.length >= RUNGS_MAX) break;
    if (each !== nextSize && each !== nextPlace) rungs.push({ each, reason: `next in rank, in ${each.place.name}` });
  }
  return rungs.map(({ each, reason }) => ({ location: each.place.name, zone: each.place.zone, hostSize: each.host.name, hostCount: each.shape.hosts, reason }));
}
