// Providers of a subscription: what they serve, whether the subscription uses them, and registering. Only our own
// provider needs it; the front door's own types are always there.
import { routes } from "@cynosure/contract";
import { encodeSkipToken } from "@cynosure/arm-protocol";
import { buildNextLink } from "@cynosure/arm-protocol";
import { CLUSTER_TYPE, NAMESPACE, auditRow, changeSubscription, itemsAfter, readPageRequest, subscriptionKey, withRegistration } from "@cynosure/arm-store";
import type { SubscriptionRow } from "@cynosure/arm-store";
import type { RouteAnswer, RouteRequest, ServedRoute } from "@cynosure/http-server";
import { ControlPlaneError } from "@cynosure/model";
import type { Transaction } from "@cynosure/resource-store";
import { contextOf, frontDoorRoute, param, readExpand } from "./front-door-route.ts";
import type { FrontDoorOptions } from "./options.ts";
import type { Subscriptions } from "./subscriptions.ts";
import { subscriptionNotFound } from "./subscriptions.ts";

const NAMED_COUNT_MAX = 10;
const EXPANDS = ["metadata", "resourceTypes/aliases"];

/** The contract's own list, never a second one; the front door's own routes are types of Microsoft.Resources. */
const NAMESPACES = [...new Set([NAMESPACE, "Microsoft.Resources", ...routes.map((route) => route.namespace)])].toSorted();

function requireNamespace(asked: string): string {
  const namespace = NAMESPACES.find((known) => known.toLowerCase() === asked.toLowerCase());
  if (namespace === undefined) throw new ControlPlaneError("InvalidResourceNamespace", `The resource namespace '${asked.slice(0, 100)}' is invalid. Known here: ${NAMESPACES.join(", ")}.`, { target: "resourceProviderNamespace" });
  return namespace;
}

function registrationState(row: SubscriptionRow, namespace: string): string {
  if (namespace !== NAMESPACE) return "Registered";
  const registration = row.registrations[namespace.toLowerCase()];
  if (registration === undefined) return "NotRegistered";
  return registration.state === "Registered" ? "Registered" : "Unregistered";
}

/** `az` picks the api-version of a type from here. */
function describeProvider(options: FrontDoorOptions, row: SubscriptionRow, namespace: string, expand: readonly string[]): unknown {
  const types = new Map<string, readonly string[]>();
  for (const route of routes) if (route.namespace === namespace) types.set(route.resourceType.slice(namespace.length + 1), route.apiVersions);
  const isOurs = namespace === NAMESPACE;
  // Served under the versions of the cluster they are in.
  for (const type of isOurs ? (options.config.projectedTypes?.() ?? []) : []) types.set(type, types.get("clusters") ?? []);
  return {
    id: `/subscriptions/${row.subscriptionId}/providers/${namespace}`,
    namespace,
    registrationPolicy: isOurs ? "RegistrationRequired" : "RegistrationFree",
    registrationState: registrationState(row, namespace),
    ...(expand.includes("metadata") ? { metadata: {} } : {}),
    resourceTypes: [...types].filter(([type]) => type !== "").toSorted(([a], [b]) => a.localeCompare(b)).map(([resourceType, apiVersions]) => ({
      resourceType,
      locations: isOurs ? options.config.locations.map((location) => location.displayName) : [],
      apiVersions,
      defaultApiVersion: apiVersions[0],
      capabilities: resourceType === "clusters" ? "SupportsTags, SupportsLocation" : "None",
      ...(expand.includes("resourcetypes/aliases") ? { aliases: [] } : {}),
    })),
  };
}

