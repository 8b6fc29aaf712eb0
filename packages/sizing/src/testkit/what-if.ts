// What an answer says beyond its options, by brute force: how counts and cost change when amplification, drives or prices are worse,
// what each clause costs, and whether the least relaxation is enough and no larger than it has to be.
import type { Contradiction, PricedClause, Sensitivity, SiteAnswer, SizingAnswer, SizingOption, Sourced } from "@cynosure/model";
import { assumptionsOf, type BruteCandidate, bruteForce } from "./brute-force.ts";
import type { RandomCase } from "./random-case.ts";
import { withChange, withoutClause } from "./without.ts";

const WORSE = 1.2;
const SUSTAINED_WORSE = 0.8;
/** The page says 1 %; a hair more for the numbers that are rounded to be read. */
const RELAXATION_ERROR_MAX = 0.011;

const isSame = (one: number | null, other: number | null): boolean => (one === null || other === null ? one === other : Math.abs(one - other) <= 1e-6 * Math.max(1, Math.abs(one), Math.abs(other)));
const over = (one: Sourced<number>, factor: number): Sourced<number> => (one.value === null ? one : { ...one, value: one.value / factor });

/** Sending 1.2 times as much over the same network is the same as sending as much over one that is 1.2 times slower. */
function withMoreTraffic({ requirement, knowledge }: RandomCase): RandomCase {
  const sizes = knowledge.catalogue.sizes.map((size) => (size.role === "storage" ? { ...size, egressMbps: over(size.egressMbps, WORSE), ingressMbps: over(size.ingressMbps, WORSE) } : size));
  return { requirement, knowledge: { ...knowledge, catalogue: { ...knowledge.catalogue, sizes } } };
}

function withTiredDrives({ requirement, knowledge }: RandomCase): RandomCase {
  const known = assumptionsOf(requirement, knowledge.catalogue).sustainedWriteFraction;
  const assumptions = known === null ? requirement.assumptions : { ...requirement.assumptions, sustainedWriteFraction: known * SUSTAINED_WORSE };
  return { requirement: { ...requirement, assumptions }, knowledge };
}

const candidateOf = (drawn: RandomCase, siteAt: number, option: { readonly hostSize: string; readonly location: string }): BruteCandidate | null =>
  bruteForce(drawn.requirement, drawn.knowledge)[siteAt]?.candidates.find((one) => one.hostSize === option.hostSize && one.location === option.location) ?? null;

function sensitivityLines(where: string, drawn: RandomCase, siteAt: number, option: SizingOption): string[] {
  const find = (word: string): Sensitivity | undefined => option.sensitivity.find((one) => one.change.includes(word));
  const check = (word: string, worse: RandomCase): string[] => {
    const [printed, candidate] = [find(word), candidateOf(worse, siteAt, option)];
    if (printed === undefined) return [`${where}: no sensitivity to ${word}`];
    // What breaks a limit of the site is left to the limits: the count is what the clusters need.
    const hosts = candidate === null || candidate.clusters.length === 0 ? null : candidate.hostCount;
    return printed.hostCount === hosts ? [] : [`${where}: ${printed.change}: ${printed.hostCount} hosts, brute force ${hosts}`];
  };
  const prices = find("prices");
  const usd = option.cost.usdPerMonth === null ? null : option.cost.usdPerMonth * WORSE;
  const isLive = !drawn.knowledge.catalogue.sizes.some((size) => size.name === option.hostSize);
  return [
    ...(isLive ? [] : [...check("amplification", withMoreTraffic(drawn)), ...check("sustained write", withTiredDrives(drawn))]),
    ...(prices !== undefined && !isSame(prices.usdPerMonth, usd) ? [`${where}: prices higher: ${prices.usdPerMonth}, not ${usd}`] : []),
  ];
}

