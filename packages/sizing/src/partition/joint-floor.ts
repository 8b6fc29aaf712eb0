// Proof that one cluster for all is cheapest, without sizing every other division: whatever the division, its clusters carry
// the same bytes. Holds because at the same number of hosts a set of file systems asks for no less than any part of it.
import type { HostModel } from "../host-model.ts";
import { clusterLimits } from "../limits/cluster-limits.ts";
import { clusterModel, type ClusterInput, type ClusterModel } from "../loads/cluster-model.ts";

/** Limits whose load is the plain sum over file systems, and is nowhere less than with the stable scheme. */
const ALWAYS_SUMS: readonly string[] = ["metadata, unique directories", "drive reads per second"];
const SUMS_OF_BYTES: readonly string[] = ["raw capacity", "drive endurance"];
const SUMS_IF_GUARANTEED: readonly string[] = ["drive throughput", "processors"];
const SUMS_OF_COPIES: readonly string[] = ["NIC egress", "NIC ingress"];

export interface JointFloor {
  /** All file systems with nothing held while hosts are down: what any division carries at least. */
  readonly model: ClusterModel;
  readonly limitNames: readonly string[];
}

export function jointFloor(input: ClusterInput): JointFloor {
  const isChunked = input.engine.dataPath.kind === "primaryRelayed" && input.fileSystems.some(({ protection }) => protection.scheme === "erasureCoding");
  // Small files can waste more on more data chunks, and few racks take a higher protection on many hosts: the stable scheme is then no floor.
  const isUneven = isChunked && input.fileSystems.some(({ fileSizes, protection }) => fileSizes.length > 0 || protection.rackFailures > 0);
  const isGuaranteed = input.consolidation.mode === "guaranteed";
  const fileSystems = input.fileSystems.map((each) => ({ ...each, protection: { ...each.protection, performanceHeld: false } }));
  return {
    model: clusterModel({ ...input, fileSystems }),
    limitNames: [...ALWAYS_SUMS, ...(isUneven ? [] : SUMS_OF_BYTES), ...(isGuaranteed && !isUneven ? SUMS_IF_GUARANTEED : []), ...(isGuaranteed && !isChunked ? SUMS_OF_COPIES : [])],
  };
}

const ROUNDING = 1e-8;

/** Hosts that two clusters or more need at least for what they carry together; each keeps its own spare hosts. */
export function hostsOfDivision({ model, limitNames }: JointFloor, host: HostModel): number {
  const spareOfAnother = model.kind === "live" ? 0 : (model.assumptions.spareHosts.value ?? 0);
  let floor = 0;
  for (const limit of clusterLimits(model, host)) {
    if (!limitNames.includes(limit.name)) continue;
    floor = Math.max(floor, Math.ceil((limit.hostsAtLeast() + (limit.name === "raw capacity" ? spareOfAnother : 0)) * (1 - ROUNDING)));
  }
  return floor;
}
