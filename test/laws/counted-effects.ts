// Counts what the steps of a plan do, by name. Changes of the simulated world are seen by comparing it before
// and after, so a call that changed nothing counts as nothing; records in the store are counted as written.
import { AsyncLocalStorage } from "node:async_hooks";
import { appendFileSync } from "node:fs";
import type { ClusterKey, Plan, PlanId, StepId } from "@cynosure/model";
import type { SimulatedWorld } from "@cynosure/simulated";
import type { EffectCount, StepEvent } from "@cynosure/workflow/testkit";

/** The step whose run we are in. */
export interface StepScope {
  readonly plan: Plan;
  readonly stepId: StepId;
}

export const stepScope = new AsyncLocalStorage<StepScope>();

interface Effect {
  readonly cluster: ClusterKey;
  readonly planId: PlanId;
  readonly generation: number;
  readonly stepId: StepId;
  readonly effect: string;
  readonly isOnce: boolean;
}

export interface EffectRecorder {
  /** `causedBy` is the step without which it had not happened, where that is another than the one it counts for. */
  record(scope: StepScope, effect: string, isOnce: boolean, causedBy?: StepId): void;
  note(scope: StepScope, kind: "begun" | "failureCommitted"): void;
  effectsOf(cluster: ClusterKey, generation: number): readonly EffectCount[];
  eventsOf(cluster: ClusterKey): readonly StepEvent[];
}

/** With a file, effects outlive the process: written before the call returns, as the world is. */
export function createEffectRecorder(file?: string): EffectRecorder {
  const effects: Effect[] = [];
  const events = new Map<ClusterKey, StepEvent[]>();
  const eventsOf = (cluster: ClusterKey): StepEvent[] => {
    const found = events.get(cluster) ?? [];
    events.set(cluster, found);
    return found;
  };
  return {
    record({ plan, stepId }, effect, isOnce, causedBy = stepId) {
      const each: Effect = { cluster: plan.clusterKey, planId: plan.id, generation: plan.generation, stepId, effect, isOnce };
      effects.push(each);
      if (file !== undefined) appendFileSync(file, `${JSON.stringify(each)}\n`);
      eventsOf(plan.clusterKey).push({ kind: "effect", planId: plan.id, stepId: causedBy });
    },
    note: ({ plan, stepId }, kind) => void eventsOf(plan.clusterKey).push({ kind, planId: plan.id, stepId }),
    effectsOf: (cluster, generation) => countEffects(effects.filter((each) => each.cluster === cluster && each.generation === generation)),
    eventsOf: (cluster) => [...eventsOf(cluster)],
  };
}

export function countEffects(effects: readonly Effect[]): readonly EffectCount[] {
  const counts = new Map<string, EffectCount>();
  for (const { stepId, effect, isOnce } of effects) {
    const key = `${stepId} ${effect}`;
    counts.set(key, { stepId, effect, isOnce, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}

/** Lines of the file a recorder wrote. */
export const parseEffects = (text: string, generation: number): readonly EffectCount[] =>
  countEffects(text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as Effect).filter((each) => each.generation === generation)); // written above

type State = NonNullable<ReturnType<SimulatedWorld["look"]>>;

/** What there is, by name; the value tells a change from a repeat. */
function inventoryOf(state: State): Map<string, string> {
  const found = new Map<string, string>();
  if (state.hasNetwork) found.set("network", "");
  for (const [id, host] of Object.entries(state.hosts)) {
    found.set(`host ${id}`, JSON.stringify(host.host));
    if (host.isJoined) found.set(`membership of ${id}`, "");
    for (const daemon of host.daemons) found.set(`daemon ${daemon.id} on ${id}`, "");
  }
  if (state.engine.hasKeys) found.set("keys", "");
  for (const pool of state.engine.pools) found.set(`pool ${pool.name}`, JSON.stringify(pool));
  for (const [name, value] of Object.entries(state.engine.fileSystems)) found.set(`file system ${name}`, JSON.stringify(value));
  for (const [name, value] of Object.entries(state.engine.snapshots)) found.set(`snapshot ${name}`, JSON.stringify(value));
  for (const [name, value] of Object.entries(state.engine.quotas)) found.set(`quota ${name}`, JSON.stringify(value));
  for (const name of state.engine.buckets) found.set(`bucket ${name}`, "");
  for (const endpoint of state.endpoints) found.set(`endpoint ${endpoint.name}`, JSON.stringify(endpoint));
  return found;
}

function changesBetween(before: Map<string, string>, after: Map<string, string>): string[] {
  const made = [...after].flatMap(([name, value]) => (before.get(name) === value ? [] : [`${before.has(name) ? "change" : "make"} ${name}`]));
  return [...made, ...[...before.keys()].filter((name) => !after.has(name)).map((name) => `remove ${name}`)];
}

/** The same world, each of its changes told to `onEffects`. */
export function watchWorld(world: SimulatedWorld, onEffects: (cluster: ClusterKey, effects: readonly string[]) => void): SimulatedWorld {
  return {
    ...world,
    change: (cluster, work) =>
      world.change(cluster, (state) => {
        const before = inventoryOf(state);
        const result = work(state);
        const effects = changesBetween(before, inventoryOf(state));
        if (effects.length > 0) onEffects(cluster, effects);
        return result;
      }),
  };
}
