// The generic resource list of the front door: tracked resources of a subscription or group, across types.
import type { Store } from "@cynosure/resource-store";
import { CLUSTER_TYPE, groupId, groupNotFound, keyOf, listResourcePage } from "@cynosure/arm-store";
import type { Page } from "@cynosure/arm-store";

export interface ListedResource {
  readonly key: string;
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdTime: string;
  readonly changedTime: string;
  readonly provisioningState: string;
}

export interface ResourceQuery {
  readonly subscriptionId: string;
  readonly resourceGroup: string | null;
  readonly resourceType: string | null;
  readonly name: string | null;
  readonly afterKey: string | null;
  readonly limitMax: number;
}

/** Clusters are the only tracked type today; children are proxies and never listed here. */
export async function listTrackedResources(store: Store, query: ResourceQuery): Promise<Page<ListedResource>> {
  const group = query.resourceGroup === null ? null : keyOf(groupId({ subscriptionId: query.subscriptionId, resourceGroupName: query.resourceGroup }));
  if (group !== null && (await store.resources.get(group)) === null) throw groupNotFound(query.resourceGroup ?? "");
  if (query.resourceType !== null && query.resourceType.toLowerCase() !== CLUSTER_TYPE.toLowerCase()) return { items: [], nextAfterKey: null };
  const scope = group === null ? { keyPrefix: `/subscriptions/${query.subscriptionId}/`.toLowerCase() } : { parentKey: group };
  const page = await listResourcePage(store, { type: CLUSTER_TYPE, ...scope }, { top: query.limitMax, afterKey: query.afterKey }, (row) =>
    Promise.resolve({
      key: row.key,
      id: row.id,
      name: row.name,
      type: row.type,
      location: row.location ?? "",
      tags: row.tags,
      createdTime: row.systemData.createdAt,
      changedTime: row.systemData.lastModifiedAt,
      provisioningState: row.provisioningState === "Provisioning" ? "Creating" : row.provisioningState,
    }),
  );
  // A page may be short or empty and still have a next one (G4).
  return query.name === null ? page : { ...page, items: page.items.filter((item) => item.name.toLowerCase() === query.name?.toLowerCase()) };
}
