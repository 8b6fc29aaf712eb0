// The one seam where a caller's right is decided: every request passes it once with the permission of its
// route and the scope it touches. Who holds which right is decided behind this port, nowhere in this room.
import type { RequestPrincipal } from "@cynosure/arm-protocol";

export interface AuthorizationRequest {
  readonly principal: RequestPrincipal;
  /** `Cynosure.Storage/clusters/write` */
  readonly permission: string;
  /** About data or credentials: only a role's dataActions give it. */
  readonly isDataAction: boolean;
  /** Id of the subscription, group or resource the request is about, `/` for the tenant. */
  readonly scope: string;
}

export type Authorize = (request: AuthorizationRequest) => Promise<{ readonly allowed: boolean }>;

/**
 * What a request is authorised over: the resource itself for what is done to it, what holds it for a list, and
 * for roles the scope they hang on. A path is pairs of words; a last word alone is an action or a list.
 */
export function authorizedScope(words: readonly string[]): string {
  let end = 0;
  let provider = -1;
  for (let at = 0; at + 1 < words.length; at += 2) {
    if (words[at]?.toLowerCase() === "providers") {
      provider = at;
      if (words[at + 1]?.toLowerCase() === "microsoft.authorization") break;
    } else end = at + 2;
  }
  // Only these two begin a scope; `/tenants` and the like are the tenant's own.
  const [first] = words;
  const isScope = first?.toLowerCase() === "subscriptions" || (provider === 0 && end > 0);
  return isScope && end > 0 ? `/${words.slice(0, end).join("/")}` : "/";
}
