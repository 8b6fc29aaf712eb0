// Front-door paths that no resource provider owns and the contract does not describe, all together. Enough for
// `az provider`, `az resource`, `az tag`, `az account`, `az group`.
import type { ServedRoute } from "@cynosure/http-server";
import { frontDoorRoute, param } from "./front-door-route.ts";
import { genericResourceRoutes } from "./generic-resources.ts";
import { operationResultRoute } from "./operation-results.ts";
import type { FrontDoorOptions, ProviderPort } from "./options.ts";
import { providerRoutes } from "./provider-registration.ts";
import { moveRoutes } from "./resource-move.ts";
import type { Subscriptions } from "./subscriptions.ts";
import { tagRoutes } from "./tags.ts";

export function frontDoorRoutes(options: FrontDoorOptions, subscriptions: Subscriptions, provider: () => ProviderPort): readonly ServedRoute[] {
  const { tenantId, locations } = options.config;
  return [
    frontDoorRoute({ method: "GET", path: "/tenants", permission: "Microsoft.Resources/tenants/read", answer: () => ({ status: 200, body: { value: [{ id: `/tenants/${tenantId}`, tenantId, displayName: "Cynosure", tenantCategory: "Home", domains: [] }] } }) }),
    frontDoorRoute({
      method: "GET",
      path: "/subscriptions/{subscriptionId}/locations",
      permission: "Microsoft.Resources/subscriptions/locations/read",
      answer: (request) => ({ status: 200, body: { value: locations.map((location) => describeLocation(location, param(request, "subscriptionId"))) } }),
    }),
    ...providerRoutes(options, subscriptions),
    ...genericResourceRoutes(options),
    ...tagRoutes(options, provider),
    ...moveRoutes(options, subscriptions, provider),
    operationResultRoute(options),
  ];
}

function describeLocation(location: { name: string; displayName: string }, subscriptionId: string): unknown {
  return {
    id: `/subscriptions/${subscriptionId}/locations/${location.name}`,
    name: location.name,
    type: "Region",
    displayName: location.displayName,
    regionalDisplayName: location.displayName,
    metadata: { regionType: "Physical", regionCategory: "Recommended" },
  };
}
