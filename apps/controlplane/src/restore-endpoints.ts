// Relays live and die with the control plane that leads: when it begins to, what had been published for a
// cluster is published again, at the same addresses. Reads target plans and observations, calls the substrate, changes no plan.
import type { Clock, ClusterKey, SubstrateName } from "@cynosure/model";
import type { PlanRecord, Store } from "@cynosure/resource-store";
import type { Substrate } from "@cynosure/substrate";
import { sweepClusters } from "./cluster-access.ts";

const ATTEMPTS_MAX = 20;

export interface RestoreOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly substrates: Readonly<Partial<Record<SubstrateName, Substrate>>>;
  readonly logError: (what: string, error: unknown) => void;
}

/** False when some are still missing: the caller tries again. */
export async function restoreEndpoints(options: RestoreOptions): Promise<boolean> {
  let isWhole = true;
  const missed = (what: string) => (error: unknown): void => {
    isWhole = false;
    options.logError(what, error);
  };
  await sweepClusters(options.store, (cluster) => restoreOne(options, cluster).catch(missed(`endpoints of ${cluster}`))).catch(missed("endpoints"));
  return isWhole;
}

async function restoreOne({ store, clock, substrates }: RestoreOptions, cluster: ClusterKey): Promise<void> {
  const target = await store.plans.target(cluster);
  const published = await store.observations.readEndpoints(cluster);
  // Never published: the plan's own step will do it.
  if (target === null || target.plan.policy.presence === "absent" || published.length === 0) return;
  const substrate = substrates[target.plan.policy.substrate];
  if (substrate === undefined) throw new Error(`this control plane has no substrate ${target.plan.policy.substrate}`);
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const result = await publish(store, substrate, cluster, target, new Set(published.map((endpoint) => endpoint.name)));
    if (result.kind === "done") return store.observations.putEndpoints(cluster, result.value);
    if (result.kind === "failed") throw new Error(result.error.message);
    await clock.sleep(result.afterMs);
  }
  throw new Error(`not published after ${ATTEMPTS_MAX} attempts`);
}

async function publish(store: Store, substrate: Substrate, cluster: ClusterKey, { plan }: PlanRecord, names: ReadonlySet<string>): ReturnType<Substrate["ensureEndpoints"]> {
  const call = { clusterKey: cluster, installationId: plan.policy.installationId, generation: plan.generation, executorEpoch: await store.plans.epoch(cluster) };
  return substrate.ensureEndpoints(call, plan.layout.endpoints.filter((endpoint) => names.has(endpoint.name)));
}
