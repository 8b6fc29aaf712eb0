// Random small catalogues, price books and offers: two or three regions, a few sizes whose hosts come to a handful for the requirements
// of random-requirement.ts, both engines, and holes: any value may be unknown.
import type { Catalogue, CatalogueRegion, CatalogueSize, EngineModel, HostSizeOffer, PlatformLimits, Price, PriceBook, RegionList, Sourced } from "@cynosure/model";
import type { Draw } from "./draw.ts";

const SOURCE = { source: "drawn", asOf: "2026-12-01" };
export const DRAWN_TODAY = "2026-12-01";
const HOLES_PERCENT = 2;

const known = <T>(value: T): Sourced<T> => ({ value, ...SOURCE });
const holed = <T>(draw: Draw, value: T): Sourced<T> => ({ value: draw.chance(HOLES_PERCENT) ? null : value, ...SOURCE });
const absent: Sourced<never> = { value: null, ...SOURCE };

function regionsOf(draw: Draw): CatalogueRegion[] {
  const names = draw.chance(50) ? ["east", "west", "south"] : ["east", "west"];
  return names.map((name, at) => ({ name, displayName: name, country: at === 2 ? "BB" : "AA", hasZones: true, ...SOURCE }));
}

function availabilityOf(draw: Draw, regions: readonly string[]): RegionList[] {
  const list = (isComplete: boolean): RegionList => ({ regions: draw.some(regions, isComplete ? 75 : 60), isComplete, ...SOURCE });
  if (draw.chance(50)) return [{ regions, isComplete: true, ...SOURCE }];
  return draw.chance(60) ? [list(true)] : draw.chance(20) ? [] : draw.chance(20) ? [list(false), list(false)] : [list(false)];
}

function sizeOf(draw: Draw, name: string, kind: { substrate: CatalogueSize["substrate"]; role: CatalogueSize["role"] }, regions: readonly string[]): CatalogueSize {
  const isMetal = kind.substrate === "bareMetal";
  const writeMBps = 500 * draw.integer(2, 60);
  return {
    name, ...kind, series: "drawn",
    hypothetical: draw.chance(5),
    status: draw.chance(15) ? draw.pick(["preview", "requested", "verified"]) : "ga",
    vcpus: holed(draw, 8 * draw.integer(2, 24)),
    memoryGiB: known(256),
    drives: {
      count: holed(draw, draw.integer(1, 10)),
      driveGB: holed(draw, draw.pick([1_920, 3_840, 7_680, 15_360, 10_000])),
      readMBps: holed(draw, writeMBps * draw.integer(1, 3)),
      writeMBps: draw.chance(8) ? absent : holed(draw, writeMBps),
      readIops: holed(draw, 100_000 * draw.integer(1, 40)),
      writeIops: absent,
      driveWritesPerDay: draw.chance(10) ? absent : known(draw.pick([0.5, 1, 3, 10])),
      isEphemeral: !isMetal && draw.chance(60),
    },
    egressMbps: holed(draw, draw.pick([10_000, 16_000, 25_000, 50_000, 100_000, 200_000])),
    ingressMbps: isMetal || draw.chance(40) ? holed(draw, draw.pick([25_000, 50_000, 100_000, 200_000, 400_000])) : absent,
    infinibandGbps: draw.chance(30) ? known(draw.pick([0, 200, 400])) : absent,
    rdma: absent,
    isIsolated: draw.chance(10),
    hasCapacityReservation: draw.chance(30) ? absent : known(draw.chance(50)),
    availability: isMetal ? [] : availabilityOf(draw, regions),
    powerWatts: isMetal ? holed(draw, 50 * draw.integer(8, 40)) : absent,
    rackUnits: isMetal ? holed(draw, draw.integer(1, 4)) : absent,
    nicPorts: isMetal ? holed(draw, draw.integer(1, 4)) : absent,
  };
}

const metadataOf = (draw: Draw, scale: number): EngineModel["metadata"] => ({
  createPerSecondPerHost: holed(draw, 500 * scale), statPerSecondPerHost: holed(draw, 2_000 * scale), removePerSecondPerHost: holed(draw, 400 * scale),
  sharedCreatePerSecond: holed(draw, 3_000 * scale), sharedStatPerSecond: holed(draw, 20_000 * scale), sharedRemovePerSecond: holed(draw, 3_000 * scale),
});

