// The operations list of the provider: what roles can name. Made from the route table, so that it cannot
// miss a route; `register` is the one action without a route in the contract.
import { NAMESPACE } from "@cynosure/arm-store";
import type { OurHandlers } from "@cynosure/arm-store";
import { isDataAction, routes } from "@cynosure/contract";
import type { Operation, Route } from "@cynosure/contract";
import type { ResourceProvidersOptions } from "./options.ts";

const verbs: Readonly<Record<string, string>> = { read: "Get or List", write: "Create or Update", delete: "Delete" };

const words = (name: string): string => {
  const spaced = name.replace(/([a-z])([A-Z])/g, "$1 $2");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
};

function describe(route: Route): Operation {
  const resource = words(route.resourceType.split("/").slice(1).map(words).join(" ")) || "Provider";
  const verb = route.action === null ? (verbs[route.permission.split("/").at(-1) ?? ""] ?? "Use") : words(route.action);
  return {
    name: route.permission,
    isDataAction: isDataAction(route.permission),
    display: { provider: "Cynosure Storage", resource, operation: `${verb} ${resource}`, description: route.description },
    origin: "user,system",
  };
}

export function operationCatalogue(engineOperations: readonly Operation[] = []): readonly Operation[] {
  const byName = new Map<string, Operation>();
  for (const route of routes) if (route.namespace === NAMESPACE && !byName.has(route.permission)) byName.set(route.permission, describe(route));
  for (const action of ["register", "unregister"]) {
    const name = `${NAMESPACE}/${action}/action`;
    byName.set(name, { name, isDataAction: false, display: { provider: "Cynosure Storage", resource: "Subscription", operation: `${words(action)} Subscription`, description: `${words(action)}s the subscription for the provider.` }, origin: "user,system" });
  }
  for (const operation of engineOperations) if (operation.name !== undefined) byName.set(operation.name, operation);
  return [...byName.values()].toSorted((a, b) => (a.name ?? "").localeCompare(b.name ?? ""));
}

export function catalogueHandlers({ engineOperations }: Pick<ResourceProvidersOptions, "engineOperations">): Pick<OurHandlers, "Operations_List"> {
  return { Operations_List: async () => Promise.resolve({ status: 200, body: { value: operationCatalogue(engineOperations?.()) } }) };
}
