// Brute force, a whole requirement: every candidate of every site with every way to share clusters, every limit of the site, cost and
// rank, by docs/reference/sizing-model.md alone. Imports nothing of the model but types; see brute-cluster.ts. What is only words
// (risks, ladders, clauses) is not computed.
import type { Catalogue, CatalogueRegion, CatalogueSize, HostSizeOffer, PriceBook, Requirement, RequirementSite, SizingAssumptions } from "@cynosure/model";
import { type BruteMembers, type BruteSetting, judge, judgeCluster, type Judged, readOf, smallestCount, writeOf } from "./brute-cluster.ts";

/** The shape of what `size` is told, stated again here. */
export interface BruteKnowledge {
  readonly catalogue: Catalogue;
  readonly prices: PriceBook | null;
  readonly offers: readonly HostSizeOffer[];
  readonly today: string;
}

export interface BruteCluster {
  readonly fileSystems: readonly string[];
  readonly hostCount: number;
  readonly limits: readonly Judged[];
}

export interface BruteCandidate {
  readonly location: string;
  readonly hostSize: string;
  readonly setting: BruteSetting;
  /** A constraint's number in §1, `limits` when no count does or a site's limit is broken, null for an option. */
  readonly ruledOut: string | null;
  readonly clusters: readonly BruteCluster[];
  readonly hostCount: number;
  readonly siteLimits: readonly Judged[];
  readonly undetermined: readonly string[];
  readonly usdPerMonth: number | null;
  readonly vcpus: number | null;
}

export interface BruteSite {
  readonly siteName: string;
  readonly candidates: readonly BruteCandidate[];
  /** Best first. */
  readonly options: readonly BruteCandidate[];
}

const HOURS_A_MONTH = 730;
const FILE_SYSTEMS_OF_A_CLUSTER_MAX = 8;
const daysOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000;

/** The lowest price that the requirement may count with. */
export function lowestPrice(requirement: Requirement, prices: PriceBook | null, size: string, region: string): number | null {
  const budget = requirement.constraints.budget;
  const termMonths = budget?.kind === "total" ? budget.termMonths : 0;
  let lowest: number | null = null;
  for (const price of prices?.prices ?? []) {
    if (price.size !== size || price.region !== region) continue;
    if (price.term === "reserved1Year" && termMonths < 12) continue;
    if (price.term === "reserved3Years" && termMonths < 36) continue;
    if (lowest === null || price.usdPerHour < lowest) lowest = price.usdPerHour;
  }
  return lowest;
}

const isListed = (size: CatalogueSize, region: string): boolean => size.availability.some((list) => list.regions.includes(region));
const isExcluded = (size: CatalogueSize, region: string): boolean => size.availability.some((list) => list.isComplete && !list.regions.includes(region));

interface Place {
  readonly location: string;
  readonly kind: "azure" | "bareMetal" | "local";
  readonly region: CatalogueRegion | null;
}

function placesOf(site: RequirementSite, catalogue: Catalogue): Place[] {
  if (site.room !== null) return [{ location: site.location, kind: "bareMetal", region: null }];
  return [site.location, ...site.fallbackLocations].map((location) => {
    const region = catalogue.regions.find((one) => one.name === location) ?? null;
    return { location, kind: region === null ? "local" : "azure", region };
  });
}

/** §1: which rule takes a size out of the running before anything is computed. */
function ruledOutAtOnce(requirement: Requirement, site: RequirementSite, place: Place, name: string, size: CatalogueSize | null, clientSize: CatalogueSize | null): string | null {
  const { hostSizes, residencyCountries, ephemeralNvmeAllowed, deploymentModes } = requirement.constraints;
  if ((hostSizes.allow.length > 0 && !hostSizes.allow.includes(name)) || hostSizes.deny.includes(name)) return "1";
  if (place.region !== null && residencyCountries.length > 0 && !residencyCountries.includes(place.region.country)) return "2";
  if (size !== null && !ephemeralNvmeAllowed && size.drives.isEphemeral) return "3";
  if (site.fabric.kind === "infiniband" && (size?.infinibandGbps.value ?? 0) === 0) return "4";
  if (place.kind === "azure" && size !== null && isExcluded(size, place.location)) return "5";
  const clients = site.clients;
  if (clients !== null && clients.location !== null && clients.location !== place.location) return "5";
  if (place.kind === "azure" && clientSize !== null && isExcluded(clientSize, place.location)) return "5";
  const supported = place.kind === "azure" ? ["customerTenant", "hosted"] : ["customerTenant"];
  if (deploymentModes.length > 0 && !deploymentModes.some((mode) => supported.includes(mode))) return "7";
  return null;
}