export function providerRoutes(options: FrontDoorOptions, subscriptions: Subscriptions): readonly ServedRoute[] {
  const base = "/subscriptions/{subscriptionId}/providers";
  const read = "Microsoft.Resources/subscriptions/providers/read";
  const requireRow = async (request: RouteRequest): Promise<SubscriptionRow> => {
    const id = param(request, "subscriptionId");
    const row = await subscriptions.read(id);
    if (row === null) throw subscriptionNotFound(id);
    return row;
  };
  const change = (verb: "register" | "unregister") => async (request: RouteRequest): Promise<RouteAnswer> => {
    const namespace = requireNamespace(request.params["namespace"] ?? NAMESPACE);
    const row = namespace === NAMESPACE ? await changeRegistration(options, request, verb) : await requireRow(request);
    subscriptions.forget(row.subscriptionId);
    return { status: 200, body: describeProvider(options, row, namespace, []) };
  };
  // Our own namespace has its own permission; for the others there is nothing to do, and it needs a right all the same.
  const verbs = (["register", "unregister"] as const).flatMap((verb) => [
    frontDoorRoute({ method: "POST", path: `${base}/${NAMESPACE}/${verb}`, permission: `${NAMESPACE}/${verb}/action`, answer: change(verb) }),
    frontDoorRoute({ method: "POST", path: `${base}/{namespace}/${verb}`, permission: `Microsoft.Resources/subscriptions/providers/${verb}/action`, answer: change(verb) }),
  ]);
  const show = async (request: RouteRequest): Promise<RouteAnswer> => {
    const namespace = requireNamespace(param(request, "namespace"));
    return { status: 200, body: describeProvider(options, await requireRow(request), namespace, readExpand(request.query["$expand"], EXPANDS)) };
  };
  const list = async (request: RouteRequest): Promise<RouteAnswer> => {
    const { top, afterKey } = readPageRequest(request.query);
    const expand = readExpand(request.query["$expand"], EXPANDS);
    const row = await requireRow(request);
    const left = itemsAfter(NAMESPACES, afterKey, (namespace) => namespace);
    const shown = left.slice(0, top);
    const last = shown.at(-1);
    const more = left.length > shown.length && last !== undefined ? { nextLink: buildNextLink(request.requestUrl, encodeSkipToken(last)) } : {};
    return { status: 200, body: { value: shown.map((namespace) => describeProvider(options, row, namespace, expand)), ...more } };
  };
  return [
    frontDoorRoute({ method: "GET", path: base, permission: read, answer: list }),
    frontDoorRoute({ method: "GET", path: `${base}/{namespace}`, permission: read, answer: show }),
    ...verbs,
  ];
}

async function changeRegistration(options: FrontDoorOptions, request: RouteRequest, verb: "register" | "unregister"): Promise<SubscriptionRow> {
  const { store, clock } = options;
  const subscriptionId = param(request, "subscriptionId");
  const context = contextOf(request);
  const nowMs = clock.now();
  return store.transaction(async (tx) => {
    if (verb === "unregister") await refuseWhileUsed(options, subscriptionId, tx);
    let isChanged = false;
    const row = await changeSubscription(store, {
      subscriptionId,
      nowMs,
      by: context.principal.displayName,
      change: (current) => {
        const next = current === null ? null : withRegistration(current, NAMESPACE, verb === "register" ? "Registered" : "NotRegistered", nowMs);
        isChanged = next !== current;
        return next;
      },
    }, tx);
    if (row === null) throw subscriptionNotFound(subscriptionId);
    if (isChanged) await store.appendAudit(auditRow({ context, atMs: nowMs, action: `${NAMESPACE}/${verb}/action`, resourceId: `/subscriptions/${row.subscriptionId}`, before: null, after: { location: null, tags: {}, properties: { ...row } } }), tx);
    return row;
  });
}

async function refuseWhileUsed({ store }: FrontDoorOptions, subscriptionId: string, tx: Transaction): Promise<void> {
  const inside = await store.resources.list({ type: CLUSTER_TYPE, keyPrefix: `${subscriptionKey(subscriptionId)}/`, limitMax: NAMED_COUNT_MAX }, tx);
  if (inside.length === 0) return;
  throw new ControlPlaneError("OperationNotAllowed", `The namespace '${NAMESPACE}' cannot be unregistered while the subscription holds: ${inside.map((row) => row.id).join(", ")}. Delete them first.`, {
    target: NAMESPACE,
    details: inside.map((row) => ({ code: "OperationNotAllowed", message: `'${row.name}' is in the subscription.`, target: row.id })),
  });
}
