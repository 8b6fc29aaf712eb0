// Who is let in below a subscription: it must be known, in a state that allows the verb, and registered with the
// provider that would be written to. The right of the caller is not decided here.
import { NAMESPACE, isRegistered, isVerbAllowed } from "@cynosure/arm-store";
import type { Admit } from "@cynosure/http-server";
import { ControlPlaneError } from "@cynosure/model";
import type { Subscriptions } from "./subscriptions.ts";
import { subscriptionNotFound } from "./subscriptions.ts";

const READS: readonly string[] = ["GET", "HEAD"];

export function createAdmit(subscriptions: Subscriptions): Admit {
  return async ({ subscriptionId, method, namespace }) => {
    const row = READS.includes(method) ? await subscriptions.readRecent(subscriptionId) : await subscriptions.read(subscriptionId);
    if (row === null) throw subscriptionNotFound(subscriptionId);
    if (!isVerbAllowed(row.state, method)) {
      throw new ControlPlaneError("ReadOnlyDisabledSubscription", `The subscription '${row.subscriptionId}' is disabled (${row.state}) and therefore read-only: only GET and DELETE are allowed. Have it enabled again, then repeat the request.`, { target: row.subscriptionId });
    }
    const changes = !READS.includes(method) && method !== "DELETE"; // what is there may always be removed
    if (changes && namespace?.toLowerCase() === NAMESPACE.toLowerCase() && !isRegistered(row, NAMESPACE)) {
      throw new ControlPlaneError("MissingSubscriptionRegistration", `The subscription is not registered to use namespace '${NAMESPACE}'. Register it first: az provider register --namespace ${NAMESPACE}.`, { target: NAMESPACE });
    }
  };
}