function mayShare(site: RequirementSite, names: readonly string[]): boolean {
  if (names.length <= 1 || site.consolidation.mayShare === null) return true;
  return site.consolidation.mayShare.some((list) => names.every((name) => list.includes(name)));
}

/** Every way to part the names, each part one that may share; names stay in order. */
export function allPartitions(site: RequirementSite): string[][][] {
  const names = site.fileSystems.map((fs) => fs.name).sort();
  // A fixed count is that of one cluster; so many that nobody asked to keep apart are one too.
  if (site.hostCount !== null) return mayShare(site, names) ? [[names]] : [];
  if (site.consolidation.mayShare === null && names.length > FILE_SYSTEMS_OF_A_CLUSTER_MAX) return [[names]];
  let partitions: string[][][] = [[]];
  for (const name of names) {
    const next: string[][][] = [];
    for (const parts of partitions) {
      parts.forEach((part, at) => {
        const joined = [...part, name];
        if (joined.length <= FILE_SYSTEMS_OF_A_CLUSTER_MAX && mayShare(site, joined)) next.push(parts.map((one, index) => (index === at ? joined : one)));
      });
      next.push([...parts, [name]]);
    }
    partitions = next;
  }
  return partitions;
}

export function membersOf(site: RequirementSite, names: readonly string[]): BruteMembers {
  const first = site.fileSystems.map((fs) => fs.name).sort()[0];
  const hasBuckets = first === undefined || names.includes(first);
  return { fileSystems: site.fileSystems.filter((fs) => names.includes(fs.name)), buckets: hasBuckets ? site.buckets : [] };
}

interface Money {
  readonly hostUsd: number | null;
  readonly managementUsd: number | null;
}

function moneyOf(requirement: Requirement, knowledge: BruteKnowledge, setting: BruteSetting, location: string, name: string): Money {
  if (setting.kind === "local") return { hostUsd: null, managementUsd: null };
  const management = setting.engine.managementHosts;
  return {
    hostUsd: lowestPrice(requirement, knowledge.prices, name, location),
    managementUsd: management === null || management.count === 0 ? 0 : lowestPrice(requirement, knowledge.prices, management.size, location),
  };
}

const managementCount = (setting: BruteSetting): number => (setting.kind === "local" ? 0 : (setting.engine.managementHosts?.count ?? 0));

const clusterCost = (setting: BruteSetting, money: Money, hostCount: number): number =>
  money.hostUsd !== null && money.managementUsd !== null ? hostCount * money.hostUsd + managementCount(setting) * money.managementUsd : hostCount + managementCount(setting);

/** What partitions are compared by: dollars an hour, or hosts where a price is unknown. */
export function partitionCost(requirement: Requirement, knowledge: BruteKnowledge, candidate: BruteCandidate, clusters: readonly { readonly hostCount: number }[]): number {
  const money = moneyOf(requirement, knowledge, candidate.setting, candidate.location, candidate.hostSize);
  let cost = 0;
  for (const { hostCount } of clusters) cost += clusterCost(candidate.setting, money, hostCount);
  return cost;
}

/** The cheapest partition, or null when none does. A count is the same wherever the size is: `counts` keeps those of one size at one site. */
function cheapestPartition(setting: BruteSetting, money: Money, counts: Map<string, number | null>): BruteCluster[] | null {
  const { site } = setting;
  const countOf = (names: readonly string[]): number | null => {
    const key = names.join("\n");
    const known = counts.get(key);
    if (known !== undefined) return known;
    const members = membersOf(site, names);
    // Of offered hosts a fixed shape that is too small is shown, not mended.
    const isFixedBroken = site.hostCount !== null && judgeCluster(setting, members, site.hostCount).some((limit) => limit.verdict === "notMet" && !(setting.kind === "local" && limit.name === "raw capacity"));
    const count = site.hostCount === null ? smallestCount(setting, members) : isFixedBroken ? null : site.hostCount;
    counts.set(key, count);
    return count;
  };
  let best: { parts: string[][]; cost: number } | null = null;
  for (const parts of allPartitions(site)) {
    if (parts.length === 0) parts.push([]);
    if (site.hostCount !== null && parts.length > 1) continue;
    let cost = 0;
    let isPossible = true;
    for (const part of parts) {
      const n = countOf(part);
      if (n === null) isPossible = false;
      else cost += clusterCost(setting, money, n);
    }
    if (!isPossible) continue;
    const isCheaper = best === null || cost < best.cost * (1 - 1e-9) || (cost <= best.cost * (1 + 1e-9) && parts.length < best.parts.length);
    if (isCheaper) best = { parts, cost };
  }
  return best === null ? null : best.parts.map((part) => ({ fileSystems: part, hostCount: countOf(part) ?? 0, limits: judgeCluster(setting, membersOf(site, part), countOf(part) ?? 0) }));
}

