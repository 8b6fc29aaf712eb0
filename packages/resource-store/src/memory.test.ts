// The memory store holds what PostgreSQL's holds, and beyond it what a simulation needs: faults at the commit,
// a queue and leases, simulated waiting, and the same turns in every run.
import { describe, expect, it } from "vitest";
import { setTimeout as sleep } from "node:timers/promises";
import { type Clock, operationId, planId, stepId } from "@cynosure/model";
import type { Store } from "./index.ts";
import { anOperation, aPlan, aResource, createMemoryDatabase, describeStore, type MemoryDatabase, openMemoryStore, testCluster } from "./testkit/index.ts";

const systemClock: Clock = { now: () => Date.now(), sleep: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }) };

describeStore("the memory store", () => {
  const database = createMemoryDatabase({ clock: systemClock });
  return Promise.resolve({
    store: openMemoryStore(database),
    enqueued: () => database.queue.list().map((step) => `${step.planId}/${step.stepId}`),
    openAgain: (options) => Promise.resolve(openMemoryStore(database, options)),
    close: () => Promise.resolve(),
  });
});

/** Stands still until told to move. */
function stillClock(): Clock & { advance(ms: number): Promise<void> } {
  let nowMs = 1_000;
  let sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  return {
    now: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        sleepers.push({ at: nowMs + ms, wake: resolve });
        signal?.addEventListener("abort", () => reject(new Error("aborted")));
      }),
    async advance(ms) {
      nowMs += ms;
      const due = sleepers.filter((sleeper) => sleeper.at <= nowMs);
      sleepers = sleepers.filter((sleeper) => sleeper.at > nowMs);
      for (const sleeper of due) sleeper.wake();
      await sleep(0);
    },
  };
}

const startPlan = (store: Store, name: string, steps: Record<string, string[]>): Promise<void> => {
  const { key } = testCluster(name);
  return store.transaction(async (tx) => {
    await store.operations.insert(anOperation(`${name}-op`, key), tx);
    await store.plans.start(aPlan(name, key, steps), { steps: [] }, operationId(`${name}-op`), tx);
  });
};

