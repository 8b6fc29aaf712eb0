// Snapshots and quotas over a real store: what they are of, what cannot change, and that a file system that has any
// is not deleted.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ControlPlaneError } from "@cynosure/model";
import { GROUP, clusterBody, clusterKeyIn, fileSystemBody, openWorld, quotaBody, snapshotBody } from "./testkit/world.ts";
import type { World } from "./testkit/world.ts";

let world: World;
let number = 0;
let params: typeof GROUP & { clusterName: string };
const key = () => clusterKeyIn(params);

beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());
/** A delivered cluster with file system home, fresh for each test. */
beforeEach(async () => {
  number += 1;
  params = { ...GROUP, clusterName: `orchard-${number}` };
  await world.call("Clusters_CreateOrUpdate", params, clusterBody());
  await world.finishPlan(key());
  await delivered("FileSystems_CreateOrUpdate", { fileSystemName: "home" }, fileSystemBody());
});

type Named = { readonly fileSystemName: string } | { readonly snapshotName: string } | { readonly quotaName: string };

// Each operation is called with the one name that its path has.
const call = (id: Parameters<World["call"]>[0], name: Named, body?: unknown) => world.call(id, { ...params, ...name } as never, body) as Promise<{ status: number; body: { properties: Record<string, unknown> }; operation?: { operationId: string } }>;
async function delivered(id: Parameters<World["call"]>[0], name: Named, body?: unknown): Promise<void> {
  await call(id, name, body);
  await world.finishPlan(key());
}
async function refused(work: Promise<unknown>): Promise<ControlPlaneError> {
  const error: unknown = await work.then(() => null, (reason: unknown) => reason);
  if (!(error instanceof ControlPlaneError)) throw new Error(`expected a refusal, got ${String(error)}`);
  return error;
}
const wanted = async () => {
  const policy = (await world.options.store.plans.target(key()))?.plan.policy;
  return { snapshots: policy?.snapshots, quotas: policy?.quotas };
};

const monday = { snapshotName: "monday" };
const projects = { quotaName: "projects" };
const home = { fileSystemName: "home" };

describe("snapshots", () => {
  it("are made of a file system that is there, listed, and removed", async () => {
    expect(await call("Snapshots_CreateOrUpdate", monday, snapshotBody())).toMatchObject({ status: 201, body: { type: "Cynosure.Storage/clusters/snapshots", name: "monday", properties: { fileSystem: "home", provisioningState: "Creating" } } });
    expect((await world.options.store.plans.target(key()))?.plan.steps.map(({ title }) => title)).toContain("make snapshot monday");
    await world.finishPlan(key());
    const shown = await call("Snapshots_Get", monday);
    expect(shown.body.properties).toEqual({ fileSystem: "home", provisioningState: "Succeeded" });
    expect((await world.call("Snapshots_ListByCluster", params)).body.value).toEqual([shown.body]);
    await delivered("Snapshots_Delete", monday);
    expect((await refused(call("Snapshots_Get", monday))).code).toBe("ResourceNotFound");
    expect((await wanted()).snapshots).toEqual([]);
  });

  it("are made once: the same PUT again is answered without a plan, a PUT of another file system is refused", async () => {
    await delivered("FileSystems_CreateOrUpdate", { fileSystemName: "scratch" }, fileSystemBody());
    await delivered("Snapshots_CreateOrUpdate", monday, snapshotBody());
    expect(await call("Snapshots_CreateOrUpdate", monday, snapshotBody())).toMatchObject({ status: 200 });
    const error = await refused(call("Snapshots_CreateOrUpdate", monday, snapshotBody("scratch")));
    expect([error.code, error.target]).toEqual(["PropertyChangeNotAllowed", "properties.fileSystem"]);
  });

  it("of a file system that is not there, or is being deleted, are refused and leave nothing behind", async () => {
    const before = await world.snapshot();
    const error = await refused(call("Snapshots_CreateOrUpdate", monday, snapshotBody("nowhere")));
    expect([error.code, error.target]).toEqual(["InvalidRequestContent", "properties.fileSystem"]);
    expect(await world.snapshot()).toEqual(before);
    await call("FileSystems_Delete", home);
    expect((await refused(call("Snapshots_CreateOrUpdate", monday, snapshotBody()))).target).toBe("properties.fileSystem");
  });
});