function clientLimits(setting: BruteSetting, clientSize: CatalogueSize | null, location: string): Judged[] {
  const { site } = setting;
  const judged: Judged[] = [];
  let reads = 0;
  let writes = 0;
  for (const fs of site.fileSystems) {
    reads += readOf(fs);
    writes += writeOf(fs);
  }
  if (site.clients !== null) {
    if (setting.kind === "azure" && clientSize !== null && site.clients.location === null) judged.push(judge("clients in region", 1, true, 1, isListed(clientSize, location)));
    const gbps = site.clients.nicGbps ?? (clientSize?.egressMbps.value === null || clientSize === null ? null : clientSize.egressMbps.value / 1_000);
    const payload = setting.assumptions.nicPayloadFraction;
    const available = gbps === null ? Number.POSITIVE_INFINITY : ((site.clients.count * gbps) / 8) * (payload ?? 1);
    judged.push(judge("clients' reads", reads, true, available, gbps !== null && payload !== null));
    judged.push(judge("clients' writes", writes, true, available, gbps !== null && payload !== null));
  }
  if (site.fabric.kind === "gateway") judged.push(judge("fabric gateway", Math.max(reads, writes), true, site.fabric.gatewayGBps, true));
  return judged;
}

function roomLimits(setting: BruteSetting, hosts: number): Judged[] {
  const { room } = setting.site;
  const { size } = setting;
  if (room === null || size === null) return [];
  const watts = size.powerWatts.value;
  const units = size.rackUnits.value;
  const judged = [judge("power", watts === null ? 0 : (hosts * watts) / 1_000, watts !== null, room.powerKW, true)];
  let switches = 0;
  let areSwitchesKnown = true;
  if (room.network !== null) {
    if (size.nicPorts.value === null) areSwitchesKnown = false;
    else switches = Math.ceil((hosts * size.nicPorts.value) / (room.network.switchPorts - room.network.uplinkPorts));
  }
  judged.push(judge("rack units", (units === null ? 0 : hosts * units) + switches, units !== null && areSwitchesKnown, room.rackUnits, true));
  if (room.network !== null) judged.push(judge("switches", switches, areSwitchesKnown, room.network.switchesMax, true));
  return judged;
}

function readyBy(requirement: Requirement, knowledge: BruteKnowledge, setting: BruteSetting): Judged[] {
  const { readyBy: wanted } = requirement.constraints;
  if (wanted === null || setting.kind === "local") return [];
  let readyDay: number | null = null;
  const room = setting.site.room;
  if (room !== null) readyDay = room.leadTimeWeeks === null ? null : daysOf(knowledge.today) + 7 * room.leadTimeWeeks;
  else if (setting.size?.hypothetical === false && (setting.size.status === "ga" || setting.size.status === "verified")) readyDay = daysOf(knowledge.today);
  // The other way round: what is available has to be the smaller.
  const verdict = readyDay === null ? "undetermined" : readyDay <= daysOf(wanted) ? "met" : "notMet";
  return [{ name: "ready by", verdict, required: daysOf(wanted), available: readyDay ?? 0 }];
}

function siteLimits(requirement: Requirement, knowledge: BruteKnowledge, setting: BruteSetting, location: string, hosts: number, vcpus: { known: number; isKnown: boolean }): Judged[] {
  if (setting.kind === "local") return [];
  const clientSize = knowledge.catalogue.sizes.find((one) => one.name === setting.site.clients?.size) ?? null;
  const judged: Judged[] = [];
  if (setting.kind === "azure" && setting.size !== null) judged.push(judge("size in region", 1, true, 1, isListed(setting.size, location)));
  judged.push(...clientLimits(setting, clientSize, location));
  if (setting.kind === "azure") {
    const quota = setting.site.quotaVcpus;
    judged.push(judge("vCPU quota", vcpus.known, vcpus.isKnown, quota ?? Number.POSITIVE_INFINITY, quota !== null));
  }
  return [...judged, ...roomLimits(setting, hosts), ...readyBy(requirement, knowledge, setting)];
}

