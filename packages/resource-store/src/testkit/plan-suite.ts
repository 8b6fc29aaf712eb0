// Conformance cases of plans and their steps: target by compare-and-set, readiness, ends, fencing.
import { expect, it } from "vitest";
import { type ClusterKey, operationId, type Plan, planId, type PlanStepStatus, resourceKey, stepId } from "@cynosure/model";
import type { Store } from "../port.ts";
import { anOperation, aPlan, aResource, testCluster } from "./samples.ts";
import type { GetStore } from "./store-suite.ts";

async function start(store: Store, plan: Plan, operation: string, kind: "create" | "delete" = "create"): Promise<void> {
  await store.transaction(async (tx) => {
    await store.lockCluster(plan.clusterKey, tx);
    await store.operations.insert(anOperation(operation, plan.clusterKey, { kind }), tx);
    await store.plans.start(plan, { steps: [] }, operationId(operation), tx);
  });
}

async function statuses(store: Store, id: string): Promise<Record<string, PlanStepStatus>> {
  return Object.fromEntries((await store.plans.stepStates(planId(id))).map((step) => [step.stepId, step.status]));
}

async function run(store: Store, plan: string, step: string): Promise<void> {
  await store.steps.begin(planId(plan), stepId(step));
  await store.steps.complete(planId(plan), stepId(step));
}

/** A cluster resource in the state in which a change leaves it while it runs. */
async function putCluster(store: Store, name: string): Promise<ClusterKey> {
  await store.resources.put(aResource(name, { provisioningState: "Provisioning" }), { kind: "none" });
  return testCluster(name).key;
}

