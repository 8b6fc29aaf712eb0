// From stored rows to the policy the planner works on. A row that failed or was canceled and was never in a plan is left
// out: one impossible wish must not spoil every later one.
import type { BucketPolicy, ClusterKey, ClusterPolicy, FileSystemPolicy, InstallationId, ProtectionPolicy, QuotaPolicy, ResourceKey, SnapshotPolicy } from "@cynosure/model";
import { asBucket, asCluster, asFileSystem, asQuota, asSnapshot, isUnfinished } from "./stored-resources.ts";
import type { ClusterRows, UnwrittenResource } from "./stored-resources.ts";

export interface PolicyInput {
  readonly clusterKey: ClusterKey;
  readonly rows: ClusterRows;
  readonly installationId: InstallationId;
  readonly presence: ClusterPolicy["presence"];
  /** Policy of the current target plan. */
  readonly before: ClusterPolicy | null;
  /** Rows whose change is taken back: they stay as the target plan has them. */
  readonly except?: ReadonlySet<ResourceKey>;
}

export function buildPolicy(input: PolicyInput): ClusterPolicy {
  const { rows, before } = input;
  const cluster = asCluster(rows.cluster);
  const fileSystems = choose<FileSystemPolicy>(input, rows.fileSystems, before?.fileSystems ?? [], (row) => ({ name: row.name, ...asFileSystem(row) }));
  const buckets = choose<BucketPolicy>(input, rows.buckets, before?.buckets ?? [], (row) => ({ name: row.name, ...asBucket(row) }));
  return {
    clusterKey: input.clusterKey,
    clusterName: rows.cluster.name,
    installationId: input.installationId,
    engine: cluster.engine,
    engineVersion: cluster.engineVersion,
    substrate: cluster.substrate,
    location: rows.cluster.location ?? "",
    hosts: cluster.hosts,
    protection: highest(cluster.protection, [...fileSystems, ...buckets]),
    fileSystems,
    buckets,
    snapshots: choose<SnapshotPolicy>(input, rows.snapshots, before?.snapshots ?? [], (row) => ({ name: row.name, ...asSnapshot(row) })),
    quotas: choose<QuotaPolicy>(input, rows.quotas, before?.quotas ?? [], (row) => ({ name: row.name, ...asQuota(row) })),
    presence: input.presence,
  };
}

function choose<P extends { readonly name: string }>(input: PolicyInput, rows: readonly UnwrittenResource[], before: readonly P[], toPolicy: (row: UnwrittenResource) => P): readonly P[] {
  return rows.flatMap((row) => {
    if (row.provisioningState === "Deleting" && input.except?.has(row.key) !== true) return [];
    const decided = before.filter((policy) => policy.name === row.name);
    if (input.except?.has(row.key) === true) return decided;
    if (isUnfinished(row) && decided.length === 0) return [];
    return [toPolicy(row)];
  });
}

/** The cluster's own pools must survive whatever any of its children must. */
function highest(own: ProtectionPolicy, children: readonly { readonly protection: ProtectionPolicy }[]): ProtectionPolicy {
  return { scheme: own.scheme, hostFailures: Math.max(own.hostFailures, ...children.map((child) => child.protection.hostFailures)) };
}
