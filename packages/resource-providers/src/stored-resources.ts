// Reading our own rows: the store keeps properties as JSON, this room alone says which type they have.
import { formatEtag } from "@cynosure/arm-protocol";
import { BUCKET_TYPE, FILE_SYSTEM_TYPE } from "@cynosure/arm-store";
import type { ResourceEnvelope, StoredBucket, StoredCluster, StoredFileSystem } from "@cynosure/converters";
import type { ClusterKey, ResourceKey } from "@cynosure/model";
import { resourceKey } from "@cynosure/model";
import type { Store, StoredResource, Transaction } from "@cynosure/resource-store";
import { CHILDREN_COUNT_MAX } from "./options.ts";

// `properties` of these rows were written by this package from the same types and nobody else writes them.
export const asCluster = (row: Pick<StoredResource, "properties">): StoredCluster => row.properties as unknown as StoredCluster;
export const asFileSystem = (row: Pick<StoredResource, "properties">): StoredFileSystem => row.properties as unknown as StoredFileSystem;
export const asBucket = (row: Pick<StoredResource, "properties">): StoredBucket => row.properties as unknown as StoredBucket;
export const toProperties = (value: StoredCluster | StoredFileSystem | StoredBucket): Readonly<Record<string, unknown>> => ({ ...value });

export const envelopeOf = (row: StoredResource): ResourceEnvelope => ({ ...row, etag: formatEtag(row.etag) });

export type UnwrittenResource = Omit<StoredResource, "etag">;

export interface ClusterRows {
  readonly cluster: UnwrittenResource;
  readonly fileSystems: readonly UnwrittenResource[];
  readonly buckets: readonly UnwrittenResource[];
}

export async function readChildren(store: Store, cluster: ClusterKey, tx: Transaction): Promise<{ readonly fileSystems: readonly StoredResource[]; readonly buckets: readonly StoredResource[] }> {
  const parentKey = resourceKey(cluster);
  const limitMax = CHILDREN_COUNT_MAX + 1;
  const fileSystems = await store.resources.list({ type: FILE_SYSTEM_TYPE, parentKey, limitMax }, tx);
  const buckets = await store.resources.list({ type: BUCKET_TYPE, parentKey, limitMax }, tx);
  return { fileSystems, buckets };
}

/** What is inside a cluster once `row` is written. */
export function withChild({ fileSystems, buckets }: Omit<ClusterRows, "cluster">, row: UnwrittenResource): Omit<ClusterRows, "cluster"> {
  const among = (rows: readonly UnwrittenResource[], type: string): readonly UnwrittenResource[] =>
    row.type === type ? [...rows.filter(({ key }) => key !== row.key), row].sort((a, b) => (a.key < b.key ? -1 : 1)) : rows;
  return { fileSystems: among(fileSystems, FILE_SYSTEM_TYPE), buckets: among(buckets, BUCKET_TYPE) };
}

/** Its last change did not come to its end: what is wanted of it is not (all) there. */
export const isUnfinished = (row: Pick<StoredResource, "provisioningState">): boolean => row.provisioningState === "Failed" || row.provisioningState === "Canceled";

/** Same row with another state; the store gives it a new etag. */
export async function putState(store: Store, key: ResourceKey, state: StoredResource["provisioningState"], tx: Transaction): Promise<void> {
  const row = await store.resources.get(key, tx);
  if (row === null || row.provisioningState === state) return;
  await store.resources.put({ ...row, provisioningState: state }, { kind: "mustExist" }, tx);
}
