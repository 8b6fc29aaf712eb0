// The same case in other units. Factors are powers of two, so that every number of the answer scales without rounding and counts,
// verdicts and ranks have to be the same, bit for bit.
import type { Catalogue, CatalogueSize, EngineModel, MetadataRates, PriceBook, Requirement, RequirementFileSystem, RequirementSite, Sourced } from "@cynosure/model";
import type { RandomCase } from "./random-case.ts";

export interface Units {
  /** So many of the old unit of bytes (of time, of money) are one of the new. */
  readonly bytes: number;
  readonly seconds: number;
  readonly usd: number;
}

const times = (one: Sourced<number>, factor: number): Sourced<number> => (one.value === null ? one : { ...one, value: one.value * factor });

function sizeIn(size: CatalogueSize, bytes: number, rate: number, seconds: number): CatalogueSize {
  const { drives } = size;
  return {
    ...size,
    drives: {
      ...drives, driveGB: times(drives.driveGB, bytes), readMBps: times(drives.readMBps, rate), writeMBps: times(drives.writeMBps, rate),
      readIops: times(drives.readIops, 1 / seconds), writeIops: times(drives.writeIops, 1 / seconds), driveWritesPerDay: times(drives.driveWritesPerDay, 1 / seconds),
    },
    egressMbps: times(size.egressMbps, rate),
    ingressMbps: times(size.ingressMbps, rate),
  };
}

function engineIn(engine: EngineModel, bytes: number, rate: number, seconds: number): EngineModel {
  const { metadata, dataPath } = engine;
  const each = 1 / seconds;
  return {
    ...engine,
    dataPath: dataPath.kind === "primaryRelayed" ? { ...dataPath, allocationUnitBytes: dataPath.allocationUnitBytes * bytes } : dataPath,
    vcpusPerReadGBps: times(engine.vcpusPerReadGBps, 1 / rate),
    vcpusPerWriteGBps: times(engine.vcpusPerWriteGBps, 1 / rate),
    metadata: {
      createPerSecondPerHost: times(metadata.createPerSecondPerHost, each), statPerSecondPerHost: times(metadata.statPerSecondPerHost, each), removePerSecondPerHost: times(metadata.removePerSecondPerHost, each),
      sharedCreatePerSecond: times(metadata.sharedCreatePerSecond, each), sharedStatPerSecond: times(metadata.sharedStatPerSecond, each), sharedRemovePerSecond: times(metadata.sharedRemovePerSecond, each),
    },
  };
}

const ratesIn = (rates: MetadataRates | null, each: number): MetadataRates | null =>
  rates === null ? null : { createPerSecond: rates.createPerSecond * each, statPerSecond: rates.statPerSecond * each, removePerSecond: rates.removePerSecond * each };

function fileSystemIn(fs: RequirementFileSystem, bytes: number, rate: number, seconds: number): RequirementFileSystem {
  return {
    ...fs,
    usableCapacityGB: fs.usableCapacityGB * bytes,
    throughput: fs.throughput === null ? null : { ...fs.throughput, readGBps: fs.throughput.readGBps * rate, writeGBps: fs.throughput.writeGBps * rate },
    fileSizes: fs.fileSizes.map((share) => ({ ...share, fileSizeKB: share.fileSizeKB * bytes })),
    metadata: { uniqueDirectories: ratesIn(fs.metadata.uniqueDirectories, 1 / seconds), sharedDirectory: ratesIn(fs.metadata.sharedDirectory, 1 / seconds) },
  };
}

function siteIn(site: RequirementSite, bytes: number, rate: number, seconds: number): RequirementSite {
  const { clients, fabric } = site;
  return {
    ...site,
    clients: clients === null ? null : { ...clients, nicGbps: clients.nicGbps === null ? null : clients.nicGbps * rate },
    fabric: fabric.kind === "gateway" ? { ...fabric, gatewayGBps: fabric.gatewayGBps * rate } : fabric,
    fileSystems: site.fileSystems.map((fs) => fileSystemIn(fs, bytes, rate, seconds)),
  };
}

function catalogueIn(catalogue: Catalogue, bytes: number, rate: number, seconds: number): Catalogue {
  return {
    ...catalogue,
    sizes: catalogue.sizes.map((size) => sizeIn(size, bytes, rate, seconds)),
    engines: catalogue.engines.map((engine) => engineIn(engine, bytes, rate, seconds)),
    assumptions: { ...catalogue.assumptions, rebuildHours: times(catalogue.assumptions.rebuildHours, seconds) },
  };
}

const pricesIn = (book: PriceBook | null, usd: number): PriceBook | null => (book === null ? null : { ...book, prices: book.prices.map((price) => ({ ...price, usdPerHour: price.usdPerHour * usd })) });

function constraintsIn(constraints: Requirement["constraints"], usd: number): Requirement["constraints"] {
  const { budget } = constraints;
  if (budget === null) return constraints;
  return { ...constraints, budget: budget.kind === "monthly" ? { ...budget, monthlyUsd: budget.monthlyUsd * usd } : { ...budget, totalUsd: budget.totalUsd * usd } };
}

/** All bytes, seconds and dollars of requirement, catalogue, offers and prices. A price is left an hour's: that unit is its own. */
export function inUnits({ requirement, knowledge }: RandomCase, { bytes, seconds, usd }: Units): RandomCase {
  const rate = bytes / seconds;
  const { rebuildHours } = requirement.assumptions;
  return {
    requirement: {
      ...requirement,
      sites: requirement.sites.map((site) => siteIn(site, bytes, rate, seconds)),
      constraints: constraintsIn(requirement.constraints, usd),
      assumptions: { ...requirement.assumptions, ...(rebuildHours === undefined ? {} : { rebuildHours: rebuildHours * seconds }) },
    },
    knowledge: {
      ...knowledge,
      catalogue: catalogueIn(knowledge.catalogue, bytes, rate, seconds),
      prices: pricesIn(knowledge.prices, usd),
      offers: knowledge.offers.map((offer) => ({ ...offer, diskSizeBytes: offer.diskSizeBytes * bytes })),
    },
  };
}
