// Handlers of role definitions. Built-in ones are in code and cannot be changed; custom ones belong to the tenant
// and are shown wherever they may be assigned. Whoever writes one must hold that right at every scope it reaches.
import type { RequestContext } from "@cynosure/arm-protocol";
import type { OurHandlers } from "@cynosure/arm-store";
import type { RoleDefinitionProperties } from "@cynosure/contract";
import { ControlPlaneError } from "@cynosure/model";
import type { StoredResource, Transaction } from "@cynosure/resource-store";
import { parseAccessFilter } from "./access-filter.ts";
import { ASSIGNMENT_TYPE, ROLE_TYPE, assignmentOf, builtInProperties, readRows, roleIdIn, roleOf, scopeOfId, showRole } from "./access-rows.ts";
import { accessNotFound, accessPage, checkRepeated, putAccessRow, removeAccessRow } from "./access-writes.ts";
import type { AccessAddress, AccessRoom } from "./access-writes.ts";
import { requireLinked } from "./authorize.ts";
import { builtInRole, builtInRoles } from "./built-in-roles.ts";
import { TENANT_SCOPE, covers, isScope, scopeKey } from "./scope.ts";

type RoleHandlers = Pick<OurHandlers, "RoleDefinitions_CreateOrUpdate" | "RoleDefinitions_Delete" | "RoleDefinitions_Get" | "RoleDefinitions_List">;

interface NamedRole {
  readonly name: string;
  readonly properties: RoleDefinitionProperties;
}

const ACTION = /^[A-Za-z0-9.*/-]+$/;
const ACTION_LENGTH_MAX = 300;

const address = (roleDefinitionId: string): AccessAddress => ({ type: ROLE_TYPE, scope: TENANT_SCOPE, name: roleDefinitionId });

export function roleDefinitionHandlers(room: AccessRoom): RoleHandlers {
  const { store } = room.options;
  return {
    RoleDefinitions_List: async ({ params, query }) => {
      const { isAtScope, equal } = parseAccessFilter(query["$filter"], ["roleName", "type"]);
      const same = (given: string | undefined, value: string | undefined): boolean => given === undefined || given.toLowerCase() === value?.toLowerCase();
      const found = (await allRoles(room)).filter(({ properties }) => isShownAt(properties, params.scope, isAtScope) && same(equal.roleName, properties.roleName) && same(equal.type, properties.type));
      return accessPage(found, query, ({ name }) => name, ({ name, properties }) => showRole(name, properties, params.scope));
    },
    RoleDefinitions_Get: async ({ params }) => {
      const role = (await allRoles(room)).find(({ name }) => name === params.roleDefinitionId.toLowerCase());
      if (role === undefined || !isShownAt(role.properties, params.scope, false)) throw accessNotFound({ ...address(params.roleDefinitionId), scope: params.scope });
      return { status: 200, body: showRole(role.name, role.properties, params.scope) };
    },
    RoleDefinitions_CreateOrUpdate: async ({ params, body, context }) => {
      const at = address(params.roleDefinitionId.toLowerCase());
      checkRepeated(body, at);
      refuseBuiltIn(at.name);
      const properties = readProperties(body.properties);
      if (!properties.assignableScopes.some((scope) => covers(scopeKey(scope), scopeKey(params.scope)) || covers(scopeKey(params.scope), scopeKey(scope)))) {
        throw new ControlPlaneError("InvalidRequestContent", `None of the role's assignableScopes is at, above or below '${params.scope}', through which it is written. Add it, or write the role through one of them.`, { target: "properties.assignableScopes" });
      }
      await requireReach(room, context, "write", properties.assignableScopes);
      const { row, created } = await putAccessRow(room, context, at, async (current, tx) => {
        if (current !== null) await requireReach(room, context, "write", roleOf(current).assignableScopes);
        await refuseTakenName(room, at.name, properties.roleName, tx);
        if (current !== null) await refuseUncovered(room, at.name, properties.assignableScopes, tx);
        return { ...properties };
      });
      return { status: created ? 201 : 200, body: showRole(row.name, roleOf(row), params.scope) };
    },
    RoleDefinitions_Delete: async ({ params, context }) => {
      const at = address(params.roleDefinitionId.toLowerCase());
      refuseBuiltIn(at.name);
      const removed = await removeAccessRow(room, context, at, async (current, tx) => {
        await requireReach(room, context, "delete", roleOf(current).assignableScopes);
        const holders = (await readRows(store, ASSIGNMENT_TYPE, tx)).filter((row) => isOfRole(row, at.name));
        if (holders.length > 0) throw hasAssignments(current, holders, "remove the role");
      });
      return { status: removed === null ? 204 : 200 };
    },
  };
}

