// Watches a run from outside: asks the invariants at every change of the world, every commit and every tick,
// and keeps the first answer that says something is broken.
import type { ClusterKey } from "@cynosure/model";
import type { PlanRecord } from "@cynosure/resource-store";
import type { MemoryDatabase } from "@cynosure/resource-store/testkit/memory";
import type { SimulatedWorld } from "@cynosure/simulated";
import { planIdOf, type StepName } from "@cynosure/workflow/rules";
import { Acknowledged } from "./acknowledged.ts";
import type { EventLog } from "./event-log.ts";
import type { ArrivedCall, Cause, CauseOfChange } from "./guarded-ports.ts";
import { createInvariants, emptyPicture, pictureOf, type ClusterPicture, type Invariant, type RunningStep, type Sight, type Successor } from "./invariants/index.ts";

export interface ObserverOptions {
  readonly database: MemoryDatabase;
  readonly world: SimulatedWorld;
  readonly log: EventLog;
  readonly cause: CauseOfChange;
}

export interface Violation {
  readonly invariant: string;
  readonly what: string;
  readonly atMs: number;
  readonly tick: number;
}

const BY_AGENT: Cause = { by: "agent", who: "an agent", what: "its work", epoch: 0, generation: 0 };

export class Observer {
  readonly #options: ObserverOptions;
  readonly #invariants: readonly Invariant[] = createInvariants();
  readonly #pictures = new Map<ClusterKey, ClusterPicture>();
  readonly #running = new Set<RunningStep>();
  readonly #replaced = new Map<string, Successor>();
  readonly #end = Promise.withResolvers<void>();
  #acknowledged = new Acknowledged();
  #violation: Violation | null = null;
  #ticks = 0;
  #commits = 0;
  #isChanged = false;

  constructor(options: ObserverOptions) {
    this.#options = options;
    options.world.onChange((cluster) => this.#worldChanged(cluster));
    options.database.onCommit(() => this.#committed());
  }

  get violation(): Violation | null {
    return this.#violation;
  }

  get ticks(): number {
    return this.#ticks;
  }

  get commits(): number {
    return this.#commits;
  }

  /** Resolves at the first violation. */
  get violated(): Promise<void> {
    return this.#end.promise;
  }

  watch(acknowledged: Acknowledged): void {
    this.#acknowledged = acknowledged;
  }

  stepRuns(executorId: string, { planId, stepId }: StepName, event: "begins" | "ends" | "is left"): void {
    this.#options.log.add(executorId, `step ${stepId} ${event}`);
    if (event === "begins") this.#running.add({ executorId, planId, stepId });
    else for (const each of this.#running) if (each.executorId === executorId && each.planId === planId && each.stepId === stepId) this.#running.delete(each);
    this.#isChanged = true;
  }

  /** Only clusters whose steps were taken over have a successor; what the dead one did to others had ended with its plans. */
  tookOver(byExecutorId: string, deadExecutorId: string, workflowIds: readonly string[]): void {
    const { tables } = this.#options.database;
    const clusters = new Set(workflowIds.map((id) => tables.plans.get(planIdOf(id))?.record.plan.clusterKey));
    const epochs = new Map(tables.clusters.list().filter((row) => clusters.has(row.clusterKey)).map((row) => [row.clusterKey, row.epoch]));
    this.#replaced.set(deadExecutorId, { executorId: byExecutorId, epochs });
    for (const each of this.#running) if (each.executorId === deadExecutorId) this.#running.delete(each);
  }

  called(call: ArrivedCall): void {
    if (this.#violation === null) this.#ask((invariant, sight) => invariant.called?.(call, sight) ?? null);
  }

  report(invariant: string, what: string): void {
    if (this.#violation !== null) return;
    const { log } = this.#options;
    log.add("BROKEN", `${invariant}: ${what}`);
    this.#violation = { invariant, what, atMs: log.elapsedMs, tick: this.#ticks };
    this.#end.resolve();
  }

  ticked(): void {
    this.#ticks += 1;
    if (!this.#isChanged || this.#violation !== null) return;
    this.#isChanged = false;
    this.#ask((invariant, sight) => invariant.ticked?.(sight) ?? null);
  }

  #committed(): void {
    this.#commits += 1;
    this.#isChanged = true;
    if (this.#violation === null) this.#ask((invariant, sight) => invariant.committed?.(sight) ?? null);
  }

  #worldChanged(cluster: ClusterKey): void {
    this.#isChanged = true;
    const state = this.#options.world.look(cluster);
    if (state === null || this.#violation !== null) return;
    const before = this.#pictures.get(cluster) ?? emptyPicture;
    const after = pictureOf(state);
    this.#pictures.set(cluster, after);
    const cause = this.#options.cause.current ?? BY_AGENT;
    if (before.contents !== after.contents) this.#options.log.add("world", `${cluster.slice(cluster.lastIndexOf("/") + 1)}: ${cause.what} by ${cause.who} under epoch ${cause.epoch}: ${after.contents}`);
    const change = { cluster, before, after, cause, nowMs: this.#options.world.clock.now() };
    this.#ask((invariant, sight) => invariant.worldChanged?.(change, sight) ?? null);
  }

  #ask(question: (invariant: Invariant, sight: Sight) => string | null): void {
    const { database } = this.#options;
    const sight: Sight = {
      database, acknowledged: this.#acknowledged, pictures: this.#pictures, running: this.#running, replaced: this.#replaced,
      target: (cluster): PlanRecord | null => {
        const id = database.tables.clusters.get(cluster)?.targetPlanId;
        return id === null || id === undefined ? null : (database.tables.plans.get(id)?.record ?? null);
      },
    };
    for (const invariant of this.#invariants) {
      const wrong = question(invariant, sight);
      if (wrong !== null) this.report(invariant.id, wrong);
    }
  }
}
