// All limits of a cluster of one kind of host, in the order in which a broken one is named.
import type { HostModel } from "../host-model.ts";
import type { ClusterModel } from "../loads/cluster-model.ts";
import { OPEN, UNBOUNDED_UNKNOWN } from "./amount.ts";
import { capacityLimit } from "./capacity.ts";
import { driveLimits, enduranceLimits } from "./drives.ts";
import type { Limit } from "./limit.ts";
import { metadataLimits } from "./metadata.ts";
import { networkLimits } from "./network.ts";
import { processorLimit } from "./processors.ts";
import { offerLimits, protectionLimit, rackLimits } from "./protection.ts";

/** Hosts that a substrate offers now are not sized by throughput: nothing is published of them, and unknown is not zero. */
const unmeasuredThroughput: Limit = {
  name: "throughput", unit: "GB/s",
  judge: () => ({ required: OPEN, available: UNBOUNDED_UNKNOWN }),
  evidence: () => "hosts that are offered here are not sized by throughput, as none is known of this size: an acceptance run measures it",
  hostsAtLeast: () => 0,
};

interface HostlessLimits {
  readonly protection: Limit;
  readonly racks: readonly Limit[];
  readonly metadata: readonly Limit[];
}

/** Limits that ask nothing of the host are the same for every kind of it. */
const hostless = new WeakMap<ClusterModel, HostlessLimits>();

function hostlessLimits(cluster: ClusterModel): HostlessLimits {
  const found = hostless.get(cluster) ?? { protection: protectionLimit(cluster), racks: rackLimits(cluster), metadata: metadataLimits(cluster) };
  hostless.set(cluster, found);
  return found;
}

export function clusterLimits(cluster: ClusterModel, host: HostModel): readonly Limit[] {
  const { protection, racks, metadata } = hostlessLimits(cluster);
  const always = [protection, ...offerLimits(cluster, host)];
  if (cluster.kind === "live") return [...always, capacityLimit(cluster, host), unmeasuredThroughput];
  const isLoaded = cluster.down > 0 || cluster.fileSystems.some((each) => (each.throughput?.readGBps ?? 0) > 0 || (each.throughput?.writeGBps ?? 0) > 0);
  return [
    ...always,
    ...racks,
    capacityLimit(cluster, host),
    ...(isLoaded ? [...networkLimits(cluster, host), ...driveLimits(cluster, host), processorLimit(cluster, host)] : []),
    ...metadata,
    ...(isLoaded ? enduranceLimits(cluster, host) : []),
  ];
}
