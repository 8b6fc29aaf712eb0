// Background task: steps that the store says are ready or running but whose workflow is missing or has
// ended are queued again. In a sound run there are none; it exists so that a lost workflow (a restored
// backup, a cancelled one) cannot strand a plan. Reads: plan_steps, workflow_status. Writes: the queue.
import type { PlanId, StepId } from "@cynosure/model";
import type { Store, EnqueueStep } from "@cynosure/resource-store";
import { transactionClient } from "@cynosure/resource-store";
import { DBOS } from "@dbos-inc/dbos-sdk";
import type { Pool } from "pg";
import { SYSTEM_SCHEMA, workflowIdOf } from "./step-workflow.ts";

const STEPS_MAX = 1_000;

const statusSql = `select workflow_uuid, status from ${SYSTEM_SCHEMA}.workflow_status where workflow_uuid = any($1)`;

export interface SweeperOptions {
  readonly pool: Pool;
  readonly store: Store;
  readonly enqueueStep: EnqueueStep;
}

/** Answers how many steps were queued again. */
export async function sweepSteps({ pool, store, enqueueStep }: SweeperOptions): Promise<number> {
  const unfinished = await store.steps.listUnfinished(STEPS_MAX);
  if (unfinished.length === 0) return 0;
  const ids = unfinished.map(({ planId, stepId }) => workflowIdOf(planId, stepId));
  const { rows } = await pool.query<{ workflow_uuid: string; status: string }>(statusSql, [ids]);
  const statusOf = new Map(rows.map((row) => [row.workflow_uuid, row.status]));
  let queued = 0;
  for (const { planId, stepId } of unfinished) {
    const id = workflowIdOf(planId, stepId);
    const status = statusOf.get(id);
    if (status === "ENQUEUED" || status === "PENDING" || status === "DELAYED") continue;
    if (status !== undefined && !(await isStillUnfinished(store, planId, stepId))) continue;
    if (status !== undefined) await DBOS.deleteWorkflows([id]);
    await store.transaction((tx) => enqueueStep(transactionClient(tx), planId, stepId));
    queued += 1;
  }
  return queued;
}

/** The workflow may have ended because the step did, between our two reads. */
async function isStillUnfinished(store: Store, planId: PlanId, stepId: StepId): Promise<boolean> {
  const state = (await store.plans.stepStates(planId)).find((step) => step.stepId === stepId);
  return state?.status === "ready" || state?.status === "running";
}
