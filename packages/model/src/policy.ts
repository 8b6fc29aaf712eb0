// Policy: what is wanted of one cluster, independent of any wire version. Built from the stored resources
// (cluster plus its file systems and buckets) by resource-providers; read by planner, engines and checks.
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

export interface ClusterPolicy {
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
  readonly fileSystems: readonly FileSystemPolicy[];
  readonly buckets: readonly BucketPolicy[];
  /** `absent` asks for a plan that removes everything the cluster owns. */
  readonly presence: "present" | "absent";
}
