// The loads of one cluster-to-be: its file systems and buckets on an engine, for any number of hosts, apart from what
// kind of hosts they are. Computed once per scheme: from `stableFrom` hosts on nothing but the rebuild changes with the count.
import type { BucketPolicy, Consolidation, EngineModel, PlatformLimits, RequirementFileSystem, RequirementProtection } from "@cynosure/model";
import type { Assumptions } from "../assumptions.ts";
import type { PlaceKind } from "../host-model.ts";
import { NOTHING, added, largest, multiplied, over, scaled, type Amount } from "../limits/amount.ts";
import { quantileOfSum } from "./quantile.ts";
import { HOST_FAILURES_MAX, mayBeRaised, raisedProtection } from "./raised-protection.ts";
import { hostsNeeded, schemeOn, schemeStableFrom, type FileSystemScheme } from "./raw-factor.ts";
import { trafficOf, type Factors, type Traffic } from "./traffic.ts";

export interface ClusterInput {
  readonly kind: PlaceKind;
  readonly fileSystems: readonly RequirementFileSystem[];
  readonly buckets: readonly BucketPolicy[];
  readonly engine: EngineModel;
  readonly consolidation: Consolidation;
  readonly assumptions: Assumptions;
  readonly platform: PlatformLimits;
  /** Racks of a room or fault domains of a cloud; null when not known. */
  readonly racks: { readonly count: number | null; readonly evidence: string };
  /** 1; more to see what worse network factors would cost. */
  readonly trafficScale: number;
}

export interface FileSystemLoad {
  readonly fileSystem: RequirementFileSystem;
  readonly capacityGB: number;
  readonly readGBps: number;
  readonly writeGBps: number;
  /** As asked, or more where the racks are too few for that. */
  readonly protection: RequirementProtection;
  readonly chosen: FileSystemScheme;
  /** Raw bytes per byte; null where the engine's usable fraction is not known. */
  readonly raw: number | null;
  readonly traffic: Traffic;
}

/** Loads on so many hosts. Network and processors in full; drives depend on the host as well. */
export interface ClusterLoads {
  readonly fileSystems: readonly FileSystemLoad[];
  readonly rawGB: Amount;
  readonly egressGBps: Amount;
  readonly ingressGBps: Amount;
  readonly vcpus: Amount;
  /** GB that are read, and sent, to make the data of the lost hosts again, times the hosts there are. */
  readonly rebuildReadGB: Amount;
  readonly rebuildWriteGB: Amount;
  /** Mean GB/s written to drives, for endurance. */
  readonly driveWriteGBps: Amount;
}

export interface ClusterModel extends ClusterInput {
  /** Hosts that may be down while performance holds. */
  readonly down: number;
  readonly stableFrom: number;
  /** Fewest hosts for the schemes of file systems and buckets. */
  readonly schemeHosts: number;
  /** Null when the schemes need more hosts. */
  at(hosts: number): ClusterLoads | null;
  /** Sum, or what is not exceeded with the stated confidence, of a load per file system. */
  together(loads: readonly FileSystemLoad[], loadOf: (each: FileSystemLoad) => Amount): Amount;
}

const DEFAULT_UNIT_BYTES = 4_096;
const SECONDS_PER_HOUR = 3_600;

export const capacityAfterGrowth = ({ usableCapacityGB, growth }: RequirementFileSystem): number => (growth === null ? usableCapacityGB : usableCapacityGB * (1 + growth.percentPerYear / 100) ** growth.years);

/** Load of one file system on a limit with factors a and b: both together, or the worse alone. */
export function loadOn(each: FileSystemLoad, { perRead, perWrite }: Factors): Amount {
  const read = multiplied(each.readGBps, perRead);
  const write = multiplied(each.writeGBps, perWrite);
  return each.fileSystem.throughput?.simultaneous === false ? largest(read, write) : added(read, write);
}

const sumOf = (loads: readonly FileSystemLoad[], amountOf: (each: FileSystemLoad) => Amount): Amount => added(...loads.map(amountOf));

/** Racks of hosts that a substrate offers now are not judged. */
const racksCounted = ({ kind, racks }: ClusterInput): number | null => (kind === "live" ? null : racks.count);

