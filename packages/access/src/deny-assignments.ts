// Handlers of deny assignments: what is forbidden to whom, whatever roles say.
import type { OurHandlers } from "@cynosure/arm-store";
import type { DenyAssignmentProperties } from "@cynosure/contract";
import { parseAccessFilter } from "./access-filter.ts";
import { DENIAL_TYPE, accessKey, denialOf, readRows, showDenial } from "./access-rows.ts";
import { accessNotFound, accessPage, checkBodyScope, checkRepeated, putAccessRow, removeAccessRow } from "./access-writes.ts";
import type { AccessAddress, AccessRoom } from "./access-writes.ts";
import { EVERYONE } from "./decide-access.ts";
import { appliesTo, isOfPrincipal } from "./role-assignments.ts";

type DenialHandlers = Pick<OurHandlers, "DenyAssignments_CreateOrUpdate" | "DenyAssignments_Delete" | "DenyAssignments_Get" | "DenyAssignments_List">;

const address = (params: { scope: string; denyAssignmentId: string }): AccessAddress => ({ type: DENIAL_TYPE, scope: params.scope, name: params.denyAssignmentId });

export function denyAssignmentHandlers(room: AccessRoom): DenialHandlers {
  const { store } = room.options;
  return {
    DenyAssignments_List: async ({ params, query, context }) => {
      const filter = parseAccessFilter(query["$filter"], ["principalId", "assignedTo", "denyAssignmentName"]);
      const name = filter.equal.denyAssignmentName?.toLowerCase();
      const rows = (await readRows(store, DENIAL_TYPE)).filter((row) => {
        const { principals, denyAssignmentName } = denialOf(row);
        const concerns = principals.some(({ id }) => isOfPrincipal(id, filter, context.principal) || (filter.equal.assignedTo !== undefined && id === EVERYONE));
        return appliesTo(row.id, params.scope, filter.isAtScope) && concerns && (name === undefined || denyAssignmentName.toLowerCase() === name);
      });
      return accessPage(rows, query, ({ key }) => key, showDenial);
    },
    DenyAssignments_Get: async ({ params }) => {
      const row = await store.resources.get(accessKey(params.scope, DENIAL_TYPE, params.denyAssignmentId));
      if (row === null) throw accessNotFound(address(params));
      return { status: 200, body: showDenial(row) };
    },
    DenyAssignments_CreateOrUpdate: async ({ params, body, context }) => {
      const at = address(params);
      checkRepeated(body, at);
      checkBodyScope(body.properties.scope, params.scope);
      const { row, created } = await putAccessRow(room, context, at, () => Promise.resolve(storedProperties(body.properties)));
      return { status: created ? 201 : 200, body: showDenial(row) };
    },
    DenyAssignments_Delete: async ({ params, context }) => ({ status: (await removeAccessRow(room, context, address(params))) === null ? 204 : 200 }),
  };
}

/** Without what the server says itself. */
function storedProperties({ scope: _scope, isSystemProtected: _protected, ...given }: DenyAssignmentProperties): Readonly<Record<string, unknown>> {
  return { ...given, doNotApplyToChildScopes: given.doNotApplyToChildScopes ?? false, excludePrincipals: given.excludePrincipals ?? [] };
}
