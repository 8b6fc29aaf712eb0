// Moving resources between groups or subscriptions (§14): clusters cannot be moved, and this says so, with the
// reason, after the request itself was found good. Names of hosts, certificates and keys derive from a
// cluster's id; a move would have to make them anew under running daemons.
import { formatResourceId, isSameResource, parseResourceId, resourceTypeOf } from "@cynosure/arm-protocol";
import type { ResourceId } from "@cynosure/arm-protocol";
import { CLUSTER_TYPE, groupId, keyOf, notFound } from "@cynosure/arm-store";
import { ControlPlaneError } from "@cynosure/model";
import type { Store } from "@cynosure/resource-store";

export const MOVED_COUNT_MAX = 800;

export interface MoveRequest {
  readonly subscriptionId: string;
  readonly resourceGroupName: string;
  readonly body: unknown;
}

const invalid = (target: string, message: string): ControlPlaneError => new ControlPlaneError("InvalidRequestContent", message, { target });
const cannot = (target: string, message: string): ControlPlaneError => new ControlPlaneError("ResourceMoveInvalid", message, { target });

/** Always throws: InvalidRequestContent, ResourceMoveInvalid, ResourceNotFound, and for a move that is good in itself ResourceMoveNotSupported. */
export async function refuseMove(store: Pick<Store, "resources">, request: MoveRequest): Promise<never> {
  const { target, resources } = readMove(request.body);
  const source = groupId(request);
  if (isSameResource(source, target)) throw cannot("targetResourceGroup", "The target resource group is the one that the resources are in. Name another.");
  for (const [at, id] of resources.entries()) {
    const place = `resources[${at}]`;
    if (id.subscriptionId.toLowerCase() !== request.subscriptionId.toLowerCase() || id.resourceGroup?.toLowerCase() !== request.resourceGroupName.toLowerCase()) {
      throw cannot(place, `The resource '${formatResourceId(id).slice(0, 300)}' is not in resource group '${request.resourceGroupName}'. Move it from its own group.`);
    }
    if (resourceTypeOf(id).toLowerCase() !== CLUSTER_TYPE.toLowerCase()) throw cannot(place, `The resource '${formatResourceId(id).slice(0, 300)}' is not of type ${CLUSTER_TYPE}: only clusters stand in a resource group, what is inside goes with them.`);
  }
  for (const id of resources) if ((await store.resources.get(keyOf(id))) === null) throw notFound(id);
  const [first] = resources;
  throw new ControlPlaneError(
    "ResourceMoveNotSupported",
    `Resources of type ${CLUSTER_TYPE} cannot be moved: the names, certificates and keys of a cluster's hosts derive from its resource id and cannot change while it holds data. Create a cluster in the target group and copy the data.`,
    { target: first === undefined ? "resources" : formatResourceId(first) },
  );
}

function readMove(body: unknown): { readonly target: ResourceId; readonly resources: readonly ResourceId[] } {
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw invalid("$", "The request must be an object with 'targetResourceGroup' and 'resources'.");
  const { targetResourceGroup, resources } = body as Readonly<Record<string, unknown>>; // an object, just checked
  const target = typeof targetResourceGroup === "string" ? parseResourceId(targetResourceGroup) : null;
  if (target === null || !target.ok || target.value.resourceGroup === null || target.value.namespace !== null) throw invalid("targetResourceGroup", "The target must be the id of a resource group, such as /subscriptions/{id}/resourceGroups/{name}.");
  if (!Array.isArray(resources) || resources.length === 0 || resources.length > MOVED_COUNT_MAX) throw invalid("resources", `The resources must be a list of 1 to ${MOVED_COUNT_MAX} ids.`);
  return {
    target: target.value,
    resources: resources.map((text: unknown, at) => {
      const id = typeof text === "string" ? parseResourceId(text) : null;
      if (id === null || !id.ok) throw invalid(`resources[${at}]`, "Each resource must be a resource id.");
      return id.value;
    }),
  };
}
