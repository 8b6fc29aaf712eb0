// Registered workflows as the laws take them: in the test's own process, each world a cluster of its own in
// one control plane; and for the crash law, a control plane in a process that is killed.
import type { ClusterKey, HostPlan, PlanId } from "@cynosure/model";
import { createEngineCall } from "@cynosure/executor";
import type { Disturbance, WorkflowSubject, WorkflowUnderTest } from "@cynosure/workflow/testkit";
import type { LawControlPlane } from "./control-plane.ts";
import { openWorkflows, readLeftovers, readWorldEnd } from "./world-snapshot.ts";
import { deleteCluster, keyOfCluster, submit, untilNothingIsOpen, untilPlanned } from "./wishes.ts";
import type { RegisteredWorkflow } from "./workflows.ts";

let worlds = 0;

export function underTest(controlPlane: LawControlPlane, workflow: RegisteredWorkflow): WorkflowUnderTest {
  return {
    name: workflow.name,
    async open(disturbance) {
      const name = `law-${String((worlds += 1)).padStart(4, "0")}-world`;
      await makeBefore(controlPlane, name, workflow);
      return new Subject(controlPlane, workflow, name, disturbance);
    },
  };
}

/** What there is before the workflow begins. */
export async function makeBefore({ providers, store }: Pick<LawControlPlane, "providers" | "store">, name: string, workflow: RegisteredWorkflow): Promise<void> {
  for (const wish of workflow.before) {
    await submit(providers, name, wish);
    await untilNothingIsOpen(store, keyOfCluster(name));
    const target = await store.plans.target(keyOfCluster(name));
    if (target?.status !== "Succeeded") throw new Error(`${wish.operation} before "${workflow.name}" ended ${target?.status ?? "without a plan"}`);
  }
}

/** All wishes at once: the first plan is held, once it is made, until each has been said, so that what waits waits for it. */
export async function submitTogether(controlPlane: Pick<LawControlPlane, "providers" | "hold" | "store">, name: string, workflow: RegisteredWorkflow, firstGeneration: number): Promise<void> {
  let release = (): void => undefined;
  if (workflow.wishes.length > 1) controlPlane.hold(keyOfCluster(name), firstGeneration, new Promise<void>((resolve) => (release = resolve)));
  try {
    for (const wish of workflow.wishes) {
      await submit(controlPlane.providers, name, wish);
      await untilPlanned(controlPlane.store, keyOfCluster(name));
    }
  } finally {
    release();
  }
}

class Subject implements WorkflowSubject {
  readonly clusterKey: ClusterKey;
  readonly #controlPlane: LawControlPlane;
  readonly #workflow: RegisteredWorkflow;
  readonly #name: string;
  readonly #disturbance: Disturbance;
  #generation = 0;
  #planId: PlanId | null = null;

  constructor(controlPlane: LawControlPlane, workflow: RegisteredWorkflow, name: string, disturbance: Disturbance) {
    this.#controlPlane = controlPlane;
    this.#workflow = workflow;
    this.#name = name;
    this.#disturbance = disturbance;
    this.clusterKey = keyOfCluster(name);
  }

  get store(): LawControlPlane["store"] {
    return this.#controlPlane.store;
  }

  async start(): Promise<PlanId> {
    const { store, disturbances } = this.#controlPlane;
    const generationBefore = (await store.plans.target(this.clusterKey))?.plan.generation ?? 0;
    this.#generation = generationBefore + this.#workflow.planNumber;
    disturbances.set(this.clusterKey, this.#generation, this.#disturbance);
    await submitTogether(this.#controlPlane, this.#name, this.#workflow, generationBefore + 1);
    const watch = store.watchChanges(`cluster:${this.clusterKey}`);
    try {
      for (;;) {
        const found = (await store.plans.list(this.clusterKey, 10)).find(({ plan }) => plan.generation === this.#generation);
        if (found !== undefined) return (this.#planId = found.plan.id);
        if ((await store.operations.listOpen(this.clusterKey)).length === 0) throw new Error(`"${this.#workflow.name}" started no plan of generation ${this.#generation}`);
        await watch.wait(500);
      }
    } finally {
      watch.close();
    }
  }

  async submitAgain(): Promise<void> {
    const { providers } = this.#controlPlane;
    for (const wish of this.#workflow.wishes) await submit(providers, this.#name, wish);
    await untilNothingIsOpen(this.store, this.clusterKey);
  }

  async remove(): Promise<void> {
    const { providers } = this.#controlPlane;
    await untilNothingIsOpen(this.store, this.clusterKey);
    await submit(providers, this.#name, deleteCluster);
    await untilNothingIsOpen(this.store, this.clusterKey);
    // The plan's end is told before the workflow engine has noted its own.
    while ((await this.running()).length > 0) await this.store.hosts.waitForChange(`cluster:${this.clusterKey}`, 20);
  }

  async running(): Promise<readonly string[]> {
    return [...this.#controlPlane.runningIn(this.clusterKey), ...(await openWorkflows(this.#controlPlane.pool, this.clusterKey))];
  }

  readEnd(): Promise<unknown> {
    return readWorldEnd(this.#controlPlane, this.clusterKey);
  }

  effects(): ReturnType<WorkflowSubject["effects"]> {
    return this.#controlPlane.recorder.effectsOf(this.clusterKey, this.#generation);
  }

  events(): ReturnType<WorkflowSubject["events"]> {
    return this.#controlPlane.recorder.eventsOf(this.clusterKey);
  }

  /** Each is asked for something that would change nothing, under the old epoch. */
  async acceptorsOf(epoch: number): Promise<readonly string[]> {
    const { store, substrate, engine, world } = this.#controlPlane;
    const record = this.#planId === null ? null : await store.plans.get(this.#planId);
    if (record === null) return ["nobody: the plan is gone"];
    const { plan } = record;
    const found: string[] = [];
    // Ports learn of a higher epoch with the first call under it.
    const hasPortHeard = (world.look(this.clusterKey)?.executorEpoch ?? 0) > epoch;
    if (hasPortHeard) {
      const call = { clusterKey: this.clusterKey, installationId: plan.policy.installationId, generation: plan.generation, executorEpoch: epoch };
      const answers = {
        "the substrate": await substrate.ensureEndpoints(call, []),
        "the engine": await engine.perform(await createEngineCall({ store, clock: world.clock, plan, epoch }), { name: "sim.health", params: {} }),
      };
      for (const [name, answer] of Object.entries(answers)) if (answer.kind !== "failed" || answer.error.code !== "StaleExecutor") found.push(`${name} (${answer.kind})`);
    }
    const hostPlan: HostPlan | undefined = Object.values(plan.hosts)[0]?.hostPlan;
    if (hostPlan !== undefined && (await store.hosts.publish({ ...hostPlan, generation: hostPlan.generation + 1_000 }, epoch).then(() => true, (error: unknown) => !/epoch/.test(String(error))))) found.push("the store's host plans");
    return found;
  }

  leftovers(): Promise<readonly string[]> {
    return readLeftovers(this.#controlPlane, this.clusterKey);
  }

  /** The cluster stays: it costs nothing once nothing runs in it. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
