// Clusters over a real store: what a PUT starts, what it refuses and that a refusal leaves nothing behind.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ControlPlaneError } from "@cynosure/model";
import type { ErrorCode } from "@cynosure/model";
import { CLUSTER, GROUP, bucketBody, clusterBody, clusterKeyIn, fileSystemBody, openWorld } from "./testkit/world.ts";
import type { World } from "./testkit/world.ts";

let world: World;
let number = 0;
/** A fresh cluster name per test: one world serves all. */
let params: typeof GROUP & { clusterName: string };
const key = () => clusterKeyIn(params);

beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  number += 1;
  params = { ...GROUP, clusterName: `meadow-${number}` };
});

async function refused(work: Promise<unknown>): Promise<ControlPlaneError> {
  const error: unknown = await work.then(() => null, (reason: unknown) => reason);
  if (!(error instanceof ControlPlaneError)) throw new Error(`expected a refusal, got ${String(error)}`);
  return error;
}
const deliver = async (): Promise<void> => {
  await world.call("Clusters_CreateOrUpdate", params, clusterBody());
  await world.finishPlan(key());
};
const stateOf = async (): Promise<string | undefined> => {
  const shown = await world.call("Clusters_Get", params);
  return shown.body.properties.provisioningState;
};

describe("creating a cluster", () => {
  it("P1, S2: answers 201 with a state on its way and an operation; a plan with its first steps is queued in the same transaction", async () => {
    const answer = await world.call("Clusters_CreateOrUpdate", params, clusterBody({ tags: { Team: "A" } }));
    expect(answer).toMatchObject({ status: 201, body: { name: params.clusterName, location: "local", tags: { Team: "A" }, properties: { provisioningState: "Creating", engineVersion: "2.0", isSimulated: true, installationId: "0badcafe" } } });
    const operation = await world.operation(answer.operation);
    const target = await world.options.store.plans.target(key());
    expect(operation).toMatchObject({ kind: "create", status: "Running", planId: target?.plan.id });
    expect(world.testStore.enqueued.some(({ planId }) => planId === target?.plan.id)).toBe(true);
  });

  it("S2, L4: becomes Succeeded with its plan, and stays so", async () => {
    const { operation } = await world.call("Clusters_CreateOrUpdate", params, clusterBody());
    await world.finishPlan(key());
    expect(await stateOf()).toBe("Succeeded");
    const status = await world.call("OperationStatuses_Get", { subscriptionId: params.subscriptionId, location: "Local", operationId: (operation?.operationId ?? "").toUpperCase() });
    expect(status.body).toMatchObject({ status: "Succeeded", percentComplete: 100, resourceId: expect.stringContaining(params.clusterName) });
    const result = await world.call("OperationResults_Get", { subscriptionId: params.subscriptionId, location: "local", operationId: operation?.operationId ?? "" });
    expect(result).toMatchObject({ status: 200, body: { name: params.clusterName } });
  });

  it("L11: the same PUT while it runs attaches to the running operation", async () => {
    const first = await world.call("Clusters_CreateOrUpdate", params, clusterBody());
    const second = await world.call("Clusters_CreateOrUpdate", params, clusterBody());
    expect(second).toMatchObject({ status: 201, operation: first.operation });
    expect((await world.options.store.operations.list(key(), 10)).length).toBe(1);
  });

  it("P2: another PUT while it runs is a 409 that names the operation", async () => {
    const first = await world.call("Clusters_CreateOrUpdate", params, clusterBody());
    const error = await refused(world.call("Clusters_CreateOrUpdate", params, clusterBody({ count: 5 })));
    expect([error.code, error.target]).toEqual(["AnotherOperationInProgress", first.operation?.operationId]);
    expect(error.message).toContain(first.operation?.operationId);
  });

  it("P2: an identical PUT of a delivered cluster changes nothing and starts nothing", async () => {
    await deliver();
    const before = await world.snapshot();
    expect(await world.call("Clusters_CreateOrUpdate", params, clusterBody())).toMatchObject({ status: 200 });
    expect(await world.snapshot()).toEqual(before);
  });

  it("A3: a GET body is a PUT body, and changed tags need no plan", async () => {
    await deliver();
    const shown = await world.call("Clusters_Get", params);
    const answer = await world.call("Clusters_CreateOrUpdate", params, { ...shown.body, tags: { a: "b" } });
    expect(answer).toMatchObject({ status: 200, body: { tags: { a: "b" }, properties: { provisioningState: "Succeeded" } } });
    expect(answer.operation).toBeUndefined();
  });

  it("S1: a failed create shows Failed and why; the same PUT plans again", async () => {
    const first = await world.call("Clusters_CreateOrUpdate", params, clusterBody());
    await world.failPlan(key());
    expect(await stateOf()).toBe("Failed");
    const where = { subscriptionId: params.subscriptionId, location: "local", operationId: first.operation?.operationId ?? "" };
    expect((await world.call("OperationStatuses_Get", where)).body).toMatchObject({ status: "Failed", error: { code: "HostUnreachable" } });
    expect((await refused(world.call("OperationResults_Get", where))).code).toBe("OperationFailed");
    const again = await world.call("Clusters_CreateOrUpdate", params, clusterBody());
    expect(again.operation?.operationId).not.toBe(first.operation?.operationId);
    await world.finishPlan(key());
    expect(await stateOf()).toBe("Succeeded");
  });

  it("U1, U2: is found in any case and shows the casing it was made with", async () => {
    await deliver();
    const shown = await world.call("Clusters_Get", { subscriptionId: params.subscriptionId, resourceGroupName: "QUICKSTART", clusterName: params.clusterName.toUpperCase() });
    expect(shown.body.name).toBe(params.clusterName);
  });
});

