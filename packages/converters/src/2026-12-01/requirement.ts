// Requirement between wire 2026-12-01 and the model. This is where what may be left out gets its default; the defaults are told to
// people in docs/reference/requirement.md. Whether values fit each other is checked before (check-requirement.ts).
import type {
  Requirement as WireRequirement,
  RequirementBudget as WireBudget,
  RequirementClients as WireClients,
  RequirementConsolidation as WireConsolidation,
  RequirementConstraints as WireConstraints,
  RequirementFabric as WireFabric,
  RequirementFileSystem as WireFileSystem,
  RequirementMetadataRates as WireRates,
  RequirementRoom as WireRoom,
  RequirementSite as WireSite,
} from "@cynosure/contract";
import type { BareMetalRoom, Budget, ClientFabric, Consolidation, MetadataRates, Requirement, RequirementClients, RequirementConstraints, RequirementFileSystem, RequirementSite } from "@cynosure/model";
import { protectionToModel, protectionToWire } from "./protection.ts";

export function requirementToModel(wire: WireRequirement): Requirement {
  return { name: wire.name, sites: wire.sites.map(siteToModel), constraints: constraintsToModel(wire.constraints ?? {}), assumptions: { ...wire.assumptions } };
}

function siteToModel(wire: WireSite): RequirementSite {
  return {
    name: wire.name,
    location: wire.location,
    zone: wire.zone ?? null,
    fallbackLocations: [...(wire.fallbackLocations ?? [])],
    room: wire.room === undefined ? null : roomToModel(wire.room),
    engine: wire.engine ?? null,
    clients: wire.clients === undefined ? null : clientsToModel(wire.clients),
    fabric: fabricToModel(wire.fabric),
    hostCount: wire.hosts?.count ?? null,
    quotaVcpus: wire.quotaVcpus ?? null,
    consolidation: consolidationToModel(wire.consolidation ?? {}),
    fileSystems: (wire.fileSystems ?? []).map(fileSystemToModel),
    buckets: (wire.buckets ?? []).map(({ name, protection }) => ({ name, protection: protectionToModel(protection) })),
  };
}

const roomToModel = ({ powerKW, rackUnits, racks, network, leadTimeWeeks }: WireRoom): BareMetalRoom => ({ powerKW, rackUnits, racks, network: network === undefined ? null : { ...network }, leadTimeWeeks: leadTimeWeeks ?? null });
const clientsToModel = ({ size, nicGbps, count, location }: WireClients): RequirementClients => ({ size: size ?? null, nicGbps: nicGbps ?? null, count, location: location ?? null });
const ratesToModel = (wire: WireRates | undefined): MetadataRates | null => (wire === undefined ? null : { createPerSecond: wire.createPerSecond ?? 0, statPerSecond: wire.statPerSecond ?? 0, removePerSecond: wire.removePerSecond ?? 0 });

function fabricToModel(wire: WireFabric | undefined): ClientFabric {
  if (wire === undefined || wire.kind === "ethernet") return { kind: "ethernet" };
  return wire.kind === "infiniband" ? { kind: "infiniband" } : { kind: "gateway", gatewayGBps: wire.gatewayGBps ?? 0 };
}

function consolidationToModel({ mayShare, mode, confidence }: WireConsolidation): Consolidation {
  return { mayShare: mayShare === undefined ? null : mayShare.map((names) => [...names]), mode: mode ?? "guaranteed", confidence: confidence ?? null };
}

function fileSystemToModel(wire: WireFileSystem): RequirementFileSystem {
  const { name, usableCapacityGB, protocols, throughput, fileSizes, metadata, protection, growth, dutyFraction } = wire;
  return {
    name,
    usableCapacityGB,
    dataPaths: [...protocols],
    // Whoever states two rates and says nothing else means both at once: the cautious reading.
    throughput: throughput === undefined ? null : { readGBps: throughput.readGBps ?? 0, writeGBps: throughput.writeGBps ?? 0, simultaneous: throughput.simultaneous ?? true },
    fileSizes: (fileSizes ?? []).map((share) => ({ ...share })),
    metadata: { uniqueDirectories: ratesToModel(metadata?.uniqueDirectories), sharedDirectory: ratesToModel(metadata?.sharedDirectory) },
    protection: { ...protectionToModel(protection), rackFailures: protection.rackFailures ?? 0, performanceHeld: protection.performanceHeld ?? false },
    growth: growth === undefined ? null : { ...growth },
    dutyFraction: dutyFraction ?? 1,
  };
}

