// Scopes as roles know them: the tenant `/`, a subscription, a group, a resource, its child. One covers another
// by whole words of the path, so that `/…/clusters/a` says nothing about `/…/clusters/ab`.
import { normalizePath, parseResourceId } from "@cynosure/arm-protocol";

export const TENANT_SCOPE = "/";

/** Under which scopes are compared; words only, so it needs no more than lower case and single slashes. */
export function scopeKey(scope: string): string {
  const path = normalizePath(scope.startsWith("/") ? scope : `/${scope}`);
  return path.toLowerCase();
}

/** Both are keys. A scope covers itself. */
export const covers = (above: string, below: string): boolean => above === TENANT_SCOPE || below === above || below.startsWith(`${above}/`);

/** The tenant, a subscription, a group, or anything in a group. */
export const isScope = (scope: string): boolean => scope === TENANT_SCOPE || parseResourceId(scope).ok;