function enginesOf(draw: Draw): EngineModel[] {
  const common = {
    overheadFraction: holed(draw, draw.pick([0, 0.04, 0.125])),
    fillFractionMax: holed(draw, draw.pick([0.75, 0.85, 1])),
  };
  const ceph: EngineModel = {
    engine: "ceph", ...common, hostsMin: holed(draw, draw.integer(1, 5)), hostsMinRideThrough: holed(draw, draw.integer(3, 7)), hostsMax: draw.chance(70) ? known(draw.integer(20, 150)) : absent,
    managementHosts: draw.chance(15) ? { size: "manager", count: draw.integer(1, 3), ...SOURCE } : null,
    dataPath: { kind: "primaryRelayed", allocationUnitBytes: 4_096 },
    vcpusPerReadGBps: holed(draw, draw.integer(1, 12)), vcpusPerWriteGBps: holed(draw, draw.integer(2, 24)), metadata: metadataOf(draw, draw.integer(1, 4)),
  };
  const vast: EngineModel = {
    engine: "vast", ...common, hostsMin: holed(draw, draw.integer(6, 9)), hostsMinRideThrough: holed(draw, draw.integer(9, 12)), hostsMax: holed(draw, draw.integer(30, 250)),
    managementHosts: draw.chance(70) ? { size: "manager", count: draw.integer(1, 2), ...SOURCE } : null,
    dataPath: {
      kind: "sharedEverything", egressPerRead: holed(draw, 2), egressPerWrite: holed(draw, draw.integer(3, 5)), ingressPerRead: holed(draw, 1), ingressPerWrite: holed(draw, draw.integer(2, 5)),
      driveWritePerWrite: holed(draw, draw.pick([1.5, 2, 3.4])), egressPerReadRange: [1, 2], egressPerWriteRange: [2, 6], usableFraction: holed(draw, draw.pick([0.7, 0.75, 0.8])),
    },
    vcpusPerReadGBps: holed(draw, draw.integer(1, 6)), vcpusPerWriteGBps: holed(draw, draw.integer(2, 12)), metadata: metadataOf(draw, draw.integer(1, 4)),
  };
  return [ceph, vast];
}

function platformOf(draw: Draw): PlatformLimits {
  return {
    scaleSetHostsMax: holed(draw, draw.pick([20, 50, 100])), faultDomainsPerZone: holed(draw, draw.pick([1, 3])), faultDomainsPerRegion: holed(draw, draw.pick([3, 5, 8])),
    largeAllocationVcpus: known(500), writesBucket: known(200), writesPerSecond: known(10), vmCreatesBucket: known(500), vmCreatesPerMinute: known(500),
  };
}

export function drawCatalogue(draw: Draw): Catalogue {
  const regions = regionsOf(draw);
  const names = regions.map((region) => region.name);
  const size = (name: string, role: CatalogueSize["role"], substrate: CatalogueSize["substrate"] = "azure"): CatalogueSize => sizeOf(draw, name, { role, substrate }, names);
  return {
    asOf: SOURCE.asOf,
    sizes: [
      ...["small", "medium", "large", "huge"].slice(0, draw.integer(1, 4)).map((name) => size(name, "storage")),
      ...["server-a", "server-b"].slice(0, draw.integer(1, 2)).map((name) => size(name, "storage", "bareMetal")),
      ...["client-a", "client-b"].map((name) => size(name, "client")),
      size("manager", "management"),
    ],
    regions,
    engines: enginesOf(draw),
    platform: platformOf(draw),
    assumptions: {
      sustainedWriteFraction: holed(draw, draw.pick([0.5, 0.6, 1])), nicPayloadFraction: holed(draw, draw.pick([0.9, 0.95, 1])), rebuildHours: holed(draw, draw.pick([6, 12, 24])), spareHosts: holed(draw, draw.integer(0, 2)),
    },
    capabilities: [],
  };
}

/** Some sizes in some places, terms not always cheaper the longer they are; about one book in ten is missing altogether. */
export function drawPrices(draw: Draw, sizes: readonly string[], places: readonly string[]): PriceBook | null {
  if (draw.chance(10)) return null;
  const isFull = draw.chance(50);
  const prices: Price[] = [];
  for (const size of sizes) {
    for (const region of places) {
      const cents = draw.integer(20, 2_500);
      if (isFull || draw.chance(60)) prices.push({ size, region, term: "payAsYouGo", usdPerHour: cents / 100, ...SOURCE });
      if (draw.chance(25)) prices.push({ size, region, term: "reserved1Year", usdPerHour: (cents * draw.integer(50, 110)) / 10_000, ...SOURCE });
      if (draw.chance(25)) prices.push({ size, region, term: "reserved3Years", usdPerHour: (cents * draw.integer(30, 90)) / 10_000, ...SOURCE });
    }
  }
  return { asOf: SOURCE.asOf, prices };
}

export function drawOffers(draw: Draw): HostSizeOffer[] {
  return ["local-small", "local-large"].map((size) => ({
    size, location: "local", hostCountMax: draw.integer(3, 16), diskCount: draw.integer(1, 4), diskSizeBytes: draw.integer(10, 4_000) * 1e9,
    vcpus: draw.integer(1, 8), memoryBytes: 2 ** 34, restriction: draw.chance(10) ? "not now" : null,
  }));
}
