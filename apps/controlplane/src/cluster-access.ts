// Reaching the engine of a cluster outside a step (credentials, benchmark), and going over all clusters. What
// is observed of them is the inventory room's.
import type { StorageEngine } from "@cynosure/engine";
import { createEngineCall } from "@cynosure/executor";
import type { Clock, ClusterKey, EngineName, Plan } from "@cynosure/model";
import { ControlPlaneError, clusterKey } from "@cynosure/model";
import type { Store } from "@cynosure/resource-store";
import { BUILT_IN } from "./built-in.ts";

const CLUSTERS_PER_PAGE = 200;

export interface EngineAccess {
  readonly store: Store;
  readonly clock: Clock;
  readonly engines: Readonly<Partial<Record<EngineName, StorageEngine>>>;
}

/** Calls the engine of a cluster under the plan in force. */
export async function withEngine<T>(access: EngineAccess, cluster: ClusterKey, signal: AbortSignal | undefined, work: (engine: StorageEngine, call: Awaited<ReturnType<typeof createEngineCall>>) => Promise<T>): Promise<T> {
  const { store, clock, engines } = access;
  const record = await store.plans.target(cluster);
  if (record === null) throw new ControlPlaneError("OperationNotAllowed", "The cluster has no plan yet: wait until it was created, then try again.");
  return work(engineOf(engines, record.plan), await createEngineCall({ store, clock, plan: record.plan, epoch: await store.plans.epoch(cluster), ...(signal === undefined ? {} : { signal }) }));
}

function engineOf(engines: EngineAccess["engines"], plan: Plan): StorageEngine {
  const engine = engines[plan.policy.engine];
  if (engine === undefined) throw new ControlPlaneError("ServiceUnavailable", `This control plane does not serve the engine ${plan.policy.engine}; start one that does.`);
  return engine;
}

/** Runs `sweep` for every cluster there is, one after the other. */
export async function sweepClusters(store: Store, sweep: (cluster: ClusterKey) => Promise<void>): Promise<void> {
  for (const resource of await store.resources.list({ type: BUILT_IN.clusterType, limitMax: CLUSTERS_PER_PAGE })) await sweep(clusterKey(resource.key));
}
