// Which pools a cluster has. Pools that hold the inside of the cluster are always replicated and survive
// what the cluster promises; user data lies in one pool per protection, shared by all file systems (or
// buckets) with that protection, so that the number of pools is bounded by protections and not by users.
import { chooseScheme, type LayoutProblem, type PoolLayout, type ProtectionPolicy } from "@cynosure/model";
import { FS_NAME, ZONE_NAME } from "./names.ts";

export interface CephPool extends PoolLayout {
  readonly application: "mgr" | "cephfs" | "rgw";
  /** A data pool of the file system, added to it after creation. */
  readonly isFileSystemData: boolean;
}

/** Host failures we lay out for at most; the object gateway's zone names a placement for each of them. */
export const HOST_FAILURES_MAX = 4;

export const protectionId = (protection: ProtectionPolicy): string => `${protection.scheme === "replication" ? "replication" : "erasure"}-${protection.hostFailures}`;

/** All protections a zone offers, whether the cluster is large enough for them today or not. */
export const allProtections: readonly ProtectionPolicy[] = (["replication", "erasureCoding"] as const).flatMap((scheme) =>
  Array.from({ length: HOST_FAILURES_MAX + 1 }, (_, hostFailures) => ({ scheme, hostFailures })),
);

export const fileSystemPool = (protection: string): string => `${FS_NAME}.data.${protection}`;
export const bucketPool = (protection: string): string => `${ZONE_NAME}.rgw.buckets.data.${protection}`;
/** Null for pools that hold the inside of the cluster. */
export const contentOfPool = (name: string): "fileSystem" | "bucket" | null => (name.startsWith(fileSystemPool("")) ? "fileSystem" : name.startsWith(bucketPool("")) ? "bucket" : null);
export const METADATA_POOL = `${FS_NAME}.meta`;
export const DEFAULT_DATA_POOL = `${FS_NAME}.default`;
export const INDEX_POOL = `${ZONE_NAME}.rgw.buckets.index`;
export const EXTRA_POOL = `${ZONE_NAME}.rgw.buckets.non-ec`;

/** Placement groups of a data pool: about one per host, a power of two (Ceph warns otherwise), 8 to 32. */
export const dataPlacementGroups = (hostCount: number): number => (hostCount <= 8 ? 8 : hostCount <= 16 ? 16 : 32);

const clusterPools: readonly { readonly name: string; readonly purpose: string; readonly placementGroups: number; readonly application: CephPool["application"] }[] = [
  { name: ".mgr", purpose: "state of the manager's modules", placementGroups: 1, application: "mgr" },
  { name: METADATA_POOL, purpose: "file system metadata", placementGroups: 8, application: "cephfs" },
  { name: DEFAULT_DATA_POOL, purpose: "file system backtraces", placementGroups: 4, application: "cephfs" },
  { name: ".rgw.root", purpose: "object gateway zone", placementGroups: 1, application: "rgw" },
  { name: `${ZONE_NAME}.rgw.control`, purpose: "object gateway cache notifications", placementGroups: 1, application: "rgw" },
  { name: `${ZONE_NAME}.rgw.meta`, purpose: "object gateway users and bucket entries", placementGroups: 1, application: "rgw" },
  { name: `${ZONE_NAME}.rgw.log`, purpose: "object gateway logs and garbage collection", placementGroups: 2, application: "rgw" },
  { name: INDEX_POOL, purpose: "bucket indexes", placementGroups: 4, application: "rgw" },
  { name: EXTRA_POOL, purpose: "unfinished multipart uploads", placementGroups: 1, application: "rgw" },
];

export interface DataPoolWish {
  readonly name: string;
  readonly purpose: string;
  readonly protection: ProtectionPolicy;
  readonly application: "cephfs" | "rgw";
  /** Who asks, for messages: "File system home". */
  readonly owner: string;
}

export type PoolsResult = { readonly ok: true; readonly pools: readonly CephPool[] } | { readonly ok: false; readonly problems: readonly LayoutProblem[] };

/** Pools of the parent stay as they are; copies of the cluster's own pools only ever go up. */
export function choosePools(hostCount: number, clusterProtection: ProtectionPolicy, wishes: readonly DataPoolWish[], before: readonly CephPool[]): PoolsResult {
  const problems: LayoutProblem[] = [];
  const known = new Map(before.map((pool) => [pool.name, pool]));
  const scheme = (protection: ProtectionPolicy, owner: string): PoolLayout["scheme"] | null => {
    if (!Number.isInteger(protection.hostFailures) || protection.hostFailures < 0 || protection.hostFailures > HOST_FAILURES_MAX) {
      problems.push({ target: "properties.protection.hostFailures", message: `${owner}: surviving ${protection.hostFailures} host failures is not supported. Ask for a whole number from 0 to ${HOST_FAILURES_MAX}.` });
      return null;
    }
    const choice = chooseScheme(protection, hostCount);
    if (choice.ok) return choice.scheme;
    const kind = protection.scheme === "replication" ? "replication" : "erasure coding";
    problems.push({
      target: "properties.protection.hostFailures",
      message: `${owner}: surviving ${protection.hostFailures} host failures by ${kind} needs ${choice.hostsNeeded} hosts, the cluster has ${hostCount}. Ask for at least ${choice.hostsNeeded} hosts or fewer host failures.`,
    });
    return null;
  };

  const own = scheme({ scheme: "replication", hostFailures: clusterProtection.hostFailures }, "The cluster's protection");
  const pools: CephPool[] = [];
  for (const pool of clusterPools) {
    const old = known.get(pool.name);
    if (own === null) continue;
    const raised = old?.scheme.kind === "replication" && own.kind === "replication" && old.scheme.copies > own.copies ? old.scheme : own;
    pools.push({ ...pool, isFileSystemData: false, scheme: raised });
  }
  // The parent's data pools stay, in their order, also when nobody asks for them any more: removing one is
  // not worth a risk to data.
  const ownNames = new Set(clusterPools.map((pool) => pool.name));
  pools.push(...before.filter((pool) => !ownNames.has(pool.name)));
  for (const wish of wishes) {
    if (pools.some((pool) => pool.name === wish.name)) continue;
    const chosen = scheme(wish.protection, wish.owner);
    if (chosen !== null) pools.push({ name: wish.name, purpose: wish.purpose, scheme: chosen, placementGroups: dataPlacementGroups(hostCount), application: wish.application, isFileSystemData: wish.application === "cephfs" });
  }
  // Own pools and default placement may fail for the same reason: say it once.
  const distinct = problems.filter((problem, k) => problems.findIndex((other) => other.message === problem.message) === k);
  return distinct.length > 0 ? { ok: false, problems: distinct } : { ok: true, pools };
}
