// The smallest workflow the laws can be tried on: three steps that each make one thing, on the real store and
// engine. It can be broken on purpose in one way at a time, so that a test can see each law find it.
import { type ClusterKey, operationId, type Plan, type PlanId, planId, resourceKey, stepId, type StepId } from "@cynosure/model";
import { anOperation, aPlan, aResource, testCluster } from "@cynosure/resource-store/testkit";
import type { StepRun } from "../launch.ts";
import type { TestWorkflows } from "./index.ts";
import { type Disturbance, type EffectCount, type StepEvent, untilPlanEnds, type WorkflowSubject, type WorkflowUnderTest } from "./workflow-under-test.ts";

export type TinyFault =
  | "none"
  /** A repeated step makes its thing once more. */
  | "notIdempotent"
  /** A step is performed though its plan has failed. */
  | "actsAfterFailure"
  /** A step of a failed plan goes on for ever. */
  | "neverSettles"
  | "errorNamesNoStep"
  /** A failed plan's things are not made when the change is submitted again. */
  | "forgetsWhenSubmittedAgain"
  | "leavesThingsBehind"
  | "takesOldEpochs"
  | "skipsStep";

interface World {
  readonly things: Map<string, number>;
  readonly effects: Map<StepId, number>;
  readonly events: StepEvent[];
  readonly disturbance: Disturbance;
  planUnderTest: PlanId | null;
  running: number;
}

const STEPS = { a: [], b: [], c: ["a", "b"] } as const;
let worlds = 0;

export interface TinyEngine {
  readonly runStep: (run: StepRun) => Promise<void>;
  workflow(fault: TinyFault): WorkflowUnderTest;
}

export function createTinyEngine(getOpened: () => TestWorkflows): TinyEngine {
  const byCluster = new Map<ClusterKey, { readonly world: World; readonly fault: TinyFault }>();
  return {
    runStep: (run) => runTinyStep(getOpened(), byCluster, run),
    workflow: (fault) => ({
      name: fault,
      async open(disturbance) {
        const world: World = { things: new Map(), effects: new Map(), events: [], disturbance, planUnderTest: null, running: 0 };
        const subject = new TinySubject(getOpened(), `tiny-${(worlds += 1)}`, world, fault);
        byCluster.set(subject.clusterKey, { world, fault });
        return subject;
      },
    }),
  };
}

async function runTinyStep({ store }: TestWorkflows, byCluster: ReadonlyMap<ClusterKey, { readonly world: World; readonly fault: TinyFault }>, run: StepRun): Promise<void> {
  const record = await store.plans.get(run.planId);
  const found = record === null ? undefined : byCluster.get(record.plan.clusterKey);
  if (record === null || found === undefined) return;
  const { world, fault } = found;
  world.running += 1;
  const { disturbance } = world;
  const isUnderTest = world.planUnderTest === null || world.planUnderTest === run.planId;
  const how = isUnderTest && disturbance.kind === "repeat" ? disturbance.how : null;
  try {
    const once = (): Promise<void> => performTiny(store, world, fault, record.plan, run.stepId, isUnderTest);
    await (how === "runTwiceAtOnce" ? Promise.all([once(), once()]) : once());
    if (how === "runAgain") await once();
  } finally {
    world.running -= 1;
  }
}

