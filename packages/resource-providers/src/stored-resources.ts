// Reading our own rows: the store keeps properties as JSON, this room alone says which type they have.
import { formatEtag } from "@cynosure/arm-protocol";
import { BUCKET_TYPE, FILE_SYSTEM_TYPE, QUOTA_TYPE, SNAPSHOT_TYPE } from "@cynosure/arm-store";
import type { ResourceEnvelope, StoredBucket, StoredCluster, StoredFileSystem, StoredQuota, StoredSnapshot } from "@cynosure/converters";
import type { ClusterContents, ClusterKey, ResourceKey } from "@cynosure/model";
import { contentCollections, resourceKey } from "@cynosure/model";
import { type Store, type StoredResource, type Transaction, together } from "@cynosure/resource-store";
import { CHILDREN_COUNT_MAX } from "./options.ts";

// `properties` of these rows were written by this package from the same types and nobody else writes them.
export const asCluster = (row: Pick<StoredResource, "properties">): StoredCluster => row.properties as unknown as StoredCluster;
export const asFileSystem = (row: Pick<StoredResource, "properties">): StoredFileSystem => row.properties as unknown as StoredFileSystem;
export const asBucket = (row: Pick<StoredResource, "properties">): StoredBucket => row.properties as unknown as StoredBucket;
export const asSnapshot = (row: Pick<StoredResource, "properties">): StoredSnapshot => row.properties as unknown as StoredSnapshot;
export const asQuota = (row: Pick<StoredResource, "properties">): StoredQuota => row.properties as unknown as StoredQuota;
export const toProperties = (value: StoredCluster | StoredFileSystem | StoredBucket | StoredSnapshot | StoredQuota): Readonly<Record<string, unknown>> => ({ ...value });

export const envelopeOf = (row: StoredResource): ResourceEnvelope => ({ ...row, etag: formatEtag(row.etag) });

type ChildCollection = keyof ClusterContents;

export type UnwrittenResource = Omit<StoredResource, "etag">;

/** What is inside a cluster, by the collections of the contract. */
export type ChildRows<Row extends UnwrittenResource = UnwrittenResource> = Readonly<Record<ChildCollection, readonly Row[]>>;

export interface ClusterRows extends ChildRows {
  readonly cluster: UnwrittenResource;
}

const childTypes: Readonly<Record<ChildCollection, string>> = { fileSystems: FILE_SYSTEM_TYPE, buckets: BUCKET_TYPE, snapshots: SNAPSHOT_TYPE, quotas: QUOTA_TYPE };

export const noChildren: ChildRows<StoredResource> = { fileSystems: [], buckets: [], snapshots: [], quotas: [] };

export const allChildren = <Row extends UnwrittenResource>(rows: ChildRows<Row>): readonly Row[] => contentCollections.flatMap((collection) => rows[collection]);

/** Null for a cluster. */
export const collectionOf = ({ type }: Pick<StoredResource, "type">): ChildCollection | null => contentCollections.find((collection) => childTypes[collection] === type) ?? null;

export async function readChildren(store: Store, cluster: ClusterKey, tx: Transaction): Promise<ChildRows<StoredResource>> {
  const list = (collection: ChildCollection) => store.resources.list({ type: childTypes[collection], parentKey: resourceKey(cluster), limitMax: CHILDREN_COUNT_MAX + 1 }, tx);
  const [fileSystems, buckets, snapshots, quotas] = await together(list("fileSystems"), list("buckets"), list("snapshots"), list("quotas"));
  return { fileSystems, buckets, snapshots, quotas };
}

/** What is inside a cluster once `row` is written. */
export function withChild(rows: ChildRows, row: UnwrittenResource): ChildRows {
  const collection = collectionOf(row);
  if (collection === null) return rows;
  return { ...rows, [collection]: [...rows[collection].filter(({ key }) => key !== row.key), row].sort((a, b) => (a.key < b.key ? -1 : 1)) };
}

/** Snapshots and quotas of a file system that are to stay. */
export const holdersOf = ({ name }: Pick<StoredResource, "name">, { snapshots, quotas }: ChildRows): readonly UnwrittenResource[] =>
  [...snapshots.filter((row) => asSnapshot(row).fileSystem === name), ...quotas.filter((row) => asQuota(row).fileSystem === name)].filter((row) => row.provisioningState !== "Deleting");

/** Its last change did not come to its end: what is wanted of it is not (all) there. */
export const isUnfinished = (row: Pick<StoredResource, "provisioningState">): boolean => row.provisioningState === "Failed" || row.provisioningState === "Canceled";

/** Same row with another state; the store gives it a new etag. */
export async function putState(store: Store, key: ResourceKey, state: StoredResource["provisioningState"], tx: Transaction): Promise<void> {
  const row = await store.resources.get(key, tx);
  if (row === null || row.provisioningState === state) return;
  await store.resources.put({ ...row, provisioningState: state }, { kind: "mustExist" }, tx);
}
