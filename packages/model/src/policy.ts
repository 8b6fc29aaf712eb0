// Policy: what is wanted of one cluster, independent of any wire version. Built from the stored resources
// (cluster plus what is inside it) by resource-providers; read by planner, engines and checks.
import type { ClusterKey, InstallationId } from "./ids.ts";

export type EngineName = "ceph" | "vast" | "simulated";
export type SubstrateName = "azure" | "bareMetal" | "local" | "simulated";

export type ProtectionScheme = "replication" | "erasureCoding";

/** `hostFailures` hosts may be down at once: nothing acknowledged is lost and reads and writes go on. */
export interface ProtectionPolicy {
  readonly hostFailures: number;
  readonly scheme: ProtectionScheme;
}

export type FileProtocol = "nfs";

export interface FileSystemPolicy {
  readonly name: string;
  /** Upper bound of user data; enforced as a quota. */
  readonly usableCapacityBytes: number;
  readonly protocols: readonly FileProtocol[];
  readonly protection: ProtectionPolicy;
}

export interface BucketPolicy {
  readonly name: string;
  readonly protection: ProtectionPolicy;
}

/** A file system as it was when the snapshot was made; the engine makes it once. */
export interface SnapshotPolicy {
  readonly name: string;
  /** Name of the file system. */
  readonly fileSystem: string;
}

/** Upper bounds of a directory with everything below it. */
export interface QuotaPolicy {
  readonly name: string;
  readonly fileSystem: string;
  /** Seen from the top of the file system, which is `/`. */
  readonly path: string;
  readonly hardLimitBytes: number;
  /** Files and directories together. */
  readonly fileCountLimit?: number;
}

/** What a cluster contains, by the collections of the contract. */
export interface ClusterContents {
  readonly fileSystems: readonly FileSystemPolicy[];
  readonly buckets: readonly BucketPolicy[];
  readonly snapshots: readonly SnapshotPolicy[];
  readonly quotas: readonly QuotaPolicy[];
}

export const contentCollections = ["fileSystems", "buckets", "snapshots", "quotas"] as const satisfies readonly (keyof ClusterContents)[];

export const noContents: ClusterContents = { fileSystems: [], buckets: [], snapshots: [], quotas: [] };

/** How much a file system may hold: the smaller of its capacity and the quota of its top. */
export function capacityHeld({ quotas }: Pick<ClusterContents, "quotas">, { name, usableCapacityBytes }: FileSystemPolicy): number {
  const top = quotas.find((quota) => quota.fileSystem === name && quota.path === "/");
  return Math.min(usableCapacityBytes, top?.hardLimitBytes ?? Infinity);
}

export interface ClusterPolicy extends ClusterContents {
  readonly clusterKey: ClusterKey;
  readonly clusterName: string;
  readonly installationId: InstallationId;
  readonly engine: EngineName;
  readonly engineVersion: string;
  readonly substrate: SubstrateName;
  readonly location: string;
  readonly hosts: { readonly size: string; readonly count: number };
  /** What the cluster's own pools (metadata, object index) must survive: the highest of all wishes. */
  readonly protection: ProtectionPolicy;
  /** `absent` asks for a plan that removes everything the cluster owns. */
  readonly presence: "present" | "absent";
}
