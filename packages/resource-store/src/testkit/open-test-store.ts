// A real store on a database of its own, for any test that needs one. The memory adapter is for simulations:
// what a test can prove on the real one it proves here.
import { createHash } from "node:crypto";
import type { PlanId, StepId } from "@cynosure/model";
import type { Pool } from "pg";
import { openPool, openStore, type Store, type StoreOptions } from "../index.ts";
import { sharedTestPostgres } from "./test-postgres.ts";

export interface TestStore {
  readonly store: Store;
  readonly pool: Pool;
  readonly databaseUrl: string;
  /** What was queued, in order, also by transactions that were undone. */
  readonly enqueued: readonly { readonly planId: PlanId; readonly stepId: StepId }[];
  /** The same database opened once more, as another process would. */
  openAgain(options?: Partial<StoreOptions>): Promise<Store>;
  close(): Promise<void>;
}

/** Not a secret: it seals test data in a database that lives as long as the test. */
export const testMasterKey = createHash("sha256").update("test master key").digest();

export async function openTestStore(options: Partial<StoreOptions> = {}): Promise<TestStore> {
  const databaseUrl = await (await sharedTestPostgres()).createDatabase();
  const pool = openPool(databaseUrl, { connectionsMax: 20, applicationName: "test" });
  const enqueued: { planId: PlanId; stepId: StepId }[] = [];
  const record: StoreOptions["queueStatements"] = async (planId, stepId) => {
    enqueued.push({ planId, stepId });
    return (await options.queueStatements?.(planId, stepId)) ?? [];
  };
  const opened: Store[] = [];
  const openAgain = async (more: Partial<StoreOptions> = {}): Promise<Store> => {
    const store = await openStore({ pool, masterKey: testMasterKey, ...options, queueStatements: record, ...more });
    opened.push(store);
    return store;
  };
  return {
    store: await openAgain(),
    pool,
    databaseUrl,
    enqueued,
    openAgain,
    async close() {
      for (const store of opened) await store.close();
      await pool.end();
    },
  };
}
