// Policies, hosts and properties for this package's tests.
import fc from "fast-check";
import { HOST_STATE_DIR, clusterKey, hostId, type ClusterPolicy, type LayoutHost } from "@cynosure/model";

const DISK_BYTES = 10 * 2 ** 30;

export function testPolicy(count: number, change: Partial<ClusterPolicy> = {}): ClusterPolicy {
  return {
    clusterKey: clusterKey("/subscriptions/s/resourceGroups/g/providers/Cynosure.Storage/clusters/test"), clusterName: "test", installationId: "00000000" as ClusterPolicy["installationId"], // any eight digits
    engine: "ceph", engineVersion: "18.2", substrate: "local", location: "local", hosts: { size: "local", count }, protection: { hostFailures: 1, scheme: "replication" }, fileSystems: [], buckets: [], snapshots: [], quotas: [], presence: "present", ...change,
  };
}

export const testLayoutHosts = (count: number, disks = 1): LayoutHost[] =>
  Array.from({ length: count }, (_, index) => ({ hostId: hostId(`host-${index + 1}`), index, failureDomain: `host-${index + 1}`, diskPaths: Array.from({ length: disks }, (_d, k) => `${HOST_STATE_DIR}/disks/disk${k}`), diskSizeBytes: DISK_BYTES }));

/** Runs a property under a seed that a failure prints; SEED=… repeats it. */
export function seedProperty<T>(property: fc.IProperty<T>, numRuns = 150): void {
  const seed = Number(process.env["SEED"] ?? Date.now() % 2 ** 31);
  try {
    fc.assert(property, { seed, numRuns });
  } catch (error) {
    throw new Error(`seed=${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
