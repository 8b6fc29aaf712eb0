// What an engine is handed with every call: who asks, under which epoch, where the hosts are, how to reach
// their agents, and the cluster's vault. Also for callers outside a step: health, credentials, benchmarks.
import type { Clock, Plan } from "@cynosure/model";
import type { EngineCall } from "@cynosure/engine";
import type { Store } from "@cynosure/resource-store";
import { createHostChannel } from "./host-channel.ts";

export interface EngineCallInput {
  readonly store: Store;
  readonly clock: Clock;
  /** The plan whose layout and policy are in force: the running one in a step, else the cluster's target. */
  readonly plan: Plan;
  /** From `store.plans.epoch`. */
  readonly epoch: number;
  readonly signal?: AbortSignal;
}

export async function createEngineCall(input: EngineCallInput, options: { readonly createId?: () => string } = {}): Promise<EngineCall> {
  const { store, clock, plan, epoch, signal } = input;
  const cluster = plan.clusterKey;
  const withSignal = signal === undefined ? {} : { signal };
  const hosts = await store.hosts.listHosts(cluster);
  return {
    clusterKey: cluster,
    generation: plan.generation,
    executorEpoch: epoch,
    policy: plan.policy,
    layout: plan.layout,
    addresses: Object.fromEntries(hosts.map(({ host }) => [host.hostId, host.address])),
    channel: createHostChannel({ store, clock, clusterKey: cluster, executorEpoch: epoch, ...withSignal, ...options }),
    vault: {
      ensureSecret: (name, create) => store.vault.ensureSecret(cluster, name, create),
      readSecret: (name) => store.vault.readSecret(cluster, name),
      putOutput: (name, value) => store.vault.putOutput(cluster, name, value),
      readOutput: (name) => store.vault.readOutput(cluster, name),
    },
    publishedEndpoints: () => store.observations.readEndpoints(cluster),
    ...withSignal,
  };
}
