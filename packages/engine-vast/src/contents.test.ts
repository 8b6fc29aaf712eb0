// Snapshots and quotas beyond the contract's cases: two tries at once, a crash between, what others did behind our back, and
// names and paths that others have as well.
import { afterEach, describe, expect, it } from "vitest";
import { doneVoid, type ClusterContents, type EngineAction, type FileSystemPolicy, type QuotaPolicy } from "@cynosure/model";
import type { EngineCall } from "@cynosure/engine";
import { actionNames } from "./index.ts";
import { aPolicy, startEmulatedCluster, type EmulatedCluster } from "./testkit/emulated-cluster.ts";

type Row = Readonly<Record<string, unknown>>;

let cluster: EmulatedCluster;
afterEach(() => cluster.close());

const [home] = aPolicy(3).fileSystems as [FileSystemPolicy];
const monday = { name: "monday", fileSystem: "home" };
const quota = (name: string, path: string, change: Partial<QuotaPolicy> = {}): QuotaPolicy => ({ name, fileSystem: "home", path, hardLimitBytes: 1_000_000, ...change });
const rows = async (collection: string): Promise<readonly Row[]> => (await cluster.api("GET", `/${collection}/`)) as readonly Row[]; // a list by its path
const told = async (collection: string): Promise<readonly string[]> => (await rows(collection)).map((row) => `${String(row["name"])} ${String(row["path"])}`).sort();

const wanted = (change: Partial<ClusterContents>, parent: EngineCall = cluster.call()): EngineCall => cluster.replan(parent, change);
const actionsOf = (call: EngineCall, name: string): readonly EngineAction[] => call.layout.steps.filter(({ action }) => action.name === name).map(({ action }) => action);
async function perform(call: EngineCall, name: string): Promise<void> {
  for (const action of actionsOf(call, name)) expect([action, await cluster.engine.perform(call, action)]).toEqual([action, doneVoid]);
}

async function delivered(): Promise<void> {
  cluster = await startEmulatedCluster(3);
  await cluster.deliver();
}

describe("a snapshot", () => {
  it("is one although two tries make it at once, and although the end of a try is lost", async () => {
    await delivered();
    const call = wanted({ snapshots: [monday] });
    const [make] = actionsOf(call, actionNames.makeSnapshot);
    if (make === undefined) throw new Error("the layout makes no snapshot");
    expect((await Promise.all([1, 2, 3].map(() => cluster.engine.perform(call, make)))).map(({ kind }) => kind)).toEqual(["done", "done", "done"]);
    const before = await rows("snapshots");
    expect(before).toMatchObject([{ name: "home.monday", path: "/file-systems/home" }]);
    // As if the control plane had ended between the request and its note.
    await call.vault.putOutput("snapshot-home.monday", "");
    await perform(call, actionNames.makeSnapshot);
    expect(await rows("snapshots")).toEqual(before);
  });

  it("that others removed is not made again of later data, and its removal is done", async () => {
    await delivered();
    const call = wanted({ snapshots: [monday] });
    await perform(call, actionNames.makeSnapshot);
    await cluster.api("DELETE", `/snapshots/${String((await rows("snapshots"))[0]?.["id"])}/`);
    await perform(call, actionNames.makeSnapshot);
    expect(await rows("snapshots")).toEqual([]);
    await perform(wanted({ snapshots: [] }, call), actionNames.removeSnapshot);
  });

  it("that somebody has locked stays, and the step says why", async () => {
    await delivered();
    const call = wanted({ snapshots: [monday] });
    await perform(call, actionNames.makeSnapshot);
    await cluster.api("PATCH", `/snapshots/${String((await rows("snapshots"))[0]?.["id"])}/`, { locked: true });
    const without = wanted({ snapshots: [] }, call);
    const [remove] = actionsOf(without, actionNames.removeSnapshot);
    if (remove === undefined) throw new Error("the layout removes no snapshot");
    expect(await cluster.engine.perform(without, remove)).toMatchObject({ kind: "failed", error: { message: expect.stringContaining("locked snapshot cannot be removed") } });
  });
});

