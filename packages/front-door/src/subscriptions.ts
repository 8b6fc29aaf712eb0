// Subscriptions: a standalone control plane has one, named by its configuration.
import type { Subscription } from "@cynosure/contract";
import { ControlPlaneError } from "@cynosure/model";
import type { OurHandlers } from "@cynosure/arm-store";
import type { FrontDoorConfig, FrontDoorOptions } from "./options.ts";

export function requireSubscription(config: FrontDoorConfig, subscriptionId: string): void {
  if (subscriptionId.toLowerCase() === config.subscriptionId.toLowerCase()) return;
  throw new ControlPlaneError("SubscriptionNotFound", `The subscription '${subscriptionId.slice(0, 60)}' could not be found. GET /subscriptions lists those you may use.`);
}

const describe = (config: FrontDoorConfig): Subscription => ({
  id: `/subscriptions/${config.subscriptionId}`,
  subscriptionId: config.subscriptionId,
  tenantId: config.tenantId,
  displayName: config.subscriptionName,
  state: "Enabled",
  subscriptionPolicies: { locationPlacementId: "Internal", quotaId: "Internal", spendingLimit: "Off" },
  authorizationSource: "RoleBased",
  managedByTenants: [],
});

export function subscriptionHandlers({ config }: FrontDoorOptions): Pick<OurHandlers, "Subscriptions_Get" | "Subscriptions_List"> {
  return {
    Subscriptions_List: () => Promise.resolve({ status: 200, body: { value: [describe(config)] } }),
    Subscriptions_Get: () => Promise.resolve({ status: 200, body: describe(config) }),
  };
}
