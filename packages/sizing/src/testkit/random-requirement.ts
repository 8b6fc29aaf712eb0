// Random small requirements over a given catalogue: one or two sites, one to seven file systems (mostly one to three), every clause now and then. Numbers are
// few-digit decimals, so that limits are met exactly now and then. All of them pass the requirement's own checks.
import type {
  BareMetalRoom, Budget, Consolidation, FileSizeShare, MetadataRates, ProtectionScheme, Requirement, RequirementClients, RequirementConstraints, RequirementFileSystem, RequirementProtection, RequirementSite,
  SizingAssumptions, Throughput,
} from "@cynosure/model";
import type { Draw } from "./draw.ts";

export interface RequirementPlaces {
  readonly regions: readonly [string, ...string[]];
  /** Of the regions. */
  readonly countries: readonly [string, ...string[]];
  readonly clientSizes: readonly [string, ...string[]];
  /** Storage sizes to name in lists; when `isFocused`, the requirement allows some of them only. */
  readonly sizes: readonly [string, ...string[]];
  readonly isFocused: boolean;
}

export const ROOM_NAME = "hall";

/** 1, 2 or 5 and its neighbours times a power of ten: spread over the decades as real requirements are. */
const spread = (draw: Draw, decades: number): number => draw.pick([1, 1.5, 2, 2.5, 3, 4, 5, 6.4, 8]) * 10 ** draw.integer(0, decades);

function protectionOf(draw: Draw): RequirementProtection {
  const hostFailures = draw.pick([1, 0, 1, 2, 1]);
  return {
    hostFailures,
    scheme: draw.pick(["replication", "erasureCoding"]),
    rackFailures: hostFailures > 0 && draw.chance(10) ? draw.integer(1, hostFailures) : 0,
    performanceHeld: draw.chance(30),
  };
}

function throughputOf(draw: Draw): Throughput | null {
  if (draw.chance(15)) return null;
  const isReadOnly = draw.chance(10);
  return { readGBps: spread(draw, 1) / 4, writeGBps: isReadOnly ? 0 : spread(draw, 1) / 8, simultaneous: draw.chance(50) };
}

function fileSizesOf(draw: Draw): FileSizeShare[] {
  if (draw.chance(65)) return [];
  const fractions = draw.pick<readonly number[]>([[1], [0.5, 0.5], [0.25, 0.75], [0.2, 0.3, 0.5]]);
  const sizes = [4.096, 1, 4, 8.192, 16, 65.536, 100, 1_000, 4_194.304];
  const start = draw.integer(0, sizes.length - 1);
  return fractions.map((byteFraction, at) => ({ byteFraction, fileSizeKB: sizes[(start + at * 2) % sizes.length] ?? 4 }));
}

const ratesOf = (draw: Draw): MetadataRates | null =>
  draw.chance(80) ? null : { createPerSecond: 100 * draw.integer(0, 60), statPerSecond: 500 * draw.integer(0, 80), removePerSecond: 100 * draw.integer(0, 40) };

function fileSystemOf(draw: Draw, name: string): RequirementFileSystem {
  return {
    name,
    usableCapacityGB: spread(draw, 1) * 1_000,
    dataPaths: draw.pick<RequirementFileSystem["dataPaths"]>([["nfs"], ["native"], ["native"], ["nfs", "native"]]),
    throughput: throughputOf(draw),
    fileSizes: fileSizesOf(draw),
    metadata: { uniqueDirectories: ratesOf(draw), sharedDirectory: ratesOf(draw) },
    protection: protectionOf(draw),
    growth: draw.chance(20) ? { percentPerYear: draw.pick([10, 25, 50, 100]), years: draw.integer(1, 3) } : null,
    dutyFraction: draw.pick([1, 0.05, 0.1, 0.25, 0.5]),
  };
}

function consolidationOf(draw: Draw, names: readonly string[]): Consolidation {
  const isShared = draw.chance(30);
  const mode = isShared ? { mode: "shared" as const, confidence: draw.pick([0.99, 0.9, 0.95, 0.5, 0.999]) } : { mode: "guaranteed" as const, confidence: null };
  if (draw.chance(60)) return { mayShare: null, ...mode };
  const lists: string[][] = [[], []];
  for (const name of names) lists[draw.integer(0, 2)]?.push(name);
  return { mayShare: lists.filter((list) => list.length > 0), ...mode };
}

function clientsOf(draw: Draw, places: RequirementPlaces, location: string): RequirementClients | null {
  if (draw.chance(55)) return null;
  const hasSize = draw.chance(60);
  return {
    size: hasSize ? draw.pick(places.clientSizes) : null,
    nicGbps: hasSize && draw.chance(90) ? null : draw.pick([10, 25, 40, 100, 200]),
    count: draw.integer(1, 60),
    location: draw.chance(30) ? (draw.chance(85) ? location : draw.pick(places.regions)) : null,
  };
}

