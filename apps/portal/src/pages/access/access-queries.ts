// What the parts of the access page read: assignments, roles and principals.
import { armKey } from "../../api/changes.ts";
import { useApi } from "../../api/session-gate.tsx";
import { collect, useArm } from "../../api/use-arm.ts";

const useScope = (): string => `/subscriptions/${useApi().session.subscriptionId}`;

export function useAssignments() {
  const scope = useScope();
  return { scope, query: useArm({ key: armKey(scope, "roleAssignments"), read: (client) => collect(client.roleAssignments.list(scope)) }) };
}

export function useRoles() {
  const scope = useScope();
  return useArm({ key: armKey(scope, "roleDefinitions"), read: (client) => collect(client.roleDefinitions.list(scope)) });
}

// Principals belong to the tenant: no scope of a subscription tells of them.
export const principalsKey = armKey("/providers/Cynosure.Identity/servicePrincipals");
export const usePrincipals = () => useArm({ key: principalsKey, read: (client) => collect(client.servicePrincipals.list()) });
