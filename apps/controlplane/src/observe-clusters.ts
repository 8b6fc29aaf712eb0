// Background reconciler: asks the engine of every delivered cluster for its health and records the answer.
// Reads target plans and hosts, writes observations only. Each cluster is asked on its own, so one that does
// not answer holds up no other.
import type { StorageEngine } from "@cynosure/engine";
import { createEngineCall } from "@cynosure/executor";
import type { Clock, ClusterKey, EngineName, Plan } from "@cynosure/model";
import { ControlPlaneError, clusterKey } from "@cynosure/model";
import type { Store } from "@cynosure/resource-store";
import { BUILT_IN } from "./built-in.ts";

const CLUSTERS_PER_PAGE = 200;
const HEALTH_TIMEOUT_MS_MAX = 15_000;

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

export function createHealthObserver(access: EngineAccess, logError: (what: string, error: unknown) => void): (signal: AbortSignal) => Promise<void> {
  const busy = new Set<ClusterKey>();
  const observe = async (cluster: ClusterKey, stop: AbortSignal): Promise<void> => {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(HEALTH_TIMEOUT_MS_MAX)]);
    const health = await withEngine(access, cluster, signal, (engine, call) => engine.observeHealth(call));
    // Nobody answered: what was seen before stays, with its time.
    if (health !== null) await access.store.observations.putHealth(cluster, health);
  };
  return async (signal) => {
    const clusters = await access.store.resources.list({ type: BUILT_IN.clusterType, limitMax: CLUSTERS_PER_PAGE });
    for (const resource of clusters) {
      const cluster = clusterKey(resource.key);
      if (busy.has(cluster) || resource.provisioningState === "Deleting") continue;
      if ((await access.store.plans.target(cluster)) === null) continue;
      busy.add(cluster);
      void observe(cluster, signal)
        .catch((error: unknown) => {
          if (!signal.aborted) logError(`health of ${cluster}`, error);
        })
        .finally(() => busy.delete(cluster));
    }
  };
}

/** Runs `sweep` for every cluster there is, one after the other. */
export async function sweepClusters(store: Store, sweep: (cluster: ClusterKey) => Promise<void>): Promise<void> {
  for (const resource of await store.resources.list({ type: BUILT_IN.clusterType, limitMax: CLUSTERS_PER_PAGE })) await sweep(clusterKey(resource.key));
}
