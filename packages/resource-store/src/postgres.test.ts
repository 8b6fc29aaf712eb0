import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hostId, operationId, planId, stepId } from "@cynosure/model";
import { NATIVE_NAMES_COUNT_MAX, openStore, transactionClient, together } from "./index.ts";
import { migrate, migrations } from "./postgres/migrations.ts";
import { anOperation, aPlan, describeStore, openTestStore, aResource, testCluster, testMasterKey, type TestStore } from "./testkit/index.ts";

describeStore("the PostgreSQL store", async () => {
  const opened = await openTestStore();
  return {
    store: opened.store,
    enqueued: () => opened.enqueued.map(({ planId: plan, stepId: step }) => `${plan}/${step}`),
    openAgain: (options) => opened.openAgain(options),
    close: () => opened.close(),
  };
});

describe("what only PostgreSQL must hold", () => {
  let opened: TestStore;
  beforeAll(async () => {
    opened = await openTestStore();
  });
  afterAll(() => opened.close());

  it("applies each migration once, also when several control planes open at the same time", async () => {
    await Promise.all([migrate(opened.pool), migrate(opened.pool), migrate(opened.pool)]);
    const { rows } = await opened.pool.query<{ version: number }>("select version from cynosure.migrations order by version");
    expect(rows.map((row) => row.version)).toEqual(migrations.map((migration) => migration.version));
  });

  it("refuses a database written by a newer release, and one whose migrations were edited", async () => {
    await expect(migrate(opened.pool, [])).rejects.toThrow(/newer release/);
    await expect(migrate(opened.pool, migrations.map((step) => (step.version === 1 ? { ...step, sql: "select 1" } : step)))).rejects.toThrow(/differs/);
  });

  it("keeps secrets, requests and answers out of the database in clear", async () => {
    const { store, pool } = opened;
    const { key } = testCluster("sealed");
    await store.vault.ensureSecret(key, "admin", () => "PLAINTEXT-SECRET");
    await store.hosts.putRequest({ id: "rq", clusterKey: key, hostId: hostId("host-1"), executorEpoch: 1, kind: "k", payload: { key: "PLAINTEXT-REQUEST" }, timeoutMsMax: 1_000 });
    const before = JSON.stringify((await pool.query("select encode(payload, 'escape') as text from cynosure.host_requests")).rows);
    await store.hosts.answerRequest("rq", { ok: true, value: "PLAINTEXT-ANSWER" }, { clusterKey: key, hostId: hostId("host-1") });
    const after = JSON.stringify((await pool.query("select encode(sealed, 'escape') as text from cynosure.secrets union all select encode(response, 'escape') from cynosure.host_requests")).rows);
    expect(before + after).not.toContain("PLAINTEXT");
    expect(await store.hosts.readResponse("rq")).toEqual({ ok: true, value: "PLAINTEXT-ANSWER" });
  });

  it("opens secrets sealed with a former master key, and names the key it lacks", async () => {
    const { key } = testCluster("rotated");
    await opened.store.vault.ensureSecret(key, "admin", () => "old");
    const masterKey = new Uint8Array(32).fill(7);
    const rotated = await opened.openAgain({ masterKey, formerMasterKeys: [testMasterKey] });
    expect(await rotated.vault.readSecret(key, "admin")).toBe("old");
    const without = await opened.openAgain({ masterKey });
    await expect(without.vault.readSecret(key, "admin")).rejects.toThrow(/restore that key file/);
    await expect(opened.openAgain({ masterKey: new Uint8Array(16) })).rejects.toThrow(/32 bytes/);
  });

  it("keeps no more names of one scope than stated, and still renames what it has", async () => {
    const { store, pool } = opened;
    const scope = { cluster: testCluster("full").key, armType: "vastViews", parents: "" };
    await pool.query("insert into cynosure.native_names (cluster_key, arm_type, parents, name_key, name, native_id) select $1, $2, $3, n::text, n::text, n::text from generate_series(1, $4::integer) n", [scope.cluster, scope.armType, scope.parents, NATIVE_NAMES_COUNT_MAX]);
    await store.nativeNames.put(scope, { name: "late", nativeId: "late", guid: null });
    expect(await store.nativeNames.find(scope, "late")).toBeNull();
    await store.nativeNames.put(scope, { name: "renamed", nativeId: "7", guid: null });
    expect([await store.nativeNames.find(scope, "7"), (await store.nativeNames.find(scope, "renamed"))?.nativeId]).toEqual([null, "7"]);
  });

  it("undoes the whole start of a plan when a step cannot be queued", async () => {
    const { key } = testCluster("unqueued");
    const broken = await openStore({ pool: opened.pool, masterKey: testMasterKey, queueStatements: () => Promise.reject(new Error("queue away")) });
    const start = broken.transaction(async (tx) => {
      await broken.operations.insert(anOperation("unqueued-op", key), tx);
      await broken.plans.start(aPlan("unqueued-1", key, { a: [] }), { steps: [] }, operationId("unqueued-op"), tx);
    });
    await expect(start).rejects.toThrow("queue away");
    expect(await opened.store.operations.get(operationId("unqueued-op"))).toBeNull();
    expect(await opened.store.plans.target(key)).toBeNull();
    await broken.close();
  });

  it("plans what was queued in the transaction that ends a plan, and ends the plan even when that planning throws", async () => {
    const { key } = testCluster("hooked");
    const errors: string[] = [];
    let turn = 0;
    const hooked = await opened.openAgain({
      async onPlanFinished(tx, cluster) {
        turn += 1;
        await transactionClient(tx).query("insert into cynosure.outputs (cluster_key, name, value) values ($1, 'turn', $2)", [cluster, String(turn)]);
        if (turn === 1) throw new Error("no plan fits");
      },
      onHookError: (error) => errors.push(String(error)),
    });
    const runPlan = async (id: string, parent: string | null): Promise<void> => {
      await hooked.transaction(async (tx) => {
        await hooked.plans.start(aPlan(id, key, { a: [] }, { parentId: parent === null ? null : planId(parent) }), { steps: [] }, operationId(id), tx);
      });
      await hooked.steps.begin(planId(id), stepId("a"));
      await hooked.steps.complete(planId(id), stepId("a"));
    };
    await runPlan("hooked-1", null);
    expect(await hooked.plans.status(planId("hooked-1"))).toBe("Succeeded");
    expect(await hooked.vault.readOutput(key, "turn")).toBeNull();
    expect(errors).toEqual(["Error: no plan fits"]);
    await runPlan("hooked-2", "hooked-1");
    expect(await hooked.vault.readOutput(key, "turn")).toBe("2");
  });

  it("goes on hearing of changes after its listening connection was cut", async () => {
    const { store, pool } = opened;
    const { key } = testCluster("cut");
    const cut = await pool.query("select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen cynosure_change%' and datname = current_database()");
    expect(cut.rowCount).toBeGreaterThan(0);
    const begunAt = performance.now();
    const heard = store.hosts.waitForChange(`cluster:${key}`, 30_000);
    await heard; // woken by the cut itself or by the fallback of one second
    expect(performance.now() - begunAt).toBeLessThan(10_000);
    await store.observations.putEndpoints(key, []);
    expect(await store.observations.readEndpoints(key)).toEqual([]);
  });

  it("lets nothing go on in a transaction that has been undone", async () => {
    const { store } = opened;
    const { key } = testCluster("escaped");
    const undone = Promise.withResolvers<void>();
    let late: Promise<unknown> = Promise.resolve();
    const failed = store.transaction((tx) => {
      late = (async () => {
        await undone.promise;
        await store.operations.insert(anOperation("escaped-op", key), tx);
      })();
      return Promise.reject(new Error("undone"));
    });
    await expect(failed).rejects.toThrow("undone");
    undone.resolve();
    await expect(late).rejects.toThrow("The transaction has ended");
    expect(await store.operations.get(operationId("escaped-op"))).toBeNull();
  });

  it("lets many enter one resource at the same time", async () => {
    const { store } = opened;
    await store.resources.put(aResource("Crowded"), { kind: "none" });
    let inside = 0;
    const { promise: areAllInside, resolve: sayAllInside } = Promise.withResolvers<void>();
    const enter = (): Promise<void> =>
      store.transaction(async (tx) => {
        await store.resources.enter(aResource("Crowded").key, tx);
        if ((inside += 1) === 5) sayAllInside();
        await areAllInside; // never, if one waited for another
      });
    await Promise.all(Array.from({ length: 5 }, enter));
    expect(inside).toBe(5);
  });

  it("carries out what is asked for together in the order of asking: who waits for a lock reads what was written under it", async () => {
    const { store } = opened;
    const { key } = testCluster("ordered");
    const locked = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const writer = store.transaction(async (tx) => {
      await store.lockCluster(key, tx);
      locked.resolve();
      await release.promise;
      await store.operations.insert(anOperation("ordered-op", key), tx);
    });
    await locked.promise;
    const reader = store.transaction((tx) => together(store.lockCluster(key, tx), store.operations.listOpen(key, tx)));
    // It is waiting for the lock when the database says so.
    for (;;) {
      const { rows } = await opened.pool.query("select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()");
      if (rows.length > 0) break;
    }
    release.resolve();
    await writer;
    const [, open] = await reader;
    expect(open.map(({ id }) => id)).toEqual(["ordered-op"]);
  });

  it("gives a connection that ended without a word the code of a lost connection", async () => {
    const { store } = opened;
    const { key } = testCluster("wordless");
    const lost = store.transaction(async (tx) => {
      const client = transactionClient(tx);
      if (!("connection" in client)) throw new Error("the client has no connection to break");
      // The library's own connection object, broken as a vanished server breaks it.
      (client.connection as { stream: { destroy(): void } }).stream.destroy();
      await store.lockCluster(key, tx);
    });
    await expect(lost).rejects.toMatchObject({ code: "08006" });
  });
});