describe("what is refused leaves nothing behind", () => {
  const cases: readonly (readonly [string, () => Promise<unknown>, ErrorCode, string])[] = [
    ["an unknown location", () => world.call("Clusters_CreateOrUpdate", params, { ...clusterBody(), location: "mars" }), "LocationNotAvailableForResourceType", "location"],
    ["an engine that is not served", () => world.call("Clusters_CreateOrUpdate", params, { ...clusterBody(), properties: { ...clusterBody().properties, engine: "vast" } }), "InvalidRequestContent", "properties.engine"],
    ["a version that is not served", () => world.call("Clusters_CreateOrUpdate", params, { ...clusterBody(), properties: { ...clusterBody().properties, engineVersion: "9.9" } }), "InvalidRequestContent", "properties.engineVersion"],
    ["a substrate that is not served", () => world.call("Clusters_CreateOrUpdate", params, { ...clusterBody(), properties: { ...clusterBody().properties, substrate: "azure" } }), "InvalidRequestContent", "properties.substrate"],
    ["a size that is not offered", () => world.call("Clusters_CreateOrUpdate", params, clusterBody({ size: "huge" })), "InvalidRequestContent", "properties.hosts.size"],
    ["more hosts than the engine runs on", () => world.call("Clusters_CreateOrUpdate", params, clusterBody({ count: 33 })), "InvalidRequestContent", "properties.hosts.count"],
    ["a host count the protection cannot use", () => world.call("Clusters_CreateOrUpdate", params, clusterBody({ hostFailures: 2 })), "InvalidRequestContent", "properties.protection"],
    ["a bad name", () => world.call("Clusters_CreateOrUpdate", { ...params, clusterName: "No_Good" }, clusterBody()), "InvalidResourceName", "clusterName"],
    ["a body that names another resource", () => world.call("Clusters_CreateOrUpdate", params, { ...clusterBody(), name: "other" }), "MismatchingResourceSegments", "name"],
    ["a tag over its limit", () => world.call("Clusters_CreateOrUpdate", params, clusterBody({ tags: { k: "v".repeat(300) } })), "InvalidRequestContent", "tags.k"],
  ];
  it.each(cases)("%s", async (_name, work, code, target) => {
    const before = await world.snapshot();
    const error = await refused(work());
    expect([error.code, error.target]).toEqual([code, target]);
    expect(error.message.length).toBeGreaterThan(20);
    expect(await world.snapshot()).toEqual(before);
  });

  it("P8: a missing group, subscription or parent is named", async () => {
    const before = await world.snapshot();
    expect((await refused(world.call("Clusters_CreateOrUpdate", { ...params, resourceGroupName: "nowhere" }, clusterBody()))).code).toBe("ResourceGroupNotFound");
    expect((await refused(world.frontDoor.admit({ subscriptionId: "11111111-0000-4000-8000-000000000001", method: "GET", namespace: null }))).code).toBe("SubscriptionNotFound");
    expect((await refused(world.call("FileSystems_CreateOrUpdate", { ...params, fileSystemName: "home" }, fileSystemBody()))).code).toBe("ParentResourceNotFound");
    expect((await refused(world.call("Clusters_Get", params))).code).toBe("ResourceNotFound");
    expect(await world.snapshot()).toEqual(before);
  });

  it("V6: what a later body leaves out stays as it is: a newer default version is no change", async () => {
    const old = { ...clusterBody(), properties: { ...clusterBody().properties, engineVersion: "1.0" } };
    await world.call("Clusters_CreateOrUpdate", params, old);
    await world.finishPlan(key());
    expect(await world.call("Clusters_CreateOrUpdate", params, clusterBody())).toMatchObject({ status: 200, body: { properties: { engineVersion: "1.0", provisioningState: "Succeeded" } } });
  });

  it("P5: an immutable property stays what it is", async () => {
    await deliver();
    const error = await refused(world.call("Clusters_CreateOrUpdate", params, { ...clusterBody(), properties: { ...clusterBody().properties, engineVersion: "1.0" } }));
    expect([error.code, error.target]).toEqual(["PropertyChangeNotAllowed", "properties.engineVersion"]);
  });
});

