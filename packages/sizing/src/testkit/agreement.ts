// Where an answer of `size` and brute force differ: one line a difference, none when they agree. Partitions that cost the same are
// the same answer; everything else has to be equal: counts, what is ruled out, what is undetermined, numbers of limits, cost, ranks.
import type { RequirementSite, SiteAnswer, SizedCluster, SizingAnswer, SizingLimit, SizingOption } from "@cynosure/model";
import { type BruteCandidate, type BruteCluster, bruteForce, type BruteSite, judgeCandidate, membersOf, partitionCost } from "./brute-force.ts";
import { firstBroken, judgeCluster, type Judged, smallestCount } from "./brute-cluster.ts";
import type { RandomCase } from "./random-case.ts";

const OPTIONS_MAX = 20;
const nameOf = (one: { readonly location: string; readonly hostSize: string }): string => `${one.hostSize} in ${one.location}`;
const isNear = (one: number, other: number): boolean => Math.abs(one - other) <= 1e-8 * Math.max(Math.abs(one), Math.abs(other), 1e-12);

/** Required above available is what these two want. */
const REVERSED = ["ready by", "budget"];

function limitDifferences(where: string, ours: readonly Judged[], theirs: readonly SizingLimit[]): string[] {
  const lines: string[] = [];
  for (const limit of ours) {
    const printed = theirs.find((one) => one.name === limit.name);
    if (printed === undefined) {
      // Nothing is asked of it: it may go unsaid.
      if (!(limit.verdict === "met" && limit.required === 0)) lines.push(`${where}: limit "${limit.name}" is missing (${limit.verdict})`);
      continue;
    }
    if (printed.verdict !== limit.verdict) lines.push(`${where}: limit "${limit.name}" is ${printed.verdict}, brute force says ${limit.verdict} (${limit.required} of ${limit.available}; printed ${printed.required} of ${printed.available})`);
    else if (limit.verdict === "met" && !REVERSED.includes(limit.name)) {
      if (printed.required === null || !isNear(printed.required, limit.required)) lines.push(`${where}: limit "${limit.name}" requires ${printed.required}, brute force ${limit.required}`);
      if (printed.available !== null && Number.isFinite(limit.available) && !isNear(printed.available, limit.available)) lines.push(`${where}: limit "${limit.name}" has ${printed.available}, brute force ${limit.available}`);
    }
  }
  for (const printed of theirs) {
    if (printed.verdict !== "met" && !ours.some((limit) => limit.name === printed.name)) lines.push(`${where}: limit "${printed.name}" is ${printed.verdict}, brute force knows no such limit`);
  }
  return lines;
}

/** The printed clusters, judged by brute force; lines where they are not allowed, not smallest, or not bound by what they say. */
function rejudged(site: RequirementSite, candidate: BruteCandidate, clusters: readonly SizedCluster[], lines: string[], where: string): BruteCluster[] {
  return clusters.map((cluster) => {
    const members = membersOf(site, cluster.fileSystems);
    const named = `${where}, cluster [${cluster.fileSystems.join(", ")}]`;
    const smallest = site.hostCount ?? smallestCount(candidate.setting, members);
    if (smallest !== cluster.hostCount) lines.push(`${named}: ${cluster.hostCount} hosts, brute force ${smallest}`);
    const binding = site.hostCount === null ? firstBroken(candidate.setting, members, cluster.hostCount - 1) : null;
    if (binding !== null && binding !== cluster.binding) lines.push(`${named}: bound by "${cluster.binding}", brute force says "${binding}"`);
    if (members.buckets.map((bucket) => bucket.name).join() !== cluster.buckets.join()) lines.push(`${named}: buckets [${cluster.buckets.join()}]`);
    const limits = judgeCluster(candidate.setting, members, cluster.hostCount);
    lines.push(...limitDifferences(named, limits, cluster.limits));
    return { fileSystems: cluster.fileSystems, hostCount: cluster.hostCount, limits };
  });
}

