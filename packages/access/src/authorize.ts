// The port `Authorize` of the listener over the live snapshot, with the few things everybody may do who has any
// role around: see which subscriptions there are, find types, follow operations he holds the id of.
import { isDataAction } from "@cynosure/contract";
import type { Authorize } from "@cynosure/http-server";
import type { RequestPrincipal } from "@cynosure/arm-protocol";
import { ControlPlaneError } from "@cynosure/model";
import { decideAccess, isKnownAround } from "./decide-access.ts";
import type { AccessSnapshot } from "./decide-access.ts";
import type { LiveSnapshot } from "./live-snapshot.ts";
import type { AccessOptions } from "./options.ts";

/** For every principal of the tenant: its answers hold nothing that is not public or the caller's own. */
const forEverybody = new Set(["Microsoft.Resources/tenants/read", "Cynosure.Storage/operations/read", "Microsoft.Authorization/permissions/read"].map((name) => name.toLowerCase()));
/** For whoever holds a role at, above or below the scope. Operation ids cannot be guessed, and whoever may write to one group must see his operation end. */
const forThoseAround = new Set(
  [
    "Microsoft.Resources/subscriptions/read",
    "Microsoft.Resources/subscriptions/locations/read",
    "Microsoft.Resources/subscriptions/providers/read",
    "Cynosure.Storage/locations/operationStatuses/read",
    "Cynosure.Storage/locations/operationResults/read",
  ].map((name) => name.toLowerCase()),
);
const LISTED_BY_CALLER = "microsoft.resources/subscriptions/read";
const ROLES = "microsoft.authorization/";

export function createAuthorize(live: LiveSnapshot, options: Pick<AccessOptions, "tenantId" | "ownerIds">): Authorize {
  const owners = new Set(options.ownerIds.map((id) => id.toLowerCase()));
  const decide = (snapshot: AccessSnapshot, { principal, permission, isDataAction: isData, scope }: Parameters<Authorize>[0]): boolean => {
    const name = permission.toLowerCase();
    const isOwnerByCode = owners.has(principal.id.toLowerCase());
    // An issuer from elsewhere may name anybody by the same id.
    if (isOwnerByCode && (principal.tenantId !== options.tenantId || principal.type !== "Application")) return false;
    // Denials hold for him too, but he can always take them away.
    if (isOwnerByCode && name.startsWith(ROLES)) return true;
    if (forEverybody.has(name)) return true;
    // The list at the tenant is narrowed by its handler to what the caller may see.
    if (name === LISTED_BY_CALLER && scope === "/") return true;
    const decision = decideAccess(snapshot, { principal, permission, isDataAction: isData, scope });
    if (decision.allowed) return true;
    return decision.reason === "notGranted" && forThoseAround.has(name) && isKnownAround(snapshot, principal, subscriptionOf(scope));
  };
  return async (request) => ({ allowed: decide(live.peek() ?? (await live.get()), request) });
}

const subscriptionOf = (scope: string): string => scope.split("/", 3).join("/");

/** For handlers that touch more than the scope of their URL. Throws LinkedAuthorizationFailed. */
export async function requireLinked(authorize: Authorize, principal: RequestPrincipal, permission: string, scope: string, target: string): Promise<void> {
  if ((await authorize({ principal, permission, isDataAction: isDataAction(permission), scope })).allowed) return;
  throw new ControlPlaneError(
    "LinkedAuthorizationFailed",
    `The client '${principal.displayName}' with object id '${principal.id}' may change this resource, but does not have authorization to perform action '${permission}' over the linked scope '${scope.slice(0, 500)}'. Ask an owner of that scope for a role that holds it.`,
    { target },
  );
}
