// Conformance cases of what a write of a cluster needs: the lock that tells a name never heard of, the write with
// its audit row and operation, and its planning as work of the queue.
import { expect, it } from "vitest";
import { resourceKey } from "@cynosure/model";
import type { AuditRow, PutOutcome, RecordedChange } from "../port.ts";
import { PLANNING } from "../rules/planning-work.ts";
import { together } from "../together.ts";
import { anOperation, aResource, testCluster } from "./samples.ts";
import type { GetStore } from "./store-suite.ts";

const anAuditRow = (name: string): AuditRow => ({ atMs: 1_000, principal: "ada", correlationId: `change-${name}`, action: "Cynosure.Storage/clusters/write", resourceId: testCluster(name).id, beforeSha256: null, afterSha256: "00" });
const aChange = (name: string, more: Partial<RecordedChange> = {}): RecordedChange => ({ resource: aResource(name), condition: { kind: "mustNotExist" }, audit: anAuditRow(name), operation: anOperation(`change-${name}`, testCluster(name).key), isPlannedNext: false, ...more });

export function describeChanges(get: GetStore): void {
  const isNew = (name: string): Promise<boolean> => get().store.transaction(async (tx) => (await get().store.lockCluster(testCluster(name).key, tx)).isNew);
  const record = (change: RecordedChange): Promise<PutOutcome> => get().store.transaction((tx) => get().store.recordChange(change, tx));
  const auditCount = async (name: string): Promise<number> => (await get().store.audit.list({ correlationId: `change-${name}`, limitMax: 10 })).length;

  it("STO-90 the first lock of a cluster tells that nothing was recorded of it; every later one, and one of a name that has a resource, does not", async () => {
    expect(await isNew("NeverHeardOf")).toBe(true);
    expect(await isNew("NeverHeardOf")).toBe(false);
    await get().store.resources.put(aResource("OnlyARow"), { kind: "none" });
    expect(await isNew("OnlyARow")).toBe(false);
  });

  it("STO-91 a first lock that is undone was none, and of two at once one alone is the first", async () => {
    const { store } = get();
    const { key } = testCluster("Undone");
    await expect(store.transaction(async (tx) => {
      expect(await store.lockCluster(key, tx)).toMatchObject({ isNew: true });
      throw new Error("undo");
    })).rejects.toThrow("undo");
    expect((await Promise.all(Array.from({ length: 6 }, () => isNew("Undone")))).filter(Boolean)).toHaveLength(1);
  });

  it("STO-92 whoever waited for a first lock holds the cluster alone, and reads what was written under it", async () => {
    const { store } = get();
    const { key } = testCluster("FirstOfTwo");
    const { promise: isLocked, resolve: sayLocked } = Promise.withResolvers<void>();
    const second = isLocked.then(() => store.transaction((tx) => together(store.lockCluster(key, tx), store.operations.listOpen(key, tx))));
    await store.transaction(async (tx) => {
      await store.lockCluster(key, tx);
      sayLocked();
      for (let turn = 0; turn < 10; turn += 1) await store.resources.get(resourceKey(key), tx);
      await store.operations.insert(anOperation("first-of-two", key), tx);
    });
    const [lock, open] = await second;
    expect(lock).toMatchObject({ isNew: false });
    expect(open.map(({ id }) => id)).toEqual(["first-of-two"]);
  });

  it("STO-93 a change that is recorded comes back whole, with its operation and its audit row, and watchers hear of it", async () => {
    const { store } = get();
    const change = aChange("Recorded", { resource: aResource("Recorded", { location: null, tags: { Team: "x" }, properties: { b: 1, a: "ü'\"" } }) });
    const watch = store.watchChanges(`cluster:${testCluster("Recorded").key}`);
    expect(await record(change)).toMatchObject({ ok: true, created: true, resource: change.resource });
    await watch.wait(30_000);
    watch.close();
    const stored = await store.resources.get(change.resource.key);
    expect(stored).toMatchObject(change.resource);
    expect(Object.keys(stored?.properties ?? {})).toEqual(["b", "a"]);
    expect(await store.operations.listOpen(testCluster("Recorded").key)).toEqual([change.operation]);
    expect(await store.audit.list({ correlationId: "change-Recorded", limitMax: 10 })).toMatchObject([{ principal: "ada", resourceId: testCluster("Recorded").id, beforeSha256: null, afterSha256: "00" }]);
  });

  it("STO-94 where the condition does not hold nothing is recorded: no operation, no audit row", async () => {
    const { store } = get();
    const before = await store.resources.put(aResource("Refused", { tags: { is: "as it was" } }), { kind: "none" });
    expect(await record(aChange("Refused"))).toMatchObject({ ok: false, current: { tags: { is: "as it was" } } });
    expect(await record(aChange("Refused", { condition: { kind: "etag", etag: "another" } }))).toMatchObject({ ok: false, current: { tags: { is: "as it was" } } });
    expect(await record(aChange("Refused", { condition: { kind: "etag", etag: "another" }, operation: null }))).toMatchObject({ ok: false });
    expect(await record(aChange("RefusedToo", { condition: { kind: "etag", etag: "another" } }))).toEqual({ ok: false, current: null });
    expect(await store.resources.get(aResource("Refused").key)).toEqual(before.ok ? before.resource : null);
    expect([await store.operations.listOpen(testCluster("Refused").key), await auditCount("Refused"), await auditCount("RefusedToo")]).toEqual([[], 0, 0]);
  });

  it("STO-95 a change of what is there replaces it under its etag, and gets a new one", async () => {
    const { store } = get();
    const first = await record(aChange("Replaced", { operation: null }));
    if (!first.ok) throw new Error("not recorded");
    expect(await store.operations.listOpen(testCluster("Replaced").key)).toEqual([]);
    const { etag } = first.resource;
    const second = await record(aChange("Replaced", { resource: aResource("Replaced", { tags: { is: "new" } }), condition: { kind: "etag", etag } }));
    expect(second).toMatchObject({ ok: true, created: false, resource: { tags: { is: "new" } } });
    expect(await store.resources.get(aResource("Replaced").key)).toEqual(second.ok ? second.resource : null);
    expect(second.ok && second.resource.etag !== etag).toBe(true);
    expect([(await store.operations.listOpen(testCluster("Replaced").key)).length, await auditCount("Replaced")]).toEqual([1, 2]);
  });

  it("STO-97 many enter a resource at once; who locks it out waits for them, and who comes after finds what was written under that lock", async () => {
    const { store } = get();
    const { key } = aResource("Entered");
    await store.resources.put(aResource("Entered"), { kind: "none" });
    const order: string[] = [];
    const { promise: isInside, resolve: sayInside } = Promise.withResolvers<void>();
    const { promise: isLockedOut, resolve: sayLockedOut } = Promise.withResolvers<void>();
    const lockedOut = isInside.then(() =>
      store.transaction(async (tx) => {
        const row = await store.resources.lockOut(key, tx);
        order.push("locked out");
        sayLockedOut();
        for (let turn = 0; turn < 10; turn += 1) await store.resources.get(key, tx);
        await store.resources.put({ ...aResource("Entered"), tags: { is: "closed" } }, { kind: "etag", etag: row?.etag ?? "" }, tx);
        order.push("written");
      }),
    );
    await store.transaction(async (tx) => {
      expect(await store.resources.enter(key, tx)).toMatchObject({ name: "Entered", tags: {} });
      sayInside();
      for (let turn = 0; turn < 10; turn += 1) await store.resources.get(key, tx);
      order.push("inside");
    });
    await isLockedOut;
    const after = await store.transaction((tx) => store.resources.enter(key, tx));
    order.push(`entered ${after?.tags["is"] ?? ""}`);
    await lockedOut;
    expect(order).toEqual(["inside", "locked out", "written", "entered closed"]);
    expect(await store.transaction((tx) => store.resources.enter(aResource("NotThere").key, tx))).toBeNull();
  });

  it("STO-96 the planning of an operation is queued under its own name", async () => {
    const { enqueued } = get();
    expect(await record(aChange("WaitsForPlan", { isPlannedNext: true }))).toMatchObject({ ok: true });
    expect(await record(aChange("PlannedByAnother"))).toMatchObject({ ok: true });
    expect(enqueued().filter((each) => each.endsWith(`/${PLANNING}`))).toEqual([`change-WaitsForPlan/${PLANNING}`]);
  });

  it("STO-98 a change that is recorded ends its transaction: nothing may be asked in it any more, and what was done before goes with it", async () => {
    const { store } = get();
    const [kept, lost] = [aResource("DoneBefore"), aResource("UndoneBefore")];
    await store.transaction(async (tx) => {
      await store.resources.put(kept, { kind: "none" }, tx);
      expect(await store.recordChange(aChange("Ends"), tx)).toMatchObject({ ok: true });
      await expect(store.resources.get(kept.key, tx)).rejects.toThrow(/transaction has ended/);
    });
    const answer = await store.transaction(async (tx) => {
      await store.resources.put(lost, { kind: "none" }, tx);
      return store.recordChange(aChange("Ends", { isPlannedNext: true }), tx);
    });
    expect(answer).toMatchObject({ ok: false, current: { name: "Ends" } });
    expect(await store.resources.get(kept.key)).toMatchObject({ name: "DoneBefore" });
    expect(await store.resources.get(lost.key)).toBeNull();
    expect([(await store.operations.listOpen(testCluster("Ends").key)).length, await auditCount("Ends")]).toEqual([1, 1]);
  });
}