function clauseLines(drawn: RandomCase, siteAt: number, answer: SiteAnswer, clause: PricedClause): string[] {
  const [best] = answer.options;
  const without = withoutClause(drawn.requirement, clause.target);
  if (best === undefined || without === null) return [`clause ${clause.target} is not known to brute force`];
  const where = `${answer.siteName}: ${clause.target} (${clause.statement})`;
  const brute = bruteForce(without, drawn.knowledge)[siteAt];
  const same = brute?.candidates.find((one) => one.hostSize === best.hostSize && one.location === best.location);
  const lines: string[] = [];
  const isConstraint = clause.target.startsWith("constraints.");
  const top = brute?.options[0];
  if (same !== undefined && same.ruledOut === null && !isConstraint) {
    if (clause.hosts !== best.hostCount - same.hostCount) lines.push(`${where}: ${clause.hosts} hosts, brute force ${best.hostCount - same.hostCount}`);
    const usd = best.cost.usdPerMonth === null || same.usdPerMonth === null ? null : best.cost.usdPerMonth - same.usdPerMonth;
    if (!isSame(clause.usdPerMonth, usd)) lines.push(`${where}: ${clause.usdPerMonth} USD a month, brute force ${usd}`);
  }
  // With several sites, what the others leave of the budget stays as it is with the clause; that is not computed again here.
  const isAlone = drawn.requirement.sites.length === 1 || drawn.requirement.constraints.budget === null;
  if (isConstraint && isAlone && top !== undefined) {
    const isOther = top.hostSize !== best.hostSize || top.location !== best.location;
    const printed = clause.bestWithout;
    if (isOther ? printed?.hostSize !== top.hostSize || printed.location !== top.location || printed.hostCount !== top.hostCount : printed !== null) lines.push(`${where}: best without it ${JSON.stringify(printed)}, brute force ${top.hostCount} x ${top.hostSize} in ${top.location}`);
  }
  return lines;
}

function relaxationLines(drawn: RandomCase, siteAt: number, siteName: string, { relaxation }: Contradiction): string[] {
  if (relaxation === null || typeof relaxation.from !== "number" || typeof relaxation.to !== "number") return [];
  const { target, from, to } = relaxation;
  const where = `${siteName}: ${target} from ${from} to ${to}`;
  // 0: no option. 1: options whose budget nobody can judge, for the other sites' cost is not known. 2: options.
  const degreeAt = (value: number): number | null => {
    const changed = withChange(drawn.requirement, target, from, value);
    if (changed === null) return null;
    const options = bruteForce(changed, drawn.knowledge)[siteAt]?.options ?? [];
    return options.length === 0 ? 0 : options.every((option) => option.undetermined.includes("budget")) ? 1 : 2;
  };
  const enough = degreeAt(to);
  if (enough === null) return [`${where}: not known to brute force`];
  if (enough === 0) return [`${where} is not enough`];
  // A little less of a change: whole numbers one less, others as much as the page allows for.
  const isWhole = ["clients", "switches"].includes(relaxation.unit);
  const less = isWhole ? to - 1 : to > from ? to * (1 - RELAXATION_ERROR_MAX) : to * (1 + RELAXATION_ERROR_MAX);
  const isBetween = (less - from) * (to - from) > 0;
  return isBetween && (degreeAt(less) ?? 0) >= enough ? [`${where}: ${less} is enough`] : [];
}

/** Everything said of changes that brute force says otherwise. */
export function whatIfDisagreements(drawn: RandomCase, answer: SizingAnswer): string[] {
  return answer.sites.flatMap((site, siteAt) => [
    ...site.options.slice(0, 3).flatMap((option) => sensitivityLines(`${site.siteName}: ${option.hostSize} in ${option.location}`, drawn, siteAt, option)),
    ...site.clauses.flatMap((clause) => clauseLines(drawn, siteAt, site, clause)),
    ...(site.contradiction === null ? [] : relaxationLines(drawn, siteAt, site.siteName, site.contradiction)),
  ]);
}
