// A small catalogue with round, fictional numbers, so that tests can be computed by hand. Not the product's catalogue.
// The unit of its network is the GB/s: 8,000 Mb/s; payload and fractions are 1 unless a test says otherwise.
import type { Catalogue, CatalogueRegion, CatalogueSize, EngineModel, PlatformLimits, PriceBook, Sourced } from "@cynosure/model";

export const SAMPLE_DATE = "2026-11-01";
const SOURCE = "sample";

export const known = <T>(value: T): Sourced<T> => ({ value, source: SOURCE, asOf: SAMPLE_DATE });
export const unknown = <T>(): Sourced<T> => ({ value: null, source: SOURCE, asOf: SAMPLE_DATE });

type SizeChange = Partial<Omit<CatalogueSize, "drives">> & { readonly drives?: Partial<CatalogueSize["drives"]> };

/** 16 vCPUs, 4 drives of 1 TB, 10 GB/s in and out, drives that read 20 and write 10 GB/s; all known, in every sample region. */
export function sampleSize(name: string, change: SizeChange = {}): CatalogueSize {
  const { drives, ...rest } = change;
  return {
    name, substrate: "azure", series: "sample", role: "storage", hypothetical: false, status: "ga",
    vcpus: known(16), memoryGiB: known(128),
    drives: {
      count: known(4), driveGB: known(1_000), readMBps: known(20_000), writeMBps: known(10_000), readIops: known(1_000_000), writeIops: known(500_000),
      driveWritesPerDay: known(1_000), isEphemeral: false, ...drives,
    },
    egressMbps: known(80_000), ingressMbps: known(80_000), infinibandGbps: known(0), rdma: known(false), isIsolated: false, hasCapacityReservation: known(true),
    availability: [{ regions: ["north", "south", "abroad"], isComplete: true, source: SOURCE, asOf: SAMPLE_DATE }],
    powerWatts: unknown(), rackUnits: unknown(), nicPorts: unknown(),
    ...rest,
  };
}

const region = (name: string, country: string): CatalogueRegion => ({ name, displayName: name, country, hasZones: true, source: SOURCE, asOf: SAMPLE_DATE });

const metadata = { createPerSecondPerHost: known(1_000), statPerSecondPerHost: known(10_000), removePerSecondPerHost: known(1_000), sharedCreatePerSecond: known(500), sharedStatPerSecond: known(5_000), sharedRemovePerSecond: known(500) };

/** Relayed by a primary, no overhead, 1 vCPU per GB/s read and 2 per GB/s written, at least 3 hosts. */
export const sampleCeph: EngineModel = {
  engine: "ceph", hostsMin: known(3), hostsMinRideThrough: known(4), hostsMax: unknown(), managementHosts: null,
  dataPath: { kind: "primaryRelayed", allocationUnitBytes: 4_096 },
  overheadFraction: known(0), fillFractionMax: known(1), vcpusPerReadGBps: known(1), vcpusPerWriteGBps: known(2), metadata,
};

/** Shared everything: reads cross the network twice, writes four times out and three times in; 80 % usable; one management host a cluster. */
export const sampleVast: EngineModel = {
  engine: "vast", hostsMin: known(8), hostsMinRideThrough: known(11), hostsMax: known(250), managementHosts: { size: "Manage", count: 1, source: SOURCE, asOf: SAMPLE_DATE },
  dataPath: {
    kind: "sharedEverything", egressPerRead: known(2), egressPerWrite: known(4), ingressPerRead: known(1), ingressPerWrite: known(3), driveWritePerWrite: known(2),
    egressPerReadRange: [1, 3], egressPerWriteRange: [3, 6], usableFraction: known(0.8),
  },
  overheadFraction: known(0), fillFractionMax: known(1), vcpusPerReadGBps: known(2), vcpusPerWriteGBps: known(4), metadata,
};

export const samplePlatform: PlatformLimits = {
  scaleSetHostsMax: known(100), faultDomainsPerZone: known(1), faultDomainsPerRegion: known(3), largeAllocationVcpus: known(500),
  writesBucket: known(200), writesPerSecond: known(10), vmCreatesBucket: known(1_500), vmCreatesPerMinute: known(500),
};

/** Two sizes in a cloud (Large is four Smalls at the price of three), one server for a room, one client, one host for management. */
export const sampleCatalogue: Catalogue = {
  asOf: SAMPLE_DATE,
  sizes: [
    sampleSize("Small"),
    sampleSize("Large", {
      vcpus: known(64), memoryGiB: known(512), egressMbps: known(320_000), ingressMbps: known(320_000),
      drives: { count: known(4), driveGB: known(4_000), readMBps: known(80_000), writeMBps: known(40_000) },
    }),
    sampleSize("Server", { substrate: "bareMetal", availability: [], powerWatts: known(1_000), rackUnits: known(2), nicPorts: known(2) }),
    sampleSize("Client", { role: "client", egressMbps: known(40_000) }),
    sampleSize("Manage", { role: "management", vcpus: known(8) }),
  ],
  regions: [region("north", "GB"), region("south", "GB"), region("abroad", "IE")],
  engines: [sampleCeph, sampleVast],
  platform: samplePlatform,
  assumptions: { sustainedWriteFraction: known(1), nicPayloadFraction: known(1), rebuildHours: known(1), spareHosts: known(0) },
  capabilities: [],
};

export const samplePrices: PriceBook = {
  asOf: SAMPLE_DATE,
  prices: ["north", "south", "abroad"].flatMap((place) =>
    [["Small", 1], ["Large", 3], ["Manage", 0.5]].map(([size, usdPerHour]) => ({ size: String(size), region: place, term: "payAsYouGo" as const, usdPerHour: Number(usdPerHour), source: SOURCE, asOf: SAMPLE_DATE })),
  ),
};
