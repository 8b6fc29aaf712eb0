// Everything together: what Azure Resource Manager does in front of a resource provider, for an installation
// that has none before it. A provider meets it through three names only: `admit`, `parents` and `routes`.
import type { RequestContext } from "@cynosure/arm-protocol";
import { NAMESPACE, groupId, keyOf } from "@cynosure/arm-store";
import type { OurHandlers } from "@cynosure/arm-store";
import type { Admit, ServedRoute } from "@cynosure/http-server";
import { auditLogHandlers } from "./audit-log.ts";
import { frontDoorRoutes } from "./front-door-routes.ts";
import { listTrackedResources } from "./generic-resources.ts";
import type { FrontDoorOptions } from "./options.ts";
import { groupParents, putGroup, resourceGroupHandlers } from "./resource-groups.ts";
import type { GroupParents } from "./resource-groups.ts";
import { requireSubscription, subscriptionHandlers } from "./subscriptions.ts";

export type FrontDoorHandlers = Pick<OurHandlers, Extract<keyof OurHandlers, `Subscriptions_${string}` | `ResourceGroups_${string}` | `Audit${string}`>>;

export interface FrontDoor {
  readonly handlers: FrontDoorHandlers;
  /** Paths the contract does not describe. */
  readonly routes: readonly ServedRoute[];
  readonly admit: Admit;
  readonly parents: GroupParents;
  /** For a first start. */
  ensureResourceGroup(name: string, location: string): Promise<void>;
}

export function createFrontDoor(options: FrontDoorOptions): FrontDoor {
  const { config, store } = options;
  return {
    handlers: { ...subscriptionHandlers(options), ...resourceGroupHandlers(options), ...auditLogHandlers(store) },
    routes: frontDoorRoutes({ tenantId: config.tenantId, namespace: NAMESPACE, locations: config.locations, listResources: (query) => listTrackedResources(store, query) }),
    admit: async ({ subscriptionId }) => requireSubscription(config, subscriptionId),
    parents: groupParents(store),
    ensureResourceGroup: async (name, location) => {
      const id = groupId({ subscriptionId: config.subscriptionId, resourceGroupName: name });
      // A group that is there belongs to its users: their tags stay.
      if ((await store.resources.get(keyOf(id))) === null) await putGroup(options, systemContext(options), id, { location, tags: undefined });
    },
  };
}

/** What the control plane does on its own account. */
const systemContext = ({ config, newId }: FrontDoorOptions): RequestContext => ({
  principal: { id: config.installationId, type: "Application", displayName: "control plane", tenantId: config.tenantId },
  requestId: newId(),
  correlationId: newId(),
  apiVersion: "",
  condition: { kind: "none" },
  baseUrl: "",
});