const undeterminedOf = (clusters: readonly BruteCluster[], limits: readonly Judged[]): string[] => {
  const all = [...clusters.flatMap((cluster) => cluster.limits), ...limits];
  return [...new Set(all.filter((limit) => limit.verdict === "undetermined").map((limit) => limit.name))].sort();
};

/** A candidate with the clusters it is to have: hosts, limits of the site, cost. */
export function judgeCandidate(requirement: Requirement, knowledge: BruteKnowledge, setting: BruteSetting, location: string, hostSize: string, clusters: readonly BruteCluster[]): BruteCandidate {
  let hostCount = 0;
  for (const cluster of clusters) hostCount += cluster.hostCount;
  const managementHosts = managementCount(setting) * clusters.length;
  const managementVcpus = knowledge.catalogue.sizes.find((one) => one.name === setting.engine.managementHosts?.size)?.vcpus.value ?? null;
  const hostVcpus = setting.offer !== null ? setting.offer.vcpus : (setting.size?.vcpus.value ?? null);
  const isVcpusKnown = hostVcpus !== null && (managementHosts === 0 || managementVcpus !== null);
  const vcpus = hostCount * (hostVcpus ?? 0) + managementHosts * (managementVcpus ?? 0);
  const limits = siteLimits(requirement, knowledge, setting, location, hostCount, { known: vcpus, isKnown: isVcpusKnown });
  const money = moneyOf(requirement, knowledge, setting, location, hostSize);
  const usdPerMonth = money.hostUsd === null || money.managementUsd === null ? null : (hostCount * money.hostUsd + managementHosts * money.managementUsd) * HOURS_A_MONTH;
  return {
    location,
    hostSize,
    setting,
    ruledOut: limits.some((limit) => limit.verdict === "notMet") ? "limits" : null,
    clusters,
    hostCount,
    siteLimits: limits,
    undetermined: undeterminedOf(clusters, limits),
    usdPerMonth,
    vcpus: isVcpusKnown ? vcpus : null,
  };
}

function candidatesOf(requirement: Requirement, site: RequirementSite, knowledge: BruteKnowledge): BruteCandidate[] {
  const { catalogue } = knowledge;
  const clientSize = catalogue.sizes.find((one) => one.name === site.clients?.size) ?? null;
  const engine = catalogue.engines.find((one) => one.engine === (site.engine ?? "ceph"));
  if (engine === undefined) throw new Error(`the catalogue has no engine ${site.engine ?? "ceph"}`);
  const candidates: BruteCandidate[] = [];
  const countsOfSizes = new Map<string, Map<string, number | null>>();
  const add = (place: Place, hostSize: string, size: CatalogueSize | null, offer: HostSizeOffer | null): void => {
    const setting: BruteSetting = { site, kind: place.kind, engine, size, offer, platform: catalogue.platform, assumptions: assumptionsOf(requirement, catalogue) };
    const none = { location: place.location, hostSize, setting, clusters: [], hostCount: 0, siteLimits: [], undetermined: [], usdPerMonth: null, vcpus: null };
    const rule = offer?.restriction !== null && offer !== null ? "restriction" : ruledOutAtOnce(requirement, site, place, hostSize, size, clientSize);
    const counts = countsOfSizes.get(`${place.kind} ${hostSize}`) ?? new Map<string, number | null>();
    countsOfSizes.set(`${place.kind} ${hostSize}`, counts);
    const clusters = rule === null ? cheapestPartition(setting, moneyOf(requirement, knowledge, setting, place.location, hostSize), counts) : null;
    candidates.push(clusters === null ? { ...none, ruledOut: rule ?? "limits" } : judgeCandidate(requirement, knowledge, setting, place.location, hostSize, clusters));
  };
  for (const place of placesOf(site, catalogue)) {
    if (place.kind === "local") for (const offer of knowledge.offers) if (offer.location === place.location) add(place, offer.size, null, offer);
    for (const size of catalogue.sizes) if (size.substrate === place.kind && size.role === "storage") add(place, size.name, size, null);
  }
  return candidates;
}

