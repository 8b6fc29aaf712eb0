// Moving resources to another group: the rules that are the front door's (arm-rpc §14), before a provider is asked.
// Nothing moves here; whether and how a resource moves is its provider's affair.
import { isSameResource, parseResourceId, resourceIdKey, resourceNameOf, resourceTypeOf } from "@cynosure/arm-protocol";
import type { ResourceId } from "@cynosure/arm-protocol";
import { groupId, groupNotFound, keyOf, notFound } from "@cynosure/arm-store";
import type { RouteAnswer, RouteRequest, ServedRoute } from "@cynosure/http-server";
import { ControlPlaneError, resourceKey } from "@cynosure/model";
import { contextOf, frontDoorRoute, invalidBody, isObject, param } from "./front-door-route.ts";
import { beingDeleted } from "./group-rows.ts";
import type { FrontDoorOptions, MoveRequest, ProviderPort } from "./options.ts";
import type { Subscriptions } from "./subscriptions.ts";
import { subscriptionNotFound } from "./subscriptions.ts";

export const RESOURCES_MOVED_MAX = 800;

const wrong = (message: string, target: string): ControlPlaneError => new ControlPlaneError("ResourceMoveInvalid", message, { target });

export function moveRoutes(options: FrontDoorOptions, subscriptions: Subscriptions, provider: () => ProviderPort): readonly ServedRoute[] {
  const path = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}";
  const check = async (request: RouteRequest): Promise<MoveRequest> => {
    const wish = readBody(request);
    const move = await checkMove(options, subscriptions, request, wish);
    const { validateMove } = provider();
    if (validateMove === undefined) throw notMovable(move);
    await validateMove(move, contextOf(request));
    return move;
  };
  const validate = async (request: RouteRequest): Promise<RouteAnswer> => {
    await check(request);
    return { status: 204 };
  };
  const moveAll = async (request: RouteRequest): Promise<RouteAnswer> => {
    const wish = await check(request);
    const { move } = provider();
    if (move === undefined) throw notMovable(wish);
    await move(wish, contextOf(request));
    return { status: 204 };
  };
  return [
    frontDoorRoute({ method: "POST", path: `${path}/moveResources`, takes: "json", permission: "Microsoft.Resources/subscriptions/resourceGroups/moveResources/action", answer: moveAll }),
    frontDoorRoute({ method: "POST", path: `${path}/validateMoveResources`, takes: "json", permission: "Microsoft.Resources/subscriptions/resourceGroups/validateMoveResources/action", answer: validate }),
  ];
}

const notMovable = (move: MoveRequest): ControlPlaneError =>
  new ControlPlaneError("ResourceMoveNotSupported", "Clusters cannot be moved to another resource group: their hosts, addresses and data are bound to their id. Make a cluster in the other group and copy the data.", {
    target: move.resources[0] ?? "resources",
    details: move.resources.map((id) => ({ code: "ResourceMoveNotSupported", message: `'${id}' cannot be moved.`, target: id })),
  });

interface MoveBody {
  readonly targetResourceGroup: string;
  readonly resources: readonly string[];
}

function readBody({ body }: RouteRequest): MoveBody {
  const [target, resources] = isObject(body) ? [body["targetResourceGroup"], body["resources"]] : [undefined, undefined];
  if (typeof target !== "string") throw invalidBody("The 'targetResourceGroup' must be the id of a resource group.", "targetResourceGroup");
  if (!Array.isArray(resources) || resources.length === 0) throw invalidBody("The 'resources' must be a list of resource ids, with at least one.", "resources");
  if (resources.length > RESOURCES_MOVED_MAX) throw invalidBody(`${resources.length} resources are asked for; at most ${RESOURCES_MOVED_MAX} move in one request.`, "resources");
  const odd = resources.findIndex((id) => typeof id !== "string");
  if (odd >= 0) throw invalidBody("Each of 'resources' must be a resource id.", `resources[${odd}]`);
  return { targetResourceGroup: target, resources: resources.map(String) };
}