function optionDifferences({ requirement, knowledge }: RandomCase, site: RequirementSite, candidate: BruteCandidate, option: SizingOption): string[] {
  const lines: string[] = [];
  const where = `${site.name}: ${nameOf(option)}`;
  const printed = option.clusters.map((cluster) => [...cluster.fileSystems].sort());
  const [ours, theirs] = [partitionCost(requirement, knowledge, candidate, candidate.clusters), partitionCost(requirement, knowledge, candidate, option.clusters)];
  const clusters = rejudged(site, candidate, option.clusters, lines, where);
  if (!isNear(ours, theirs) || candidate.clusters.length !== printed.length) {
    lines.push(`${where}: clusters ${JSON.stringify(option.clusters.map((cluster) => [cluster.fileSystems, cluster.hostCount]))}, brute force ${JSON.stringify(candidate.clusters.map((cluster) => [cluster.fileSystems, cluster.hostCount]))}`);
  }
  const again = judgeCandidate(requirement, knowledge, candidate.setting, option.location, option.hostSize, clusters);
  const budget = candidate.siteLimits.filter((limit) => limit.name === "budget");
  const siteLimits = [...again.siteLimits, ...budget];
  lines.push(...limitDifferences(where, siteLimits, option.limits));
  const undetermined = [...new Set([...again.undetermined, ...budget.filter((limit) => limit.verdict === "undetermined").map((limit) => limit.name)])].sort();
  if (undetermined.join() !== [...new Set(option.undetermined)].sort().join()) lines.push(`${where}: undetermined [${option.undetermined.join(", ")}], brute force [${undetermined.join(", ")}]`);
  if (option.hostCount !== again.hostCount) lines.push(`${where}: ${option.hostCount} hosts in all, brute force ${again.hostCount}`);
  const cost = option.cost.usdPerMonth;
  if ((cost === null) !== (again.usdPerMonth === null) || (cost !== null && again.usdPerMonth !== null && !isNear(cost, again.usdPerMonth))) lines.push(`${where}: ${cost} USD a month, brute force ${again.usdPerMonth}`);
  if ((option.cost.verdict === "determined") !== (again.usdPerMonth !== null)) lines.push(`${where}: cost is ${option.cost.verdict}`);
  return lines;
}

function siteDifferences(drawn: RandomCase, site: RequirementSite, brute: BruteSite, answer: SiteAnswer): string[] {
  const lines: string[] = [];
  for (const candidate of brute.candidates) {
    const where = `${site.name}: ${nameOf(candidate)}`;
    const option = answer.options.find((one) => nameOf(one) === nameOf(candidate));
    const isRuledOut = answer.ruledOut.some((one) => nameOf(one) === nameOf(candidate));
    if (candidate.ruledOut !== null) {
      if (option !== undefined) lines.push(`${where}: an option of ${option.hostCount} hosts, brute force rules it out (${candidate.ruledOut})`);
      else if (!isRuledOut) lines.push(`${where}: not said to be ruled out (${candidate.ruledOut})`);
    } else if (isRuledOut) lines.push(`${where}: ruled out (${answer.ruledOut.find((one) => nameOf(one) === nameOf(candidate))?.reason}), brute force needs ${candidate.hostCount} hosts`);
    else if (option !== undefined) lines.push(...optionDifferences(drawn, site, candidate, option));
  }
  const [ours, theirs] = [brute.options.slice(0, OPTIONS_MAX).map(nameOf), answer.options.map(nameOf)];
  if (lines.length === 0 && ours.join() !== theirs.join()) lines.push(`${site.name}: ranked ${theirs.join(" > ")}, brute force ${ours.join(" > ")}`);
  return lines;
}

/** Everything that brute force says otherwise. */
export function disagreements(drawn: RandomCase, answer: SizingAnswer): string[] {
  const brute = bruteForce(drawn.requirement, drawn.knowledge);
  // Offered hosts that do not fit are a problem, not a contradiction.
  const unfit = brute.filter((site) => site.options.length === 0 && site.candidates.some((candidate) => candidate.setting.kind === "local"));
  // What a constraint rules out may be too small as well: either may be said.
  const mayBeEither = unfit.length > 0 && unfit.every((site) => site.candidates.some((candidate) => candidate.ruledOut !== "limits" && candidate.ruledOut !== "restriction"));
  if (unfit.length > 0 !== answer.problems.length > 0 && !mayBeEither) return [`brute force finds ${unfit.length > 0 ? "no offer that fits" : "no problem"}`, ...answer.problems.map((problem) => `problem at ${problem.target}: ${problem.message}`)];
  if (answer.problems.length > 0) return [];
  return drawn.requirement.sites.flatMap((site, at) => {
    const [one, other] = [brute[at], answer.sites[at]];
    if (one === undefined || other === undefined || other.siteName !== site.name) return [`${site.name}: no answer`];
    return siteDifferences(drawn, site, one, other);
  });
}