const isOfRole = (assignment: StoredResource, roleId: string): boolean => roleIdIn(assignmentOf(assignment).roleDefinitionId) === roleId;

async function allRoles({ options }: AccessRoom, tx?: Transaction): Promise<readonly NamedRole[]> {
  const custom = (await readRows(options.store, ROLE_TYPE, tx)).map((row) => ({ name: row.name, properties: roleOf(row) }));
  return [...builtInRoles.map((role) => ({ name: role.roleId, properties: builtInProperties(role) })), ...custom];
}

/** The role an assignment names, null when there is none. */
export async function findRole(room: AccessRoom, roleId: string, tx: Transaction): Promise<RoleDefinitionProperties | null> {
  return (await allRoles(room, tx)).find(({ name }) => name === roleId)?.properties ?? null;
}

function isShownAt({ assignableScopes }: RoleDefinitionProperties, scope: string, isAtScope: boolean): boolean {
  const here = scopeKey(scope);
  return assignableScopes.some((each) => covers(scopeKey(each), here) || (!isAtScope && covers(here, scopeKey(each))));
}

function readProperties({ roleName, description, type, permissions, assignableScopes }: RoleDefinitionProperties): RoleDefinitionProperties {
  if (type !== undefined && type !== "CustomRole") throw new ControlPlaneError("InvalidRequestContent", `The type '${type}' is not one that users make. Leave it out or say CustomRole.`, { target: "properties.type" });
  permissions.forEach((entry, at) => {
    for (const list of ["actions", "notActions", "dataActions", "notDataActions"] as const) {
      (entry[list] ?? []).forEach((action, k) => {
        if (ACTION.test(action) && action.length <= ACTION_LENGTH_MAX) return;
        throw new ControlPlaneError("InvalidRequestContent", `'${action.slice(0, 100)}' is no name of an action: use up to ${ACTION_LENGTH_MAX} letters, digits, '.', '-', '/' and '*', for example Cynosure.Storage/clusters/read.`, { target: `properties.permissions[${at}].${list}[${k}]` });
      });
    }
  });
  assignableScopes.forEach((scope, at) => {
    if (isScope(scope)) return;
    throw new ControlPlaneError("InvalidRequestContent", `'${scope.slice(0, 200)}' is no scope: use '/', or the id of a subscription, a resource group or a resource.`, { target: `properties.assignableScopes[${at}]` });
  });
  return { roleName, ...(description === undefined ? {} : { description }), type: "CustomRole", permissions, assignableScopes };
}

function refuseBuiltIn(roleId: string): void {
  const role = builtInRole(roleId);
  if (role !== undefined) throw new ControlPlaneError("OperationNotAllowed", `The role '${role.roleName}' comes with the product and cannot be changed or removed. Make a custom role under another GUID.`, { target: "roleDefinitionId" });
}

/** Else whoever may write roles in one group could change what others hold in another. */
async function requireReach(room: AccessRoom, context: RequestContext, verb: "write" | "delete", scopes: readonly string[]): Promise<void> {
  for (const scope of scopes) await requireLinked(room.authorize, context.principal, `${ROLE_TYPE}/${verb}`, scopeKey(scope), "properties.assignableScopes");
}

async function refuseTakenName(room: AccessRoom, roleId: string, roleName: string, tx: Transaction): Promise<void> {
  const other = (await allRoles(room, tx)).find(({ name, properties }) => name !== roleId && properties.roleName.toLowerCase() === roleName.toLowerCase());
  if (other !== undefined) throw new ControlPlaneError("RoleDefinitionWithSameNameExists", `A role named '${roleName}' exists already: ${other.name}. Choose another name, or change that one.`, { target: "properties.roleName" });
}

/** A role that is held somewhere goes on being assignable there. */
async function refuseUncovered(room: AccessRoom, roleId: string, scopes: readonly string[], tx: Transaction): Promise<void> {
  const outside = (await readRows(room.options.store, ASSIGNMENT_TYPE, tx)).filter((row) => isOfRole(row, roleId) && !scopes.some((scope) => covers(scopeKey(scope), scopeKey(scopeOfId(row.id)))));
  const [first] = outside;
  if (first !== undefined) throw hasAssignments(first, outside, "take its scope away");
}

function hasAssignments(row: StoredResource, holders: readonly StoredResource[], what: string): ControlPlaneError {
  const NAMED_COUNT_MAX = 10;
  const named = holders.slice(0, NAMED_COUNT_MAX).map(({ id }) => id);
  return new ControlPlaneError("RoleDefinitionHasAssignments", `The role is held through ${holders.length} assignment${holders.length === 1 ? "" : "s"}: ${named.join(", ")}. Remove them first, then ${what}.`, { target: row.id });
}
