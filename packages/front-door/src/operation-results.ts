// Following what the front door itself has begun (deleting a group), at subscription scope so that it survives
// what it is about: 202 and the same Location while it runs, then what a direct answer had been (L5).
import { GROUP_TYPE, subscriptionKey } from "@cynosure/arm-store";
import type { RouteAnswer, RouteRequest, ServedRoute } from "@cynosure/http-server";
import { parseResourceId, resourceTypeOf } from "@cynosure/arm-protocol";
import { ControlPlaneError, isTerminal, operationId } from "@cynosure/model";
import type { Operation } from "@cynosure/model";
import { frontDoorRoute, param } from "./front-door-route.ts";
import type { FrontDoorOptions } from "./options.ts";

/** Small enough for one machine; the listener may say more. */
const POLL_SECONDS = 1;

function isOfGroup(operation: Operation): boolean {
  const id = parseResourceId(operation.resourceId);
  return id.ok && resourceTypeOf(id.value) === GROUP_TYPE;
}

export function operationResultRoute({ store }: FrontDoorOptions): ServedRoute {
  const answer = async (request: RouteRequest): Promise<RouteAnswer> => {
    const [subscriptionId, id] = [param(request, "subscriptionId"), param(request, "operationId")];
    const operation = await store.operations.get(operationId(id.toLowerCase()));
    if (operation === null || !isOfGroup(operation) || !operation.resourceKey.startsWith(`${subscriptionKey(subscriptionId)}/`)) {
      throw new ControlPlaneError("OperationNotFound", `The operation '${id.slice(0, 100)}' could not be found. Use the Location header of the answer that began it, as it is.`, { target: "operationId" });
    }
    if (!isTerminal(operation.status)) return { status: 202, headers: { location: request.requestUrl, "retry-after": String(POLL_SECONDS) } };
    if (operation.status === "Succeeded") return { status: 204 };
    const { code, message } = operation.error ?? { code: "OperationFailed", message: "No reason was recorded." };
    throw new ControlPlaneError("OperationFailed", message, { target: operation.resourceId, details: [{ code, message, target: operation.resourceId }] });
  };
  return frontDoorRoute({ method: "GET", path: "/subscriptions/{subscriptionId}/operationresults/{operationId}", permission: "Microsoft.Resources/subscriptions/operationresults/read", answer });
}
