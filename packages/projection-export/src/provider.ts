// The resource provider below whose clusters the types are served, as the contract has it.
import { routes } from "@cynosure/contract";
import { PERMISSIONS } from "@cynosure/projection";

/** `Cynosure.Storage`. */
export const NAMESPACE = PERMISSIONS.slice(0, PERMISSIONS.indexOf("/"));

/** Types of an engine come in the version of the clusters that they are below. */
export const API_VERSION = versionOfClusters();

function versionOfClusters(): string {
  const version = routes.find(({ resourceType }) => resourceType === PERMISSIONS)?.apiVersions.toSorted().at(-1);
  if (version === undefined) throw new Error(`The contract has no route of ${PERMISSIONS}.`);
  return version;
}