describe("conditions (§10)", () => {
  it("If-None-Match: * makes once, If-Match makes never and changes only what it names", async () => {
    expect((await refused(world.call("Clusters_CreateOrUpdate", params, clusterBody(), { condition: { kind: "ifMatchAny" } }))).code).toBe("PreconditionFailed");
    await world.call("Clusters_CreateOrUpdate", params, clusterBody(), { condition: { kind: "ifNoneMatchAny" } });
    await world.finishPlan(key());
    expect((await refused(world.call("Clusters_CreateOrUpdate", params, clusterBody(), { condition: { kind: "ifNoneMatchAny" } }))).code).toBe("PreconditionFailed");
    const { body } = await world.call("Clusters_Get", params);
    const etag = body.etag ?? "";
    expect(etag).toMatch(/^".+"$/);
    const changed = clusterBody({ tags: { a: "1" } });
    expect((await refused(world.call("Clusters_CreateOrUpdate", params, changed, { condition: { kind: "ifMatch", etags: ["stale"] } }))).code).toBe("PreconditionFailed");
    expect(await world.call("Clusters_CreateOrUpdate", params, changed, { condition: { kind: "ifMatch", etags: [etag.replaceAll('"', "")] } })).toMatchObject({ status: 200, body: { tags: { a: "1" } } });
  });
});

describe("PATCH", () => {
  it("A1, A2: merges properties, replaces tags whole, needs an operation only when something is to deliver", async () => {
    await deliver();
    expect(await world.call("Clusters_Update", params, { tags: { only: "this" } })).toMatchObject({ status: 200, body: { tags: { only: "this" } } });
    const grown = await world.call("Clusters_Update", params, { properties: { hosts: { count: 5 } } });
    expect(grown.status).toBe(202);
    expect((await world.call("Clusters_Get", params)).body.properties.hosts).toEqual({ size: "local-small", count: 5 });
    await world.finishPlan(key());
    expect(await stateOf()).toBe("Succeeded");
  });
  it("A2: never creates", async () => {
    expect((await refused(world.call("Clusters_Update", params, { tags: {} }))).code).toBe("ResourceNotFound");
  });
  it("A1: null cannot remove what a cluster needs", async () => {
    await deliver();
    const error = await refused(world.call("Clusters_Update", params, { properties: { hosts: null } }));
    expect([error.code, error.target]).toEqual(["InvalidRequestContent", "properties.hosts"]);
  });
});

