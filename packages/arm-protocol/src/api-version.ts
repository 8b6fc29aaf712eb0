// api-version rules V1-V4. Whether a path belongs to a resource provider or to the front door decides
// which of the two refusals an unknown version gets.
import type { Outcome } from "./outcome.ts";
import { accept, refuse } from "./outcome.ts";

export const API_VERSION_PATTERN = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(-(preview|alpha|beta|rc|privatepreview))?$/i;

export interface ApiVersionScope {
  /** Null for types the front door owns (subscriptions, resource groups, generic resources). */
  readonly providerType: { readonly namespace: string; readonly type: string; readonly locations: readonly string[] } | null;
  readonly supported: readonly string[];
  /** The front door's own types accept any well-formed version from this one on: every client tool sends another. */
  readonly acceptsAnyFrom?: string;
}

export function checkApiVersion(value: string | undefined, scope: ApiVersionScope): Outcome<string> {
  if (value === undefined || value === "") {
    return refuse("MissingApiVersionParameter", `The api-version query parameter (?api-version=) is required for all requests. Supported versions: ${scope.supported.join(", ")}.`, "api-version");
  }
  const lower = value.toLowerCase();
  if (scope.supported.includes(lower)) return accept(lower);
  const shown = value.slice(0, 40);
  if (scope.providerType !== null) {
    const { namespace, type, locations } = scope.providerType;
    return refuse(
      "NoRegisteredProviderFound",
      `No registered resource provider found for location '${locations[0] ?? ""}' and API version '${shown}' for type '${type}' of '${namespace}'. The supported api-versions are '${scope.supported.join(", ")}'. The supported locations are '${locations.join(", ")}'.`,
      "api-version",
    );
  }
  if (API_VERSION_PATTERN.test(value) && scope.acceptsAnyFrom !== undefined && lower >= scope.acceptsAnyFrom) return accept(lower);
  return refuse("InvalidApiVersionParameter", `The api-version '${shown}' is invalid. The supported versions are '${scope.supported.join(",")}'.`, "api-version");
}
