// What the step workflow is called, and how a step becomes one: id `planId:stepId`, queued in the caller's
// transaction. The wake-up notice commits with it, so an idle control plane does not have to poll fast.
import type { PlanId, StepId } from "@cynosure/model";
import { planId, stepId } from "@cynosure/model";
import { type QueueStatements, together } from "@cynosure/resource-store";
import { DBOSClient } from "@dbos-inc/dbos-sdk";
import type { ClientBase, Pool } from "pg";
import { type Log, toDbosLogger } from "./log.ts";
import { createTakeDown } from "./queue-statements.ts";
import { workflowIdOf } from "./rules.ts";

export const APPLICATION = "cynosure";
/** Fixed: DBOS would otherwise hash the source and strand running steps after any edit. */
export const APPLICATION_VERSION = "1";
export const SYSTEM_SCHEMA = "dbos";
export const STEP_QUEUE = "cynosure.steps";
export const STEP_WORKFLOW = "cynosure.step";
export const WAKE_CHANNEL = "cynosure_steps";

/** Queues the workflow of one step in the open transaction of `client`; queueing it twice is harmless. */
export type EnqueueStep = (client: ClientBase, planId: PlanId, stepId: StepId) => Promise<void>;

export interface StepEnqueuer {
  readonly enqueueStep: EnqueueStep;
  /** The same for the store, which sends it together with what else its transaction asks. */
  readonly queueStatements: QueueStatements;
  close(): Promise<void>;
}

/** Usable before `launchWorkflows`, but the first launch on a database must have made its tables. */
export async function createStepEnqueuer(options: { readonly pool: Pool; readonly databaseUrl: string; readonly log: Log }): Promise<StepEnqueuer> {
  const client = await DBOSClient.create({
    systemDatabaseUrl: options.databaseUrl,
    systemDatabasePool: options.pool,
    systemDatabaseSchemaName: SYSTEM_SCHEMA,
    applicationName: APPLICATION,
    logger: toDbosLogger(options.log),
  });
  const enqueue = (connection: ClientBase, plan: PlanId, step: StepId): Promise<unknown> =>
    client.enqueueInTransaction(connection, { workflowName: STEP_WORKFLOW, queueName: STEP_QUEUE, workflowID: workflowIdOf(plan, step), appVersion: APPLICATION_VERSION }, plan, step);
  const takeDown = await createTakeDown({ wakeChannel: WAKE_CHANNEL, rehearsal: (connection) => enqueue(connection, planId("rehearsal"), stepId("rehearsal")) });
  return {
    async enqueueStep(connection, plan, step) {
      await together(enqueue(connection, plan, step), connection.query(`notify ${WAKE_CHANNEL}`));
    },
    // Only this file gives workflows their ids, and all of them this name: a row that is there is of the same workflow.
    queueStatements: (plan, step) => takeDown((connection) => enqueue(connection, plan, step)),
    close: () => client.destroy(),
  };
}
