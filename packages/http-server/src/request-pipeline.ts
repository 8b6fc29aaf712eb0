// What every request passes, in this order: URL, route, token, throttle, api-version, admission, right, media type,
// body, handler. Throws ControlPlaneError at the first step that refuses; server.ts turns that into an answer.
import { checkApiVersion, checkSubscriptionId, parseWriteCondition, readCorrelation } from "@cynosure/arm-protocol";
import type { ArmProblem, Correlation, RequestPrincipal } from "@cynosure/arm-protocol";
import { isDataAction } from "@cynosure/contract";
import { ControlPlaneError } from "@cynosure/model";
import type { Admit } from "./admission.ts";
import type { Authenticate } from "./authentication.ts";
import { authorizedScope } from "./authorization.ts";
import type { Authorize } from "./authorization.ts";
import { isJsonContentType, parseJsonBody } from "./request-body.ts";
import { parseRequestTarget } from "./request-target.ts";
import type { RequestTarget } from "./request-target.ts";
import { withoutReserved } from "./reserved-headers.ts";
import type { RouteAnswer, ServedRoute } from "./route.ts";
import { Router } from "./router.ts";
import type { Throttle } from "./throttling.ts";

export interface IncomingRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  readonly requestId: string;
  readonly clientCertificate: Uint8Array | null;
}

export interface PipelineOptions {
  readonly baseUrl: string;
  readonly routes: readonly ServedRoute[];
  readonly authenticate: Authenticate;
  /** Absent where somebody else counts requests: behind Azure Resource Manager, and in rigs that say so. */
  readonly throttle?: Throttle;
  readonly admit: Admit;
  readonly authorize: Authorize;
  /** Namespaces that exist here, for the right 404. */
  readonly namespaces: readonly string[];
}

/** What is known of a request by the time it is answered, however it ends. */
export interface RequestTrace {
  principalId: string | null;
  /** Go with the answer, also with a refusal. */
  headers: Readonly<Record<string, string>>;
}

export type Pipeline = (request: IncomingRequest, trace: RequestTrace) => Promise<RouteAnswer>;

export const raise = (problem: ArmProblem): ControlPlaneError => new ControlPlaneError(problem.code, problem.message, problem.target === undefined ? {} : { target: problem.target });

export function createPipeline(options: PipelineOptions): Pipeline {
  const router = new Router(options.routes);
  return async (request, trace) => {
    const target = parseRequestTarget(request.url);
    const match = router.match(request.method, target.words);
    const isOpen = match.kind === "found" && match.route.access === "open";
    // A stranger learns nothing about which paths exist.
    const caller = isOpen ? null : await options.authenticate({ method: request.method, headers: request.headers, clientCertificate: request.clientCertificate, pathAndQuery: target.pathAndQuery });
    const principal = caller?.principal ?? null;
    trace.principalId = principal?.id ?? null;
    if (principal !== null && options.throttle !== undefined) trace.headers = await requireToken(options.throttle, principal, request.method, target, trace);
    if (match.kind === "unknown") throw unknownPath(target, options.namespaces);
    if (match.kind === "otherMethod") {
      throw new ControlPlaneError("MethodNotAllowed", `The method ${request.method} is not allowed for this resource. Allowed: ${match.allowed.join(", ")}.`, { target: match.allowed.join(", ") });
    }
    const { route, params } = match;
    const apiVersion = route.apiVersion === null ? "" : readApiVersion(route, target);
    if (principal !== null && route.permission !== null) {
      await requireAdmission(options.admit, route, params);
      const permissions = typeof route.permission === "string" ? [route.permission] : await route.permission({ method: request.method, params });
      for (const permission of permissions) await requireRight(options.authorize, principal, permission, target);
    }
    const correlation: Correlation = readCorrelation(request.headers, request.requestId);
    return route.answer({
      method: request.method,
      params,
      query: target.query,
      headers: isOpen ? request.headers : withoutReserved(request.headers),
      body: readBody(route, request),
      apiVersion,
      principal,
      condition: parseWriteCondition({ ifMatch: request.headers["if-match"], ifNoneMatch: request.headers["if-none-match"] }),
      correlation,
      requestId: request.requestId,
      requestUrl: caller?.publicUrl ?? `${options.baseUrl}${target.pathAndQuery}`,
      baseUrl: caller?.publicUrl === undefined ? options.baseUrl : new URL(caller.publicUrl).origin,
      ...(caller?.systemData === undefined ? {} : { systemData: caller.systemData }),
      ...(caller?.managedIdentity === undefined ? {} : { managedIdentity: caller.managedIdentity }),
      ...(caller?.session === undefined ? {} : { session: caller.session }),
      ...(caller?.isStillValid === undefined ? {} : { isCallerValid: caller.isStillValid }),
    });
  };
}

