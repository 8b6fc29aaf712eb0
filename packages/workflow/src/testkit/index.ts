// A store and a workflow engine on a database of their own, wired as in production, for tests of this and
// other rooms. DBOS is a singleton: one of these at a time per test process.
import { openPool, openStore, type OnPlanFinished, type Store } from "@cynosure/resource-store";
import { sharedTestPostgres, testMasterKey } from "@cynosure/resource-store/testkit";
import { createStepEnqueuer, type StepEnqueuer } from "../step-workflow.ts";
import { launchWorkflows, type WorkflowOptions, type Workflows } from "../launch.ts";

export { createLawLedger, lawNames, type LawLedger, type LawName } from "./law-ledger.ts";
export { failsCleanlyAtEveryStep } from "./fails-cleanly.ts";
export { logDifferences, resumesAfterCrashAtEveryStep, type CrashResult, type CrashSubject, type CrashWorkflow, type ProcessEnd } from "./resumes-after-crash.ts";
export { effectDifferences, survivesRepeatAtEveryStep } from "./survives-repeat.ts";
export * from "./workflow-under-test.ts";

export interface TestWorkflows {
  readonly store: Store;
  readonly pool: ReturnType<typeof openPool>;
  readonly databaseUrl: string;
  readonly enqueueStep: StepEnqueuer["enqueueStep"];
  /** What was logged at `warn` and `error`. */
  readonly troubles: readonly string[];
  /** Starts (or starts again) the engine of this process. */
  launch(options: Pick<WorkflowOptions, "runStep"> & Partial<WorkflowOptions>): Promise<Workflows>;
  close(): Promise<void>;
}

export async function openTestWorkflows(options: { readonly onPlanFinished?: OnPlanFinished } = {}): Promise<TestWorkflows> {
  const databaseUrl = await (await sharedTestPostgres()).createDatabase();
  const pool = openPool(databaseUrl, { connectionsMax: 20, applicationName: "test" });
  const troubles: string[] = [];
  const log: WorkflowOptions["log"] = (level, message) => {
    if (level === "warn" || level === "error") troubles.push(message);
  };
  const enqueuer = await createStepEnqueuer({ pool, databaseUrl, log });
  const { enqueueStep, queueStatements } = enqueuer;
  const store = await openStore({ pool, masterKey: testMasterKey, queueStatements, ...options });
  let running: Workflows | null = null;
  return {
    store,
    pool,
    databaseUrl,
    enqueueStep,
    troubles,
    async launch(launchOptions) {
      await running?.close();
      running = await launchWorkflows({ pool, databaseUrl, store, enqueueStep, log, onLeaseLost: (reason) => troubles.push(reason.message), ...launchOptions });
      return running;
    },
    async close() {
      await running?.close();
      await enqueuer.close();
      await store.close();
      await pool.end();
    },
  };
}
