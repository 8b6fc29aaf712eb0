// Roles, principals and scopes by the names people know. Pure.
import type { RoleDefinition, ServicePrincipal } from "@cynosure/sdk";

/** The last word of an id is its own: assignments name roles by ids of any scope. */
const ownName = (id: string): string => (id.split("/").at(-1) ?? "").toLowerCase();

export function roleWords(roles: readonly RoleDefinition[], roleDefinitionId: string): string {
  return roles.find(({ name }) => name?.toLowerCase() === ownName(roleDefinitionId))?.properties.roleName ?? roleDefinitionId;
}

export function principalWords(principals: readonly ServicePrincipal[], principalId: string): string {
  const found = principals.find(({ properties }) => properties.principalId?.toLowerCase() === principalId.toLowerCase());
  return found === undefined ? principalId : (found.properties.displayName ?? found.name ?? principalId);
}

/** "the tenant", "the subscription", "group quickstart", "clusters/meadow" */
export function scopeWords(scope: string | undefined): string {
  const words = (scope ?? "").split("/").filter((word) => word !== "");
  if (words.length === 0) return "the tenant";
  if (words.length === 2) return "the subscription";
  if (words.length === 4) return `group ${words[3] ?? ""}`;
  return words.slice(6).join("/");
}