const roomOf = (draw: Draw): BareMetalRoom => ({
  powerKW: draw.integer(5, 60),
  rackUnits: draw.integer(20, 160),
  racks: draw.integer(1, 8),
  network: draw.chance(60) ? { switchPorts: draw.pick([32, 64]), portGbps: 400, uplinkPorts: draw.pick([4, 8]), switchesMax: draw.integer(1, 4) } : null,
  leadTimeWeeks: draw.chance(70) ? draw.integer(2, 30) : null,
});

function siteOf(draw: Draw, name: string, places: RequirementPlaces): RequirementSite {
  const kind = draw.integer(0, 99);
  const [isLocal, isRoom] = [kind >= 95, kind >= 80 && kind < 95];
  const location = isLocal ? "local" : isRoom ? ROOM_NAME : draw.pick(places.regions);
  // More than five are parted by the solver, fewer by trying: see the page.
  const count = draw.chance(1) ? draw.integer(6, 7) : draw.pick([1, 1, 2, 1, 2, 2, 3, 3, 4, 5]);
  const names = draw.chance(4) ? [] : ["scratch", "home", "archive", "models", "data", "logs", "mail"].slice(0, count);
  const buckets = names.length === 0 || draw.chance(15) ? [{ name: "objects", protection: { hostFailures: draw.integer(0, 2), scheme: draw.pick<ProtectionScheme>(["replication", "erasureCoding"]) } }] : [];
  const hasCount = draw.chance(isLocal ? 50 : 10);
  const consolidation = consolidationOf(draw, names);
  return {
    name,
    location,
    zone: !isLocal && !isRoom && draw.chance(15) ? "1" : null,
    fallbackLocations: isLocal || isRoom ? [] : draw.some(places.regions.filter((region) => region !== location), 40),
    room: isRoom ? roomOf(draw) : null,
    engine: isLocal ? null : draw.pick([null, "ceph", "vast"]),
    clients: isLocal ? null : clientsOf(draw, places, location),
    fabric: isLocal || !draw.chance(20) ? { kind: "ethernet" } : draw.chance(40) ? { kind: "infiniband" } : { kind: "gateway", gatewayGBps: draw.integer(1, 60) },
    hostCount: hasCount ? draw.integer(3, 14) : null,
    quotaVcpus: !isLocal && !isRoom && draw.chance(80) ? 100 * draw.integer(2, 80) : null,
    // A fixed shape is of one cluster.
    consolidation: hasCount ? { ...consolidation, mayShare: null } : consolidation,
    fileSystems: names.map((one) => fileSystemOf(draw, one)),
    buckets,
  };
}

function budgetOf(draw: Draw): Budget | null {
  if (draw.chance(65)) return null;
  const monthlyUsd = 1_000 * draw.integer(5, 250);
  const termMonths = draw.pick([6, 12, 24, 36, 60]);
  return draw.chance(50) ? { kind: "monthly", monthlyUsd } : { kind: "total", totalUsd: monthlyUsd * termMonths, termMonths };
}

function constraintsOf(draw: Draw, places: RequirementPlaces): RequirementConstraints {
  const { sizes, countries } = places;
  const allow = places.isFocused ? [...sizes] : draw.chance(10) ? draw.some(sizes, 60) : [];
  return {
    residencyCountries: draw.chance(15) ? [draw.pick(countries)] : [],
    deploymentModes: draw.chance(15) ? [draw.pick(["customerTenant", "hosted"])] : [],
    paymentRoutes: [],
    readyBy: draw.chance(25) ? draw.pick(["2026-12-31", "2026-12-01", "2027-03-01", "2027-06-01"]) : null,
    budget: budgetOf(draw),
    ephemeralNvmeAllowed: draw.chance(85),
    hostSizes: {
      allow,
      // Both allowed and denied would be a mistake.
      deny: draw.chance(10) ? draw.some(sizes.filter((size) => !allow.includes(size)), 50) : [],
      prefer: draw.chance(15) ? draw.some(sizes, 40) : [],
    },
  };
}

export function drawRequirement(draw: Draw, places: RequirementPlaces): Requirement {
  const assumptions: Partial<SizingAssumptions> = {
    ...(draw.chance(10) ? { sustainedWriteFraction: draw.pick([0.25, 0.4, 0.8]) } : {}),
    ...(draw.chance(10) ? { nicPayloadFraction: draw.pick([0.8, 0.94]) } : {}),
    ...(draw.chance(10) ? { rebuildHours: draw.pick([4, 48]) } : {}),
    ...(draw.chance(10) ? { spareHosts: draw.integer(0, 3) } : {}),
  };
  const sites = draw.chance(15) ? ["first", "second"] : ["first"];
  return { name: "drawn", sites: sites.map((name) => siteOf(draw, name, places)), constraints: constraintsOf(draw, places), assumptions };
}
