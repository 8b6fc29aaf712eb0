// What is decided by while rows change under it and while they cannot be read.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resourceKey } from "@cynosure/model";
import type { Store, StoredResource } from "@cynosure/resource-store";
import { openTestStore } from "@cynosure/resource-store/testkit";
import type { TestStore } from "@cynosure/resource-store/testkit";
import { ASSIGNMENT_TYPE } from "./access-rows.ts";
import { builtInRoles } from "./built-in-roles.ts";
import { decideAccess } from "./decide-access.ts";
import { LiveSnapshot } from "./live-snapshot.ts";

const READER = builtInRoles.find((role) => role.roleName === "Reader")?.roleId ?? "";
const GROUP = "/subscriptions/s/resourceGroups/g";

let testStore: TestStore;
beforeAll(async () => {
  testStore = await openTestStore();
});
afterAll(() => testStore.close());

function rowFor(principalId: string): Omit<StoredResource, "etag"> {
  const id = `${GROUP}/providers/${ASSIGNMENT_TYPE}/${principalId}`;
  const at = "2026-12-01T00:00:00Z";
  const systemData = { createdBy: "t", createdByType: "User", createdAt: at, lastModifiedBy: "t", lastModifiedByType: "User", lastModifiedAt: at } as const;
  return { key: resourceKey(id), id, type: ASSIGNMENT_TYPE, name: principalId, parentKey: resourceKey(GROUP), subscriptionId: "s", location: null, tags: {}, properties: { principalId, roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${READER}` }, systemData, provisioningState: "Succeeded" };
}

function openLive(store: Store, errors: unknown[] = []): LiveSnapshot {
  return new LiveSnapshot({ store, clock: { now: () => 0, sleep: () => Promise.resolve() }, tenantId: "t", ownerIds: [], onError: (error) => errors.push(error) });
}
const isReader = async (live: LiveSnapshot, id: string): Promise<boolean> => decideAccess(await live.get(), { principal: { id }, permission: "A.B/c/read", isDataAction: false, scope: GROUP }).allowed;

describe("the live snapshot", () => {
  it("a read that is asked for while another runs sees what was written in between", async () => {
    const live = openLive(testStore.store);
    for (const k of [1, 2, 3, 4, 5]) {
      const running = live.refresh();
      await testStore.store.resources.put(rowFor(`p${k}`), { kind: "none" });
      await Promise.all([live.refresh(), live.refresh()]);
      expect(await isReader(live, `p${k}`)).toBe(true);
      await running;
    }
  });

  it("while rows cannot be read keeps what was known, says so once, and is right again afterwards", async () => {
    let isAway = false;
    const { store } = testStore;
    const flaky: Store = { ...store, resources: Object.assign(Object.create(store.resources) as Store["resources"], { list: (...args: Parameters<Store["resources"]["list"]>) => (isAway ? Promise.reject(new Error("away")) : store.resources.list(...args)) }) }; // the snapshot asks for lists only
    const errors: unknown[] = [];
    const live = openLive(flaky, errors);
    await store.resources.put(rowFor("kept"), { kind: "none" });
    expect(await isReader(live, "kept")).toBe(true);
    isAway = true;
    live.watch();
    await expect.poll(() => errors.length).toBe(1);
    await store.resources.put(rowFor("later"), { kind: "none" }); // wakes the watch, which fails again
    expect([await isReader(live, "kept"), await isReader(live, "later")]).toEqual([true, false]);
    isAway = false;
    await store.resources.put(rowFor("last"), { kind: "none" });
    await expect.poll(() => isReader(live, "last"), { timeout: 30_000 }).toBe(true);
    expect(await isReader(live, "later")).toBe(true);
    expect(errors.length).toBe(1);
    await live.close();
  });
});
