// A requirement without one clause, or with one number of it changed, found by the path that an answer names. Stated again here, so that
// what an answer says of its clauses and of the least relaxation can be computed by brute force.
import type { MetadataRates, Requirement, RequirementFileSystem, RequirementSite } from "@cynosure/model";

type FileSystemChange = (fs: RequirementFileSystem) => RequirementFileSystem;

interface Target {
  readonly siteAt: number;
  /** null: all of the site. */
  readonly fileSystemAt: number | null;
  readonly property: string;
}

function parseTarget(target: string): Target | null {
  const match = /^sites\[(\d+)\]\.(?:fileSystems\[(\d+|\*)\]\.)?(.+)$/.exec(target);
  if (match === null) return null;
  return { siteAt: Number(match[1]), fileSystemAt: match[2] === undefined || match[2] === "*" ? null : Number(match[2]), property: match[3] ?? "" };
}

const withSite = (requirement: Requirement, at: number, change: (site: RequirementSite) => RequirementSite): Requirement => ({ ...requirement, sites: requirement.sites.map((site, index) => (index === at ? change(site) : site)) });

const withFileSystems = (requirement: Requirement, { siteAt, fileSystemAt }: Target, change: FileSystemChange): Requirement =>
  withSite(requirement, siteAt, (site) => ({ ...site, fileSystems: site.fileSystems.map((fs, at) => (fileSystemAt === null || fileSystemAt === at ? change(fs) : fs)) }));

const clauses: Readonly<Record<string, FileSystemChange>> = {
  "throughput.simultaneous": (fs) => (fs.throughput === null ? fs : { ...fs, throughput: { ...fs.throughput, simultaneous: false } }),
  "protection.performanceHeld": (fs) => ({ ...fs, protection: { ...fs.protection, performanceHeld: false } }),
  "protection.hostFailures": (fs) => {
    const hostFailures = Math.max(0, fs.protection.hostFailures - 1);
    return { ...fs, protection: { ...fs.protection, hostFailures, rackFailures: Math.min(fs.protection.rackFailures, hostFailures) } };
  },
  growth: (fs) => ({ ...fs, growth: null }),
  metadata: (fs) => ({ ...fs, metadata: { uniqueDirectories: null, sharedDirectory: null } }),
};

/** null: no such clause is known here. */
export function withoutClause(requirement: Requirement, target: string): Requirement | null {
  const { constraints } = requirement;
  if (target === "constraints.residencyCountries") return { ...requirement, constraints: { ...constraints, residencyCountries: [] } };
  if (target === "constraints.budget") return { ...requirement, constraints: { ...constraints, budget: null } };
  if (target === "constraints.ephemeralNvmeAllowed") return { ...requirement, constraints: { ...constraints, ephemeralNvmeAllowed: true } };
  if (target === "constraints.hostSizes") return { ...requirement, constraints: { ...constraints, hostSizes: { ...constraints.hostSizes, allow: [], deny: [] } } };
  const parsed = parseTarget(target);
  if (parsed === null) return null;
  if (parsed.property === "consolidation.mode") return withSite(requirement, parsed.siteAt, (site) => ({ ...site, consolidation: { ...site.consolidation, mode: "guaranteed", confidence: null } }));
  const change = clauses[parsed.property];
  return change === undefined ? null : withFileSystems(requirement, parsed, change);
}

const scaledRatesOf = (rates: MetadataRates | null, factor: number): MetadataRates | null =>
  rates === null ? null : { createPerSecond: rates.createPerSecond * factor, statPerSecond: rates.statPerSecond * factor, removePerSecond: rates.removePerSecond * factor };

function withNumber(site: RequirementSite, property: string, to: number): RequirementSite | null {
  if (property === "quotaVcpus") return { ...site, quotaVcpus: to };
  if (property === "clients.count" && site.clients !== null) return { ...site, clients: { ...site.clients, count: Math.floor(to) } };
  if (site.room === null) return null;
  if (property === "room.powerKW") return { ...site, room: { ...site.room, powerKW: to } };
  if (property === "room.rackUnits") return { ...site, room: { ...site.room, rackUnits: to } };
  if (property === "room.network.switchesMax" && site.room.network !== null) return { ...site, room: { ...site.room, network: { ...site.room.network, switchesMax: Math.floor(to) } } };
  return null;
}

/** With the number at `target` (of all file systems: the sum of it) changed from `from` to `to`; null: no number that is known here. */
export function withChange(requirement: Requirement, target: string, from: number, to: number): Requirement | null {
  const { constraints } = requirement;
  const { budget } = constraints;
  if (target === "constraints.budget.totalUsd" && budget?.kind === "total") return { ...requirement, constraints: { ...constraints, budget: { ...budget, totalUsd: to } } };
  if (target === "constraints.budget.monthlyUsd" && budget?.kind === "monthly") return { ...requirement, constraints: { ...constraints, budget: { ...budget, monthlyUsd: to } } };
  const parsed = parseTarget(target);
  if (parsed === null) return null;
  const factor = to / from;
  if (parsed.property === "usableCapacityGB") return withFileSystems(requirement, parsed, (fs) => ({ ...fs, usableCapacityGB: fs.usableCapacityGB * factor }));
  if (parsed.property === "throughput") return withFileSystems(requirement, parsed, (fs) => (fs.throughput === null ? fs : { ...fs, throughput: { ...fs.throughput, readGBps: fs.throughput.readGBps * factor, writeGBps: fs.throughput.writeGBps * factor } }));
  if (parsed.property === "metadata") return withFileSystems(requirement, parsed, (fs) => ({ ...fs, metadata: { uniqueDirectories: scaledRatesOf(fs.metadata.uniqueDirectories, factor), sharedDirectory: scaledRatesOf(fs.metadata.sharedDirectory, factor) } }));
  let isKnown = true;
  const changed = withSite(requirement, parsed.siteAt, (site) => {
    const one = withNumber(site, parsed.property, to);
    isKnown = one !== null;
    return one ?? site;
  });
  return isKnown ? changed : null;
}