describe("DELETE", () => {
  it("D1, D2: 204 when absent, else 202, Deleting while it runs, gone after; the result says 204", async () => {
    expect(await world.call("Clusters_Delete", params)).toEqual({ status: 204 });
    await deliver();
    await world.call("FileSystems_CreateOrUpdate", { ...params, fileSystemName: "home" }, fileSystemBody());
    await world.finishPlan(key());
    const answer = await world.call("Clusters_Delete", params);
    expect(answer.status).toBe(202);
    expect(await world.call("Clusters_Delete", params)).toEqual(answer);
    expect(await stateOf()).toBe("Deleting");
    expect((await world.call("FileSystems_Get", { ...params, fileSystemName: "home" })).body.properties.provisioningState).toBe("Deleting");
    await world.finishPlan(key());
    expect((await refused(world.call("Clusters_Get", params))).code).toBe("ResourceNotFound");
    expect((await refused(world.call("FileSystems_Get", { ...params, fileSystemName: "home" }))).code).toBe("ResourceNotFound");
    const operation = "operation" in answer ? answer.operation : undefined;
    expect(await world.call("OperationResults_Get", { subscriptionId: params.subscriptionId, location: "local", operationId: operation?.operationId ?? "" })).toEqual({ status: 204 });
  });
  it("is refused while a create runs, allowed after it failed, and the name can be used again", async () => {
    await world.call("Clusters_CreateOrUpdate", params, clusterBody());
    expect((await refused(world.call("Clusters_Delete", params))).code).toBe("AnotherOperationInProgress");
    await world.failPlan(key());
    await world.call("Clusters_Delete", params);
    await world.finishPlan(key());
    expect(await world.call("Clusters_CreateOrUpdate", params, clusterBody())).toMatchObject({ status: 201 });
    await world.finishPlan(key());
    expect(await stateOf()).toBe("Succeeded");
  });
  it("D3: a resource group goes with the clusters inside, and nothing new comes into it meanwhile", async () => {
    const group = { ...GROUP, resourceGroupName: "doomed" };
    await world.call("ResourceGroups_CreateOrUpdate", group, { location: "local" });
    params = { ...group, clusterName: "inside" };
    await deliver();
    const answer = await world.call("ResourceGroups_Delete", group);
    expect(answer.status).toBe(202);
    expect((await refused(world.call("Clusters_CreateOrUpdate", { ...group, clusterName: "late" }, clusterBody()))).code).toBe("ResourceGroupBeingDeleted");
    await world.frontDoor.sweepGroups();
    await world.finishPlan(key());
    await world.frontDoor.sweepGroups();
    expect((await refused(world.call("ResourceGroups_Get", group))).code).toBe("ResourceGroupNotFound");
    expect((await world.operation(answer.operation)).status).toBe("Succeeded");
  });
});

describe("file systems and buckets", () => {
  const fs = (name: string) => ({ ...params, fileSystemName: name });
  it("written while a plan runs they wait, and are then planned together", async () => {
    await world.call("Clusters_CreateOrUpdate", params, clusterBody());
    const home = await world.call("FileSystems_CreateOrUpdate", fs("home"), fileSystemBody());
    const results = await world.call("Buckets_CreateOrUpdate", { ...params, bucketName: "results" }, bucketBody());
    expect(home).toMatchObject({ status: 201, body: { properties: { provisioningState: "Accepted", mountPath: "/home" } } });
    expect(await world.operation(home.operation)).toMatchObject({ status: "Accepted", planId: null });
    await world.finishPlan(key());
    expect(world.hookErrors).toEqual([]);
    const [one, two] = [await world.operation(home.operation), await world.operation(results.operation)];
    expect(one.planId).not.toBeNull();
    expect([one.status, two.status, one.planId]).toEqual(["Running", "Running", two.planId]);
    expect((await world.options.store.plans.target(key()))?.plan.comment).toBe("create file system home, create bucket results");
    await world.finishPlan(key());
    expect((await world.operation(results.operation)).status).toBe("Succeeded");
    expect((await world.call("FileSystems_Get", fs("home"))).body.properties.provisioningState).toBe("Succeeded");
    expect((await world.call("FileSystems_ListByCluster", params)).body.value.map(({ name }) => name)).toEqual(["home"]);
  });
  it("the same PUT while it waits attaches, another is a 409", async () => {
    await world.call("Clusters_CreateOrUpdate", params, clusterBody());
    const first = await world.call("FileSystems_CreateOrUpdate", fs("home"), fileSystemBody());
    expect((await world.call("FileSystems_CreateOrUpdate", fs("home"), fileSystemBody())).operation).toEqual(first.operation);
    expect((await refused(world.call("FileSystems_CreateOrUpdate", fs("home"), fileSystemBody(9)))).code).toBe("AnotherOperationInProgress");
  });
  it("an impossible wish is refused at once, also while a plan runs, with a target in its own body", async () => {
    await world.call("Clusters_CreateOrUpdate", params, clusterBody());
    const before = await world.snapshot();
    const error = await refused(world.call("FileSystems_CreateOrUpdate", fs("home"), fileSystemBody(8, 2)));
    expect([error.code, error.details.some(({ target }) => target === "properties.protection")]).toEqual(["InvalidRequestContent", true]);
    expect(await world.snapshot()).toEqual(before);
  });
  it("when the cluster's plan fails, what waited fails with the reason, and nothing more is taken until the cluster is PUT again", async () => {
    await world.call("Clusters_CreateOrUpdate", params, clusterBody());
    const home = await world.call("FileSystems_CreateOrUpdate", fs("home"), fileSystemBody());
    await world.failPlan(key());
    expect(await world.operation(home.operation)).toMatchObject({ status: "Failed", error: { code: "OperationNotAllowed" } });
    expect((await refused(world.call("FileSystems_CreateOrUpdate", fs("home"), fileSystemBody()))).code).toBe("OperationNotAllowed");
    await world.call("Clusters_CreateOrUpdate", params, clusterBody());
    await world.finishPlan(key());
    await world.call("FileSystems_CreateOrUpdate", fs("home"), fileSystemBody());
    await world.finishPlan(key());
    expect((await world.call("FileSystems_Get", fs("home"))).body.properties.provisioningState).toBe("Succeeded");
  });
  it("grow by PATCH and go by DELETE", async () => {
    await deliver();
    await world.call("FileSystems_CreateOrUpdate", fs("home"), fileSystemBody());
    await world.finishPlan(key());
    const grown = await world.call("FileSystems_Update", fs("home"), { properties: { usableCapacityGB: 16 } });
    if (grown.status === 202 && (await world.operation(grown.operation)).status === "Running") await world.finishPlan(key());
    expect((await world.call("FileSystems_Get", fs("home"))).body.properties).toMatchObject({ usableCapacityGB: 16, provisioningState: "Succeeded" });
    expect((await world.call("FileSystems_Delete", fs("home"))).status).toBe(202);
    await world.finishPlan(key());
    expect((await refused(world.call("FileSystems_Get", fs("home")))).code).toBe("ResourceNotFound");
    expect((await world.call("Clusters_Get", params)).body.properties.provisioningState).toBe("Succeeded");
  });
});

