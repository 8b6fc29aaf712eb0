// The generic resource list of the front door: tracked resources of a subscription or group, across types.
// Clusters are the only tracked type today; what is inside them is never listed here.
import { buildNextLink, encodeSkipToken, parseResourceId } from "@cynosure/arm-protocol";
import { CLUSTER_TYPE, groupId, groupNotFound, keyOf, readPageRequest } from "@cynosure/arm-store";
import type { RouteAnswer, RouteRequest, ServedRoute } from "@cynosure/http-server";
import type { StoredResource } from "@cynosure/resource-store";
import { frontDoorRoute, param, readExpand } from "./front-door-route.ts";
import type { FrontDoorOptions } from "./options.ts";
import { boundValue, matchesFilter } from "./resource-filter.ts";
import type { Filterable } from "./resource-filter.ts";
import { parseResourceFilter } from "./resource-filter-parser.ts";
import { scanResources } from "./scan-resources.ts";

const EXPANDS = ["createdTime", "changedTime", "provisioningState"];

function groupOf(row: StoredResource): string {
  const id = parseResourceId(row.id);
  return id.ok ? (id.value.resourceGroup ?? "") : "";
}

const asFilterable = (row: StoredResource): Filterable => ({ name: row.name, type: row.type, resourceGroup: groupOf(row), location: row.location ?? "", tags: row.tags });

function toListed(row: StoredResource, expand: readonly string[]): unknown {
  return {
    id: row.id,
    name: row.name,
    type: row.type,
    location: row.location ?? "",
    tags: row.tags,
    ...(expand.includes("createdtime") ? { createdTime: row.systemData.createdAt } : {}),
    ...(expand.includes("changedtime") ? { changedTime: row.systemData.lastModifiedAt } : {}),
    ...(expand.includes("provisioningstate") ? { provisioningState: row.provisioningState === "Provisioning" ? "Creating" : row.provisioningState } : {}),
  };
}

async function listResources({ store }: FrontDoorOptions, request: RouteRequest): Promise<RouteAnswer> {
  const filter = parseResourceFilter(request.query["$filter"]);
  const expand = readExpand(request.query["$expand"], EXPANDS);
  const page = readPageRequest(request.query);
  const subscriptionId = param(request, "subscriptionId");
  const groupName = request.params["resourceGroupName"] ?? boundValue(filter, "resourceGroup");
  const group = groupName === null ? null : keyOf(groupId({ subscriptionId, resourceGroupName: groupName }));
  if (group !== null && (await store.resources.get(group)) === null) throw groupNotFound(groupName ?? "");
  const type = boundValue(filter, "resourceType");
  if (type !== null && type.toLowerCase() !== CLUSTER_TYPE.toLowerCase()) return { status: 200, body: { value: [] } };
  const scope = group === null ? { keyPrefix: `/subscriptions/${subscriptionId}/`.toLowerCase() } : { parentKey: group };
  const { items, nextAfterKey } = await scanResources(store, { type: CLUSTER_TYPE, ...scope }, page, (row) => (matchesFilter(filter, asFilterable(row)) ? toListed(row, expand) : null));
  return { status: 200, body: { value: items, ...(nextAfterKey === null ? {} : { nextLink: buildNextLink(request.requestUrl, encodeSkipToken(nextAfterKey)) }) } };
}

export function genericResourceRoutes(options: FrontDoorOptions): readonly ServedRoute[] {
  const list = (request: RouteRequest): Promise<RouteAnswer> => listResources(options, request);
  return [
    frontDoorRoute({ method: "GET", path: "/subscriptions/{subscriptionId}/resources", permission: "Microsoft.Resources/subscriptions/resources/read", answer: list }),
    frontDoorRoute({ method: "GET", path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/resources", permission: "Microsoft.Resources/subscriptions/resourceGroups/resources/read", answer: list }),
  ];
}
