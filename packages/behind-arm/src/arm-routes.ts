// Paths that Azure Resource Manager calls and the contract does not describe: notifications about subscriptions
// (V9), moves (§14), and the open question whether this is ready. Subscriptions and groups themselves are ARM's
// own: for them this provider is the wrong place, and says so.
import { checkSubscriptionId, formatErrorBody } from "@cynosure/arm-protocol";
import type { RequestContext } from "@cynosure/arm-protocol";
import { NAMESPACE, raise } from "@cynosure/arm-store";
import { ControlPlaneError } from "@cynosure/model";
import { FRONT_DOOR_VERSION_FROM } from "@cynosure/http-server";
import type { RouteAnswer, RouteRequest, ServedRoute } from "@cynosure/http-server";
import type { MoveRequest, SubscriptionLifecycle } from "@cynosure/resource-providers";

/** The one version that is no date. */
const NOTIFICATION_VERSION = "2.0";
export const READY_PATH = "/healthz/ready";

export interface ArmRouteOptions {
  readonly apiVersions: readonly string[];
  readonly subscriptions: Pick<SubscriptionLifecycle, "notify">;
  refuseMove(request: MoveRequest): Promise<never>;
  /** Why ARM cannot be told from others now; none when all is well. */
  readonly troubles: () => readonly string[];
  /** An unregistered subscription still holds clusters. */
  readonly onStranded: (subscriptionId: string, count: number) => void;
}

export function armRoutes(options: ArmRouteOptions): readonly ServedRoute[] {
  return [readiness(options), notification(options), ...notOurs(), ...moves(options)];
}

const readiness = ({ troubles }: ArmRouteOptions): ServedRoute => ({
  method: "GET",
  path: READY_PATH,
  access: "open",
  takes: "nothing",
  apiVersion: null,
  permission: null,
  answer: () => {
    const found = troubles();
    if (found.length === 0) return Promise.resolve({ status: 200, body: { status: "ready" } });
    const message = `This control plane is not ready to serve Azure Resource Manager: ${found.join("; ")}. Check that the URLs of its configuration can be reached.`;
    return Promise.resolve({ status: 503, body: formatErrorBody({ code: "ServiceUnavailable", message, target: READY_PATH }) });
  },
});

const SUBSCRIPTION_PATH = "/subscriptions/{subscriptionId}";

function notification({ subscriptions, onStranded }: ArmRouteOptions): ServedRoute {
  const answer = async (request: RouteRequest): Promise<RouteAnswer> => {
    checkNotificationVersion(request.query["api-version"]);
    const { subscriptionId = "" } = request.params;
    const checked = checkSubscriptionId(subscriptionId);
    if (!checked.ok) throw raise(checked.problem);
    const { strandedCount } = await subscriptions.notify({ subscriptionId, body: request.body, context: contextOf(request) });
    if (strandedCount > 0) onStranded(subscriptionId, strandedCount);
    return { status: 200, body: request.body };
  };
  // Its version and its right are its own: it must come through in every state of the subscription.
  return { method: "PUT", path: SUBSCRIPTION_PATH, access: "bearer", takes: "json", apiVersion: null, permission: null, answer };
}

function checkNotificationVersion(version: string | undefined): void {
  if (version === NOTIFICATION_VERSION) return;
  if (version === undefined || version === "") throw new ControlPlaneError("MissingApiVersionParameter", `The api-version query parameter (?api-version=) is required for all requests. Supported versions: ${NOTIFICATION_VERSION}.`, { target: "api-version" });
  throw new ControlPlaneError("InvalidApiVersionParameter", `The api-version '${version.slice(0, 40)}' is invalid. The supported versions are '${NOTIFICATION_VERSION}'.`, { target: "api-version" });
}

/** Without these the one path that is served would make the others look like a wrong method. */
function notOurs(): readonly ServedRoute[] {
  const answer = ({ params }: RouteRequest): Promise<never> => {
    const what = `The subscription '${(params["subscriptionId"] ?? "").slice(0, 60)}'`;
    return Promise.reject(new ControlPlaneError("InvalidResourceType", `${what} is not served by resource provider '${NAMESPACE}'. Ask Azure Resource Manager for it.`));
  };
  return ["GET", "HEAD", "PATCH", "POST", "DELETE"].map((method) => ({ method, path: SUBSCRIPTION_PATH, access: "bearer", takes: "nothing", apiVersion: null, permission: null, answer }) as const);
}

function moves({ apiVersions, refuseMove }: ArmRouteOptions): readonly ServedRoute[] {
  return ["moveResources", "validateMoveResources"].map((action) => ({
    method: "POST",
    path: `${SUBSCRIPTION_PATH}/resourceGroups/{resourceGroupName}/${action}`,
    access: "bearer",
    takes: "json",
    apiVersion: { providerType: null, supported: apiVersions, acceptsAnyFrom: FRONT_DOOR_VERSION_FROM },
    permission: `Microsoft.Resources/subscriptions/resourceGroups/${action}/action`,
    answer: ({ params, body }) => refuseMove({ subscriptionId: params["subscriptionId"] ?? "", resourceGroupName: params["resourceGroupName"] ?? "", body }),
  }));
}

function contextOf(request: RouteRequest): RequestContext {
  if (request.principal === null) throw new ControlPlaneError("AuthenticationFailed", "The request carries no principal.");
  const { principal, requestId, correlation, apiVersion, condition, baseUrl } = request;
  return { principal, requestId, correlationId: correlation.correlationId, apiVersion, condition, baseUrl };
}
