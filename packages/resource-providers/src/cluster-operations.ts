// clusters/operations: what was and is being done to a cluster and to what is in it. Reads what the store keeps of it
// (rules/history.ts says how much); following one operation is operations.ts.
import { childId, cutPage, itemsAfter, notFound, pageAnswer, readPageRequest } from "@cynosure/arm-store";
import type { OurHandlers } from "@cynosure/arm-store";
import type { ClusterOperation } from "@cynosure/contract";
import { v20261201 } from "@cynosure/converters";
import { clusterKey, operationId } from "@cynosure/model";
import type { Operation } from "@cynosure/model";
import type { StoredResource } from "@cynosure/resource-store";
import { readCluster } from "./clusters.ts";
import type { ResourceProvidersOptions } from "./options.ts";

/** Operations of one cluster that can be listed; older ones are read by name while they are kept. */
const LISTED_COUNT_MAX = 1000;

const toWire = (cluster: StoredResource, operation: Operation): ClusterOperation => ({
  id: `${cluster.id}/operations/${operation.id}`,
  name: operation.id,
  type: "Cynosure.Storage/clusters/operations",
  properties: v20261201.operationToWire(operation),
});

export function clusterOperationHandlers(options: ResourceProvidersOptions): Pick<OurHandlers, "ClusterOperations_Get" | "ClusterOperations_ListByCluster"> {
  const { store } = options;
  return {
    ClusterOperations_Get: async ({ params }) => {
      const cluster = await readCluster(options, params);
      const operation = await store.operations.get(operationId(params.operationName.toLowerCase()));
      // An operation's name is unique in the store, so whose it is must be checked.
      if (operation === null || operation.clusterKey !== clusterKey(cluster.key)) throw notFound(childId(params, "operations", params.operationName));
      return { status: 200, body: toWire(cluster, operation) };
    },
    ClusterOperations_ListByCluster: async ({ params, query }) => {
      const page = readPageRequest(query);
      const cluster = await readCluster(options, params);
      const operations = await store.operations.list(clusterKey(cluster.key), LISTED_COUNT_MAX);
      return pageAnswer(await cutPage(itemsAfter(operations, page.afterKey, ({ id }) => id), page.top, ({ id }) => id, (operation) => Promise.resolve(toWire(cluster, operation))));
    },
  };
}
