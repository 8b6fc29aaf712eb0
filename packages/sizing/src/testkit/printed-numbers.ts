// An answer against itself: every number of it that can be computed from others it prints. Needs no model: whoever signs an answer
// could do this with a pocket calculator.
import type { Requirement, RequirementSite, SiteAnswer, SizingAnswer, SizingLimit, SizingOption } from "@cynosure/model";
import { type BruteKnowledge, lowestPrice } from "./brute-force.ts";

const HOURS_A_MONTH = 730;
/** What is wanted of these is that `available` (a date, a cost) stays below. */
const REVERSED = ["ready by", "budget"];
const isNear = (one: number, other: number): boolean => Math.abs(one - other) <= 1e-8 * Math.max(Math.abs(one), Math.abs(other), 1e-9);

function limitLines(where: string, limit: SizingLimit, mayBeBroken: readonly string[]): string[] {
  const { name, required, available, slack, verdict } = limit;
  const at = `${where}: "${name}"`;
  const lines: string[] = [];
  if (limit.evidence === "") lines.push(`${at} has no evidence`);
  if (verdict === "notMet" && !mayBeBroken.includes(name)) lines.push(`${at} is not met in an option`);
  if (required === null || available === null) {
    if (slack !== null) lines.push(`${at} has slack ${slack} of something unknown`);
    const isNothingAsked = required === 0;
    if (verdict === "met" && !isNothingAsked) lines.push(`${at} is met although ${required === null ? "what is required" : "what is available"} is unknown`);
    return lines;
  }
  const [small, large] = REVERSED.includes(name) ? [available, required] : [required, available];
  if (verdict === "met" && small > large * (1 + 1e-8)) lines.push(`${at} is met with ${required} of ${available}`);
  const ratio = large / small - 1;
  // Of nothing, and of next to nothing, there is no slack to speak of.
  const expected = Number.isFinite(ratio) ? ratio : null;
  if (verdict === "met" && (expected === null ? slack !== null : slack === null || Math.abs(slack - expected) > 1e-8 * (1 + Math.abs(expected)))) lines.push(`${at}: slack ${slack}, ${required} of ${available} makes ${expected}`);
  return lines;
}

function costLines(where: string, requirement: Requirement, site: RequirementSite, prices: BruteKnowledge["prices"], option: SizingOption): string[] {
  const { usdPerMonth, usdPerGBpsMonth, usdPerUsableTBMonth, verdict } = option.cost;
  if ((verdict === "determined") !== (usdPerMonth !== null)) return [`${where}: cost is ${verdict} at ${usdPerMonth}`];
  if (usdPerMonth === null) return usdPerGBpsMonth === null && usdPerUsableTBMonth === null ? [] : [`${where}: shares of an unknown cost`];
  const lines: string[] = [];
  const management = option.managementHosts;
  const price = lowestPrice(requirement, prices, option.hostSize, option.location);
  const managementPrice = management === null ? 0 : lowestPrice(requirement, prices, management.size, option.location);
  const expected = price === null || managementPrice === null ? null : (option.hostCount * price + (management?.count ?? 0) * managementPrice) * HOURS_A_MONTH;
  if (expected === null || !isNear(usdPerMonth, expected)) lines.push(`${where}: ${usdPerMonth} USD a month, hosts times price are ${expected}`);
  let throughputGBps = 0;
  let todayTB = 0;
  let grownTB = 0;
  for (const fs of site.fileSystems) {
    throughputGBps += (fs.throughput?.readGBps ?? 0) + (fs.throughput?.writeGBps ?? 0);
    todayTB += fs.usableCapacityGB / 1_000;
    grownTB += (fs.usableCapacityGB / 1_000) * (fs.growth === null ? 1 : (1 + fs.growth.percentPerYear / 100) ** fs.growth.years);
  }
  if (throughputGBps === 0 ? usdPerGBpsMonth !== null : usdPerGBpsMonth === null || !isNear(usdPerGBpsMonth, usdPerMonth / throughputGBps)) lines.push(`${where}: ${usdPerGBpsMonth} USD a GB/s for ${throughputGBps} GB/s`);
  const perTB = todayTB === 0 ? [null] : [usdPerMonth / todayTB, usdPerMonth / grownTB];
  if (!perTB.some((one) => (one === null ? usdPerUsableTBMonth === null : usdPerUsableTBMonth !== null && isNear(one, usdPerUsableTBMonth)))) lines.push(`${where}: ${usdPerUsableTBMonth} USD a TB for ${todayTB} TB`);
  return lines;
}

