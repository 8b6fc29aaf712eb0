// What the step workflow is called, and how a step becomes one: id `planId:stepId`, queued in the caller's
// transaction. The wake-up notice commits with it, so an idle control plane does not have to poll fast.
import { type EnqueueStep, together } from "@cynosure/resource-store";
import { DBOSClient } from "@dbos-inc/dbos-sdk";
import type { Pool } from "pg";
import { type Log, toDbosLogger } from "./log.ts";
import { workflowIdOf } from "./rules.ts";

export const APPLICATION = "cynosure";
/** Fixed: DBOS would otherwise hash the source and strand running steps after any edit. */
export const APPLICATION_VERSION = "1";
export const SYSTEM_SCHEMA = "dbos";
export const STEP_QUEUE = "cynosure.steps";
export const STEP_WORKFLOW = "cynosure.step";
export const WAKE_CHANNEL = "cynosure_steps";

export interface StepEnqueuer {
  readonly enqueueStep: EnqueueStep;
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
  return {
    async enqueueStep(connection, planId, stepId) {
      const enqueued = client.enqueueInTransaction(
        connection,
        { workflowName: STEP_WORKFLOW, queueName: STEP_QUEUE, workflowID: workflowIdOf(planId, stepId), appVersion: APPLICATION_VERSION },
        planId,
        stepId,
      );
      await together(enqueued, connection.query(`notify ${WAKE_CHANNEL}`));
    },
    close: () => client.destroy(),
  };
}