export function assumptionsOf(requirement: Requirement, catalogue: Catalogue): { [K in keyof SizingAssumptions]: number | null } {
  const said = requirement.assumptions;
  const known = catalogue.assumptions;
  return {
    sustainedWriteFraction: said.sustainedWriteFraction ?? known.sustainedWriteFraction.value,
    nicPayloadFraction: said.nicPayloadFraction ?? known.nicPayloadFraction.value,
    rebuildHours: said.rebuildHours ?? known.rebuildHours.value,
    spareHosts: said.spareHosts ?? known.spareHosts.value,
  };
}

/** What the other sites cost at least: with known prices alone, and with an option without a price counted as 0. */
function othersCost(all: readonly (readonly BruteCandidate[])[], siteAt: number): { cheapestKnown: number; least: number } {
  let cheapestKnown = 0;
  let least = 0;
  all.forEach((candidates, at) => {
    if (at === siteAt) return;
    const possible = candidates.filter((one) => one.ruledOut === null);
    let cheapest = Number.POSITIVE_INFINITY;
    for (const one of possible) if (one.usdPerMonth !== null && one.usdPerMonth < cheapest) cheapest = one.usdPerMonth;
    cheapestKnown += cheapest;
    if (possible.length > 0 && possible.every((one) => one.usdPerMonth !== null)) least += cheapest;
  });
  return { cheapestKnown, least };
}

function withBudget(requirement: Requirement, candidate: BruteCandidate, others: { cheapestKnown: number; least: number }): BruteCandidate {
  const budget = requirement.constraints.budget;
  if (budget === null || candidate.ruledOut !== null) return candidate;
  const months = budget.kind === "total" ? budget.termMonths : 1;
  const budgetUsd = budget.kind === "total" ? budget.totalUsd : budget.monthlyUsd;
  const cost = candidate.usdPerMonth;
  const isWithin = (others: number): boolean => ((cost ?? 0) + others) * months <= budgetUsd * (1 + 1e-9);
  if (!isWithin(others.least)) return { ...candidate, ruledOut: "6" };
  const judged: Judged = { name: "budget", verdict: cost !== null && isWithin(others.cheapestKnown) ? "met" : "undetermined", required: budgetUsd, available: (cost ?? 0) * months };
  const limits = [...candidate.siteLimits, judged];
  return { ...candidate, siteLimits: limits, undetermined: undeterminedOf(candidate.clusters, limits) };
}

/** §6, key by key; unknown is last. */
function rankKeys(requirement: Requirement, site: RequirementSite, candidate: BruteCandidate): (number | string)[] {
  const preferred = requirement.constraints.hostSizes.prefer.indexOf(candidate.hostSize);
  return [
    candidate.clusters.flatMap((cluster) => cluster.limits).filter((limit) => limit.verdict === "notMet").length,
    candidate.undetermined.length,
    preferred === -1 ? Number.POSITIVE_INFINITY : preferred,
    candidate.usdPerMonth ?? Number.POSITIVE_INFINITY,
    [site.location, ...site.fallbackLocations].indexOf(candidate.location),
    candidate.vcpus ?? Number.POSITIVE_INFINITY,
    candidate.hostCount,
    candidate.hostSize,
  ];
}

function compareKeys(one: readonly (number | string)[], other: readonly (number | string)[]): number {
  for (let at = 0; at < one.length; at++) {
    const [left, right] = [one[at] ?? 0, other[at] ?? 0];
    if (typeof left === "number" && typeof right === "number") {
      if (left === right || (Number.isFinite(left) && Math.abs(left - right) <= 1e-9 * Math.abs(left))) continue;
      return left < right ? -1 : 1;
    }
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

export function bruteForce(requirement: Requirement, knowledge: BruteKnowledge): BruteSite[] {
  const before = requirement.sites.map((site) => candidatesOf(requirement, site, knowledge));
  return requirement.sites.map((site, siteAt) => {
    const candidates = (before[siteAt] ?? []).map((candidate) => withBudget(requirement, candidate, othersCost(before, siteAt)));
    const options = candidates.filter((one) => one.ruledOut === null);
    options.sort((one, other) => compareKeys(rankKeys(requirement, site, one), rankKeys(requirement, site, other)));
    return { siteName: site.name, candidates, options };
  });
}
