// Conformance suite of the resource store port: what every adapter must hold. The rule ids are the names
// of the cases; the cases of plans and steps are in plan-suite.ts, those of hosts and secrets in host-suite.ts.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clusterKey, hostId, operationId, planId, resourceKey } from "@cynosure/model";
import type { Store } from "../port.ts";
import type { OnPlanFinished } from "../rules/plan-finisher.ts";
import { describeAudit } from "./audit-suite.ts";
import { describeChanges } from "./change-suite.ts";
import { describeGatewayUsers } from "./gateway-user-suite.ts";
import { describeHosts } from "./host-suite.ts";
import { describeMetrics } from "./metrics-suite.ts";
import { describeNativeNames } from "./native-name-suite.ts";
import { describePlans } from "./plan-suite.ts";
import { describePortalSessions } from "./portal-suite.ts";
import { describeDeviceCodes, describePrincipals } from "./principal-suite.ts";
import { anOperation, aPlan, aResource, testCluster } from "./samples.ts";

export interface HookOptions {
  readonly onPlanFinished?: OnPlanFinished;
  readonly onHookError?: (error: unknown) => void;
}

export interface StoreUnderTest {
  readonly store: Store;
  /** What was queued so far, as `plan/step`, also by transactions that were undone. */
  readonly enqueued: () => readonly string[];
  /** Another process on the same database. */
  readonly openAgain: (options?: HookOptions) => Promise<Store>;
  close(): Promise<void>;
}

export type GetStore = () => StoreUnderTest;

export function describeStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let opened: StoreUnderTest;
    const get: GetStore = () => opened;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());

    describeResources(get);
    describeTransactions(get);
    describeFailedTransactions(get);
    describeOperations(get);
    describeChanges(get);
    describePlans(get);
    describeHosts(get);
    describeMetrics(get);
    describeAudit(get);
    describePrincipals(get);
    describeDeviceCodes(get);
    describePortalSessions(get);
    describeGatewayUsers(get);
    describeNativeNames(get);
  });
}

