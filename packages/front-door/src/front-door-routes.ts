// Front-door paths that no resource provider owns and the contract does not describe: tenants, locations,
// provider registration and the generic resource list. Enough for `az provider`, `az resource`, `az account`.
import { routes } from "@cynosure/contract";
import { buildNextLink, decodeSkipToken, encodeSkipToken, parseTop } from "@cynosure/arm-protocol";
import { ControlPlaneError } from "@cynosure/model";
import { raise } from "@cynosure/arm-store";
import { FRONT_DOOR_VERSION_FROM } from "@cynosure/http-server";
import type { RouteAnswer, RouteRequest, ServedRoute } from "@cynosure/http-server";
import { parseResourceFilter } from "./resource-filter.ts";

export interface GenericResource {
  readonly key: string;
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly createdTime: string;
  readonly changedTime: string;
  readonly provisioningState: string;
}

export interface GenericResourceQuery {
  readonly subscriptionId: string;
  readonly resourceGroup: string | null;
  readonly resourceType: string | null;
  readonly name: string | null;
  readonly afterKey: string | null;
  readonly limitMax: number;
}

export interface FrontDoorRouteOptions {
  readonly tenantId: string;
  readonly namespace: string;
  readonly locations: readonly { readonly name: string; readonly displayName: string }[];
  listResources(query: GenericResourceQuery): Promise<{ readonly items: readonly GenericResource[]; readonly nextAfterKey: string | null }>;
}

const SUPPORTED = ["2021-04-01", "2022-12-01", "2019-11-01"];

export function frontDoorRoutes(options: FrontDoorRouteOptions): readonly ServedRoute[] {
  const make = (method: string, path: string, permission: string, answer: (request: RouteRequest) => Promise<RouteAnswer> | RouteAnswer): ServedRoute => ({
    method,
    path,
    access: "bearer",
    takes: "nothing",
    apiVersion: { providerType: null, supported: SUPPORTED, acceptsAnyFrom: FRONT_DOOR_VERSION_FROM },
    permission,
    answer: async (request) => answer(request),
  });
  const subscription = "/subscriptions/{subscriptionId}";
  const show = (request: RouteRequest): RouteAnswer => ({ status: 200, body: describeProvider(options, request.params["subscriptionId"] ?? "", request.params["namespace"] ?? "") });
  const list = (request: RouteRequest): Promise<RouteAnswer> => listResources(options, request);
  return [
    make("GET", "/tenants", "Microsoft.Resources/tenants/read", () => ({ status: 200, body: { value: [{ id: `/tenants/${options.tenantId}`, tenantId: options.tenantId, displayName: "Cynosure", tenantCategory: "Home" }] } })),
    make("GET", `${subscription}/locations`, "Microsoft.Resources/subscriptions/locations/read", (request) => ({ status: 200, body: { value: options.locations.map((location) => describeLocation(location, request.params["subscriptionId"] ?? "")) } })),
    make("GET", `${subscription}/providers`, "Microsoft.Resources/subscriptions/providers/read", (request) => ({ status: 200, body: { value: [options.namespace, "Microsoft.Resources"].map((namespace) => describeProvider(options, request.params["subscriptionId"] ?? "", namespace)) } })),
    make("GET", `${subscription}/providers/{namespace}`, "Microsoft.Resources/subscriptions/providers/read", show),
    make("POST", `${subscription}/providers/{namespace}/register`, `${options.namespace}/register/action`, show),
    make("GET", `${subscription}/resources`, "Microsoft.Resources/subscriptions/resources/read", list),
    make("GET", `${subscription}/resourceGroups/{resourceGroupName}/resources`, "Microsoft.Resources/subscriptions/resourceGroups/resources/read", list),
  ];
}

function describeLocation(location: { name: string; displayName: string }, subscriptionId: string): unknown {
  return {
    id: `/subscriptions/${subscriptionId}/locations/${location.name}`,
    name: location.name,
    type: "Region",
    displayName: location.displayName,
    regionalDisplayName: location.displayName,
    metadata: { regionType: "Physical", regionCategory: "Recommended" },
  };
}

/** `az` picks the api-version of a type from here: the contract's own list, never a second one. */
function describeProvider(options: FrontDoorRouteOptions, subscriptionId: string, asked: string): unknown {
  const namespaces = [...new Set(routes.map((route) => route.namespace))];
  const namespace = namespaces.find((known) => known.toLowerCase() === asked.toLowerCase());
  if (namespace === undefined) throw new ControlPlaneError("InvalidResourceNamespace", `The resource namespace '${asked.slice(0, 100)}' is invalid. Known here: ${namespaces.join(", ")}.`, { target: "resourceProviderNamespace" });
  const types = new Map<string, readonly string[]>();
  for (const route of routes) {
    if (route.namespace === namespace) types.set(route.resourceType.slice(namespace.length + 1), route.apiVersions);
  }
  return {
    id: `/subscriptions/${subscriptionId}/providers/${namespace}`,
    namespace,
    registrationPolicy: "RegistrationRequired",
    registrationState: "Registered",
    resourceTypes: [...types].sort(([a], [b]) => a.localeCompare(b)).map(([resourceType, apiVersions]) => ({
      resourceType,
      locations: options.locations.map((location) => location.displayName),
      apiVersions,
      defaultApiVersion: apiVersions[0],
      capabilities: resourceType === "clusters" ? "SupportsTags, SupportsLocation" : "None",
    })),
  };
}

async function listResources(options: FrontDoorRouteOptions, request: RouteRequest): Promise<RouteAnswer> {
  const filter = parseResourceFilter(request.query["$filter"]);
  const top = parseTop(request.query["$top"]);
  if (!top.ok) throw raise(top.problem);
  const token = request.query["$skiptoken"];
  const after = token === undefined ? null : decodeSkipToken(token);
  if (after !== null && !after.ok) throw raise(after.problem);
  const page = await options.listResources({
    subscriptionId: request.params["subscriptionId"] ?? "",
    resourceGroup: request.params["resourceGroupName"] ?? filter.resourceGroup,
    resourceType: filter.resourceType,
    name: filter.name,
    afterKey: after === null ? null : after.value,
    limitMax: top.value,
  });
  const expand = (request.query["$expand"] ?? "").toLowerCase().split(",").map((word) => word.trim());
  const value = page.items.map(({ key: _key, createdTime, changedTime, provisioningState, ...item }) => ({
    ...item,
    ...(expand.includes("createdtime") ? { createdTime } : {}),
    ...(expand.includes("changedtime") ? { changedTime } : {}),
    ...(expand.includes("provisioningstate") ? { provisioningState } : {}),
  }));
  return { status: 200, body: { value, ...(page.nextAfterKey === null ? {} : { nextLink: buildNextLink(request.requestUrl, encodeSkipToken(page.nextAfterKey)) }) } };
}