export function describePlans(get: GetStore): void {
  const queuedOf = (plan: string): string[] => get().enqueued().filter((each) => each.startsWith(`${plan}/`)).map((each) => each.slice(plan.length + 1));

  it("STO-20 starting a plan makes it the target and queues exactly the steps without predecessors", async () => {
    const { store } = get();
    const { key } = testCluster("start");
    await start(store, aPlan("start-1", key, { a: [], b: [], c: ["a", "b"] }), "start-op");
    expect((await store.plans.target(key))?.plan.id).toBe("start-1");
    expect(queuedOf("start-1")).toEqual(["a", "b"]);
    expect(await statuses(store, "start-1")).toEqual({ a: "ready", b: "ready", c: "pending" });
    expect(await store.operations.get(operationId("start-op"))).toMatchObject({ status: "Running", planId: "start-1", percentComplete: 0 });
  });

  it("STO-21 a plan whose parent is not the target is refused and leaves nothing", async () => {
    const { store } = get();
    const { key } = testCluster("parent");
    await expect(start(store, aPlan("parent-x", key, { a: [] }, { parentId: planId("unknown") }), "parent-op")).rejects.toMatchObject({ code: "PlanParentIsNotTarget" });
    expect(await store.plans.get(planId("parent-x"))).toBeNull();
    expect(await store.operations.get(operationId("parent-op"))).toBeNull();
  });

  it("STO-22 of two plans made from the same parent at once exactly one starts", async () => {
    const { store } = get();
    const { key } = testCluster("race");
    const ends = await Promise.allSettled(["race-1", "race-2"].map((id) => start(store, aPlan(id, key, { a: [] }), `${id}-op`)));
    expect(ends.map((end) => end.status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });

  it("STO-23 a second plan waits for the first: a running target is not replaced", async () => {
    const { store } = get();
    const { key } = testCluster("busy");
    await start(store, aPlan("busy-1", key, { a: [] }), "busy-op-1");
    const next = aPlan("busy-2", key, { a: [] }, { parentId: planId("busy-1"), generation: 2 });
    await expect(start(store, next, "busy-op-2")).rejects.toMatchObject({ code: "AnotherOperationInProgress" });
    await run(store, "busy-1", "a");
    await start(store, next, "busy-op-3");
    expect((await store.plans.target(key))?.plan.id).toBe("busy-2");
    expect((await store.plans.list(key, 10)).map((record) => record.plan.id)).toEqual(["busy-2", "busy-1"]);
  });

  it("STO-24 a step becomes ready with its last predecessor, and completing twice changes nothing", async () => {
    const { store } = get();
    const { key } = testCluster("order");
    await start(store, aPlan("order-1", key, { a: [], b: [], c: ["a", "b"], d: ["c"] }), "order-op");
    expect(await store.steps.begin(planId("order-1"), stepId("c"))).toMatchObject({ proceed: false });
    await run(store, "order-1", "a");
    await store.steps.complete(planId("order-1"), stepId("a"));
    expect(await statuses(store, "order-1")).toMatchObject({ a: "done", b: "ready", c: "pending" });
    await run(store, "order-1", "b");
    expect(await statuses(store, "order-1")).toMatchObject({ c: "ready", d: "pending" });
    expect(queuedOf("order-1")).toEqual(["a", "b", "c"]);
    expect((await store.operations.get(operationId("order-op")))?.percentComplete).toBe(50);
    expect(await store.steps.begin(planId("order-1"), stepId("a"))).toMatchObject({ proceed: false });
  });

  it("STO-25 predecessors completed at the same moment release their successor once", async () => {
    const { store } = get();
    const { key } = testCluster("together");
    const names = Array.from({ length: 12 }, (_, index) => `p${index}`);
    await start(store, aPlan("together-1", key, { ...Object.fromEntries(names.map((name) => [name, []])), last: names }), "together-op");
    await Promise.all(names.map((name) => run(store, "together-1", name)));
    expect(queuedOf("together-1").filter((name) => name === "last")).toEqual(["last"]);
    expect(await statuses(store, "together-1")).toMatchObject({ last: "ready" });
  });

  it("STO-26 the last step ends plan, operation and resource together", async () => {
    const { store } = get();
    const key = await putCluster(store, "Ending");
    const before = await store.resources.get(aResource("Ending").key);
    await start(store, aPlan("ending-1", key, { a: [] }), "ending-op");
    await run(store, "ending-1", "a");
    expect(await store.plans.get(planId("ending-1"))).toMatchObject({ status: "Succeeded" });
    expect(await store.operations.get(operationId("ending-op"))).toMatchObject({ status: "Succeeded", percentComplete: 100, error: null });
    const after = await store.resources.get(aResource("Ending").key);
    expect(after?.provisioningState).toBe("Succeeded");
    expect(after?.etag).not.toBe(before?.etag);
    // What the plan still has on its way is refused from here on, as after one that failed.
    expect(await store.plans.epoch(key)).toBe(2);
  });

  it("STO-27 a failed step cancels what has not begun, fails plan, operation and resource, and raises the epoch", async () => {
    const { store } = get();
    const key = await putCluster(store, "Failing");
    await start(store, aPlan("failing-1", key, { a: [], b: [], c: ["a"] }), "failing-op");
    await store.steps.begin(planId("failing-1"), stepId("a"));
    await store.steps.begin(planId("failing-1"), stepId("b"));
    const epoch = await store.plans.epoch(key);
    await store.steps.fail(planId("failing-1"), stepId("a"), { code: "Broken", message: "host-1 has no disk" });
    expect(await statuses(store, "failing-1")).toEqual({ a: "failed", b: "running", c: "canceled" });
    expect(await store.operations.get(operationId("failing-op"))).toMatchObject({ status: "Failed", error: { code: "Broken", message: "host-1 has no disk" } });
    expect((await store.resources.get(aResource("Failing").key))?.provisioningState).toBe("Failed");
    expect(await store.plans.epoch(key)).toBe(epoch + 1);
    expect(await store.steps.begin(planId("failing-1"), stepId("b"))).toMatchObject({ proceed: false });
    expect(await statuses(store, "failing-1")).toMatchObject({ b: "canceled" });
  });

  it("STO-28 a deleted cluster leaves no resource, no child and no target", async () => {
    const { store } = get();
    const key = await putCluster(store, "Leaving");
    const child = aResource("Leaving", { key: resourceKey(`${aResource("Leaving").key}/filesystems/home`), type: "Cynosure.Storage/clusters/fileSystems" });
    await store.resources.put(child, { kind: "none" });
    await store.resources.put(aResource("Leaving2"), { kind: "none" });
    const plan = aPlan("leaving-1", key, { a: [] });
    await start(store, { ...plan, policy: { ...plan.policy, presence: "absent" } }, "leaving-op", "delete");
    await run(store, "leaving-1", "a");
    expect(await store.resources.get(aResource("Leaving").key)).toBeNull();
    expect(await store.resources.get(child.key)).toBeNull();
    expect(await store.resources.get(aResource("Leaving2").key)).not.toBeNull();
    expect(await store.plans.target(key)).toBeNull();
    await start(store, aPlan("leaving-2", key, { a: [] }), "leaving-op-2");
  });

  it("STO-29 notes, attempts and the time a step began survive, and unfinished steps are found", async () => {
    const { store, openAgain } = get();
    const { key } = testCluster("notes");
    await start(store, aPlan("notes-1", key, { a: [], b: ["a"] }), "notes-op");
    const first = await store.steps.begin(planId("notes-1"), stepId("a"));
    await store.steps.note(planId("notes-1"), stepId("a"), { waitingOn: "the agent of host-1", attempts: 2 });
    const again = await (await openAgain()).steps.begin(planId("notes-1"), stepId("a"));
    expect(again).toEqual({ proceed: true, attempts: 2, startedAtMs: first.startedAtMs });
    expect((await store.plans.stepStates(planId("notes-1")))[0]).toMatchObject({ waitingOn: "the agent of host-1", attempts: 2, status: "running" });
    const unfinished = (await store.steps.listUnfinished(1_000)).filter((each) => each.planId === "notes-1");
    expect(unfinished).toEqual([{ planId: "notes-1", stepId: "a" }]);
  });

  it("STO-30 a plan that could never finish is refused before anything is stored", async () => {
    const { store } = get();
    const { key } = testCluster("unsound");
    await expect(start(store, aPlan("unsound-1", key, { a: ["ghost"] }), "unsound-op")).rejects.toThrow(/a -> ghost/);
    expect(await store.plans.target(key)).toBeNull();
  });

  it("STO-31 a plan without steps ends at once", async () => {
    const { store } = get();
    const key = await putCluster(store, "Empty");
    await start(store, aPlan("empty-1", key, {}), "empty-op");
    expect(await store.operations.get(operationId("empty-op"))).toMatchObject({ status: "Succeeded", percentComplete: 100 });
  });

  describePlanEnds(get);
}

function describePlanEnds(get: GetStore): void {
  it("STO-32 the hook runs in the transaction that ends a plan; when it throws, its writes are undone and the plan ends all the same", async () => {
    const { openAgain } = get();
    const { key } = testCluster("hook");
    const errors: string[] = [];
    let turn = 0;
    const store: Store = await openAgain({
      async onPlanFinished(tx, cluster) {
        turn += 1;
        expect(cluster).toBe(key);
        expect(await store.plans.target(cluster, tx)).toMatchObject({ status: turn === 1 ? "Failed" : "Succeeded" });
        await store.operations.insert(anOperation(`hook-queued-${turn}`, cluster), tx);
        if (turn === 1) throw new Error("no plan fits");
      },
      onHookError: (error) => errors.push(String(error)),
    });
    await start(store, aPlan("hook-1", key, { a: [] }), "hook-op-1");
    await store.steps.fail(planId("hook-1"), stepId("a"), { code: "Broken", message: "no" });
    expect(await store.plans.status(planId("hook-1"))).toBe("Failed");
    expect(await store.operations.get(operationId("hook-queued-1"))).toBeNull();
    expect(errors).toEqual(["Error: no plan fits"]);
    await start(store, aPlan("hook-2", key, { a: [] }, { parentId: planId("hook-1"), generation: 2 }), "hook-op-2");
    await run(store, "hook-2", "a");
    expect(await store.operations.get(operationId("hook-queued-2"))).toMatchObject({ status: "Accepted" });
  });

  it("STO-33 a statement that fails in the hook does not keep the plan from ending either", async () => {
    const { openAgain } = get();
    const { key } = testCluster("hook-broken");
    const errors: unknown[] = [];
    const store: Store = await openAgain({
      async onPlanFinished(tx, cluster) {
        await store.operations.insert(anOperation("hook-broken-op", cluster), tx).catch(() => undefined);
      },
      onHookError: (error) => errors.push(error),
    });
    await start(store, aPlan("hook-broken-1", key, { a: [] }), "hook-broken-op");
    await run(store, "hook-broken-1", "a");
    expect(await store.plans.status(planId("hook-broken-1"))).toBe("Succeeded");
    expect(errors).toHaveLength(1);
  });

  it("STO-34 the hook may start the next plan of the cluster at once", async () => {
    const { openAgain } = get();
    const { key } = testCluster("hook-next");
    const store: Store = await openAgain({
      async onPlanFinished(tx, cluster) {
        if ((await store.plans.targetId(cluster, tx)) !== "hook-next-1") return;
        await store.plans.start(aPlan("hook-next-2", cluster, { b: [] }, { parentId: planId("hook-next-1"), generation: 2 }), { steps: [] }, operationId("hook-next-op"), tx);
      },
    });
    await start(store, aPlan("hook-next-1", key, { a: [] }), "hook-next-op");
    await run(store, "hook-next-1", "a");
    expect(await store.plans.status(planId("hook-next-2"))).toBe("Running");
    expect(await statuses(store, "hook-next-2")).toEqual({ b: "ready" });
    expect(get().enqueued()).toContain("hook-next-2/b");
  });

  it("STO-35 a step that ends after its plan has ended changes neither the plan nor what waits behind it", async () => {
    const { store } = get();
    const { key } = testCluster("late");
    await start(store, aPlan("late-1", key, { a: [], b: [], c: ["b"] }), "late-op");
    for (const step of ["a", "b"]) await store.steps.begin(planId("late-1"), stepId(step));
    await store.steps.fail(planId("late-1"), stepId("a"), { code: "First", message: "1" });
    await store.steps.complete(planId("late-1"), stepId("b"));
    expect(await statuses(store, "late-1")).toEqual({ a: "failed", b: "done", c: "canceled" });
    const epoch = await store.plans.epoch(key);
    await store.steps.fail(planId("late-1"), stepId("b"), { code: "Second", message: "2" });
    expect(await store.plans.epoch(key)).toBe(epoch);
    expect(await store.operations.get(operationId("late-op"))).toMatchObject({ status: "Failed", error: { code: "First" } });
    expect((await store.steps.listUnfinished(1_000)).filter((each) => each.planId === "late-1")).toEqual([]);
  });

  it("STO-36 an epoch raised in a transaction that is undone was not raised", async () => {
    const { store } = get();
    const { key } = testCluster("unraised");
    await expect(store.transaction(async (tx) => {
      expect(await store.plans.raiseEpoch(key, tx)).toBe(2);
      throw new Error("undo");
    })).rejects.toThrow("undo");
    expect(await store.plans.epoch(key)).toBe(1);
    expect(await Promise.all([store.plans.raiseEpoch(key), store.plans.raiseEpoch(key)]).then((epochs) => epochs.toSorted())).toEqual([2, 3]);
  });

  it("STO-37 a step that is not known, or of a plan that is not known, is answered without harm", async () => {
    const { store } = get();
    const ghost = [planId("ghost"), stepId("a")] as const;
    expect(await store.steps.begin(...ghost)).toEqual({ proceed: false, attempts: 0, startedAtMs: 0 });
    await store.steps.note(...ghost, { waitingOn: "x", attempts: 1 });
    await store.steps.complete(...ghost);
    await store.steps.fail(...ghost, { code: "X", message: "y" });
    expect(await store.plans.stepStates(planId("ghost"))).toEqual([]);
    expect(await store.plans.status(planId("ghost"))).toBeNull();
  });

  it("STO-38 watchers of a plan and of its cluster hear of its end", async () => {
    const { store, openAgain } = get();
    const { key } = testCluster("end-heard");
    await start(store, aPlan("end-heard-1", key, { a: [] }), "end-heard-op");
    const other = await openAgain();
    const watches = [other.watchChanges("plan:end-heard-1"), other.watchChanges(`cluster:${key}`)];
    const begunAt = performance.now();
    await run(store, "end-heard-1", "a");
    await Promise.all(watches.map((watch) => watch.wait(20_000)));
    expect(performance.now() - begunAt).toBeLessThan(10_000);
    watches.forEach((watch) => watch.close());
  });

  it("STO-45 a canceled plan: what has not begun is canceled, what has begun is when it looks, plan, operation and resource end Canceled, and the epoch is raised", async () => {
    const { store } = get();
    const key = await putCluster(store, "Canceling");
    await start(store, aPlan("canceling-1", key, { a: [], b: [], c: ["a"] }), "canceling-op");
    await store.steps.begin(planId("canceling-1"), stepId("b"));
    const epoch = await store.plans.epoch(key);
    const cancel = (): Promise<boolean> =>
      store.transaction(async (tx) => {
        await store.lockCluster(key, tx);
        return store.plans.cancel(planId("canceling-1"), { code: "OperationCanceled", message: "on request" }, tx);
      });
    expect(await cancel()).toBe(true);
    expect(await statuses(store, "canceling-1")).toEqual({ a: "canceled", b: "running", c: "canceled" });
    expect(await store.plans.get(planId("canceling-1"))).toMatchObject({ status: "Canceled" });
    expect(await store.operations.get(operationId("canceling-op"))).toMatchObject({ status: "Canceled", error: { code: "OperationCanceled", message: "on request" } });
    expect((await store.resources.get(aResource("Canceling").key))?.provisioningState).toBe("Canceled");
    expect(await store.plans.epoch(key)).toBe(epoch + 1);
    // Its last call came back after all: that releases nothing.
    await store.steps.complete(planId("canceling-1"), stepId("b"));
    expect(await statuses(store, "canceling-1")).toEqual({ a: "canceled", b: "done", c: "canceled" });
    expect(await cancel()).toBe(false);
    expect(await store.plans.epoch(key)).toBe(epoch + 1);
  });

  /** More than a day before the zero of any test clock. */
  const LONG_AGO_MS = -1e12;

  it("STO-46 ended operations stay for a day, and the newest fifty longer; of more than a thousand the oldest go at once", async () => {
    const { store } = get();
    const { key } = testCluster("asked-for");
    const insert = (id: string, finishedAtMs: number): Promise<void> => store.transaction((tx) => store.operations.insert({ ...anOperation(id, key), status: "Succeeded", finishedAtMs }, tx));
    await start(store, aPlan("asked-1", key, { a: [] }), "asked-op-1");
    await run(store, "asked-1", "a");
    await insert("young-but-first", Number.MAX_SAFE_INTEGER);
    for (let n = 1; n <= 60; n += 1) await insert(`old-${n}`, LONG_AGO_MS);
    await start(store, aPlan("asked-2", key, { a: [] }, { parentId: planId("asked-1"), generation: 2 }), "asked-op-2");
    const kept = (await store.operations.list(key, 2_000)).map((each) => String(each.id));
    expect(kept.filter((id) => id.startsWith("old"))).toEqual(Array.from({ length: 50 }, (_, index) => `old-${60 - index}`));
    expect(kept).toContain("young-but-first");
    await run(store, "asked-2", "a");
    for (let n = 1; n <= 1_010; n += 1) await insert(`young-${n}`, Number.MAX_SAFE_INTEGER);
    await start(store, aPlan("asked-3", key, { a: [] }, { parentId: planId("asked-2"), generation: 3 }), "asked-op-3");
    const ended = (await store.operations.list(key, 2_000)).filter((each) => each.finishedAtMs !== null).map((each) => String(each.id));
    expect([ended.length, ended.at(-1)]).toEqual([1_000, "young-11"]);
    await run(store, "asked-3", "a");
  }, 60_000);

  it("STO-47 operations that have no plan are dropped on request by the same rule, and those of others are not", async () => {
    const { store } = get();
    const [{ key }, other] = [testCluster("planless"), testCluster("planless-other")];
    const insert = (id: string, finishedAtMs: number | null, of = key): Promise<void> => store.transaction((tx) => store.operations.insert({ ...anOperation(id, of), status: finishedAtMs === null ? "Running" : "Succeeded", finishedAtMs }, tx));
    await insert("planless-young", Number.MAX_SAFE_INTEGER);
    await insert("planless-running", null);
    await insert("planless-of-another", LONG_AGO_MS, other.key);
    for (let n = 1; n <= 52; n += 1) await insert(`planless-${n}`, LONG_AGO_MS);
    await store.transaction((tx) => store.operations.dropEnded(key, tx));
    expect((await store.operations.list(key, 100)).map((each) => String(each.id))).toEqual([...Array.from({ length: 50 }, (_, index) => `planless-${52 - index}`), "planless-running", "planless-young"]);
    expect(await store.operations.get(operationId("planless-of-another"))).not.toBeNull();
  });

  it("STO-39 of a cluster's past the newest fifty ended plans are kept, and of another's nothing is dropped", async () => {
    const { store } = get();
    const { key } = testCluster("past");
    await start(store, aPlan("past-other", testCluster("past-other").key, { a: [] }), "past-other-op");
    await run(store, "past-other", "a");
    const plans = 53;
    for (let n = 1; n <= plans; n += 1) {
      await start(store, aPlan(`past-${n}`, key, { a: [] }, { parentId: n === 1 ? null : planId(`past-${n - 1}`), generation: n }), `past-op-${n}`);
      if (n < plans) await run(store, `past-${n}`, "a");
    }
    const kept = (await store.plans.list(key, 1_000)).map((record) => record.plan.id);
    expect(kept).toEqual(Array.from({ length: 51 }, (_, index) => `past-${plans - index}`));
    // All of these ended just now: clients may still ask for them.
    expect((await store.operations.list(key, 1_000)).map((each) => each.id)).toEqual(Array.from({ length: plans }, (_, index) => `past-op-${plans - index}`));
    expect([await store.plans.status(planId("past-2")), await store.plans.stepStates(planId("past-2"))]).toEqual([null, []]);
    expect(await store.plans.stepStates(planId("past-3"))).toHaveLength(1);
    expect(await store.plans.status(planId("past-other"))).toBe("Succeeded");
    await run(store, `past-${plans}`, "a");
    expect(await store.plans.target(key)).toMatchObject({ status: "Succeeded" });
  }, 60_000);
}