function constraintsToModel(wire: WireConstraints): RequirementConstraints {
  const { residencyCountries, deploymentModes, paymentRoutes, readyBy, budget, ephemeralNvmeAllowed, hostSizes } = wire;
  return {
    residencyCountries: [...(residencyCountries ?? [])],
    deploymentModes: [...(deploymentModes ?? [])],
    paymentRoutes: [...(paymentRoutes ?? [])],
    readyBy: readyBy ?? null,
    budget: budget === undefined ? null : budgetToModel(budget),
    ephemeralNvmeAllowed: ephemeralNvmeAllowed ?? true,
    hostSizes: { allow: [...(hostSizes?.allow ?? [])], deny: [...(hostSizes?.deny ?? [])], prefer: [...(hostSizes?.prefer ?? [])] },
  };
}

function budgetToModel({ monthlyUsd, totalUsd, termMonths }: WireBudget): Budget {
  return totalUsd === undefined ? { kind: "monthly", monthlyUsd: monthlyUsd ?? 0 } : { kind: "total", totalUsd, termMonths: termMonths ?? 1 };
}

export function requirementToWire(model: Requirement): WireRequirement {
  return { name: model.name, sites: model.sites.map(siteToWire), constraints: constraintsToWire(model.constraints), assumptions: { ...model.assumptions } };
}

function siteToWire(site: RequirementSite): WireSite {
  return {
    name: site.name,
    location: site.location,
    ...(site.zone === null ? {} : { zone: site.zone }),
    fallbackLocations: [...site.fallbackLocations],
    ...(site.room === null ? {} : { room: roomToWire(site.room) }),
    ...(site.engine === null ? {} : { engine: site.engine }),
    ...(site.clients === null ? {} : { clients: clientsToWire(site.clients) }),
    fabric: { ...site.fabric },
    ...(site.hostCount === null ? {} : { hosts: { count: site.hostCount } }),
    ...(site.quotaVcpus === null ? {} : { quotaVcpus: site.quotaVcpus }),
    consolidation: consolidationToWire(site.consolidation),
    fileSystems: site.fileSystems.map(fileSystemToWire),
    buckets: site.buckets.map(({ name, protection }) => ({ name, protection: protectionToWire(protection) })),
  };
}

function roomToWire({ powerKW, rackUnits, racks, network, leadTimeWeeks }: BareMetalRoom): WireRoom {
  return { powerKW, rackUnits, racks, ...(network === null ? {} : { network: { ...network } }), ...(leadTimeWeeks === null ? {} : { leadTimeWeeks }) };
}

function clientsToWire({ size, nicGbps, count, location }: RequirementClients): WireClients {
  return { count, ...(size === null ? {} : { size }), ...(nicGbps === null ? {} : { nicGbps }), ...(location === null ? {} : { location }) };
}

function consolidationToWire({ mayShare, mode, confidence }: Consolidation): WireConsolidation {
  return { mode, ...(mayShare === null ? {} : { mayShare: mayShare.map((names) => [...names]) }), ...(confidence === null ? {} : { confidence }) };
}

function fileSystemToWire(model: RequirementFileSystem): WireFileSystem {
  const { name, usableCapacityGB, dataPaths, throughput, fileSizes, metadata, protection, growth, dutyFraction } = model;
  const { uniqueDirectories, sharedDirectory } = metadata;
  return {
    name,
    usableCapacityGB,
    protocols: [...dataPaths],
    ...(throughput === null ? {} : { throughput: { ...throughput } }),
    fileSizes: fileSizes.map((share) => ({ ...share })),
    metadata: { ...(uniqueDirectories === null ? {} : { uniqueDirectories: { ...uniqueDirectories } }), ...(sharedDirectory === null ? {} : { sharedDirectory: { ...sharedDirectory } }) },
    protection: { ...protectionToWire(protection), rackFailures: protection.rackFailures, performanceHeld: protection.performanceHeld },
    ...(growth === null ? {} : { growth: { ...growth } }),
    dutyFraction,
  };
}

function constraintsToWire({ residencyCountries, deploymentModes, paymentRoutes, readyBy, budget, ephemeralNvmeAllowed, hostSizes }: RequirementConstraints): WireConstraints {
  return {
    residencyCountries: [...residencyCountries],
    deploymentModes: [...deploymentModes],
    paymentRoutes: [...paymentRoutes],
    ...(readyBy === null ? {} : { readyBy }),
    ...(budget === null ? {} : { budget: budget.kind === "monthly" ? { monthlyUsd: budget.monthlyUsd } : { totalUsd: budget.totalUsd, termMonths: budget.termMonths } }),
    ephemeralNvmeAllowed,
    hostSizes: { allow: [...hostSizes.allow], deny: [...hostSizes.deny], prefer: [...hostSizes.prefer] },
  };
}
