// Handlers of role assignments: who holds which role where. An assignment is never turned into another; only the
// words about it may change.
import type { OurHandlers } from "@cynosure/arm-store";
import type { RequestPrincipal } from "@cynosure/arm-protocol";
import type { RoleAssignmentProperties } from "@cynosure/contract";
import { ControlPlaneError } from "@cynosure/model";
import type { StoredResource, Transaction } from "@cynosure/resource-store";
import { parseAccessFilter } from "./access-filter.ts";
import type { AccessFilter } from "./access-filter.ts";
import { ASSIGNMENT_TYPE, assignmentOf, parentKeyOf, readRows, roleIdIn, scopeOfId, showAssignment, accessKey, ROWS_COUNT_MAX } from "./access-rows.ts";
import { accessNotFound, accessPage, checkBodyScope, checkRepeated, putAccessRow, removeAccessRow } from "./access-writes.ts";
import type { AccessAddress, AccessRoom } from "./access-writes.ts";
import { findRole } from "./role-definitions.ts";
import { covers, scopeKey } from "./scope.ts";

type AssignmentHandlers = Pick<OurHandlers, "RoleAssignments_Create" | "RoleAssignments_Delete" | "RoleAssignments_Get" | "RoleAssignments_List">;

const address = (params: { scope: string; roleAssignmentName: string }): AccessAddress => ({ type: ASSIGNMENT_TYPE, scope: params.scope, name: params.roleAssignmentName });

export function roleAssignmentHandlers(room: AccessRoom): AssignmentHandlers {
  const { store } = room.options;
  return {
    RoleAssignments_List: async ({ params, query, context }) => {
      const filter = parseAccessFilter(query["$filter"], ["principalId", "assignedTo"]);
      const rows = (await readRows(store, ASSIGNMENT_TYPE)).filter((row) => appliesTo(row.id, params.scope, filter.isAtScope) && isOfPrincipal(assignmentOf(row).principalId, filter, context.principal));
      return accessPage(rows, query, ({ key }) => key, showAssignment);
    },
    RoleAssignments_Get: async ({ params }) => {
      const row = await store.resources.get(accessKey(params.scope, ASSIGNMENT_TYPE, params.roleAssignmentName));
      if (row === null) throw accessNotFound(address(params));
      return { status: 200, body: showAssignment(row) };
    },
    RoleAssignments_Create: async ({ params, body, context }) => {
      const at = address(params);
      checkRepeated(body, at);
      checkBodyScope(body.properties.scope, params.scope);
      const { row, created } = await putAccessRow(room, context, at, async (current, tx) => {
        const wish = readWish(body.properties);
        if (current !== null) return describeAnew(current, wish, context.principal);
        await requireAssignable(room, wish, params.scope, tx);
        await refuseTwice(room, wish, params.scope, tx);
        return { ...wish, createdBy: context.principal.id, updatedBy: context.principal.id };
      });
      return { status: created ? 201 : 200, body: showAssignment(row) };
    },
    RoleAssignments_Delete: async ({ params, context }) => {
      const removed = await removeAccessRow(room, context, address(params));
      return removed === null ? { status: 204 } : { status: 200, body: showAssignment(removed) };
    },
  };
}

/** At and above the scope, and below it unless the filter says otherwise. */
export function appliesTo(id: string, scope: string, isAtScope: boolean): boolean {
  const [own, asked] = [scopeKey(scopeOfId(id)), scopeKey(scope)];
  return covers(own, asked) || (!isAtScope && covers(asked, own));
}

/** `assignedTo` counts groups too, as far as they are known: those of the caller's own token. */
export function isOfPrincipal(principalId: string, { equal }: AccessFilter, caller: RequestPrincipal): boolean {
  const own = principalId.toLowerCase();
  const { principalId: exactly, assignedTo } = equal;
  if (exactly !== undefined && exactly.toLowerCase() !== own) return false;
  if (assignedTo === undefined || assignedTo.toLowerCase() === own) return true;
  return assignedTo.toLowerCase() === caller.id.toLowerCase() && (caller.groups ?? []).some((group) => group.toLowerCase() === own);
}

type Wish = Pick<RoleAssignmentProperties, "roleDefinitionId" | "principalId" | "principalType" | "description">;

const readWish = ({ roleDefinitionId, principalId, principalType, description }: RoleAssignmentProperties): Wish => ({
  roleDefinitionId,
  principalId,
  ...(principalType === undefined ? {} : { principalType }),
  ...(description === undefined ? {} : { description }),
});

function describeAnew(current: StoredResource, wish: Wish, by: RequestPrincipal): Readonly<Record<string, unknown>> {
  const before = assignmentOf(current);
  const isSame =
    roleIdIn(before.roleDefinitionId) === roleIdIn(wish.roleDefinitionId) && before.principalId.toLowerCase() === wish.principalId.toLowerCase() && (wish.principalType === undefined || before.principalType === undefined || wish.principalType === before.principalType);
  if (!isSame) {
    throw new ControlPlaneError("RoleAssignmentUpdateNotPermitted", `The role assignment '${current.name}' gives another role or names another principal: only its description can be changed. Remove it and make a new one.`, { target: "properties" });
  }
  const { description, ...kept } = before;
  if (description === wish.description) return { ...before };
  return { ...kept, ...(wish.description === undefined ? {} : { description: wish.description }), updatedBy: by.id };
}

async function requireAssignable(room: AccessRoom, wish: Wish, scope: string, tx: Transaction): Promise<void> {
  const target = { target: "properties.roleDefinitionId" };
  const roleId = roleIdIn(wish.roleDefinitionId);
  const role = roleId === null ? null : await findRole(room, roleId, tx);
  if (role === null) {
    throw new ControlPlaneError("RoleDefinitionDoesNotExist", `'${wish.roleDefinitionId.slice(0, 300)}' names no role. Give the id of one that the list of role definitions shows, for example /providers/Microsoft.Authorization/roleDefinitions/{guid}.`, target);
  }
  if (role.assignableScopes.some((each) => covers(scopeKey(each), scopeKey(scope)))) return;
  throw new ControlPlaneError("RoleAssignmentScopeNotAssignableToRoleDefinition", `The role '${role.roleName}' cannot be assigned at '${scope}', only at: ${role.assignableScopes.join(", ").slice(0, 1_000)}. Choose another scope, or add it to the role's assignableScopes.`, target);
}

async function refuseTwice({ options }: AccessRoom, wish: Wish, scope: string, tx: Transaction): Promise<void> {
  const here = await options.store.resources.list({ type: ASSIGNMENT_TYPE, parentKey: parentKeyOf(scope), limitMax: ROWS_COUNT_MAX }, tx);
  const same = here.find((row) => assignmentOf(row).principalId.toLowerCase() === wish.principalId.toLowerCase() && roleIdIn(assignmentOf(row).roleDefinitionId) === roleIdIn(wish.roleDefinitionId));
  if (same !== undefined) throw new ControlPlaneError("RoleAssignmentExists", `The role assignment already exists: the principal holds this role at '${scope}' through '${same.name}'. Nothing needs to be done.`, { target: same.id });
}
