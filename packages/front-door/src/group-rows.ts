// Resource groups as rows, and what a resource provider asks of them. A group being deleted says so in its row:
// who asked, which operation follows it, and what was tried so far.
import type { RequestPrincipal, ResourceId } from "@cynosure/arm-protocol";
import { groupNotFound, keyOf } from "@cynosure/arm-store";
import { ControlPlaneError } from "@cynosure/model";
import type { ResourceKey } from "@cynosure/model";
import type { Store, StoredResource, Transaction } from "@cynosure/resource-store";

/** What a resource provider asks of the groups above its resources. */
export interface GroupParents {
  requireGroup(id: ResourceId, tx?: Transaction): Promise<void>;
  holdGroup(id: ResourceId, tx: Transaction): Promise<void>;
}

export interface BlockedResource {
  readonly id: string;
  readonly code: string;
  readonly message: string;
}

export interface GroupDeletion {
  readonly operationId: string;
  readonly requestedBy: RequestPrincipal;
  readonly correlationId: string;
  /** How often the deletion of each cluster was begun or refused, by key. */
  readonly attempts: Readonly<Record<ResourceKey, number>>;
  readonly blocked: readonly BlockedResource[];
}

// `properties` of group rows are written by this package alone.
export const deletionOf = (row: StoredResource): GroupDeletion | null => (row.provisioningState === "Deleting" ? ((row.properties["deletion"] as GroupDeletion | undefined) ?? null) : null);

export const beingDeleted = (row: Pick<StoredResource, "name" | "id">): ControlPlaneError =>
  new ControlPlaneError("ResourceGroupBeingDeleted", `The resource group '${row.name}' is being deleted, so nothing in it can be made or changed. Wait until it is gone and make it again, or use another group.`, { target: row.id });

export function groupParents(store: Store): GroupParents {
  const require = async (id: ResourceId, tx?: Transaction): Promise<StoredResource> => {
    const row = await store.resources.get(keyOf(id), tx);
    if (row === null) throw groupNotFound(id.resourceGroup ?? "");
    return row;
  };
  return {
    requireGroup: async (id, tx) => {
      await require(id, tx);
    },
    holdGroup: async (id, tx) => {
      // Many may make clusters in one group at once; only what deletes the group waits for them.
      const row = await store.resources.enter(keyOf(id), tx);
      if (row === null) throw groupNotFound(id.resourceGroup ?? "");
      if (row.provisioningState === "Deleting") throw beingDeleted(row);
    },
  };
}