/** A refusal carries what the throttle says as well. */
async function requireToken(throttle: Throttle, principal: RequestPrincipal, method: string, target: RequestTarget, trace: RequestTrace): Promise<Readonly<Record<string, string>>> {
  const isBelow = target.words[0]?.toLowerCase() === "subscriptions";
  const { headers, refusal } = await throttle({ principal, subscriptionId: isBelow ? (target.words[1] ?? null) : null, method });
  if (refusal === null) return headers;
  trace.headers = headers;
  throw refusal;
}

function readApiVersion(route: ServedRoute, target: RequestTarget): string {
  if (route.apiVersion === null) return "";
  const checked = checkApiVersion(target.query["api-version"], route.apiVersion);
  if (!checked.ok) throw raise(checked.problem);
  return checked.value;
}

async function requireAdmission(admit: Admit, route: ServedRoute, params: Readonly<Record<string, string>>): Promise<void> {
  const subscriptionId = params["subscriptionId"];
  if (subscriptionId === undefined) return;
  const checked = checkSubscriptionId(subscriptionId);
  if (!checked.ok) throw raise(checked.problem);
  await admit({ subscriptionId, method: route.method, namespace: route.apiVersion?.providerType?.namespace ?? null });
}

async function requireRight(authorize: Authorize, principal: RequestPrincipal, permission: string, target: RequestTarget): Promise<void> {
  const scope = authorizedScope(target.words);
  const { allowed } = await authorize({ principal, permission, isDataAction: isDataAction(permission), scope });
  if (allowed) return;
  throw new ControlPlaneError(
    "AuthorizationFailed",
    `The client '${principal.displayName}' with object id '${principal.id}' does not have authorization to perform action '${permission}' over scope '${scope}'. Ask an owner of the scope for a role that holds it.`,
  );
}

const BODILESS: readonly string[] = ["GET", "HEAD", "DELETE"];

/** H14: a body on GET, HEAD and DELETE is ignored; elsewhere it must be JSON, also where an action takes none. */
function readBody(route: ServedRoute, request: IncomingRequest): unknown {
  if (route.takes === "form") return request.body;
  const takesNothing = route.takes === "nothing";
  const isEmpty = request.body.byteLength === 0;
  if (takesNothing && (isEmpty || BODILESS.includes(route.method))) return undefined;
  const contentType = request.headers["content-type"];
  if (!isJsonContentType(contentType, route.method) && !(isEmpty && contentType === undefined)) {
    throw new ControlPlaneError("UnsupportedMediaType", `The content media type '${(contentType ?? "").slice(0, 100)}' is not supported. Only 'application/json' is supported.`, { target: "Content-Type" });
  }
  return takesNothing ? undefined : parseJsonBody(request.body);
}

/** The right 404 for a path no route has (V5). */
function unknownPath(target: RequestTarget, namespaces: readonly string[]): ControlPlaneError {
  const at = target.words.findLastIndex((word) => word.toLowerCase() === "providers");
  const namespace = target.words[at + 1];
  if (at < 0 || namespace === undefined) {
    return new ControlPlaneError("InvalidResourceType", `The path '/${target.words.join("/").slice(0, 300)}' names no resource type that is served here. Check the URL.`);
  }
  if (!namespaces.some((known) => known.toLowerCase() === namespace.toLowerCase())) {
    return new ControlPlaneError("InvalidResourceNamespace", `The resource namespace '${namespace.slice(0, 100)}' is invalid. Known here: ${namespaces.join(", ")}.`);
  }
  const type = target.words.slice(at + 2).filter((_, index) => index % 2 === 0).join("/");
  return new ControlPlaneError(
    "InvalidResourceType",
    `The resource type '${type.slice(0, 200)}' could not be found in the namespace '${namespace}' for api version '${(target.query["api-version"] ?? "").slice(0, 40)}'. Check the path, and that an action is sent with POST.`,
  );
}
