// What stands above a cluster where Azure Resource Manager has checked it already: its groups are there, its
// subscriptions are registered unless a notification said otherwise.
import type { Admit } from "@cynosure/http-server";
import type { ParentScopes, SubscriptionLifecycle } from "@cynosure/resource-providers";

/** ARM routes nothing below a group that does not exist, and deletes a group's resources one by one before the group. */
export const armParents: ParentScopes = {
  requireGroup: () => Promise.resolve(),
  holdGroup: () => Promise.resolve(),
};

export const createArmAdmit =
  (subscriptions: Pick<SubscriptionLifecycle, "requireVerb">): Admit =>
  ({ subscriptionId, method }) =>
    subscriptions.requireVerb(subscriptionId, method);