describe("quotas", () => {
  it("are set, changed by PUT and PATCH, and removed", async () => {
    await delivered("Quotas_CreateOrUpdate", projects, { properties: { ...quotaBody().properties, fileCountLimit: 10 } });
    await delivered("Quotas_Update", projects, { properties: { hardLimitBytes: 5 } });
    expect((await call("Quotas_Get", projects)).body.properties).toEqual({ fileSystem: "home", path: "/projects", hardLimitBytes: 5, fileCountLimit: 10, provisioningState: "Succeeded" });
    await delivered("Quotas_CreateOrUpdate", projects, quotaBody("/projects", 6));
    expect((await wanted()).quotas).toEqual([{ name: "projects", fileSystem: "home", path: "/projects", hardLimitBytes: 6 }]);
    await delivered("Quotas_Delete", projects);
    expect((await wanted()).quotas).toEqual([]);
  });

  it("stay where they are: another path or file system is refused", async () => {
    await delivered("Quotas_CreateOrUpdate", projects, quotaBody());
    const errors = [await refused(call("Quotas_CreateOrUpdate", projects, quotaBody("/elsewhere"))), await refused(call("Quotas_CreateOrUpdate", projects, quotaBody("/projects", 1, "scratch")))];
    expect(errors.map(({ code, target }) => [code, target])).toEqual([["PropertyChangeNotAllowed", "properties.path"], ["PropertyChangeNotAllowed", "properties.fileSystem"]]);
  });

  it("are one for each directory, and of paths that directories have", async () => {
    await delivered("Quotas_CreateOrUpdate", projects, quotaBody());
    const again = await refused(call("Quotas_CreateOrUpdate", { quotaName: "again" }, quotaBody()));
    expect([again.code, again.message]).toEqual(["InvalidRequestContent", expect.stringContaining("projects")]);
    const upwards = await refused(call("Quotas_CreateOrUpdate", { quotaName: "again" }, quotaBody("/..")));
    expect([upwards.code, upwards.target]).toEqual(["InvalidRequestContent", "properties.path"]);
  });
});

describe("deleting a file system", () => {
  it("that has snapshots or quotas is refused with their names, and goes once they are gone", async () => {
    await delivered("Snapshots_CreateOrUpdate", monday, snapshotBody());
    await delivered("Quotas_CreateOrUpdate", projects, quotaBody());
    const before = await world.snapshot();
    const error = await refused(call("FileSystems_Delete", home));
    expect([error.code, error.kind, error.message]).toEqual(["OperationNotAllowed", "conflict", expect.stringMatching(/'home'.*snapshot monday, quota projects/)]);
    expect(error.details.map(({ target }) => target?.split("/").at(-1))).toEqual(["monday", "projects"]);
    expect(await world.snapshot()).toEqual(before);
    await delivered("Quotas_Delete", projects);
    await call("Snapshots_Delete", monday); // its plan runs
    await call("FileSystems_Delete", home); // waits behind it
    await world.finishPlan(key());
    await world.finishPlan(key());
    expect((await refused(call("FileSystems_Get", home))).code).toBe("ResourceNotFound");
  });

  it("goes with its snapshots and quotas when the cluster goes", async () => {
    await delivered("Snapshots_CreateOrUpdate", monday, snapshotBody());
    await delivered("Quotas_CreateOrUpdate", projects, quotaBody());
    await world.call("Clusters_Delete", params);
    expect([(await call("Snapshots_Get", monday)).body.properties["provisioningState"], (await call("Quotas_Get", projects)).body.properties["provisioningState"]]).toEqual(["Deleting", "Deleting"]);
    await world.finishPlan(key());
    for (const [id, name] of [["Snapshots_Get", monday], ["Quotas_Get", projects]] as const) expect((await refused(call(id, name))).code).toBe("ResourceNotFound");
  });
});

describe("what waits", () => {
  it("is planned together; what is taken back stays as it was decided", async () => {
    await delivered("Quotas_CreateOrUpdate", projects, quotaBody());
    await call("Snapshots_CreateOrUpdate", { snapshotName: "first" }, snapshotBody()); // runs: what follows waits
    await call("Snapshots_CreateOrUpdate", monday, snapshotBody());
    await call("Quotas_Update", projects, { properties: { hardLimitBytes: 7 } });
    await world.finishPlan(key());
    expect(await wanted()).toMatchObject({ snapshots: [{ name: "first" }, { name: "monday" }], quotas: [{ hardLimitBytes: 7 }] });
    await world.finishPlan(key());
    await call("Snapshots_CreateOrUpdate", { snapshotName: "last" }, snapshotBody()); // runs again
    await call("Quotas_Update", projects, { properties: { hardLimitBytes: 8 } });
    await world.call("Clusters_Cancel", params);
    expect((await call("Quotas_Get", projects)).body.properties).toMatchObject({ hardLimitBytes: 7, provisioningState: "Canceled" });
    expect((await call("Snapshots_Get", { snapshotName: "first" })).body.properties["provisioningState"]).toBe("Succeeded");
  });
});
