// What a user asks for in a law, sent through the contract's handlers as the HTTP server would: the same
// wish again is the same request again.
import type { RequestContext } from "@cynosure/arm-protocol";
import { clusterKey, type ClusterKey, type Operation } from "@cynosure/model";
import type { ResourceProviders } from "@cynosure/resource-providers";
import type { Store } from "@cynosure/resource-store";
import { GROUP, SUBSCRIPTION } from "./control-plane.ts";

export interface Wish {
  readonly operation: keyof ResourceProviders["handlers"];
  /** Besides subscription, group and cluster. */
  readonly params?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const protection = (hostFailures: number): { readonly hostFailures: number } => ({ hostFailures });

export const putCluster = (count: number, hostFailures = 1): Wish => ({
  operation: "Clusters_CreateOrUpdate",
  body: { location: "local", properties: { engine: "simulated", substrate: "simulated", hosts: { size: "local-small", count }, protection: protection(hostFailures) } },
});
export const patchClusterHosts = (count: number): Wish => ({ operation: "Clusters_Update", body: { properties: { hosts: { count } } } });
export const deleteCluster: Wish = { operation: "Clusters_Delete" };
export const putFileSystem = (fileSystemName: string, usableCapacityGB = 8): Wish => ({ operation: "FileSystems_CreateOrUpdate", params: { fileSystemName }, body: { properties: { usableCapacityGB, protocols: ["nfs"], protection: protection(1) } } });
export const resizeFileSystem = (fileSystemName: string, usableCapacityGB: number): Wish => ({ operation: "FileSystems_Update", params: { fileSystemName }, body: { properties: { usableCapacityGB } } });
export const deleteFileSystem = (fileSystemName: string): Wish => ({ operation: "FileSystems_Delete", params: { fileSystemName } });
export const putBucket = (bucketName: string): Wish => ({ operation: "Buckets_CreateOrUpdate", params: { bucketName }, body: { properties: { protection: protection(1) } } });
export const deleteBucket = (bucketName: string): Wish => ({ operation: "Buckets_Delete", params: { bucketName } });

export const putSnapshot = (snapshotName: string, fileSystem: string): Wish => ({ operation: "Snapshots_CreateOrUpdate", params: { snapshotName }, body: { properties: { fileSystem } } });
export const deleteSnapshot = (snapshotName: string): Wish => ({ operation: "Snapshots_Delete", params: { snapshotName } });
export const putQuota = (quotaName: string, fileSystem: string): Wish => ({ operation: "Quotas_CreateOrUpdate", params: { quotaName }, body: { properties: { fileSystem, path: "/projects", hardLimitBytes: 1_000_000_000 } } });
export const changeQuota = (quotaName: string, hardLimitBytes: number): Wish => ({ operation: "Quotas_Update", params: { quotaName }, body: { properties: { hardLimitBytes } } });
export const deleteQuota = (quotaName: string): Wish => ({ operation: "Quotas_Delete", params: { quotaName } });

export const keyOfCluster = (name: string): ClusterKey => clusterKey(`/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}/providers/Cynosure.Storage/clusters/${name}`);

const context = (): RequestContext => ({
  principal: { id: "p1", type: "User", displayName: "ada", tenantId: "t" },
  requestId: crypto.randomUUID(),
  correlationId: crypto.randomUUID(),
  apiVersion: "2026-12-01",
  condition: { kind: "none" },
  baseUrl: "https://127.0.0.1:8443",
});

export async function submit({ handlers }: Pick<ResourceProviders, "handlers">, clusterName: string, wish: Wish): Promise<void> {
  const params = { subscriptionId: SUBSCRIPTION, resourceGroupName: GROUP, clusterName, ...wish.params };
  // Which operation takes which parameters is in the contract; a wish names both together.
  const handler = handlers[wish.operation] as unknown as (request: unknown) => Promise<unknown>;
  await handler({ params, query: {}, body: wish.body, context: context() });
}

const LOOK_AGAIN_MS = 500;

/** Waits by notice until no operation of the cluster is open. */
export const untilNothingIsOpen = (store: Store, cluster: ClusterKey): Promise<void> => untilOpen(store, cluster, (open) => open.length === 0);

/** Until what was written has its plan, or waits behind one. */
export const untilPlanned = (store: Store, cluster: ClusterKey): Promise<void> => untilOpen(store, cluster, (open) => open.length === 0 || open.some(({ planId }) => planId !== null));

async function untilOpen(store: Store, cluster: ClusterKey, hold: (open: readonly Operation[]) => boolean): Promise<void> {
  const watch = store.watchChanges(`cluster:${cluster}`);
  try {
    while (!hold(await store.operations.listOpen(cluster))) await watch.wait(LOOK_AGAIN_MS);
  } finally {
    watch.close();
  }
}
