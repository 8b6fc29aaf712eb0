// Everything together: the handlers of Microsoft.Authorization, the decision the listener asks before each
// request, and the wraps for handlers of other rooms whose answer depends on who asks.
import type { OurHandler, OurHandlers } from "@cynosure/arm-store";
import type { Authorize } from "@cynosure/http-server";
import type { AccessRoom } from "./access-writes.ts";
import { createAuthorize, requireLinked } from "./authorize.ts";
import { isKnownAround, permissionsAt } from "./decide-access.ts";
import { denyAssignmentHandlers } from "./deny-assignments.ts";
import { LiveSnapshot } from "./live-snapshot.ts";
import type { AccessOptions } from "./options.ts";
import { roleAssignmentHandlers } from "./role-assignments.ts";
import { roleDefinitionHandlers } from "./role-definitions.ts";
import { accessPage } from "./access-writes.ts";

export type AccessHandlers = Pick<OurHandlers, Extract<keyof OurHandlers, `RoleDefinitions_${string}` | `RoleAssignments_${string}` | `DenyAssignments_${string}` | "Permissions_List">>;

export interface Access {
  readonly handlers: AccessHandlers;
  readonly authorize: Authorize;
  /** Hears of changes that other processes make; without it only this process's own are seen. */
  watch(): void;
  /** GET /subscriptions shows those the caller has any role in or above, and no others. */
  onlyVisible(list: OurHandler<"Subscriptions_List">): OurHandler<"Subscriptions_List">;
  /** Whoever gives a cluster an identity must hold the right to hand out that identity. */
  withLinked<Put extends OurHandler<"Clusters_CreateOrUpdate">, Patch extends OurHandler<"Clusters_Update">>(handlers: { readonly Clusters_CreateOrUpdate: Put; readonly Clusters_Update: Patch }): Pick<OurHandlers, "Clusters_CreateOrUpdate" | "Clusters_Update">;
  close(): Promise<void>;
}

const ASSIGN_IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action";

export function createAccess(options: AccessOptions): Access {
  const live = new LiveSnapshot(options);
  const authorize = createAuthorize(live, options);
  const room: AccessRoom = { options, live, authorize };
  const requireIdentities = async (body: { readonly identity?: { readonly userAssignedIdentities?: object | null } | null }, context: Parameters<OurHandlers["Clusters_CreateOrUpdate"]>[0]["context"]): Promise<void> => {
    for (const id of Object.keys(body.identity?.userAssignedIdentities ?? {})) await requireLinked(authorize, context.principal, ASSIGN_IDENTITY, id, "identity.userAssignedIdentities");
  };
  return {
    authorize,
    handlers: {
      ...roleDefinitionHandlers(room),
      ...roleAssignmentHandlers(room),
      ...denyAssignmentHandlers(room),
      Permissions_List: async ({ params, query, context }) => {
        const held = permissionsAt(await live.get(), context.principal, params.scope).map((entry, at) => ({ key: String(at).padStart(6, "0"), entry }));
        return accessPage(held, query, ({ key }) => key, ({ entry }) => entry);
      },
    },
    watch: () => live.watch(),
    onlyVisible: (list) => async (request) => {
      const snapshot = await live.get();
      const answer = await list(request);
      return { ...answer, body: { ...answer.body, value: answer.body.value.filter(({ id }) => id !== undefined && isKnownAround(snapshot, request.context.principal, id)) } };
    },
    withLinked: (handlers) => ({
      Clusters_CreateOrUpdate: async (request) => {
        await requireIdentities(request.body, request.context);
        return handlers.Clusters_CreateOrUpdate(request);
      },
      Clusters_Update: async (request) => {
        await requireIdentities(request.body, request.context);
        return handlers.Clusters_Update(request);
      },
    }),
    close: () => live.close(),
  };
}

