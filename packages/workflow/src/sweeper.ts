// Background task: steps that the store says are ready or running but whose workflow is missing or has
// ended are queued again. In a sound run there are none; it exists so that a lost workflow (a restored
// backup, a cancelled one) cannot strand a plan. Workflows that succeeded are dropped after an hour: what
// happened is told by the plan's steps. Reads: plan_steps, workflow_status. Writes: workflow_status.
import type { PlanId, StepId } from "@cynosure/model";
import type { Store, EnqueueStep } from "@cynosure/resource-store";
import { transactionClient } from "@cynosure/resource-store";
import { DBOS } from "@dbos-inc/dbos-sdk";
import type { Pool } from "pg";
import { STEP_QUEUE, SYSTEM_SCHEMA, workflowIdOf } from "./step-workflow.ts";

const STEPS_MAX = 1_000;

const statusSql = `select workflow_uuid, status from ${SYSTEM_SCHEMA}.workflow_status where workflow_uuid = any($1)`;

const ENDED_KEPT_MS = 60 * 60_000;
const ENDED_DROPPED_MAX = 500;
const endedSql = `select workflow_uuid from ${SYSTEM_SCHEMA}.workflow_status
  where queue_name = $1 and status = 'SUCCESS' and completed_at < $2 order by completed_at limit ${ENDED_DROPPED_MAX}`;

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

/** Answers how many workflows that had succeeded long ago were dropped. */
export async function dropEndedWorkflows(pool: Pool, keptMs: number = ENDED_KEPT_MS): Promise<number> {
  const { rows } = await pool.query<{ workflow_uuid: string }>(endedSql, [STEP_QUEUE, Date.now() - keptMs]);
  if (rows.length > 0) await DBOS.deleteWorkflows(rows.map((row) => row.workflow_uuid));
  return rows.length;
}