async function performTiny(store: TestWorkflows["store"], world: World, fault: TinyFault, plan: Plan, step: StepId, isUnderTest: boolean): Promise<void> {
  const { disturbance } = world;
  const begun = await store.steps.begin(plan.id, step);
  if (!begun.proceed && fault !== "notIdempotent") return;
  world.events.push({ kind: "begun", planId: plan.id, stepId: step });
  const failing = isUnderTest && disturbance.kind === "fail" && disturbance.stepId === step ? disturbance.when : null;
  const act = (): void => {
    world.events.push({ kind: "effect", planId: plan.id, stepId: step });
    if (plan.policy.presence === "absent") return fault === "leavesThingsBehind" ? undefined : world.things.clear();
    if (world.things.has(step) && fault !== "notIdempotent") return;
    if (plan.parentId !== null && fault === "forgetsWhenSubmittedAgain") return;
    world.things.set(step, (world.things.get(step) ?? 0) + 1);
    if (isUnderTest) world.effects.set(step, (world.effects.get(step) ?? 0) + 1);
  };
  const isRepeated = isUnderTest && disturbance.kind === "repeat" && (disturbance.how === "calledTwice" || disturbance.how === "answerLost");
  if (failing !== "beforeEffect" && !(fault === "skipsStep" && step === "b")) act();
  if (isRepeated) act();
  if (failing === null) return store.steps.complete(plan.id, step);
  await store.steps.fail(plan.id, step, { code: "Broken", message: fault === "errorNamesNoStep" ? "it broke" : `do ${step} broke. Submit the change again.` });
  world.events.push({ kind: "failureCommitted", planId: plan.id, stepId: step });
  const other = Object.keys(STEPS).find((name) => name !== step);
  if (fault === "actsAfterFailure" && other !== undefined) world.events.push({ kind: "begun", planId: plan.id, stepId: stepId(other) });
  if (fault === "neverSettles") world.running += 1;
}

class TinySubject implements WorkflowSubject {
  readonly clusterKey: ClusterKey;
  readonly #opened: TestWorkflows;
  readonly #name: string;
  readonly #world: World;
  readonly #fault: TinyFault;
  #plans = 0;

  constructor(opened: TestWorkflows, name: string, world: World, fault: TinyFault) {
    this.#opened = opened;
    this.#name = name;
    this.#world = world;
    this.#fault = fault;
    this.clusterKey = testCluster(name).key;
  }

  get store(): TestWorkflows["store"] {
    return this.#opened.store;
  }

  async start(): Promise<PlanId> {
    this.#world.planUnderTest = planId(`${this.#name}-1`);
    return this.#submit("present");
  }

  async #submit(presence: "present" | "absent"): Promise<PlanId> {
    const { store } = this;
    const id = `${this.#name}-${(this.#plans += 1)}`;
    const parentId = await store.plans.targetId(this.clusterKey);
    const steps = presence === "present" ? STEPS : { undo: [] };
    const plan = aPlan(id, this.clusterKey, steps, { parentId, generation: this.#plans });
    await store.transaction(async (tx) => {
      await store.resources.put(aResource(this.#name, { key: resourceKey(this.clusterKey), provisioningState: "Updating" }), { kind: "none" }, tx);
      await store.operations.insert(anOperation(id, this.clusterKey, { kind: presence === "present" ? "create" : "delete" }), tx);
      await store.plans.start({ ...plan, policy: { ...plan.policy, presence } }, { steps: [] }, operationId(id), tx);
    });
    return plan.id;
  }

  async submitAgain(): Promise<void> {
    await untilPlanEnds(this, await this.#submit("present"));
  }

  async remove(): Promise<void> {
    await untilPlanEnds(this, await this.#submit("absent"));
  }

  running(): Promise<readonly string[]> {
    return Promise.resolve(this.#world.running > 0 ? [`${this.#world.running} runs`] : []);
  }

  readEnd(): Promise<unknown> {
    return Promise.resolve(Object.fromEntries([...this.#world.things].sort()));
  }

  effects(): readonly EffectCount[] {
    return [...this.#world.effects].map(([step, count]) => ({ stepId: step, effect: `make ${step}`, count, isOnce: true }));
  }

  events(): readonly StepEvent[] {
    return this.#world.events;
  }

  acceptorsOf(): Promise<readonly string[]> {
    return Promise.resolve(this.#fault === "takesOldEpochs" ? ["the tiny port"] : []);
  }

  leftovers(): Promise<readonly string[]> {
    return Promise.resolve([...this.#world.things.keys()]);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