describe("what a simulation needs of the memory store", () => {
  it("undoes a transaction whose commit fails, and keeps one whose answer is lost", async () => {
    const database = createMemoryDatabase({ clock: stillClock() });
    let fault: "before" | "after" | null = null;
    const fail = (when: "before" | "after"): void => {
      if (fault !== when) return;
      fault = null;
      throw new Error(`fault ${when} commit`);
    };
    const store = openMemoryStore(database, { faults: { beforeCommit: () => fail("before"), afterCommit: () => fail("after") } });
    fault = "before";
    await expect(startPlan(store, "undone", { a: [] })).rejects.toThrow("fault before commit");
    expect([await store.plans.status(planId("undone")), database.queue.list()]).toEqual([null, []]);
    fault = "after";
    await expect(startPlan(store, "kept", { a: [] })).rejects.toThrow("fault after commit");
    expect(await store.plans.status(planId("kept"))).toBe("Running");
    expect(database.queue.list().map((step) => step.stepId)).toEqual(["a"]);
    fault = "before";
    await expect(store.vault.putOutput(testCluster("undone").key, "x", "y")).rejects.toThrow("fault before commit");
    expect(await store.vault.readOutput(testCluster("undone").key, "x")).toBeNull();
  });

  it("throws as PostgreSQL being away does, and undoes the transaction it went away in even when it comes back", async () => {
    const database = createMemoryDatabase({ clock: stillClock() });
    let isReachable = true;
    const store = openMemoryStore(database, { faults: { isReachable: () => isReachable } });
    const work = store.transaction(async (tx) => {
      await store.resources.put(aResource("Gone"), { kind: "none" }, tx);
      isReachable = false;
      await store.resources.get(aResource("Gone").key, tx).catch(() => undefined);
      isReachable = true;
    });
    await expect(work).rejects.toThrow(/not committed/);
    isReachable = false;
    await expect(store.resources.get(aResource("Gone").key)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await expect(store.transaction(() => Promise.resolve())).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await expect(store.plans.raiseEpoch(testCluster("gone").key)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    isReachable = true;
    expect(await store.resources.get(aResource("Gone").key)).toBeNull();
  });

  it("asks again for a transaction that met another one, as for PostgreSQL's serialisation failures", async () => {
    let left = 2;
    const meet = (): void => {
      if ((left -= 1) >= 0) throw Object.assign(new Error("could not serialize access"), { code: "40001" });
    };
    const store = openMemoryStore(createMemoryDatabase({ clock: stillClock() }), { faults: { beforeCommit: meet } });
    await startPlan(store, "met", { a: [] });
    expect(await store.plans.status(planId("met"))).toBe("Running");
  });

  it("queues a step once, gives it to one executor, and gives back what a dead one had claimed, in its old place", async () => {
    const database = createMemoryDatabase({ clock: stillClock() });
    const store = openMemoryStore(database);
    let changes = 0;
    database.queue.onChange(() => (changes += 1));
    await startPlan(store, "queued", { a: [], b: [], c: ["a"] });
    await store.transaction(async (tx) => {
      await Promise.resolve();
      database.queue.enqueue(planId("queued"), stepId("a"), tx);
    });
    expect(changes).toBe(1);
    const { queue, leases } = database;
    expect([queue.claimNext("cp-1")?.stepId, queue.claimNext("cp-2")?.stepId, queue.claimNext("cp-1")]).toEqual(["a", "b", null]);
    expect([leases.take("cp-1"), leases.take("cp-1", "cp-2"), leases.isHeld("cp-1")]).toEqual([true, false, true]);
    leases.releaseAllOf("cp-1");
    expect([leases.isHeld("cp-1"), leases.take("cp-1", "cp-2")]).toEqual([false, true]);
    expect(queue.executors()).toEqual(["cp-1", "cp-2"]);
    expect(queue.giveBack("cp-1").map((step) => step.stepId)).toEqual(["a"]);
    expect(queue.end(planId("queued"), stepId("a"), "cp-1")).toBe(false);
    expect(queue.claimNext("cp-2")?.stepId).toBe("a");
    expect(queue.end(planId("queued"), stepId("a"), "cp-2")).toBe(true);
    await store.steps.complete(planId("queued"), stepId("a"));
    expect(queue.claimNext("cp-2")?.stepId).toBe("c");
  });

  it("waits by the given clock only, and hears of nothing while it is cut off", async () => {
    const clock = stillClock();
    const database = createMemoryDatabase({ clock });
    let isReachable = true;
    const store = openMemoryStore(database, { faults: { isReachable: () => isReachable } });
    const other = openMemoryStore(database);
    const settled: string[] = [];
    const wait = (name: string, ms: number): Promise<void> => store.hosts.waitForChange("cluster:x", ms).then(() => void settled.push(name));
    const waits = [wait("short", 10), wait("long", 500)];
    await clock.advance(10);
    expect(settled).toEqual(["short"]);
    await clock.advance(490);
    expect(settled).toEqual(["short", "long"]);
    isReachable = false;
    waits.push(wait("cut off", 60_000));
    await clock.advance(999);
    expect(settled).toHaveLength(2);
    await clock.advance(1);
    expect(settled).toEqual(["short", "long", "cut off"]);
    isReachable = true;
    waits.push(wait("heard", 60_000));
    await other.observations.putHealth(testCluster("y").key, null);
    await sleep(0);
    expect(settled).toHaveLength(3);
    await other.vault.forgetCluster("x" as ReturnType<typeof testCluster>["key"]); // any key serves
    await Promise.all(waits);
    expect(settled).toHaveLength(4);
  });

  it("names a transaction opened inside another one instead of waiting for ever", async () => {
    const store = openMemoryStore(createMemoryDatabase({ clock: stillClock() }));
    await expect(store.transaction(() => store.plans.raiseEpoch(testCluster("inner").key))).rejects.toThrow(/inside another one/);
    expect(await store.plans.raiseEpoch(testCluster("inner").key)).toBe(2);
  });

  it("takes the same turns in every run", async () => {
    const trace = async (): Promise<readonly string[]> => {
      const turns: string[] = [];
      const database: MemoryDatabase = createMemoryDatabase({ clock: stillClock() });
      const stores = ["cp-1", "cp-2", "cp-3"].map((name) => ({ name, store: openMemoryStore(database) }));
      await startPlan(openMemoryStore(database), "turns", Object.fromEntries(["a", "b", "c", "d", "e", "f"].map((step, index) => [step, index < 4 ? [] : ["a", "b", "c", "d"]])));
      await Promise.all(
        stores.map(async ({ name, store }) => {
          for (let step = database.queue.claimNext(name); step !== null; step = database.queue.claimNext(name)) {
            await store.steps.begin(step.planId, step.stepId);
            const put = await store.resources.put(aResource(`R-${step.stepId}`), { kind: "none" });
            await store.steps.complete(step.planId, step.stepId);
            turns.push(`${name} ${step.stepId} ${put.ok ? put.resource.etag : ""}`);
          }
        }),
      );
      return turns;
    };
    const first = await trace();
    expect(first.length).toBeGreaterThanOrEqual(4);
    expect(await trace()).toEqual(first);
  });
});