async function checkMove({ store }: FrontDoorOptions, subscriptions: Subscriptions, request: RouteRequest, wish: MoveBody): Promise<MoveRequest> {
  const source = groupId({ subscriptionId: param(request, "subscriptionId"), resourceGroupName: param(request, "resourceGroupName") });
  const sourceRow = await store.resources.get(keyOf(source));
  if (sourceRow === null) throw groupNotFound(source.resourceGroup ?? "");
  const parsed = parseResourceId(wish.targetResourceGroup);
  if (!parsed.ok || parsed.value.namespace !== null || parsed.value.resourceGroup === null) throw invalidBody(`The target '${wish.targetResourceGroup.slice(0, 200)}' is not the id of a resource group.`, "targetResourceGroup");
  const target = parsed.value;
  if (isSameResource(target, source)) throw wrong("Source and target resource group are the same. Name another group as the target.", "targetResourceGroup");
  await checkTenant(subscriptions, request, target);
  const ids = wish.resources.map((text, at) => checkMoved(text, at, source));
  checkTwice(ids, target);
  for (const id of ids) if ((await store.resources.get(keyOf(id))) === null) throw notFound(id);
  const targetRow = await store.resources.get(keyOf(target));
  if (targetRow === null) throw groupNotFound(target.resourceGroup ?? "");
  for (const row of [sourceRow, targetRow]) if (row.provisioningState === "Deleting") throw beingDeleted(row);
  for (const id of ids) await checkFree(store, id, target);
  return { source: { subscriptionId: source.subscriptionId, resourceGroupName: source.resourceGroup ?? "" }, targetResourceGroup: wish.targetResourceGroup, resources: wish.resources };
}

/** A subscription of another tenant is forbidden before anything is said about what it holds. */
async function checkTenant(subscriptions: Subscriptions, request: RouteRequest, target: ResourceId): Promise<void> {
  const row = await subscriptions.read(target.subscriptionId);
  if (row === null) throw subscriptionNotFound(target.subscriptionId);
  const own = contextOf(request).principal.tenantId;
  if (row.tenantId !== null && row.tenantId.toLowerCase() !== own.toLowerCase()) throw new ControlPlaneError("LinkedAuthorizationFailed", `The subscription '${target.subscriptionId}' belongs to another tenant; resources cannot be moved between tenants.`, { target: "targetResourceGroup" });
}

function checkMoved(text: string, at: number, source: ResourceId): ResourceId {
  const where = `resources[${at}]`;
  const id = parseResourceId(text);
  if (!id.ok || id.value.namespace === null) throw wrong(`'${text.slice(0, 200)}' is not the id of a resource.`, where);
  if (id.value.segments.length > 1) throw wrong(`'${text.slice(0, 200)}' is inside another resource and moves with it. Name the outermost resource.`, where);
  if (!isSameResource({ ...id.value, namespace: null, segments: [] }, source)) throw wrong(`'${text.slice(0, 200)}' is not in the resource group '${source.resourceGroup ?? ""}'.`, where);
  return id.value;
}

function checkTwice(ids: readonly ResourceId[], target: ResourceId): void {
  const seen = new Set<string>();
  for (const [at, id] of ids.entries()) {
    const key = resourceIdKey({ ...id, subscriptionId: target.subscriptionId, resourceGroup: target.resourceGroup });
    if (seen.has(key)) throw new ControlPlaneError("ResourceMoveConflict", `'${resourceNameOf(id)}' of type ${resourceTypeOf(id)} is named twice; two resources cannot have one id. Name it once.`, { target: `resources[${at}]` });
    seen.add(key);
  }
}

async function checkFree(store: FrontDoorOptions["store"], id: ResourceId, target: ResourceId): Promise<void> {
  const moved = resourceIdKey({ ...id, subscriptionId: target.subscriptionId, resourceGroup: target.resourceGroup });
  if ((await store.resources.get(resourceKey(moved))) === null) return;
  throw new ControlPlaneError("ResourceMoveConflict", `The resource group '${target.resourceGroup ?? ""}' already holds a resource named '${resourceNameOf(id)}' of type ${resourceTypeOf(id)}. Rename or remove one of them.`, { target: "targetResourceGroup" });
}
