// Resource groups of the standalone front door: folders for clusters. A group that still holds clusters is
// not deleted; the answer names them.
import type { ResourceGroup } from "@cynosure/contract";
import { checkBodyIdentity, checkLocation, checkTags, formatResourceId, isSameJson, stampSystemData } from "@cynosure/arm-protocol";
import type { RequestContext, ResourceId } from "@cynosure/arm-protocol";
import { ControlPlaneError } from "@cynosure/model";
import type { ClusterKey } from "@cynosure/model";
import type { Store, StoredResource, Transaction } from "@cynosure/resource-store";
import { CLUSTER_TYPE, GROUP_TYPE, auditRow, checkNewName, groupId, groupNotFound, keyOf, listResourcePage, pageAnswer, parentKeyOf, raise, readPageRequest, subscriptionKey } from "@cynosure/arm-store";
import type { OurHandlers } from "@cynosure/arm-store";
import type { FrontDoorOptions } from "./options.ts";

const NAMED_COUNT_MAX = 10;

/** What a resource provider asks of the groups above its resources. */
export interface GroupParents {
  requireGroup(id: ResourceId, tx?: Transaction): Promise<void>;
  holdGroup(id: ResourceId, tx: Transaction): Promise<void>;
}

export function groupParents(store: Store): GroupParents {
  const requireGroup = async (id: ResourceId, tx?: Transaction): Promise<void> => {
    if ((await store.resources.get(keyOf(id), tx)) === null) throw groupNotFound(id.resourceGroup ?? "");
  };
  return {
    requireGroup,
    // Many may make clusters in one group at once; only its deletion and its tags wait for them.
    holdGroup: async (id, tx) => {
      if ((await store.resources.hold(keyOf(id), tx)) === null) throw groupNotFound(id.resourceGroup ?? "");
    },
  };
}

const toWire = (row: StoredResource): ResourceGroup => ({ id: row.id, name: row.name, type: GROUP_TYPE, location: row.location ?? "", tags: row.tags, properties: { provisioningState: row.provisioningState } });

type GroupHandlers = Pick<OurHandlers, "ResourceGroups_List" | "ResourceGroups_Get" | "ResourceGroups_CheckExistence" | "ResourceGroups_CreateOrUpdate" | "ResourceGroups_Update" | "ResourceGroups_Delete">;

export function resourceGroupHandlers(options: FrontDoorOptions): GroupHandlers {
  const { store } = options;
  const read = async (params: { subscriptionId: string; resourceGroupName: string }): Promise<StoredResource> => {
    const row = await store.resources.get(keyOf(groupId(params)));
    if (row === null) throw groupNotFound(params.resourceGroupName);
    return row;
  };
  return {
    ResourceGroups_List: async ({ params, query }) => {
      return pageAnswer(await listResourcePage(store, { type: GROUP_TYPE, parentKey: subscriptionKey(params.subscriptionId) }, readPageRequest(query), (row) => Promise.resolve(toWire(row))));
    },
    ResourceGroups_Get: async ({ params }) => ({ status: 200, body: toWire(await read(params)) }),
    ResourceGroups_CheckExistence: async ({ params }) => {
      await read(params);
      return { status: 204 };
    },
    ResourceGroups_CreateOrUpdate: async ({ params, body, context }) => {
      const id = groupId(params);
      const type = body.type?.toLowerCase() === GROUP_TYPE.toLowerCase() ? {} : { type: body.type };
      const identity = checkBodyIdentity({ id: body.id, name: body.name, ...type }, id);
      if (!identity.ok) throw raise(identity.problem);
      const { resource, created } = await putGroup(options, context, id, { location: body.location, tags: body.tags });
      return { status: created ? 201 : 200, body: toWire(resource) };
    },
    ResourceGroups_Update: async ({ params, body, context }) => {
      const row = await read(params);
      const { resource } = await putGroup(options, context, groupId(params), { location: row.location ?? "", tags: body.tags === undefined ? row.tags : (body.tags ?? {}) });
      return { status: 200, body: toWire(resource) };
    },
    ResourceGroups_Delete: async ({ params, context }) => {
      await deleteGroup(options, context, groupId(params));
      return { status: 200 };
    },
  };
}

export async function putGroup(options: FrontDoorOptions, context: RequestContext, id: ResourceId, wish: { readonly location: string | undefined; readonly tags: unknown }): Promise<{ resource: StoredResource; created: boolean }> {
  const { store, config, clock } = options;
  const location = checkLocation(wish.location, GROUP_TYPE, config.locations.map(({ name }) => name));
  if (!location.ok) throw raise(location.problem);
  const tags = checkTags(wish.tags);
  if (!tags.ok) throw raise(tags.problem);
  const key = keyOf(id);
  return store.transaction(async (tx) => {
    await store.lockCluster(key as unknown as ClusterKey, tx); // locks by name: a cluster being made in the group takes the same lock
    const current = await store.resources.get(key, tx);
    if (current === null) checkNewName("ResourceGroups_CreateOrUpdate", "resourceGroupName", id);
    if (current !== null && current.location !== location.value) {
      throw new ControlPlaneError("InvalidResourceLocation", `The resource group '${current.name}' already exists in location '${current.location ?? ""}' and cannot be moved to '${location.value}'. Keep the location, or choose another name.`, { target: "location" });
    }
    if (current !== null && isSameJson(current.tags, tags.value)) return { resource: current, created: false };
    const nowMs = clock.now();
    const row: Omit<StoredResource, "etag"> = {
      key,
      id: formatResourceId(id),
      type: GROUP_TYPE,
      name: id.resourceGroup ?? "",
      parentKey: parentKeyOf(id),
      subscriptionId: id.subscriptionId,
      location: location.value,
      tags: tags.value,
      properties: {},
      systemData: stampSystemData(current?.systemData ?? null, context.principal.displayName, context.principal.type, new Date(nowMs).toISOString()),
      provisioningState: "Succeeded",
    };
    const outcome = await store.resources.put(row, { kind: "none" }, tx);
    if (!outcome.ok) throw new ControlPlaneError("PreconditionFailed", `The resource group '${row.name}' was changed by another request at the same time. Try again.`);
    await store.appendAudit(auditRow({ context, atMs: nowMs, action: "Microsoft.Resources/subscriptions/resourceGroups/write", resourceId: row.id, before: current, after: row }), tx);
    return { resource: outcome.resource, created: current === null };
  });
}

async function deleteGroup(options: FrontDoorOptions, context: RequestContext, id: ResourceId): Promise<void> {
  const { store, clock } = options;
  const key = keyOf(id);
  await store.transaction(async (tx) => {
    await store.lockCluster(key as unknown as ClusterKey, tx); // as above
    const current = await store.resources.get(key, tx);
    if (current === null) throw groupNotFound(id.resourceGroup ?? "");
    const inside = await store.resources.list({ type: CLUSTER_TYPE, parentKey: key, limitMax: NAMED_COUNT_MAX }, tx);
    if (inside.length > 0) {
      throw new ControlPlaneError("ResourceGroupNotEmpty", `The resource group '${current.name}' still holds: ${inside.map((row) => row.id).join(", ")}. Delete them first.`, {
        target: current.id,
        details: inside.map((row) => ({ code: "ResourceGroupNotEmpty", message: `'${row.name}' is in the group.`, target: row.id })),
      });
    }
    await store.resources.remove(key, tx);
    await store.appendAudit(auditRow({ context, atMs: clock.now(), action: "Microsoft.Resources/subscriptions/resourceGroups/delete", resourceId: current.id, before: current, after: null }), tx);
  });
}
