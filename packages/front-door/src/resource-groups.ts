// Resource groups of the standalone front door: folders for clusters, with tags of their own. How one is deleted
// with everything in it is in group-deletion.ts.
import type { ResourceGroup } from "@cynosure/contract";
import { checkBodyIdentity, checkLocation, checkTags, formatResourceId, isSameJson, stampSystemData } from "@cynosure/arm-protocol";
import type { RequestContext, ResourceId } from "@cynosure/arm-protocol";
import { ControlPlaneError } from "@cynosure/model";
import type { StoredResource } from "@cynosure/resource-store";
import { GROUP_TYPE, auditRow, checkNewName, groupId, groupNotFound, keyOf, pageAnswer, parentKeyOf, raise, readPageRequest, subscriptionKey } from "@cynosure/arm-store";
import type { OurHandlers } from "@cynosure/arm-store";
import { startGroupDeletion } from "./group-deletion.ts";
import { beingDeleted } from "./group-rows.ts";
import type { FrontDoorOptions } from "./options.ts";
import { matchesFilter } from "./resource-filter.ts";
import { parseResourceFilter } from "./resource-filter-parser.ts";
import { scanResources } from "./scan-resources.ts";

const toWire = (row: StoredResource): ResourceGroup => ({ id: row.id, name: row.name, type: GROUP_TYPE, location: row.location ?? "", tags: row.tags, properties: { provisioningState: row.provisioningState } });

/** What the generic lists know of a group. */
const asListed = (row: StoredResource) => ({ name: row.name, type: GROUP_TYPE, resourceGroup: row.name, location: row.location ?? "", tags: row.tags });

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
      const filter = parseResourceFilter(query["$filter"]);
      return pageAnswer(await scanResources(store, { type: GROUP_TYPE, parentKey: subscriptionKey(params.subscriptionId) }, readPageRequest(query), (row) => (matchesFilter(filter, asListed(row)) ? toWire(row) : null)));
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
      const outcome = await startGroupDeletion(options, context, groupId(params));
      return outcome.kind === "gone" ? { status: 200 } : { status: 202, operation: outcome.operation };
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
  const done = await store.transaction(async (tx) => {
    const current = await store.resources.lock(key, tx);
    if (current === null) checkNewName("ResourceGroups_CreateOrUpdate", "resourceGroupName", id);
    if (current?.provisioningState === "Deleting") throw beingDeleted(current);
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
    const outcome = await store.resources.put(row, { kind: current === null ? "mustNotExist" : "mustExist" }, tx);
    if (!outcome.ok) return null;
    await store.appendAudit(auditRow({ context, atMs: nowMs, action: "Microsoft.Resources/subscriptions/resourceGroups/write", resourceId: row.id, before: current, after: row }), tx);
    return { resource: outcome.resource, created: outcome.created }; // another request may have made it meanwhile
  });
  // Two made it at once: for the second it is there now.
  return done ?? putGroup(options, context, id, wish);
}
