// Everything together: what Azure Resource Manager does in front of a resource provider, for an installation
// that has none before it. A provider meets it through `admit`, `parents` and `routes`, and is met through `connect`.
import type { RequestContext } from "@cynosure/arm-protocol";
import { ControlPlaneError } from "@cynosure/model";
import { groupId, keyOf } from "@cynosure/arm-store";
import type { OurHandlers } from "@cynosure/arm-store";
import type { Admit, ServedRoute, Throttle } from "@cynosure/http-server";
import { auditLogHandlers } from "./audit-log.ts";
import { frontDoorRoutes } from "./front-door-routes.ts";
import { createGroupSweeper } from "./group-deletion.ts";
import { groupParents } from "./group-rows.ts";
import type { GroupParents } from "./group-rows.ts";
import type { FrontDoorOptions, ProviderPort } from "./options.ts";
import { putGroup, resourceGroupHandlers } from "./resource-groups.ts";
import { createAdmit } from "./subscription-admission.ts";
import { Subscriptions, ensureSubscription, subscriptionHandlers } from "./subscriptions.ts";
import { PUBLIC_LIMITS } from "./throttling/limits.ts";
import { createThrottle } from "./throttling/throttle.ts";

export type FrontDoorHandlers = Pick<OurHandlers, Extract<keyof OurHandlers, `Subscriptions_${string}` | `ResourceGroups_${string}` | `Audit${string}`>>;

export interface FrontDoor {
  readonly handlers: FrontDoorHandlers;
  /** Paths the contract does not describe. */
  readonly routes: readonly ServedRoute[];
  readonly admit: Admit;
  readonly throttle: Throttle;
  readonly parents: GroupParents;
  /** Once, before requests are served. */
  connect(provider: ProviderPort): void;
  /** Goes on with the groups that are being deleted: one round, for the control plane that leads. */
  sweepGroups(): Promise<void>;
  /** For a first start; makes the built-in subscription as well. */
  ensureResourceGroup(name: string, location: string): Promise<void>;
}

export function createFrontDoor(options: FrontDoorOptions): FrontDoor {
  const { config, store, clock } = options;
  const connected: { provider?: ProviderPort } = {};
  const provider = (): ProviderPort => {
    if (connected.provider === undefined) throw new ControlPlaneError("InternalServerError", "No resource provider was connected to the front door");
    return connected.provider;
  };
  const subscriptions = new Subscriptions(options);
  return {
    handlers: { ...subscriptionHandlers(options), ...resourceGroupHandlers(options), ...auditLogHandlers(store) },
    routes: frontDoorRoutes(options, subscriptions, provider),
    admit: createAdmit(subscriptions),
    throttle: createThrottle({ limits: options.throttleLimits ?? PUBLIC_LIMITS, clock, isKnownSubscription: async (id) => (await subscriptions.readRecent(id)) !== null }),
    parents: groupParents(store),
    connect: (wished) => {
      connected.provider = wished;
    },
    sweepGroups: () => createGroupSweeper(options, provider).sweep(),
    ensureResourceGroup: async (name, location) => {
      await ensureSubscription(options);
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
