// Roles, assignments and deny assignments as rows of the resource store, what the decision needs of them, and how
// the API shows them. A role belongs to the tenant whatever scope it was written through: its row's key says so.
import type { DenyAssignment, DenyAssignmentProperties, RoleAssignment, RoleAssignmentProperties, RoleDefinition, RoleDefinitionProperties } from "@cynosure/contract";
import { resourceKey } from "@cynosure/model";
import type { ResourceKey } from "@cynosure/model";
import type { Store, StoredResource, Transaction } from "@cynosure/resource-store";
import { builtInRoles } from "./built-in-roles.ts";
import type { BuiltInRole } from "./built-in-roles.ts";
import type { AccessRecords } from "./decide-access.ts";
import { TENANT_SCOPE, scopeKey } from "./scope.ts";

export const ROLE_TYPE = "Microsoft.Authorization/roleDefinitions";
export const ASSIGNMENT_TYPE = "Microsoft.Authorization/roleAssignments";
export const DENIAL_TYPE = "Microsoft.Authorization/denyAssignments";
export type AccessType = typeof ROLE_TYPE | typeof ASSIGNMENT_TYPE | typeof DENIAL_TYPE;

/** Of each type in one installation: every control plane holds them in memory. */
export const ROWS_COUNT_MAX = 4_000;

/** `/` ends with the slash that every other scope still needs. */
const under = (scope: string): string => (scope === TENANT_SCOPE ? "" : scope);

export const accessId = (scope: string, type: AccessType, name: string): string => `${under(scope)}/providers/${type}/${name}`;
export const accessKey = (scope: string, type: AccessType, name: string): ResourceKey => resourceKey(accessId(scopeKey(scope), type, name));
export const parentKeyOf = (scope: string): ResourceKey => resourceKey(scopeKey(scope));

/** Scope an access row's id hangs on, in the casing it was written with. */
export function scopeOfId(id: string): string {
  const at = id.toLowerCase().lastIndexOf("/providers/microsoft.authorization/");
  return at <= 0 ? TENANT_SCOPE : id.slice(0, at);
}

const ROLE_ID = /\/providers\/microsoft\.authorization\/roledefinitions\/([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/i;

/** GUID of the role that a resource id names, null when it names none. */
export const roleIdIn = (roleDefinitionId: string): string | null => ROLE_ID.exec(roleDefinitionId)?.[1]?.toLowerCase() ?? null;

// This room alone writes these rows, after the contract's validators have seen what is in them.
export const roleOf = (row: StoredResource): RoleDefinitionProperties => row.properties as unknown as RoleDefinitionProperties;
export const assignmentOf = (row: StoredResource): RoleAssignmentProperties => row.properties as unknown as RoleAssignmentProperties;
export const denialOf = (row: StoredResource): DenyAssignmentProperties => row.properties as unknown as DenyAssignmentProperties;

/** As the public cloud: a role's id names the subscription it was asked for in. */
export function showRole(name: string, properties: RoleDefinitionProperties, scope: string): RoleDefinition {
  const subscription = /^\/subscriptions\/[^/]+/i.exec(scope)?.[0] ?? TENANT_SCOPE;
  return { id: accessId(subscription, ROLE_TYPE, name), name, type: ROLE_TYPE, properties };
}
export const builtInProperties = ({ roleName, description, permissions }: BuiltInRole): RoleDefinitionProperties => ({ roleName, description, type: "BuiltInRole", permissions, assignableScopes: [TENANT_SCOPE] });

export const showAssignment = (row: StoredResource): RoleAssignment => ({
  id: row.id,
  name: row.name,
  type: ASSIGNMENT_TYPE,
  properties: { ...assignmentOf(row), scope: scopeOfId(row.id), createdOn: row.systemData.createdAt, updatedOn: row.systemData.lastModifiedAt },
});
export const showDenial = (row: StoredResource): DenyAssignment => ({ id: row.id, name: row.name, type: DENIAL_TYPE, properties: { ...denialOf(row), scope: scopeOfId(row.id), isSystemProtected: false } });

/** All rows of a type, by key. */
export const readRows = (store: Store, type: AccessType, tx?: Transaction): Promise<readonly StoredResource[]> => store.resources.list({ type, limitMax: ROWS_COUNT_MAX }, tx);

export async function readRecords(store: Store): Promise<AccessRecords> {
  const [roles, assignments, denials] = [await readRows(store, ROLE_TYPE), await readRows(store, ASSIGNMENT_TYPE), await readRows(store, DENIAL_TYPE)];
  return {
    roles: [...builtInRoles, ...roles.map((row) => ({ roleId: row.name, permissions: roleOf(row).permissions }))],
    assignments: assignments.map((row) => {
      const { principalId, principalType, roleDefinitionId } = assignmentOf(row);
      return { id: row.id, principalId, ...(principalType === undefined ? {} : { principalType }), roleId: roleIdIn(roleDefinitionId) ?? "", scope: scopeOfId(row.id) };
    }),
    denials: denials.map((row) => {
      const { permissions, principals, excludePrincipals = [], doNotApplyToChildScopes = false } = denialOf(row);
      return { id: row.id, scope: scopeOfId(row.id), permissions, principalIds: principals.map(({ id }) => id), excludedIds: excludePrincipals.map(({ id }) => id), doNotApplyToChildScopes };
    }),
  };
}
