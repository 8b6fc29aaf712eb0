// Which permissions are about data and credentials, or harm a cluster on purpose, and not about the resource itself:
// they count in a role's dataActions only, so that `*` among its actions does not give them. Every later one is named here.

/** Faults brought upon a local cluster, and the client that feels them. */
export const faultActions: readonly string[] = [
  "Cynosure.Storage/clusters/hosts/cutLink/action",
  "Cynosure.Storage/clusters/hosts/kill/action",
  "Cynosure.Storage/clusters/hosts/restore/action",
  "Cynosure.Storage/clusters/readLiveClient/action",
  "Cynosure.Storage/clusters/startLiveClient/action",
  "Cynosure.Storage/clusters/stopLiveClient/action",
];

/** What is let in to a cluster's data: keys, and users of its gateway. */
export const credentialActions: readonly string[] = [
  "Cynosure.Storage/clusters/listCredentials/action",
  "Cynosure.Storage/clusters/createGatewayUser/action",
  "Cynosure.Storage/clusters/listGatewayUsers/action",
  "Cynosure.Storage/clusters/removeGatewayUser/action",
];

export const dataActions: readonly string[] = [...credentialActions, ...faultActions];

/** What an engine's own API has for its makers, what ends data or service, and what hands out secrets: whatever its document names. */
export const engineInternals = "Cynosure.Storage/clusters/engineInternals/";

const known = new Set(dataActions.map((name) => name.toLowerCase()));

export const isDataAction = (permission: string): boolean => known.has(permission.toLowerCase()) || permission.toLowerCase().startsWith(engineInternals.toLowerCase());
