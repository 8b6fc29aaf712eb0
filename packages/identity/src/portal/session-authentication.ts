// Who is calling, where browsers call too: a bearer token wins; without one the session's cookie says it, on
// requests that no other page can have caused.
import type { Authenticate } from "@cynosure/http-server";
import { ControlPlaneError } from "@cynosure/model";
import { PORTAL_HEADER, crossSiteReason } from "./cross-site.ts";
import type { PortalSessions } from "./portal-sessions.ts";
import { readSessionCookie } from "./session-cookie.ts";

export interface SessionAuthenticationOptions {
  /** Asked for every request that has a token, and for those that have neither. */
  readonly bearer: Authenticate;
  readonly sessions: Pick<PortalSessions, "resolve">;
  /** Lower case, as browsers write them: `https://127.0.0.1:8443`. */
  readonly ownOrigins: readonly string[];
}

export function createSessionAuthenticate({ bearer, sessions, ownOrigins }: SessionAuthenticationOptions): Authenticate {
  return async (request) => {
    const hasToken = (request.headers["authorization"] ?? "").trim() !== "";
    const secret = hasToken ? null : readSessionCookie(request.headers["cookie"]);
    if (secret === null) return bearer(request);
    const reason = crossSiteReason(request, ownOrigins);
    if (reason !== null) throw crossSite(reason);
    return sessions.resolve(secret);
  };
}

export const crossSite = (reason: string): ControlPlaneError =>
  new ControlPlaneError("AuthorizationFailed", `The request carries the cookie of a session and may have been caused by another site: ${reason}. The portal sends '${PORTAL_HEADER}: 1' from its own origin; other programs send a token.`, { target: PORTAL_HEADER });