function fileSystemLoad(input: ClusterInput, fileSystem: RequirementFileSystem, hosts: number): FileSystemLoad | null {
  const { dataPath } = input.engine;
  const unit = dataPath.kind === "primaryRelayed" ? dataPath.allocationUnitBytes : DEFAULT_UNIT_BYTES;
  const protection = raisedProtection(fileSystem.protection, racksCounted(input), hosts);
  const chosen = schemeOn(protection, fileSystem.fileSizes, unit, hosts);
  if (chosen === null) return null;
  const usable = dataPath.kind === "sharedEverything" ? dataPath.usableFraction.value : null;
  const raw = dataPath.kind === "primaryRelayed" ? chosen.raw : usable === null ? null : 1 / usable;
  return {
    fileSystem, protection, chosen, raw, capacityGB: capacityAfterGrowth(fileSystem),
    readGBps: fileSystem.throughput?.readGBps ?? 0, writeGBps: fileSystem.throughput?.writeGBps ?? 0,
    traffic: trafficOf(fileSystem, dataPath, chosen),
  };
}

function loadsOn(model: ClusterModel, hosts: number): ClusterLoads | null {
  const loads: FileSystemLoad[] = [];
  for (const fileSystem of model.fileSystems) {
    const load = fileSystemLoad(model, fileSystem, hosts);
    if (load === null) return null;
    loads.push(load);
  }
  const { engine, down, trafficScale } = model;
  const sum = (amountOf: (each: FileSystemLoad) => Amount): Amount => sumOf(loads, amountOf);
  const isShared = model.consolidation.mode === "shared";
  const rebuildFactor = (each: FileSystemLoad): number | null => (engine.dataPath.kind === "sharedEverything" ? each.raw : each.chosen.rebuildReads);
  return {
    fileSystems: loads,
    rawGB: sum((each) => multiplied(each.capacityGB, each.raw)),
    egressGBps: scaled(model.together(loads, (each) => loadOn(each, each.traffic.egress)), trafficScale),
    ingressGBps: scaled(model.together(loads, (each) => loadOn(each, each.traffic.ingress)), trafficScale),
    vcpus: model.together(loads, (each) => loadOn(each, { perRead: engine.vcpusPerReadGBps.value, perWrite: engine.vcpusPerWriteGBps.value })),
    rebuildReadGB: down === 0 ? NOTHING : sum((each) => multiplied(down * each.capacityGB, rebuildFactor(each))),
    rebuildWriteGB: down === 0 ? NOTHING : sum((each) => multiplied(down * each.capacityGB, each.raw)),
    driveWriteGBps: sum((each) => multiplied(each.writeGBps * (isShared ? each.fileSystem.dutyFraction : 1), each.traffic.driveWrites)),
  };
}

/** GB/s of a rebuild within the assumed hours, times the number of hosts. */
export function rebuildGBpsTimesHosts(model: ClusterModel, gigabytes: Amount): Amount {
  const hours = model.assumptions.rebuildHours.value;
  return over(gigabytes, hours === null ? null : SECONDS_PER_HOUR * hours);
}

export function clusterModel(input: ClusterInput): ClusterModel {
  const { fileSystems, buckets, consolidation } = input;
  const memo = new Map<number, ClusterLoads | null>();
  const wishes = [...fileSystems, ...buckets].map((each) => each.protection);
  const widest = (asked: RequirementProtection): RequirementProtection => (mayBeRaised(asked, racksCounted(input)) ? { ...asked, hostFailures: HOST_FAILURES_MAX } : asked);
  const stableFrom = fileSystems.reduce((most, each) => Math.max(most, schemeStableFrom(widest(each.protection))), 1);
  const model: ClusterModel = {
    ...input, stableFrom,
    down: fileSystems.reduce((most, { protection }) => (protection.performanceHeld ? Math.max(most, protection.hostFailures) : most), 0),
    schemeHosts: wishes.reduce((most, wish) => Math.max(most, hostsNeeded(wish)), 0),
    at: (hosts) => {
      const key = Math.min(hosts, stableFrom);
      const found = memo.get(key);
      if (found !== undefined) return found;
      const loads = loadsOn(model, key);
      memo.set(key, loads);
      return loads;
    },
    together: (loads, loadOf) => {
      if (consolidation.mode === "guaranteed" || consolidation.confidence === null) return sumOf(loads, loadOf);
      const amounts = loads.map(loadOf);
      const isWhole = amounts.every((amount) => amount.isWhole);
      return { value: quantileOfSum(amounts.map((amount, k) => ({ load: amount.value, dutyFraction: loads[k]?.fileSystem.dutyFraction ?? 1 })), consolidation.confidence), isWhole };
    },
  };
  return model;
}
