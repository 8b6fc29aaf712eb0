// The portable types and the projected view are two views of one object: what the engine's steps make of a file system, a
// bucket, a snapshot and a quota is found among the projected types as it was wished, and what they remove is gone there.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { EngineCall } from "@cynosure/engine";
import { isSameJson, type ClusterContents } from "@cynosure/model";
import { startEmulatedCluster } from "../../packages/engine-vast/src/testkit/emulated-cluster.ts";
import type { EmulatedCluster } from "../../packages/engine-vast/src/testkit/emulated-cluster.ts";
import { refusal, viewsOver } from "./emulated-views.ts";
import type { EmulatedViews, Json } from "./emulated-views.ts";

let cluster: EmulatedCluster;
let views: EmulatedViews;
beforeAll(async () => {
  cluster = await startEmulatedCluster(3);
  await cluster.deliver();
  views = viewsOver(cluster.emulator.origin, cluster.vault.secrets.get("vast-manager-password") ?? "");
});
afterAll(async () => {
  await views.close();
  await cluster.close();
});

const seen = async (path: string): Promise<Json> => (await views.armRow("GET", path)).properties;
const names = async (type: string): Promise<readonly string[]> => (await views.armList(type, 100)).map(({ name }) => name).sort();

/** As an executor would: what the next layout has and the one before has not. */
async function change(parent: EngineCall, contents: Partial<ClusterContents>): Promise<EngineCall> {
  const next = cluster.replan(parent, contents);
  const before = new Map(parent.layout.steps.map(({ id, action }) => [id, action]));
  for (const { id, action } of next.layout.steps.filter((step) => !isSameJson(before.get(step.id) ?? null, step.action))) expect([id, (await cluster.engine.perform(next, action)).kind]).toEqual([id, "done"]);
  return next;
}

it("a portable object and the projected one are the same, made, changed and removed", async () => {
  const call = cluster.call();
  const [home] = call.policy.fileSystems;
  if (home === undefined) throw new Error("the policy has no file system");
  const weather = { name: "weather", fileSystem: "home", path: "/projects/weather", hardLimitBytes: 5_000_000, fileCountLimit: 100 };
  const made = await change(call, { snapshots: [{ name: "monday", fileSystem: "home" }], quotas: [weather] });
  expect(await seen("vastViews/fs-home")).toMatchObject({ path: "/file-systems/home", protocols: ["NFS"] });
  expect(await seen("vastViews/bucket-results")).toMatchObject({ path: "/buckets/results", bucket: "results", protocols: ["S3"] });
  expect(await seen("vastQuotas/fs-home")).toMatchObject({ path: "/file-systems/home", hard_limit: home.usableCapacityBytes });
  expect(await seen("vastSnapshots/home.monday")).toMatchObject({ path: "/file-systems/home" });
  expect(await seen("vastQuotas/home.weather")).toMatchObject({ path: "/file-systems/home/projects/weather", hard_limit: 5_000_000, hard_limit_inodes: 100 });

  const changed = await change(made, { quotas: [{ ...weather, hardLimitBytes: 6_000_000 }] });
  expect(await seen("vastQuotas/home.weather")).toMatchObject({ hard_limit: 6_000_000, hard_limit_inodes: 100 });
  // The other way: what is written to the projected object is what the engine has.
  await views.armRow("PUT", "vastQuotas/home.weather", { properties: { path: "/file-systems/home/projects/weather", hard_limit: 7_000_000 } });
  expect((await cluster.boundsOf("home", "/projects/weather")).bytes).toBe(7_000_000);

  const gone = await change(changed, { snapshots: [], quotas: [] });
  expect(await refusal(views.arm("GET", "vastSnapshots/home.monday"))).toBe("ResourceNotFound vastSnapshots");
  expect([await names("vastSnapshots"), await names("vastQuotas")]).toEqual([[], ["fs-home"]]);
  await change(gone, { fileSystems: [], buckets: [] });
  expect([await names("vastQuotas"), await names("vastViews")]).toEqual([[], []]);
});
