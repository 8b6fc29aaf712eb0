// Conformance cases of the names of engine objects and of what engines go on with, for every adapter of the store.
import { expect, it } from "vitest";
import type { ClusterKey } from "@cynosure/model";
import type { NativeNameScope, StoredNativeName, StoredNativeOperation } from "../native-name-port.ts";
import { NATIVE_OPERATION_KEPT_MS, NATIVE_OPERATION_UNENDED_KEPT_MS } from "../rules/native-operation-rules.ts";
import { testCluster } from "./samples.ts";
import type { GetStore } from "./store-suite.ts";

const views = (cluster: ClusterKey, parents = ""): NativeNameScope => ({ cluster, armType: "vastViews", parents });
const aName = (name: string, nativeId: string, guid: string | null = null): StoredNativeName => ({ name, nativeId, guid });
const anOperation = (cluster: ClusterKey, id: string, startedAtMs: number): StoredNativeOperation => ({
  id,
  cluster,
  location: "local",
  resourceId: `${cluster}/vastViews/home`,
  kind: "create",
  taskIds: ["7", "8"],
  name: { scope: views(cluster), name: "Home", nativeName: "/home" },
  startedAtMs,
  finishedAtMs: null,
  status: "Running",
  error: null,
  warnings: [],
});

export function describeNativeNames(get: GetStore): void {
  it("NAT-01 a name is found in any casing, as its maker wrote it", async () => {
    const { nativeNames } = get().store;
    const scope = views(testCluster("native-casing").key);
    await nativeNames.put(scope, aName("Home", "7", "guid-7"));
    expect(await nativeNames.find(scope, "hOME")).toEqual(aName("Home", "7", "guid-7"));
    expect(await nativeNames.find(scope, "homes")).toBeNull();
    await nativeNames.put(scope, aName("HOME", "7"));
    expect(await nativeNames.list(scope)).toEqual([aName("HOME", "7")]);
  });

  it("NAT-02 a put replaces whatever stood under the name and whatever the object was called before", async () => {
    const { nativeNames } = get().store;
    const scope = views(testCluster("native-replaced").key);
    for (const name of [aName("a", "1"), aName("b", "2"), aName("c", "3")]) await nativeNames.put(scope, name);
    await nativeNames.put(scope, aName("B", "1"));
    expect((await nativeNames.list(scope)).toSorted((x, y) => x.nativeId.localeCompare(y.nativeId))).toEqual([aName("B", "1"), aName("c", "3")]);
    expect(await nativeNames.find(scope, "a")).toBeNull();
  });

  it("NAT-03 clusters, types and parents are apart, and a name is removed once", async () => {
    const { nativeNames } = get().store;
    const { key } = testCluster("native-apart");
    const scopes = [views(key), views(key, "1"), views(testCluster("native-apart-2").key), { ...views(key), armType: "vastUsers" }];
    for (const [index, scope] of scopes.entries()) await nativeNames.put(scope, aName("same", "1", String(index)));
    expect(await Promise.all(scopes.map((scope) => nativeNames.list(scope)))).toEqual(scopes.map((_, index) => [aName("same", "1", String(index))]));
    expect([await nativeNames.remove(views(key), "SAME"), await nativeNames.remove(views(key), "same")]).toEqual([true, false]);
    expect(await nativeNames.find(views(key, "1"), "same")).not.toBeNull();
  });

  it("NAT-04 of many who name one object, or give one name, one stands", async () => {
    const { store, openAgain } = get();
    const scope = views(testCluster("native-raced").key);
    const other = await openAgain();
    const writers = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? store : other));
    await Promise.all(writers.map((writer, index) => writer.nativeNames.put(scope, aName(`name-${index}`, "1"))));
    expect(await store.nativeNames.list(scope)).toHaveLength(1);
    await Promise.all(writers.map((writer, index) => writer.nativeNames.put(scope, aName("one", String(index)))));
    await other.close();
    expect((await store.nativeNames.list(scope)).filter(({ name }) => name === "one")).toHaveLength(1);
  });

  it("NAT-05 what a transaction named or removed is undone with it", async () => {
    const { store } = get();
    const scope = views(testCluster("native-undone").key);
    await store.nativeNames.put(scope, aName("kept", "1"));
    const work = store.transaction(async (tx) => {
      await store.nativeNames.put(scope, aName("other", "1"), tx);
      expect(await store.nativeNames.remove(scope, "other", tx)).toBe(true);
      throw new Error("undo");
    });
    await expect(work).rejects.toThrow("undo");
    expect(await store.nativeNames.list(scope)).toEqual([aName("kept", "1")]);
  });

  it("NAT-06 an operation comes back as it was added, and of its ends the first stands", async () => {
    const { nativeOperations } = get().store;
    const { key } = testCluster("native-operation");
    const operation = anOperation(key, "native-1", 5_000);
    await nativeOperations.add(operation);
    expect(await nativeOperations.get("native-1")).toEqual(operation);
    const end = { status: "Succeeded", error: null, warnings: ["one step was left out"], finishedAtMs: 6_000 } as const;
    expect(await nativeOperations.finish("native-1", end)).toBe(true);
    expect(await nativeOperations.finish("native-1", { status: "Failed", error: { code: "X", message: "y" }, warnings: [], finishedAtMs: 7_000 })).toBe(false);
    expect(await nativeOperations.finish("native-none", end)).toBe(false);
    expect(await nativeOperations.get("native-1")).toEqual({ ...operation, ...end });
    expect(await nativeOperations.get("native-none")).toBeNull();
  });

  it("NAT-07 adding one drops those that ended long ago, and those that nobody has seen end", async () => {
    const { nativeOperations } = get().store;
    const { key } = testCluster("native-dropped");
    const nowMs = 10 * NATIVE_OPERATION_UNENDED_KEPT_MS;
    const failed = { status: "Failed", error: { code: "Refused", message: "no" }, warnings: [] } as const;
    const ends = { ended: nowMs - NATIVE_OPERATION_KEPT_MS, younger: nowMs - NATIVE_OPERATION_KEPT_MS + 1 };
    for (const [id, finishedAtMs] of Object.entries(ends)) await nativeOperations.add({ ...anOperation(key, id, 1), ...failed, finishedAtMs });
    await nativeOperations.add(anOperation(key, "unended", nowMs - NATIVE_OPERATION_UNENDED_KEPT_MS));
    await nativeOperations.add(anOperation(key, "running", nowMs - NATIVE_OPERATION_UNENDED_KEPT_MS + 1));
    await nativeOperations.add(anOperation(key, "newest", nowMs));
    const kept = await Promise.all(["ended", "younger", "unended", "running", "newest"].map(async (id) => (await nativeOperations.get(id)) !== null));
    expect(kept).toEqual([false, true, false, true, true]);
    expect(await nativeOperations.get("younger")).toMatchObject(failed);
  });

  it("NAT-08 names and operations go with their cluster", async () => {
    const { store } = get();
    const [{ key }, { key: other }] = [testCluster("native-gone"), testCluster("native-stays")];
    for (const cluster of [key, other]) {
      await store.nativeNames.put(views(cluster), aName("home", "1"));
      await store.nativeOperations.add(anOperation(cluster, `of-${cluster}`, 20 * NATIVE_OPERATION_UNENDED_KEPT_MS));
    }
    await store.vault.forgetCluster(key);
    expect([await store.nativeNames.list(views(key)), await store.nativeOperations.get(`of-${key}`)]).toEqual([[], null]);
    expect(await store.nativeNames.find(views(other), "home")).not.toBeNull();
    expect(await store.nativeOperations.get(`of-${other}`)).not.toBeNull();
  });
}
