// Paths of signing in to the portal: a code for whoever holds a token, the session that a code opens, and what the
// portal asks of its session. Their answers hold secrets or are about one, and are kept nowhere.
import type { RequestPrincipal } from "@cynosure/arm-protocol";
import type { RouteAnswer, RouteRequest, ServedRoute } from "@cynosure/http-server";
import { ControlPlaneError } from "@cynosure/model";
import { crossSiteReason, foreignReason } from "./cross-site.ts";
import type { PortalSessions } from "./portal-sessions.ts";
import { crossSite } from "./session-authentication.ts";
import { clearedCookie, isPortalSecret, readSessionCookie, sessionCookie } from "./session-cookie.ts";

export interface PortalRoutesOptions {
  readonly sessions: PortalSessions;
  readonly ownOrigins: readonly string[];
  /** Where the portal starts. */
  readonly subscriptionId: string;
  readonly location: string;
}

const UNKEPT = { "cache-control": "no-store" };

const route = (method: "GET" | "POST" | "DELETE", path: string, kind: { readonly access: ServedRoute["access"]; readonly takes: ServedRoute["takes"] }, answer: ServedRoute["answer"]): ServedRoute => ({ method, path, ...kind, apiVersion: null, permission: null, answer });

export function portalRoutes(options: PortalRoutesOptions): readonly ServedRoute[] {
  const { sessions, ownOrigins, subscriptionId, location } = options;
  return [
    route("POST", "/portal/codes", { access: "bearer", takes: "nothing" }, async (request) => {
      // A session that could make codes would live for ever.
      if (request.session !== undefined) throw new ControlPlaneError("AuthorizationFailed", "A session of the portal cannot make codes for other sessions. Use 'cynosure portal', or send a token.");
      const { code, expiresAtMs } = await sessions.mintCode(callerOf(request), request.correlation.correlationId);
      // Behind `#`: a browser keeps it to itself, so that no log and no history of a server has it.
      return { status: 200, headers: UNKEPT, body: { url: `${request.baseUrl}/portal/sign-in#code=${code}`, expiresAt: time(expiresAtMs) } };
    }),
    route("POST", "/portal/session", { access: "open", takes: "json" }, async (request) => {
      const reason = foreignReason(request.headers, ownOrigins);
      if (reason !== null) throw crossSite(reason);
      const opened = await sessions.redeem(codeIn(request.body), request.correlation.correlationId);
      if (opened === null) throw new ControlPlaneError("InvalidAuthenticationToken", "The code is not known, was used already, or its five minutes are over. Get a new URL with 'cynosure portal'.", { target: "code" });
      return { status: 204, headers: { ...UNKEPT, "set-cookie": sessionCookie(opened.secret) } };
    }),
    route("GET", "/portal/session", { access: "bearer", takes: "nothing" }, (request) => {
      if (request.session === undefined) return Promise.reject(new ControlPlaneError("AuthenticationFailed", "This is about the session of a browser, and the request carries a token instead of its cookie.", { target: "Cookie" }));
      const { id, displayName, type, tenantId } = callerOf(request);
      return Promise.resolve({ status: 200, headers: UNKEPT, body: { principal: { id, displayName, type, tenantId }, subscriptionId, location, expiresAt: time(request.session.expiresAtMs) } });
    }),
    route("DELETE", "/portal/session", { access: "open", takes: "nothing" }, (request) => signOut(options, request)),
  ];
}

/** Also where the session is over already: the browser is to forget its cookie. */
async function signOut({ sessions, ownOrigins }: PortalRoutesOptions, request: RouteRequest): Promise<RouteAnswer> {
  const reason = crossSiteReason(request, ownOrigins);
  if (reason !== null) throw crossSite(reason);
  const secret = readSessionCookie(request.headers["cookie"]);
  if (secret !== null) await sessions.end(secret, request.correlation.correlationId);
  return { status: 204, headers: { ...UNKEPT, "set-cookie": clearedCookie } };
}

const time = (ms: number): string => new Date(ms).toISOString();

function callerOf({ principal }: RouteRequest): RequestPrincipal {
  if (principal === null) throw new ControlPlaneError("AuthenticationFailed", "The request carries no principal.");
  return principal;
}

function codeIn(body: unknown): string {
  const code: unknown = typeof body === "object" && body !== null && "code" in body ? body.code : undefined;
  if (isPortalSecret(code)) return code;
  throw new ControlPlaneError("InvalidRequestContent", "The request content is invalid: 'code' must be the 43 characters behind '#code=' in the URL that was printed.", { target: "code" });
}
