// Clauses that cost hosts: each is dropped in turn, and the best option's size is counted again in its location.
import type { PricedClause, Requirement, RequirementFileSystem } from "@cynosure/model";
import type { Candidate } from "../candidates/candidates.ts";
import { usdPerMonthOf } from "../options/cost.ts";
import { Shapes } from "../shape/shape.ts";
import { siteCase, type SiteCase } from "../site-case.ts";
import { number, plural } from "../words.ts";
import { fileSystemsPath, onFileSystems, withSite, type Change } from "./changed-requirement.ts";

interface Clause {
  /** "writing at the same time as reading" */
  readonly words: string;
  readonly isPlural?: boolean;
  target(requirement: Requirement, siteIndex: number): string;
  readonly without: Change;
}

const clauseOf = (words: string, property: string, applies: (each: RequirementFileSystem) => boolean, change: (each: RequirementFileSystem) => RequirementFileSystem): Clause => ({
  words, isPlural: words.endsWith("rates"), target: (requirement, siteIndex) => fileSystemsPath(requirement, siteIndex, applies, property), without: onFileSystems(applies, change),
});

const readsAndWrites = ({ throughput }: RequirementFileSystem): boolean => throughput !== null && throughput.simultaneous && throughput.readGBps > 0 && throughput.writeGBps > 0;
const hasRates = ({ metadata }: RequirementFileSystem): boolean => metadata.uniqueDirectories !== null || metadata.sharedDirectory !== null;

const oneFailureFewer = (each: RequirementFileSystem): RequirementFileSystem => {
  const hostFailures = each.protection.hostFailures - 1;
  return { ...each, protection: { ...each.protection, hostFailures, rackFailures: Math.min(each.protection.rackFailures, hostFailures) } };
};

const clauses: readonly Clause[] = [
  clauseOf("writing at the same time as reading", "throughput.simultaneous", readsAndWrites, (each) => ({ ...each, throughput: each.throughput === null ? null : { ...each.throughput, simultaneous: false } })),
  clauseOf("holding performance while hosts are down", "protection.performanceHeld", (each) => each.protection.performanceHeld && each.protection.hostFailures > 0, (each) => ({ ...each, protection: { ...each.protection, performanceHeld: false } })),
  clauseOf("surviving one more failed host", "protection.hostFailures", (each) => each.protection.hostFailures > 0, oneFailureFewer),
  clauseOf("growth", "growth", (each) => each.growth !== null && each.growth.percentPerYear > 0 && each.growth.years > 0, (each) => ({ ...each, growth: null })),
  clauseOf("metadata rates", "metadata", hasRates, (each) => ({ ...each, metadata: { uniqueDirectories: null, sharedDirectory: null } })),
  {
    words: "sharing peaks instead of guaranteeing them all at once",
    target: (_requirement, siteIndex) => `sites[${siteIndex}].consolidation.mode`,
    without: (requirement, siteIndex) => (requirement.sites[siteIndex]?.consolidation.mode === "shared" ? withSite(requirement, siteIndex, (site) => ({ ...site, consolidation: { ...site.consolidation, mode: "guaranteed", confidence: null } })) : null),
  },
];

function effectWords(hosts: number, usdPerMonth: number | null, isFixed: boolean, isPlural: boolean): string {
  const [cost, save] = isPlural ? ["cost", "save"] : ["costs", "saves"];
  if (hosts === 0) return `${cost} nothing${isFixed ? ": the host count is fixed" : ""}`;
  const money = usdPerMonth === null || usdPerMonth === 0 ? "" : ` and ${number(Math.round(Math.abs(usdPerMonth)))} USD a month`;
  return `${hosts > 0 ? cost : save} ${plural(Math.abs(hosts), "host")}${money}`;
}

const capitalised = (words: string): string => words.slice(0, 1).toUpperCase() + words.slice(1);

export function countedClauses(each: SiteCase, best: Candidate): PricedClause[] {
  const { requirement, siteIndex, knowledge, partition } = each;
  const { host, prices, shape, usdPerMonth } = best;
  const isFixed = each.site.hostCount !== null;
  return clauses.flatMap((clause): PricedClause[] => {
    const changed = clause.without(requirement, siteIndex);
    if (changed === null) return [];
    const changedCase = siteCase(changed, siteIndex, knowledge, partition);
    // A live host is described anew for every case; it is the same offer.
    const same = host.kind === "live" ? (changedCase.hostsAt(best.place).find((other) => other.name === host.name) ?? host) : host;
    const without = new Shapes(changedCase).shape(same, { host: prices.host?.usdPerHour ?? null, management: prices.management?.usdPerHour ?? null });
    const target = clause.target(requirement, siteIndex);
    const words = capitalised(clause.words);
    if (without === null) return [{ target, statement: `${words}: ${host.name} in ${best.place.name} would not do without it.`, hosts: null, usdPerMonth: null, bestWithout: null }];
    const hosts = shape.hosts - without.hosts;
    const cost = usdPerMonthOf(without, prices);
    const dearer = usdPerMonth === null || cost === null ? null : usdPerMonth - cost;
    return [{ target, statement: `${words} ${effectWords(hosts, dearer, isFixed, clause.isPlural ?? false)}.`, hosts, usdPerMonth: dearer, bestWithout: null }];
  });
}
