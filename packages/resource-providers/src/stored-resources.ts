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
export const asFileSystem = (row: StoredResource): StoredFileSystem => row.properties as unknown as StoredFileSystem;
export const asBucket = (row: StoredResource): StoredBucket => row.properties as unknown as StoredBucket;
export const toProperties = (value: StoredCluster | StoredFileSystem | StoredBucket): Readonly<Record<string, unknown>> => ({ ...value });

export const envelopeOf = (row: StoredResource): ResourceEnvelope => ({ ...row, etag: formatEtag(row.etag) });

export interface ClusterRows {
  readonly cluster: Omit<StoredResource, "etag">;
  readonly fileSystems: readonly StoredResource[];
  readonly buckets: readonly StoredResource[];
}

export async function readChildren(store: Store, cluster: ClusterKey, tx: Transaction): Promise<Omit<ClusterRows, "cluster">> {
  const parentKey = resourceKey(cluster);
  const limitMax = CHILDREN_COUNT_MAX + 1;
  const fileSystems = await store.resources.list({ type: FILE_SYSTEM_TYPE, parentKey, limitMax }, tx);
  const buckets = await store.resources.list({ type: BUCKET_TYPE, parentKey, limitMax }, tx);
  return { fileSystems, buckets };
}

/** Its last change did not come to its end: what is wanted of it is not (all) there. */
export const isUnfinished = (row: Pick<StoredResource, "provisioningState">): boolean => row.provisioningState === "Failed" || row.provisioningState === "Canceled";

/** Same row with another state; the store gives it a new etag. */
export async function putState(store: Store, key: ResourceKey, state: StoredResource["provisioningState"], tx: Transaction): Promise<void> {
  const row = await store.resources.get(key, tx);
  if (row === null || row.provisioningState === state) return;
  await store.resources.put({ ...row, provisioningState: state }, { kind: "mustExist" }, tx);
}
