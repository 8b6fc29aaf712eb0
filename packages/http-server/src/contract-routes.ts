// The generated contract as served routes: body validation, dispatch to the typed handler, and the parts of
// an answer that are protocol and not meaning (poll URLs, nextLink, ETag header).
import { validate, routes } from "@cynosure/contract";
import type { Handlers, OperationId, OperationReference, Route } from "@cynosure/contract";
import { buildNextLink, isTerminalState, longRunningHeaders, retryAfterSeconds } from "@cynosure/arm-protocol";
import type { RequestContext } from "@cynosure/arm-protocol";
import { ControlPlaneError } from "@cynosure/model";
import type { RouteAnswer, RouteRequest, ServedRoute } from "./route.ts";
import { expandScope } from "./scope-routes.ts";
import type { ScopePath } from "./scope-routes.ts";

const OPERATION_POLL_SECONDS = 10;
/** Front-door types accept each version from here on: every client tool sends another one. */
export const FRONT_DOOR_VERSION_FROM = "2014-01-01";

export interface ContractRouteOptions {
  readonly handlers: Handlers<RequestContext>;
  readonly namespace: string;
  readonly locations: readonly string[];
  /** Smallest Retry-After of this deployment; 10 by contract, lower only where client and server share a machine. */
  readonly retryAfterSecondsMin?: number;
}

/** Union of all handler results, as this room reads it. */
interface AnyResult {
  readonly status: number;
  readonly body?: unknown;
  readonly operation?: OperationReference;
  readonly skipToken?: string;
  readonly headers?: Readonly<Record<string, string>>;
}
type AnyHandler = (request: { params: Readonly<Record<string, string>>; query: Readonly<Record<string, string>>; body: unknown; context: RequestContext }) => Promise<AnyResult>;

export const contractRoutes = (options: ContractRouteOptions): readonly ServedRoute[] => serve(routes, options);

/** Only the routes of `namespace`: what is left where another front door owns the rest. */
export function providerRoutes(options: Omit<ContractRouteOptions, "handlers"> & { readonly handlers: Partial<Handlers<RequestContext>> }): readonly ServedRoute[] {
  const own = routes.filter((route) => route.namespace === options.namespace);
  const missing = own.find((route) => options.handlers[route.operationId] === undefined);
  if (missing !== undefined) throw new Error(`${missing.operationId} of ${options.namespace} has no handler`);
  // Each route that is served was just seen to have its handler.
  return serve(own, options as ContractRouteOptions);
}

function serve(served: readonly Route[], options: ContractRouteOptions): readonly ServedRoute[] {
  const heads = new Set(served.filter(({ method }) => method === "HEAD").map(({ path }) => path));
  const isResource = ({ method, path }: Route): boolean => method === "GET" && path.endsWith("}") && !heads.has(path);
  return served.flatMap((route) =>
    expandScope(route.path, options.namespace).flatMap((expanded) => {
      const own = servedRoute(route, expanded, options);
      return isResource(route) ? [own, existenceRoute(own)] : [own];
    }),
  );
}

/** HEAD of a resource asks whether it exists, as Azure's generic clients do: 204 or 404, never a body. */
function existenceRoute(read: ServedRoute): ServedRoute {
  return {
    ...read,
    method: "HEAD",
    answer: async (request) => {
      const { status, headers } = await read.answer({ ...request, method: "GET" });
      return { status: status === 200 ? 204 : status, ...(headers === undefined ? {} : { headers }) };
    },
  };
}

function servedRoute(route: Route, { path, readParams }: ScopePath, options: ContractRouteOptions): ServedRoute {
  return {
    method: route.method,
    path,
    access: "bearer",
    takes: route.requestSchema === null ? "nothing" : "json",
    apiVersion:
      route.namespace === options.namespace
        ? { providerType: { namespace: route.namespace, type: route.resourceType.slice(route.namespace.length + 1), locations: options.locations }, supported: route.apiVersions }
        : { providerType: null, supported: route.apiVersions, acceptsAnyFrom: FRONT_DOOR_VERSION_FROM },
    permission: route.permission,
    answer: (request) => answerRoute(route, { ...request, params: readParams(request.params) }, options),
  };
}

