// The order of options: what is known before what is not, then preference, cost, place, size of the whole, name.
import type { Candidate } from "../candidates/candidates.ts";
import { verdictAt } from "../limits/limit.ts";
import { vcpusInAll } from "../limits/site.ts";
import type { SiteCase } from "../site-case.ts";

interface Keyed {
  readonly candidate: Candidate;
  readonly keys: readonly number[];
}

const MILLIONTHS = 1e6;
/** Equal costs by other numbers may differ in the last bit; that is no reason to prefer one. */
const costKey = (usd: number | null): number => (usd === null ? Infinity : Math.round(usd * MILLIONTHS));

function keysOf(each: SiteCase, candidate: Candidate): readonly number[] {
  const preferred = each.constraints.hostSizes.prefer.indexOf(candidate.host.name);
  // Only a fixed shape of hosts that are offered here can break a limit and still be an option.
  const broken = candidate.place.kind === "live" ? candidate.shape.clusters.reduce((sum, { limits, hosts }) => sum + limits.filter((limit) => verdictAt(limit, hosts) === "notMet").length, 0) : 0;
  const vcpus = vcpusInAll(each, candidate.host, candidate.shape, candidate.shape.hosts);
  return [broken, candidate.undetermined.length, preferred < 0 ? Infinity : preferred, costKey(candidate.usdPerMonth), candidate.place.order, vcpus.isWhole ? vcpus.value : Infinity, candidate.shape.hosts];
}

function compare(a: Keyed, b: Keyed): number {
  for (const [k, key] of a.keys.entries()) {
    const other = b.keys[k] ?? 0;
    if (key !== other) return key < other ? -1 : 1;
  }
  const [one, two] = [a.candidate.host.name, b.candidate.host.name];
  return one < two ? -1 : one > two ? 1 : 0;
}

export function ranked(each: SiteCase, candidates: readonly Candidate[]): Candidate[] {
  return candidates.map((candidate) => ({ candidate, keys: keysOf(each, candidate) })).toSorted(compare).map(({ candidate }) => candidate);
}
