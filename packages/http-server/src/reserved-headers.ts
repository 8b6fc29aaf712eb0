// Headers that only a front door may set (H8). A client's own words under these names are dropped before any
// handler sees them; where the caller is a front door that is trusted, the authenticator has read them already.

const RESERVED: ReadonlySet<string> = new Set([
  "referer",
  "authorization",
  "cookie",
  "x-ms-client-ip-address",
  "x-ms-client-principal-name",
  "x-ms-client-principal-id",
  "x-ms-client-tenant-id",
  "x-ms-client-audience",
  "x-ms-client-issuer",
  "x-ms-client-object-id",
  "x-ms-client-app-id",
  "x-ms-client-app-id-acr",
  "x-ms-client-authorization-source",
  "x-ms-client-identity-provider",
  "x-ms-client-wids",
  "x-ms-client-authentication-methods",
  "x-ms-management-group-ancestors",
  "x-ms-arm-resource-system-data",
  "x-ms-arm-signed-user-token",
  "x-ms-identity-url",
  "x-ms-identity-principal-id",
  "x-ms-home-tenant-id",
  "x-ms-routing-request-id",
]);

export const RESERVED_HEADERS: readonly string[] = [...RESERVED];

/** Names in lower case. */
export function withoutReserved(headers: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string | undefined>> {
  const kept: Record<string, string | undefined> = {};
  for (const name in headers) if (!RESERVED.has(name)) kept[name] = headers[name];
  return kept;
}
