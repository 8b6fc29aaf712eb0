// What every standalone installation has from the start (docs/architecture): one tenant, one subscription,
// one resource group, one location. Fixed ids, so that commands and documents can name them.

export const BUILT_IN = {
  tenantId: "00000000-0000-4000-8000-0000000000aa",
  subscriptionId: "00000000-0000-4000-8000-000000000001",
  subscriptionName: "Cynosure",
  resourceGroup: "quickstart",
  location: "local",
  locationDisplayName: "This machine",
  namespace: "Cynosure.Storage",
  clusterType: "Cynosure.Storage/clusters",
} as const;
