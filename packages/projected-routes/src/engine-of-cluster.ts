// From the words of a request to the engine that is asked: which engine a word belongs to, the cluster's row, and its API as it
// is open now.
import { clusterId, groupId, keyOf } from "@cynosure/arm-store";
import type { ClusterParams } from "@cynosure/arm-store";
import { ControlPlaneError, clusterKey } from "@cynosure/model";
import type { ProjectedCluster, ProjectedEngine } from "@cynosure/projected-types";
import { projectedEngines } from "@cynosure/projection";
import type { Catalogue } from "@cynosure/projection";
import type { StoredResource } from "@cynosure/resource-store";
import type { ProjectedRoutesOptions } from "./options.ts";

type EngineWithApi = Catalogue["engine"];

/** `vastViews` → `vast`: every projected word begins with its engine. */
export const engineOfWord = (word: string): EngineWithApi | undefined => projectedEngines.find((engine) => word.toLowerCase().startsWith(engine));

/** As the cluster's row says; undefined for an engine without an API of its own. */
export const engineOfRow = (row: StoredResource): EngineWithApi | undefined => projectedEngines.find((engine) => engine === row.properties["engine"]);

export const clusterParams = (params: Readonly<Record<string, string>>): ClusterParams => ({ subscriptionId: params["subscriptionId"] ?? "", resourceGroupName: params["resourceGroupName"] ?? "", clusterName: params["clusterName"] ?? "" });

export async function findParent({ store, requireGroup }: Pick<ProjectedRoutesOptions, "store" | "requireGroup">, params: ClusterParams): Promise<StoredResource> {
  const row = await store.resources.get(keyOf(clusterId(params)));
  if (row !== null) return row;
  await requireGroup(groupId(params));
  throw new ControlPlaneError("ParentResourceNotFound", `Can not perform the requested operation on nested resource. Parent resource '${params.clusterName.slice(0, 100)}' not found. Create the cluster first.`);
}

export const projectedCluster = (row: StoredResource): ProjectedCluster => ({ key: clusterKey(row.key), id: row.id, location: row.location ?? "" });

export function noApi(row: StoredResource): ControlPlaneError {
  return new ControlPlaneError("OperationNotAllowed", `Cluster '${row.name}' runs engine '${String(row.properties["engine"])}', which has no API of its own. Engines with one: ${projectedEngines.join(", ")}.`, { target: row.id });
}

const DELIVERED: readonly string[] = ["Succeeded", "Updating"];

export async function openEngine({ native }: Pick<ProjectedRoutesOptions, "native">, row: StoredResource): Promise<ProjectedEngine> {
  if (engineOfRow(row) === undefined) throw noApi(row);
  const opened = await native.open(clusterKey(row.key));
  if (opened !== null) return opened;
  if (!DELIVERED.includes(row.provisioningState)) {
    throw new ControlPlaneError("OperationNotAllowed", `The API of the engine of cluster '${row.name}' is not there while the cluster is ${row.provisioningState}. Wait until its provisioningState is Succeeded.`, { target: row.id });
  }
  throw new ControlPlaneError("ServiceUnavailable", `The API of the engine of cluster '${row.name}' does not answer now. Try again; the cluster's health says what is wrong.`, { target: row.id });
}

/** A type of another engine is no type of this cluster. */
export function requireEngineOfWord(row: StoredResource, word: string): void {
  const [own, asked] = [engineOfRow(row), engineOfWord(word)];
  if (own === undefined) throw noApi(row);
  if (asked !== own) throw new ControlPlaneError("InvalidResourceType", `Cluster '${row.name}' runs engine '${own}'; '${word.slice(0, 100)}' is of engine '${asked ?? ""}'. The types of this cluster begin with '${own}'.`, { target: row.id });
}