function optionLines(where: string, requirement: Requirement, site: RequirementSite, { catalogue, prices }: BruteKnowledge, option: SizingOption): string[] {
  const lines = costLines(where, requirement, site, prices, option);
  const limits = [...option.limits, ...option.clusters.flatMap((cluster) => cluster.limits)];
  // The shape that the requirement fixes on hosts that are offered now is judged, not changed.
  const isJudgedOnly = site.hostCount !== null && !catalogue.sizes.some((one) => one.name === option.hostSize);
  lines.push(...limits.flatMap((limit) => limitLines(where, limit, isJudgedOnly ? ["raw capacity"] : [])));
  const hosts = option.clusters.reduce((sum, cluster) => sum + cluster.hostCount, 0);
  if (hosts !== option.hostCount) lines.push(`${where}: ${option.hostCount} hosts, its clusters have ${hosts}`);
  for (const cluster of [{ limits: option.limits }, ...option.clusters]) {
    if (new Set(cluster.limits.map((limit) => limit.name)).size !== cluster.limits.length) lines.push(`${where}: a limit is named twice in one list`);
  }
  const undetermined = [...new Set(limits.filter((limit) => limit.verdict === "undetermined").map((limit) => limit.name))].sort();
  if (undetermined.join() !== [...new Set(option.undetermined)].sort().join()) lines.push(`${where}: undetermined [${option.undetermined.join()}], its limits say [${undetermined.join()}]`);
  const names = [...site.fileSystems.map((fs) => fs.name)].sort();
  if (option.clusters.flatMap((cluster) => cluster.fileSystems).sort().join() !== names.join()) lines.push(`${where}: not every file system is in one cluster`);
  const size = catalogue.sizes.find((one) => one.name === option.hostSize);
  const watts = size?.powerWatts.value ?? null;
  if (option.powerKW !== null && (watts === null || !isNear(option.powerKW, (option.hostCount * watts) / 1_000))) lines.push(`${where}: ${option.powerKW} kW`);
  if (site.hostCount === null && !option.whyNotOneFewer.includes(option.binding)) lines.push(`${where}: whyNotOneFewer does not name "${option.binding}": ${option.whyNotOneFewer}`);
  if (option.hypothetical !== (size?.hypothetical ?? false)) lines.push(`${where}: hypothetical is ${option.hypothetical}`);
  return lines;
}

function siteLines(requirement: Requirement, site: RequirementSite, knowledge: BruteKnowledge, answer: SiteAnswer, hasProblem: boolean): string[] {
  const lines = answer.options.flatMap((option, at) => [
    ...optionLines(`${site.name}: ${option.hostSize} in ${option.location}`, requirement, site, knowledge, option),
    ...(option.rank === at + 1 ? [] : [`${site.name}: rank ${option.rank} in place ${at + 1}`]),
  ]);
  const isEmpty = answer.options.length === 0;
  // A problem says why there is no option as well as a contradiction does.
  if (isEmpty ? answer.contradiction === null && !hasProblem : answer.contradiction !== null) lines.push(`${site.name}: ${answer.options.length} options, contradiction ${JSON.stringify(answer.contradiction)}`);
  for (const option of answer.options) {
    for (const rung of option.fallbackLadder) {
      const target = answer.options.find((one) => one.hostSize === rung.hostSize && one.location === rung.location);
      if (target !== undefined && (target.hostCount !== rung.hostCount || target.rank <= option.rank)) lines.push(`${site.name}: ladder of ${option.rank} leads to ${JSON.stringify(rung)}`);
    }
  }
  return lines;
}

/** What JSON would lose. */
function oddNumbers(value: unknown, path: string): string[] {
  if (typeof value === "number") return Number.isFinite(value) ? [] : [`${path} is ${value}`];
  if (value === undefined) return [`${path} is undefined`];
  if (typeof value === "string") return /\bNaN\b|Infinity|undefined/.test(value) ? [`${path} says "${value}"`] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => oddNumbers(inner, `${path}.${key}`));
}

/** Everything in an answer that contradicts something else in it, or that JSON cannot say. */
export function selfContradictions(requirement: Requirement, knowledge: BruteKnowledge, answer: SizingAnswer): string[] {
  const isHypothetical = answer.sites.some((site) => site.options.some((option) => option.hypothetical));
  return [
    ...oddNumbers(answer, "answer"),
    ...(answer.problems.length === 0 && isHypothetical !== answer.hypothetical ? [`hypothetical is ${answer.hypothetical}`] : []),
    ...requirement.sites.flatMap((site, at) => {
      const one = answer.sites[at];
      return one === undefined ? [] : siteLines(requirement, site, knowledge, one, answer.problems.some((problem) => problem.target.startsWith(`sites[${at}]`)));
    }),
  ];
}