async function answerRoute(route: Route, request: RouteRequest, options: ContractRouteOptions): Promise<RouteAnswer> {
  const body = withoutBorrowedLocation(route, request.body, options.namespace);
  checkBody(route.operationId, body);
  if (request.principal === null) throw new ControlPlaneError("AuthenticationFailed", "The request carries no principal.");
  // Parameters come from the route's own path and the body has just been validated against its schema.
  const handler = options.handlers[route.operationId] as unknown as AnyHandler;
  const result = await handler({
    params: request.params,
    query: request.query,
    body,
    context: {
      principal: request.principal,
      requestId: request.requestId,
      correlationId: request.correlation.correlationId,
      apiVersion: request.apiVersion,
      condition: request.condition,
      baseUrl: request.baseUrl,
      ...(request.systemData === undefined ? {} : { systemData: request.systemData }),
      ...(request.managedIdentity === undefined ? {} : { managedIdentity: request.managedIdentity }),
    },
  });
  return {
    status: result.status,
    headers: { ...etagHeader(result.body), ...operationHeaders(route, request, result.operation, options), ...pollHeaders(route, result, options), ...result.headers },
    body: route.method === "HEAD" ? undefined : withNextLink(result, request),
  };
}

/** `az resource create` sends the group's location with every type it makes; a child has none and lives where its parent does. */
function withoutBorrowedLocation(route: Route, body: unknown, namespace: string): unknown {
  const isChild = route.verb === "createOrUpdate" && route.namespace === namespace && route.resourceType.split("/").length > 2;
  if (!isChild || typeof body !== "object" || body === null || !("location" in body) || typeof body.location !== "string") return body;
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== "location"));
}

function checkBody(operationId: OperationId, body: unknown): void {
  const issues = validate(operationId, body);
  if (issues.length === 0) return;
  const details = issues.map(({ target, message }) => ({ code: "InvalidRequestContent", message, target: target === "" ? "$" : target }));
  const [first] = details;
  throw new ControlPlaneError("InvalidRequestContent", `The request content is invalid: ${first?.target ?? "$"}: ${first?.message ?? ""}${details.length > 1 ? ` (and ${details.length - 1} more, see details)` : ""}`, {
    target: first?.target ?? "$",
    details,
  });
}

function etagHeader(body: unknown): Readonly<Record<string, string>> {
  if (typeof body !== "object" || body === null || !("etag" in body) || typeof body.etag !== "string") return {};
  return { etag: body.etag };
}

function operationHeaders(route: Route, request: RouteRequest, operation: OperationReference | undefined, options: ContractRouteOptions): Readonly<Record<string, string>> {
  const { method } = route;
  if (operation === undefined || method === "GET" || method === "HEAD") return {};
  if (route.namespace !== options.namespace) return frontDoorHeaders(request, operation, options);
  const place = {
    baseUrl: request.baseUrl,
    subscriptionId: request.params["subscriptionId"] ?? "",
    namespace: options.namespace,
    location: operation.location,
    operationId: operation.operationId,
    apiVersion: request.apiVersion, // V7: the version the write was made with
  };
  return longRunningHeaders(method, place, pollSeconds(options, operation.retryAfterSeconds));
}

/** What the front door itself began is followed at subscription scope, as Azure Resource Manager does it: Location alone. */
function frontDoorHeaders(request: RouteRequest, operation: OperationReference, options: ContractRouteOptions): Readonly<Record<string, string>> {
  const location = `${request.baseUrl}/subscriptions/${request.params["subscriptionId"] ?? ""}/operationresults/${operation.operationId}?api-version=${request.apiVersion}`;
  return { location, "retry-after": String(pollSeconds(options, operation.retryAfterSeconds)) };
}

const pollSeconds = ({ retryAfterSecondsMin }: ContractRouteOptions, wanted?: number): number => operationPollSeconds(retryAfterSecondsMin, wanted);

/** When to ask again for an operation: as wanted, else as often as this deployment allows (`floorSeconds`), 10 s where it says nothing. */
export const operationPollSeconds = (floorSeconds?: number, wantedSeconds?: number): number => retryAfterSeconds(wantedSeconds ?? floorSeconds ?? OPERATION_POLL_SECONDS, floorSeconds);

/** A poll of something that still runs says when to ask again (L3, L5). */
function pollHeaders(route: Route, result: AnyResult, options: ContractRouteOptions): Readonly<Record<string, string>> {
  const { body } = result;
  const isRunningStatus = route.operationId === "OperationStatuses_Get" && typeof body === "object" && body !== null && "status" in body && !isTerminalState(String(body.status));
  const isPendingResult = route.operationId === "OperationResults_Get" && result.status === 202;
  return isRunningStatus || isPendingResult ? { "retry-after": String(pollSeconds(options)) } : {};
}

function withNextLink(result: AnyResult, request: RouteRequest): unknown {
  if (result.skipToken === undefined || typeof result.body !== "object" || result.body === null) return result.body;
  return { ...result.body, nextLink: buildNextLink(request.requestUrl, result.skipToken) };
}
