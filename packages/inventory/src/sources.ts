// What inventory collection is given: the store, the adapters by name, and how an engine is called.
import type { EngineCall, StorageEngine } from "@cynosure/engine";
import type { Clock, ClusterKey, EngineName, Plan, SubstrateName } from "@cynosure/model";
import type { Store } from "@cynosure/resource-store";
import type { Substrate } from "@cynosure/substrate";

export interface InventorySources {
  readonly store: Store;
  readonly clock: Clock;
  readonly substrates: Partial<Readonly<Record<SubstrateName, Substrate>>>;
  readonly engines: Partial<Readonly<Record<EngineName, StorageEngine>>>;
  /** The executor's way to speak to an engine under the plan in force; this room does not know the executor. */
  readonly createEngineCall: (input: { readonly store: Store; readonly clock: Clock; readonly plan: Plan; readonly epoch: number; readonly signal?: AbortSignal }) => Promise<EngineCall>;
}

/** How long one substrate or engine may take to answer. */
export const ANSWER_MS_MAX = 10_000;

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Null when nobody answers; throws when this control plane has no such engine. */
export const askHealth = (sources: InventorySources, cluster: ClusterKey, plan: Plan, signal: AbortSignal): ReturnType<StorageEngine["observeHealth"]> =>
  askEngine(sources, cluster, plan, signal, (engine, call) => engine.observeHealth(call));

/** The same for its metrics. */
export const askMetrics = (sources: InventorySources, cluster: ClusterKey, plan: Plan, signal: AbortSignal): ReturnType<StorageEngine["observeMetrics"]> =>
  askEngine(sources, cluster, plan, signal, (engine, call) => engine.observeMetrics(call));

async function askEngine<T>({ store, clock, engines, createEngineCall }: InventorySources, cluster: ClusterKey, plan: Plan, signal: AbortSignal, ask: (engine: StorageEngine, call: EngineCall) => Promise<T>): Promise<T> {
  const engine = engines[plan.policy.engine];
  if (engine === undefined) throw new Error(`no engine ${plan.policy.engine} in this control plane`);
  return ask(engine, await createEngineCall({ store, clock, plan, epoch: await store.plans.epoch(cluster), signal }));
}