describe("a quota", () => {
  it("is one although two tries set it at once, and takes the place of one that others set on the directory", async () => {
    await delivered();
    await cluster.api("POST", "/quotas/", { name: "theirs", path: "/file-systems/home/a", hard_limit: 7 });
    const call = wanted({ quotas: [quota("first", "/a", { fileCountLimit: 9 }), quota("second", "/b")] });
    const set = actionsOf(call, actionNames.setQuota);
    expect((await Promise.all([...set, ...set].map((action) => cluster.engine.perform(call, action)))).map(({ kind }) => kind)).toEqual(["done", "done", "done", "done"]);
    expect(await told("quotas")).toEqual(["fs-home /file-systems/home", "home.first /file-systems/home/a", "home.second /file-systems/home/b"]);
    expect(await cluster.boundsOf("home", "/a")).toEqual({ bytes: 1_000_000, files: 9 });
  });

  it("changes its directory with another in one plan, in whatever order the steps run", async () => {
    await delivered();
    const before = wanted({ quotas: [quota("first", "/a"), quota("second", "/b"), quota("third", "/c")] });
    await perform(before, actionNames.setQuota);
    const after = wanted({ quotas: [quota("second", "/a", { hardLimitBytes: 2_000_000 }), quota("first", "/b"), quota("third", "/d")] }, before);
    await perform(after, actionNames.setQuota);
    await perform(after, actionNames.removeQuota);
    await perform(after, actionNames.setQuota);
    expect(await told("quotas")).toEqual(["fs-home /file-systems/home", "home.first /file-systems/home/b", "home.second /file-systems/home/a", "home.third /file-systems/home/d"]);
    expect([await cluster.boundsOf("home", "/a"), await cluster.boundsOf("home", "/c")]).toEqual([{ bytes: 2_000_000, files: null }, { bytes: null, files: null }]);
  });
});

describe("removal", () => {
  it("of a file system takes the quotas below it, and leaves what looks like it", async () => {
    await delivered();
    const like = { ...home, name: "home-2" };
    const call = wanted({ fileSystems: [home, like], snapshots: [monday, { name: "sunday", fileSystem: "home-2" }], quotas: [quota("first", "/a"), quota("second", "/a", { fileSystem: "home-2" })] });
    for (const name of [actionNames.ensureFileSystem, actionNames.makeSnapshot, actionNames.setQuota]) await perform(call, name);
    const tenant = (await cluster.api("POST", "/tenants/", { name: "another" })) as Row; // as it was made
    for (const [collection, name] of [["quotas", "home.first"], ["snapshots", "home.monday"]] as const) await cluster.api("POST", `/${collection}/`, { name, path: "/file-systems/home", tenant_id: tenant["id"] });
    const without = wanted({ fileSystems: [like], snapshots: [{ name: "sunday", fileSystem: "home-2" }], quotas: [quota("second", "/a", { fileSystem: "home-2" })] }, call);
    for (const name of [actionNames.removeSnapshot, actionNames.removeFileSystem, actionNames.removeQuota]) await perform(without, name);
    expect(await told("quotas")).toEqual(["fs-home-2 /file-systems/home-2", "home-2.second /file-systems/home-2/a", "home.first /file-systems/home"]);
    expect(await told("snapshots")).toEqual(["home-2.sunday /file-systems/home-2", "home.monday /file-systems/home"]);
    expect((await rows("snapshots")).map((row) => row["tenant_id"])).toEqual(expect.arrayContaining([tenant["id"]]));
  });

  it("forgets none of what goes now, however much went before", async () => {
    cluster = await startEmulatedCluster(3);
    const many = (letter: string): QuotaPolicy[] => Array.from({ length: 60 }, (_, at) => quota(`${letter}${at}`, `/${letter}${at}`));
    const first = wanted({ quotas: many("a") });
    const second = wanted({ quotas: many("b") }, first);
    const third = wanted({ quotas: [] }, second);
    const removed = (call: EngineCall, letter: string): number => actionsOf(call, actionNames.removeQuota).filter(({ params }) => String(params["path"]).startsWith(`/${letter}`)).length;
    expect([removed(second, "a"), removed(third, "b"), removed(third, "a")]).toEqual([60, 60, 50]);
  });
});
