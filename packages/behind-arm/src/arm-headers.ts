// What ARM says in headers of a call it makes for somebody (H7-H10). Read only after the caller is known to be
// ARM. A value that cannot be read counts as absent: the provider must work without any of them (H8).
// Their values are customer data: they go to the resource's own row and nowhere else.
import type { ManagedIdentityStamp, RequestPrincipal, SystemDataStamp } from "@cynosure/arm-protocol";
import { isCleanText } from "@cynosure/http-server";

export type Headers = Readonly<Record<string, string | undefined>>;

const URL_LENGTH_MAX = 8192;

const present = (headers: Headers, name: string): string | undefined => {
  const value = headers[name]?.trim();
  return value === undefined || value === "" ? undefined : value;
};

/** H7: the URL the client used, host and path casing as it wrote them. */
export function readPublicUrl(headers: Headers, pathAndQuery: string): string | undefined {
  const referer = present(headers, "referer");
  if (referer === undefined || referer.length > URL_LENGTH_MAX || !URL.canParse(referer)) return undefined;
  const url = new URL(referer);
  if ((url.protocol !== "https:" && url.protocol !== "http:") || url.username !== "" || url.password !== "") return undefined;
  const bare = referer.split("#", 1)[0] ?? referer;
  // A proxy on the way may have cut the path (to the origin) or the query: what was asked here is the same request.
  if (url.pathname === "/" && url.search === "") return `${bare.replace(/\/$/, "")}${pathAndQuery}`;
  const mark = pathAndQuery.indexOf("?");
  return url.search === "" && mark >= 0 ? `${bare.replace(/\?$/, "")}${pathAndQuery.slice(mark)}` : bare;
}

/** H8: these come to first-party providers only. */
export function readPrincipal(headers: Headers): RequestPrincipal | null {
  const objectId = present(headers, "x-ms-client-object-id");
  const userId = present(headers, "x-ms-client-principal-id");
  const name = present(headers, "x-ms-client-principal-name");
  const appId = present(headers, "x-ms-client-app-id");
  const id = objectId ?? userId ?? appId ?? (name === undefined ? undefined : "unknown");
  if (id === undefined) return null;
  // A service principal has neither a principal id nor a name.
  const isUser = userId !== undefined || name !== undefined;
  return { id, type: isUser ? "User" : "Application", displayName: name ?? appId ?? id, tenantId: readTenantId(headers) };
}

/** Somebody ARM let through and said nothing about. */
export const unknownPrincipal = (headers: Headers): RequestPrincipal => ({ id: "unknown", type: "Application", displayName: "unknown", tenantId: readTenantId(headers) });

const readTenantId = (headers: Headers): string => present(headers, "x-ms-client-tenant-id") ?? present(headers, "x-ms-home-tenant-id") ?? "unknown";

const STAMP_FIELDS = ["createdBy", "createdByType", "createdAt", "lastModifiedBy", "lastModifiedByType", "lastModifiedAt"] as const;
const TEXT_LENGTH_MAX = 1024;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** H9. Times must be times as the contract has them, and text such as a database takes: both are stored and answered. */
export function readSystemData(headers: Headers): SystemDataStamp | undefined {
  const text = present(headers, "x-ms-arm-resource-system-data");
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const members = new Map(Object.entries(value).map(([name, member]) => [name.toLowerCase(), member as unknown]));
  const stamp: Partial<Record<(typeof STAMP_FIELDS)[number], string>> = {};
  for (const field of STAMP_FIELDS) {
    const member = members.get(field.toLowerCase());
    if (typeof member !== "string" || member === "" || member.length > TEXT_LENGTH_MAX || !isCleanText(member)) continue;
    if (field.endsWith("At") && (!TIME.test(member) || Number.isNaN(Date.parse(member)))) continue;
    stamp[field] = member;
  }
  return Object.keys(stamp).length === 0 ? undefined : stamp;
}

/** H10. */
export function readManagedIdentity(headers: Headers): ManagedIdentityStamp | undefined {
  const identityUrl = present(headers, "x-ms-identity-url") ?? null;
  const principalId = present(headers, "x-ms-identity-principal-id") ?? null;
  if (identityUrl === null && principalId === null) return undefined;
  return { identityUrl, principalId, tenantId: present(headers, "x-ms-home-tenant-id") ?? null };
}
