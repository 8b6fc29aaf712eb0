// What a control plane does about steps nobody runs: the rules alone, over whatever holds the queue. DBOS is
// not named here, so that the whole-system simulation runs these very functions on its own queue
// (docs/rfd/0002, "Ownership" and "Sweeping").
import type { ClusterKey, PlanId, StepId } from "@cynosure/model";
import type { Store } from "@cynosure/resource-store";

export interface StepName {
  readonly planId: PlanId;
  readonly stepId: StepId;
}

export function workflowIdOf(planId: PlanId, stepId: StepId): string {
  if (planId.includes(":")) throw new Error(`Plan id ${planId} holds a colon, which separates plan from step in workflow ids.`);
  return `${planId}:${stepId}`;
}

/** Inverse of `workflowIdOf`; step ids may hold colons themselves. */
export function planIdOf(workflowId: string): PlanId {
  return workflowId.slice(0, workflowId.indexOf(":")) as PlanId; // written by workflowIdOf
}

export interface Takeover {
  readonly store: Pick<Store, "plans">;
  /** Every workflow the executor had begun goes back to the queue. */
  readonly giveBack: (executorId: string) => Promise<void>;
  readonly crashPoint?: (name: "takeover.beforeRaise" | "takeover.afterRaise" | "takeover.afterRecover") => void;
}

/** The caller holds the dead executor's lock. */
export async function takeOverSteps({ store, giveBack, crashPoint = (): void => undefined }: Takeover, deadExecutorId: string, workflowIds: readonly string[]): Promise<void> {
  crashPoint("takeover.beforeRaise");
  // Before anybody runs the steps again: whatever the dead one still has under way is refused from here on.
  for (const cluster of await clustersOf(store, workflowIds)) await store.plans.raiseEpoch(cluster);
  crashPoint("takeover.afterRaise");
  await giveBack(deadExecutorId);
  crashPoint("takeover.afterRecover");
}

async function clustersOf(store: Pick<Store, "plans">, workflowIds: readonly string[]): Promise<ReadonlySet<ClusterKey>> {
  const clusters = new Set<ClusterKey>();
  for (const planId of new Set(workflowIds.map(planIdOf))) {
    const record = await store.plans.get(planId);
    if (record !== null) clusters.add(record.plan.clusterKey);
  }
  return clusters;
}

/** `open` is queued or begun, `ended` succeeded or failed, `missing` was never queued or has been dropped. */
export type WorkflowState = "open" | "ended" | "missing";

const STEPS_MAX = 1_000;

export interface Sweep {
  readonly store: Pick<Store, "plans" | "steps">;
  /** The state of each workflow, by id; ids left out are missing. */
  readonly statesOf: (workflowIds: readonly string[]) => Promise<ReadonlyMap<string, WorkflowState>>;
  /** Queues the step afresh; `ended` tells that its old workflow is to be dropped first. */
  readonly queueAgain: (step: StepName, state: "ended" | "missing") => Promise<void>;
}

/** Answers how many steps were queued again: those the store says are open and whose workflow is not. */
export async function sweepStrandedSteps({ store, statesOf, queueAgain }: Sweep): Promise<number> {
  const unfinished = await store.steps.listUnfinished(STEPS_MAX);
  if (unfinished.length === 0) return 0;
  const states = await statesOf(unfinished.map(({ planId, stepId }) => workflowIdOf(planId, stepId)));
  let queued = 0;
  for (const step of unfinished) {
    const state = states.get(workflowIdOf(step.planId, step.stepId)) ?? "missing";
    if (state === "open") continue;
    if (state === "ended" && !(await isStillUnfinished(store, step))) continue;
    await queueAgain(step, state);
    queued += 1;
  }
  return queued;
}

/** The workflow may have ended because the step did, between our two reads. */
async function isStillUnfinished(store: Pick<Store, "plans">, { planId, stepId }: StepName): Promise<boolean> {
  const state = (await store.plans.stepStates(planId)).find((step) => step.stepId === stepId);
  return state?.status === "ready" || state?.status === "running";
}
