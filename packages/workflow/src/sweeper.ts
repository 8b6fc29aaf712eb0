// Background task: steps that the store says are ready or running but whose workflow is missing or has
// ended are queued again. In a sound run there are none; it exists so that a lost workflow (a restored
// backup, a cancelled one) cannot strand a plan. Workflows that succeeded are dropped after five minutes:
// what happened is told by the plan's steps. Reads: plan_steps, workflow_status. Writes: workflow_status.
import type { Store } from "@cynosure/resource-store";
import { transactionClient } from "@cynosure/resource-store";
import { DBOS } from "@dbos-inc/dbos-sdk";
import type { Pool } from "pg";
import { sweepStrandedSteps, workflowIdOf } from "./rules.ts";
import { type EnqueueStep, STEP_QUEUE, SYSTEM_SCHEMA } from "./step-workflow.ts";

const statusSql = `select workflow_uuid, status from ${SYSTEM_SCHEMA}.workflow_status where workflow_uuid = any($1)`;

const ENDED_KEPT_MS = 5 * 60_000;
const ENDED_DROPPED_MAX = 500;
const endedSql = `select workflow_uuid from ${SYSTEM_SCHEMA}.workflow_status
  where queue_name = $1 and status = 'SUCCESS' and completed_at < $2 order by completed_at limit ${ENDED_DROPPED_MAX}`;

export interface SweeperOptions {
  readonly pool: Pool;
  readonly store: Store;
  readonly enqueueStep: EnqueueStep;
}

/** Answers how many steps were queued again. */
export function sweepSteps({ pool, store, enqueueStep }: SweeperOptions): Promise<number> {
  return sweepStrandedSteps({
    store,
    async statesOf(ids) {
      const { rows } = await pool.query<{ workflow_uuid: string; status: string }>(statusSql, [ids]);
      return new Map(rows.map((row) => [row.workflow_uuid, isOpen(row.status) ? "open" : "ended"]));
    },
    async queueAgain({ planId, stepId }, state) {
      if (state === "ended") await DBOS.deleteWorkflows([workflowIdOf(planId, stepId)]);
      await store.transaction((tx) => enqueueStep(transactionClient(tx), planId, stepId));
    },
  });
}

const isOpen = (status: string): boolean => status === "ENQUEUED" || status === "PENDING" || status === "DELAYED";

/** Answers how many workflows that had succeeded long ago were dropped. */
export async function dropEndedWorkflows(pool: Pool, keptMs: number = ENDED_KEPT_MS): Promise<number> {
  const { rows } = await pool.query<{ workflow_uuid: string }>(endedSql, [STEP_QUEUE, Date.now() - keptMs]);
  if (rows.length > 0) await DBOS.deleteWorkflows(rows.map((row) => row.workflow_uuid));
  return rows.length;
}