function describeResources(get: GetStore): void {
  const resources = (): Store["resources"] => get().store.resources;

  it("STO-01 a resource put comes back as it was given, with an etag made by the store", async () => {
    const wish = aResource("Alpha", { tags: { Team: "x" }, properties: { b: 1, a: "\u0000", nested: { list: [1, "2", null] } } });
    expect(await resources().put(wish, { kind: "mustNotExist" })).toMatchObject({ ok: true, created: true });
    const stored = await resources().get(wish.key);
    expect(stored).toMatchObject(wish);
    expect(Object.keys(stored?.properties ?? {})).toEqual(["b", "a", "nested"]);
    expect(stored?.etag).toMatch(/\S/);
  });

  it("STO-02 every write makes a new etag, and a write with the old one is refused with what is stored", async () => {
    const wish = aResource("Beta");
    const first = await resources().put(wish, { kind: "none" });
    const etag = first.ok ? first.resource.etag : "";
    const second = await resources().put({ ...wish, tags: { v: "2" } }, { kind: "etag", etag });
    expect(second).toMatchObject({ ok: true, created: false });
    const stale = await resources().put({ ...wish, tags: { v: "3" } }, { kind: "etag", etag });
    expect(stale).toMatchObject({ ok: false, current: { tags: { v: "2" } } });
    expect((await resources().get(wish.key))?.tags).toEqual({ v: "2" });
  });

  it("STO-03 of many writers with one etag exactly one wins", async () => {
    const wish = aResource("Gamma");
    const first = await resources().put(wish, { kind: "none" });
    const etag = first.ok ? first.resource.etag : "";
    const outcomes = await Promise.all(Array.from({ length: 8 }, (_, writer) => resources().put({ ...wish, tags: { writer: String(writer) } }, { kind: "etag", etag })));
    expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
  });

  it("STO-04 of many creators of one resource exactly one wins", async () => {
    const wish = aResource("Delta");
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => resources().put(wish, { kind: "mustNotExist" })));
    expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
    expect(outcomes.filter((outcome) => !outcome.ok && outcome.current !== null)).toHaveLength(7);
  });

  it("STO-05 a write that must replace is refused where nothing is", async () => {
    const wish = aResource("Nowhere");
    expect(await resources().put(wish, { kind: "mustExist" })).toEqual({ ok: false, current: null });
    expect(await resources().put(wish, { kind: "etag", etag: "x" })).toEqual({ ok: false, current: null });
    expect(await resources().get(wish.key)).toBeNull();
  });

  it("STO-06 a list walks each resource once, in the order of keys, whatever the page size", async () => {
    const parentKey = resourceKey("/subscriptions/s/resourcegroups/lists");
    const names = ["a", "B", "c-1", "c", "c0", "ü", "z"];
    for (const name of names) await resources().put(aResource(`list-${name}`, { key: resourceKey(`${parentKey}/x/${name}`), parentKey }), { kind: "none" });
    for (const limitMax of [1, 3, 100]) {
      const seen: string[] = [];
      let afterKey: ReturnType<typeof resourceKey> | undefined;
      for (;;) {
        const page = await resources().list({ parentKey, limitMax, ...(afterKey === undefined ? {} : { afterKey }) });
        seen.push(...page.map((each) => each.key));
        afterKey = page.at(-1)?.key;
        if (page.length < limitMax || afterKey === undefined) break;
      }
      const expected = names.map((name) => `${parentKey}/x/${name.toLowerCase()}`).toSorted((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
      expect(seen).toEqual(expected);
    }
  });

  it("STO-07 a prefix finds what is below it and nothing beside it", async () => {
    for (const name of ["pre", "pre/child/1", "prefix"]) await resources().put(aResource(name, { key: resourceKey(`/under/${name}`), type: "T/x" }), { kind: "none" });
    const below = await resources().list({ keyPrefix: "/under/pre/", limitMax: 10 });
    expect(below.map((each) => each.key)).toEqual(["/under/pre/child/1"]);
    expect(await resources().list({ keyPrefix: "/under/", type: "T/y", limitMax: 10 })).toEqual([]);
  });

  it("STO-08 a removed resource is gone, and removing it again says so", async () => {
    const wish = aResource("Epsilon");
    await resources().put(wish, { kind: "none" });
    expect(await resources().remove(wish.key)).toBe(true);
    expect(await resources().remove(wish.key)).toBe(false);
    expect(await resources().get(wish.key)).toBeNull();
  });

  it("STO-72 a write of a role is announced to other processes, and roles go with what they hang on and with nothing beside it", async () => {
    const { openAgain } = get();
    const other = await openAgain();
    const scope = resourceKey("/subscriptions/s/resourcegroups/held");
    const hanging = resourceKey(`${scope}/providers/microsoft.authorization/roleassignments/one`);
    const beside = resourceKey(`${scope}-not/providers/microsoft.authorization/roleassignments/two`);
    await resources().put(aResource("held", { key: scope }), { kind: "none" });
    for (const key of [hanging, beside]) {
      const watch = other.watchChanges("access");
      await resources().put(aResource("role", { key, type: "Microsoft.Authorization/roleAssignments" }), { kind: "none" });
      await watch.wait(60_000);
      watch.close();
    }
    const watch = other.watchChanges("access");
    expect(await resources().remove(scope)).toBe(true);
    await watch.wait(60_000);
    watch.close();
    expect(await other.resources.get(hanging)).toBeNull();
    expect(await other.resources.get(beside)).not.toBeNull();
    await other.close();
  });

  it("STO-18 a cluster's view is its row with what is seen of it, alone and in a list, in the order of keys", async () => {
    const { store } = get();
    const seen = aResource("Viewed-b");
    const unseen = aResource("Viewed-a");
    for (const wish of [seen, unseen]) await store.resources.put(wish, { kind: "none" });
    expect(await store.clusterViews.get(resourceKey("/nowhere"))).toBeNull();
    expect(await store.clusterViews.get(unseen.key)).toEqual({ row: await store.resources.get(unseen.key), health: null, endpoints: [], targetPlanId: null });

    const cluster = clusterKey(seen.key);
    const health = { status: "HEALTH_OK", ok: true, checks: [], observedAtMs: 5 };
    const endpoints = [{ name: "s3-1", protocol: "s3" as const, hostId: hostId("host-1"), address: "127.0.0.1", port: 8080 }];
    await store.observations.putHealth(cluster, health);
    await store.observations.putEndpoints(cluster, endpoints);
    const operation = anOperation("view-op", cluster);
    await store.transaction(async (tx) => {
      await store.operations.insert(operation, tx);
      await store.plans.start(aPlan("view-plan", cluster, { only: [] }), { steps: [] }, operation.id, tx);
    });
    const view = { row: await store.resources.get(seen.key), health, endpoints, targetPlanId: planId("view-plan") };
    expect(await store.clusterViews.get(seen.key)).toEqual(view);
    const listed = await store.clusterViews.list({ type: seen.type, parentKey: seen.parentKey, afterKey: resourceKey(unseen.key.slice(0, -1)), limitMax: 2 });
    expect(listed.map(({ row }) => row.name)).toEqual(["Viewed-a", "Viewed-b"]);
    expect(listed[1]).toEqual(view);
  });
}

function describeTransactions(get: GetStore): void {
  it("STO-10 a transaction that throws leaves nothing behind", async () => {
    const { store } = get();
    const wish = aResource("Zeta");
    const { key } = testCluster("Zeta");
    const work = store.transaction(async (tx) => {
      await store.resources.put(wish, { kind: "none" }, tx);
      await store.operations.insert(anOperation("zeta-1", key), tx);
      await store.appendAudit({ atMs: 1, principal: "ada", correlationId: "c", action: "write", resourceId: wish.id, beforeSha256: null, afterSha256: "x" }, tx);
      expect(await store.resources.get(wish.key, tx)).not.toBeNull();
      expect(await store.resources.get(wish.key)).toBeNull();
      throw new Error("undo");
    });
    await expect(work).rejects.toThrow("undo");
    expect(await store.resources.get(wish.key)).toBeNull();
    expect(await store.operations.get(operationId("zeta-1"))).toBeNull();
  });

  it("STO-11 two transactions on one cluster run one after the other once they hold its lock", async () => {
    const { store } = get();
    const { key } = testCluster("locked");
    const order: string[] = [];
    let firstHasLock = (): void => undefined;
    const locked = new Promise<void>((resolve) => (firstHasLock = resolve));
    const first = store.transaction(async (tx) => {
      await store.lockCluster(key, tx);
      firstHasLock();
      for (let turn = 0; turn < 20; turn += 1) await store.resources.get(aResource("Alpha").key, tx);
      order.push("first");
    });
    await locked;
    const second = store.transaction(async (tx) => {
      await store.lockCluster(key, tx);
      order.push("second");
    });
    await Promise.all([first, second]);
    expect(order).toEqual(["first", "second"]);
  });
}

function describeFailedTransactions(get: GetStore): void {
  it("STO-19 a row that a transaction holds is changed or removed only after it has ended", async () => {
    const { store } = get();
    const wish = aResource("Held");
    await store.resources.put(wish, { kind: "none" });
    const order: string[] = [];
    const { promise: isHeld, resolve: sayHeld } = Promise.withResolvers<void>();
    const removal = isHeld.then(() =>
      store.transaction(async (other) => {
        await store.resources.remove(wish.key, other);
        order.push("removed");
      }),
    );
    await store.transaction(async (tx) => {
      expect(await store.resources.hold(wish.key, tx)).toMatchObject({ name: "Held" });
      sayHeld();
      // Long enough for a removal that does not wait: ten more questions of the holder.
      for (let index = 0; index < 10; index += 1) await store.resources.get(wish.key, tx);
      order.push("holder ends");
    });
    await removal;
    expect(order).toEqual(["holder ends", "removed"]);
    expect(await store.resources.get(wish.key)).toBeNull();
  });

  it("STO-13 a transaction in which a write failed commits nothing, also when the failure was passed over", async () => {
    const { store } = get();
    const { key } = testCluster("passed-over");
    await store.transaction((tx) => store.operations.insert(anOperation("passed-1", key), tx));
    const work = store.transaction(async (tx) => {
      await store.resources.put(aResource("PassedOver"), { kind: "none" }, tx);
      await store.operations.insert(anOperation("passed-1", key), tx).catch(() => undefined);
    });
    await expect(work).rejects.toThrow(/not committed/);
    expect(await store.resources.get(aResource("PassedOver").key)).toBeNull();
  });

  it("STO-14 after a write failed nothing more is read or written in its transaction", async () => {
    const { store } = get();
    const { key } = testCluster("after-failure");
    await store.transaction((tx) => store.operations.insert(anOperation("after-1", key), tx));
    const work = store.transaction(async (tx) => {
      await store.operations.insert(anOperation("after-1", key), tx).catch(() => undefined);
      await store.resources.get(aResource("Alpha").key, tx);
    });
    await expect(work).rejects.toMatchObject({ code: "25P02" });
  });

  it("STO-15 a refused condition leaves the transaction sound, and a refusal of the rules does too", async () => {
    const { store } = get();
    const { key } = testCluster("sound");
    await store.transaction(async (tx) => {
      expect(await store.resources.put(aResource("Sound"), { kind: "mustExist" }, tx)).toMatchObject({ ok: false });
      await expect(store.plans.start(aPlan("sound-1", key, { a: [] }, { parentId: planId("other") }), { steps: [] }, operationId("sound-op"), tx)).rejects.toMatchObject({ code: "PlanParentIsNotTarget" });
      await store.resources.put(aResource("Sound"), { kind: "mustNotExist" }, tx);
    });
    expect(await store.resources.get(aResource("Sound").key)).not.toBeNull();
  });

  it("STO-16 the etag is checked against what the same transaction wrote", async () => {
    const { store } = get();
    await store.transaction(async (tx) => {
      const first = await store.resources.put(aResource("Own"), { kind: "none" }, tx);
      const etag = first.ok ? first.resource.etag : "";
      expect(await store.resources.put(aResource("Own", { tags: { v: "2" } }), { kind: "etag", etag }, tx)).toMatchObject({ ok: true, created: false });
      expect(await store.resources.list({ keyPrefix: aResource("Own").key, limitMax: 5 }, tx)).toMatchObject([{ tags: { v: "2" } }]);
      expect(await store.resources.remove(aResource("Own").key, tx)).toBe(true);
      expect(await store.resources.list({ keyPrefix: aResource("Own").key, limitMax: 5 }, tx)).toEqual([]);
      await store.resources.put(aResource("Own", { tags: { v: "3" } }), { kind: "mustNotExist" }, tx);
    });
    expect((await store.resources.get(aResource("Own").key))?.tags).toEqual({ v: "3" });
  });

  it("STO-17 what was given in or given out may be changed by nobody but the store", async () => {
    const { store } = get();
    const tags = { owner: "ada" };
    const wish = aResource("Copied", { tags });
    await store.resources.put(wish, { kind: "none" });
    tags.owner = "eve";
    const read = await store.resources.get(wish.key);
    try {
      Object.assign(read?.tags ?? {}, { owner: "mallory" });
    } catch {
      // A store may give out what cannot be changed at all.
    }
    expect((await store.resources.get(wish.key))?.tags).toEqual({ owner: "ada" });
  });
}

function describeOperations(get: GetStore): void {
  it("STO-12 open operations are listed oldest first, and an ended one is not open", async () => {
    const { store } = get();
    const { key } = testCluster("operations");
    for (const id of ["op-b", "op-a", "op-c"]) await store.transaction((tx) => store.operations.insert(anOperation(id, key), tx));
    expect((await store.operations.listOpen(key)).map((each) => each.id)).toEqual(["op-b", "op-a", "op-c"]);
    await store.transaction((tx) => store.operations.update(operationId("op-a"), { status: "Failed", error: { code: "X", message: "y" }, finishedAtMs: 5 }, tx));
    expect((await store.operations.listOpen(key)).map((each) => each.id)).toEqual(["op-b", "op-c"]);
    expect(await store.operations.get(operationId("op-a"))).toMatchObject({ status: "Failed", finishedAtMs: 5, error: { code: "X", message: "y" } });
    expect((await store.operations.list(key, 2)).map((each) => each.id)).toEqual(["op-c", "op-a"]);
    const startedBy = { id: "4f0c", displayName: "Ada", type: "User" } as const;
    await store.transaction((tx) => store.operations.insert(anOperation("op-d", key, { startedBy }), tx));
    expect([await store.operations.get(operationId("op-d")), await store.operations.get(operationId("op-c"))]).toStrictEqual([anOperation("op-d", key, { startedBy }), anOperation("op-c", key)]);
  });
}