describe("many at once", () => {
  it("more writes of one cluster than the pool has connections are all answered, and all children arrive", async () => {
    await deliver();
    const names = Array.from({ length: 40 }, (_, i) => `many-${i}`);
    const answers = await Promise.all(names.map((fileSystemName) => world.call("FileSystems_CreateOrUpdate", { ...params, fileSystemName }, fileSystemBody(1))));
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 201));
    // However many of them were planned together.
    while ((await world.testStore.store.plans.target(key()))?.status === "Running") await world.finishPlan(key());
    const states = (await world.call("FileSystems_ListByCluster", params)).body.value.map(({ properties }) => properties.provisioningState);
    expect(states).toEqual(names.map(() => "Succeeded"));
    expect(world.hookErrors).toEqual([]);
  });
  it("of many first PUTs of one cluster exactly one creates, the others attach to its operation", async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => world.call("Clusters_CreateOrUpdate", params, clusterBody())));
    expect(new Set(answers.map(({ operation }) => operation?.operationId)).size).toBe(1);
    expect((await world.options.store.plans.list(key(), 10)).length).toBe(1);
  });
});

describe("lists", () => {
  it("G3-G5: page by key; following the tokens shows each cluster once", async () => {
    const own = await openWorld();
    for (const name of ["alpha", "bravo", "charlie", "delta", "echo"]) await own.call("Clusters_CreateOrUpdate", { ...CLUSTER, clusterName: name }, clusterBody());
    const seen: string[] = [];
    let token: string | undefined;
    do {
      const page = await own.call("Clusters_ListByResourceGroup", GROUP, undefined, { query: { $top: "2", ...(token === undefined ? {} : { $skiptoken: token }) } });
      expect(page.body.value.length).toBeLessThanOrEqual(2);
      seen.push(...page.body.value.map(({ name }) => name ?? ""));
      token = page.skipToken;
    } while (token !== undefined);
    expect(seen).toEqual(["alpha", "bravo", "charlie", "delta", "echo"]);
    expect((await refused(own.call("Clusters_ListBySubscription", GROUP, undefined, { query: { $skiptoken: "AAAA" } }))).code).toBe("InvalidSkipToken");
    await own.close();
  });
});
