// What is only read: whatIf, sizing, plans, hosts, credentials, operations list, groups, generic list.
import { itemsAfter } from "@cynosure/arm-store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { routes } from "@cynosure/contract";
import { ControlPlaneError, isEmptyDiff } from "@cynosure/model";
import type { MachineFinding } from "./options.ts";
import { operationCatalogue } from "./operation-catalogue.ts";
import { CLUSTER, GROUP, SUBSCRIPTION, clusterBody, clusterKeyIn, fileSystemBody, openWorld } from "./testkit/world.ts";
import type { World } from "./testkit/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(() => null, (reason: unknown) => reason);
  return error instanceof ControlPlaneError ? error.code : String(error);
};

describe("whatIf", () => {
  it("shows hosts, daemons, pools and steps, says that it is simulated and stores nothing", async () => {
    const before = await world.snapshot();
    const { body } = await world.call("Clusters_WhatIf", { ...CLUSTER, clusterName: "maybe" }, clusterBody({ count: 5 }));
    expect(body).toMatchObject({ generation: 1, isSimulated: true });
    expect(body.hosts.map(({ name }) => name)).toEqual(["host-1", "host-2", "host-3", "host-4", "host-5"]);
    expect([body.steps.length > 10, body.pools.length > 0, body.criticalPathMs > 0]).toEqual([true, true, true]);
    expect(await world.snapshot()).toEqual(before);
  });
  it("refuses what a PUT would refuse", async () => {
    expect(await codeOf(world.call("Clusters_WhatIf", { ...CLUSTER, clusterName: "maybe" }, clusterBody({ count: 33 })))).toBe("InvalidRequestContent");
    expect(await codeOf(world.call("Clusters_WhatIf", { ...CLUSTER, clusterName: "maybe", resourceGroupName: "nowhere" }, clusterBody()))).toBe("ResourceGroupNotFound");
  });
});

describe("what whatIf says would differ", () => {
  const GROWN = { ...CLUSTER, clusterName: "grown" };
  const ask = async (body: unknown) => (await world.call("Clusters_WhatIf", GROWN, body)).body;
  const namesOf = (items: readonly { readonly name: string }[]): string[] => items.map(({ name }) => name);

  it("is everything, added, when the cluster is not there", async () => {
    const { diff, ...plan } = await ask(clusterBody());
    expect(plan.parentPlanId).toBeUndefined();
    expect([namesOf(diff.hosts.added), namesOf(diff.pools.added)]).toEqual([namesOf(plan.hosts), namesOf(plan.pools)]);
    expect(diff.hosts.added.map(({ daemonsStarted }) => daemonsStarted)).toEqual(plan.hosts.map(({ daemons }) => daemons));
    expect(diff.settings).toContainEqual({ name: "hosts.count", after: "3" });
    expect([diff.hosts, diff.pools, diff.endpoints, diff.actions].flatMap(({ removed, changed }) => [...removed, ...changed])).toEqual([]);
    expect(diff.settings.filter(({ before }) => before !== undefined)).toEqual([]);
  });
  it("is what a write would change of the target plan, also while that still runs, and stores nothing", async () => {
    await world.call("Clusters_CreateOrUpdate", GROWN, clusterBody());
    const target = await world.options.store.plans.target(clusterKeyIn(GROWN));
    for (const finish of [false, true]) {
      if (finish) await world.finishPlan(clusterKeyIn(GROWN));
      const before = await world.snapshot();
      const { diff, parentPlanId } = await ask(clusterBody({ count: 5, hostFailures: 2 }));
      expect(parentPlanId).toBe(target?.plan.id);
      expect(diff.settings).toEqual([{ name: "hosts.count", before: "3", after: "5" }, { name: "protection.hostFailures", before: "1", after: "2" }]);
      expect([namesOf(diff.hosts.added), namesOf(diff.hosts.removed)]).toEqual([["host-4", "host-5"], []]);
      expect(diff.pools).toMatchObject({ added: [], removed: [], changed: [{ name: "meta", values: [{ name: "protection", before: expect.stringContaining("3 copies"), after: expect.stringContaining("4 copies") }] }] });
      expect(await world.snapshot()).toEqual(before);
    }
  });
  it("is nothing when the body says what is there, with no step to run", async () => {
    const { diff, steps } = await ask(clusterBody());
    expect([isEmptyDiff(diff), steps]).toEqual([true, []]);
  });
  it("is nothing after a change that failed, whose steps would run again", async () => {
    await world.call("Clusters_CreateOrUpdate", GROWN, clusterBody({ count: 4 }));
    await world.failPlan(clusterKeyIn(GROWN));
    const { diff, steps } = await ask(clusterBody({ count: 4 }));
    expect([isEmptyDiff(diff), steps.length > 0]).toEqual([true, true]);
  });
  it("is not told where a PUT is refused for what cannot change", async () => {
    const body = clusterBody({ count: 4 });
    expect(await codeOf(ask({ ...body, properties: { ...body.properties, engineVersion: "1.0" } }))).toBe("PropertyChangeNotAllowed");
  });
  it("is everything again once the cluster was removed", async () => {
    await world.call("Clusters_Delete", GROWN);
    await world.finishPlan(clusterKeyIn(GROWN));
    const { diff, parentPlanId, hosts } = await ask(clusterBody());
    expect([parentPlanId, namesOf(diff.hosts.added)]).toEqual([undefined, namesOf(hosts)]);
  });
});

describe("sizing", () => {
  const requirement = { name: "proof", sites: [{ name: "here", location: "local", hosts: { count: 8 }, fileSystems: [{ name: "home", ...fileSystemBody().properties }], buckets: [{ name: "results", protection: { hostFailures: 2 } }] }] };
  it("answers with bodies that can be written as they are", async () => {
    const { body } = await world.call("Sizing_Size", { subscriptionId: SUBSCRIPTION, location: "Local" }, requirement);
    const [option] = body.sites[0]?.options ?? [];
    expect(body).toMatchObject({ problems: [], isSimulated: true, hypothetical: false, sites: [{ siteName: "here" }] });
    const cluster = option?.clusters[0];
    expect(option).toMatchObject({ rank: 1, location: "local", engine: "simulated", deploymentMode: "customerTenant", hostCount: 8 });
    expect(cluster).toMatchObject({ hostCount: 8, cluster: { location: "local", properties: { engine: "simulated", engineVersion: "2.0", substrate: "simulated", protection: { hostFailures: 2 } } }, fileSystems: [{ name: "home" }], buckets: [{ name: "results" }] });
    const written = await world.call("Clusters_CreateOrUpdate", { ...CLUSTER, clusterName: "sized" }, cluster?.cluster);
    expect(written.status).toBe(201);
  });
  it("answers for a region that nothing here serves; only writing such a cluster is refused", async () => {
    const scratch = { name: "scratch", usableCapacityGB: 200_000, protocols: ["native"], throughput: { readGBps: 50, writeGBps: 20 }, protection: { hostFailures: 2 } };
    const { body } = await world.call("Sizing_Size", { subscriptionId: SUBSCRIPTION, location: "local" }, { name: "proof", sites: [{ name: "there", location: "UK South", fileSystems: [scratch] }] });
    const option = body.sites[0]?.options[0];
    expect([body.isSimulated, option?.location]).toEqual([false, "uksouth"]);
    const cluster = option?.clusters[0];
    expect(cluster?.cluster).toMatchObject({ location: "uksouth", properties: { substrate: "azure", hosts: { size: option?.hostSize } } });
    expect(cluster?.fileSystems).toEqual([{ name: "scratch", body: { properties: { usableCapacityGB: 200_000, protocols: ["nfs"], protection: { hostFailures: 2, scheme: "replication" } } } }]);
    expect(await codeOf(world.call("Clusters_CreateOrUpdate", { ...CLUSTER, clusterName: "there" }, cluster?.cluster))).toBe("LocationNotAvailableForResourceType");
  });
  it("names values that do not fit each other, each with its path", async () => {
    const error: unknown = await world.call("Sizing_Size", { subscriptionId: SUBSCRIPTION, location: "local" }, { ...requirement, constraints: { budget: { totalUsd: 1 }, readyBy: "2027-02-30" } }).then(() => null, (reason: unknown) => reason);
    expect(error).toMatchObject({ code: "InvalidRequestContent", details: [{ target: "constraints.budget.termMonths" }, { target: "constraints.readyBy" }] });
  });
  it("names a site at an unknown location and a name used twice", async () => {
    const size = (sites: unknown) => codeOf(world.call("Sizing_Size", { subscriptionId: SUBSCRIPTION, location: "local" }, { name: "proof", sites }));
    expect(await size([{ name: "here", location: "mars" }])).toBe("LocationNotAvailableForResourceType");
    expect(await size([{ name: "here", location: "local" }, { name: "here", location: "local" }])).toBe("InvalidRequestContent");
  });
});

describe("a list that is not read by key", () => {
  it("has no place to go on from after an item that is gone", async () => {
    const items = ["a", "b", "c"];
    expect(itemsAfter(items, null, (item) => item)).toEqual(items);
    expect(itemsAfter(items, "b", (item) => item)).toEqual(["c"]);
    expect(await codeOf(Promise.resolve().then(() => itemsAfter(items, "gone", (item) => item)))).toBe("InvalidSkipToken");
  });
});

describe("credentials that there are not", () => {
  it("are refused without a record that they were handed out", async () => {
    const bare = await openWorld({ readCredentials: () => Promise.resolve({ s3: null }) });
    try {
      await bare.call("Clusters_CreateOrUpdate", CLUSTER, clusterBody());
      await bare.finishPlan();
      const before = await bare.snapshot();
      expect(await codeOf(bare.call("Clusters_ListCredentials", CLUSTER))).toBe("OperationNotAllowed");
      expect(await bare.snapshot()).toEqual(before);
    } finally {
      await bare.close();
    }
  });
});

describe("plans and hosts of a cluster", () => {
  it("are shown as soon as it is planned, with progress", async () => {
    const answered = await world.call("Clusters_CreateOrUpdate", CLUSTER, clusterBody());
    expect(answered.body.properties.targetPlanId).toBeUndefined();
    const { body } = await world.call("Clusters_Get", CLUSTER);
    const plans = await world.call("Plans_ListByCluster", CLUSTER);
    expect(plans.body.value).toMatchObject([{ name: body.properties.targetPlanId, properties: { generation: 1, status: "running", findings: expect.any(Array) } }]);
    const hosts = await world.call("Hosts_ListByCluster", CLUSTER);
    expect(hosts.body.value.map(({ name, properties }) => [name, properties.state, properties.joined])).toEqual([1, 2, 3].map((n) => [`host-${n}`, "pending", false]));
    expect(await codeOf(world.call("Clusters_ListCredentials", CLUSTER))).toBe("OperationNotAllowed");
    await world.finishPlan();
    const plan = await world.call("Plans_Get", { ...CLUSTER, planName: (body.properties.targetPlanId ?? "").toUpperCase() });
    expect(plan.body.properties.status).toBe("succeeded");
    expect(new Set(plan.body.properties.steps.map(({ status }) => status))).toEqual(new Set(["done"]));
    expect(await codeOf(world.call("Plans_Get", { ...CLUSTER, planName: "nothing" }))).toBe("ResourceNotFound");
    expect(await codeOf(world.call("Hosts_Get", { ...CLUSTER, hostName: "host-9" }))).toBe("ResourceNotFound");
  });
  it("credentials and benchmark answer once it is delivered", async () => {
    expect((await world.call("Clusters_ListCredentials", CLUSTER)).body).toEqual({ s3: { accessKeyId: "AK", secretAccessKey: "SK" } });
    expect((await world.call("Clusters_Benchmark", CLUSTER, { seconds: 5 })).body).toMatchObject({ seconds: 5, isSimulated: true });
  });
  it("P7: no resource shows a secret", async () => {
    expect(JSON.stringify(await world.call("Clusters_Get", CLUSTER))).not.toContain("SK");
  });
  it("a plan of one cluster is not found under another", async () => {
    await world.call("Clusters_CreateOrUpdate", { ...CLUSTER, clusterName: "other" }, clusterBody());
    const target = await world.options.store.plans.target(clusterKeyIn(CLUSTER));
    expect(await codeOf(world.call("Plans_Get", { ...CLUSTER, clusterName: "other", planName: target?.plan.id ?? "" }))).toBe("ResourceNotFound");
  });
  it("operations of a cluster are listed the newest first, page by page, with who asked and the plan of each", async () => {
    const newest = await world.call("ClusterOperations_ListByCluster", CLUSTER, undefined, { query: { $top: "1" } });
    expect(newest.body.value).toHaveLength(1);
    await world.call("FileSystems_CreateOrUpdate", { ...CLUSTER, fileSystemName: "home" }, fileSystemBody());
    await world.finishPlan();
    const { value } = (await world.call("ClusterOperations_ListByCluster", CLUSTER)).body;
    const target = await world.options.store.plans.target(clusterKeyIn(CLUSTER));
    expect(value[0]).toMatchObject({
      id: expect.stringMatching(/\/operations\/[^/]+$/), type: "Cynosure.Storage/clusters/operations",
      properties: { kind: "create", resourceId: expect.stringMatching(/fileSystems\/home$/), status: "Succeeded", percentComplete: 100, planId: target?.plan.id, startedBy: { displayName: "ada" } },
    });
    expect(value.slice(1).map(({ properties }) => properties.kind)).toEqual(["create"]);
    expect((await world.call("ClusterOperations_Get", { ...CLUSTER, operationName: (value[0]?.name ?? "").toUpperCase() })).body).toEqual(value[0]);
  });
  it("an operation of one cluster is not found under another, nor one that never was", async () => {
    const [operation] = await world.options.store.operations.list(clusterKeyIn(CLUSTER), 1);
    for (const params of [{ ...CLUSTER, clusterName: "other", operationName: operation?.id ?? "" }, { ...CLUSTER, operationName: "nothing" }]) expect(await codeOf(world.call("ClusterOperations_Get", params))).toBe("ResourceNotFound");
    expect(await codeOf(world.call("ClusterOperations_ListByCluster", { ...CLUSTER, clusterName: "nowhere" }))).toBe("ResourceNotFound");
  });
  it("L8: an operation is not found under another location", async () => {
    const [operation] = await world.options.store.operations.list(clusterKeyIn(CLUSTER), 1);
    expect(await codeOf(world.call("OperationStatuses_Get", { subscriptionId: SUBSCRIPTION, location: "elsewhere", operationId: operation?.id ?? "" }))).toBe("OperationNotFound");
  });
});

describe("resource groups", () => {
  it("are made once, found in any case, keep their location and go when empty", async () => {
    const group = { subscriptionId: SUBSCRIPTION, resourceGroupName: "Team-A" };
    expect(await world.call("ResourceGroups_CreateOrUpdate", group, { location: "local" })).toMatchObject({ status: 201, body: { name: "Team-A" } });
    expect(await world.call("ResourceGroups_CreateOrUpdate", group, { location: "Local", tags: { a: "b" } })).toMatchObject({ status: 200, body: { tags: { a: "b" } } });
    expect(await world.call("ResourceGroups_CheckExistence", { ...group, resourceGroupName: "TEAM-a" })).toEqual({ status: 204 });
    expect(await codeOf(world.call("ResourceGroups_CreateOrUpdate", group, { location: "mars" }))).toBe("LocationNotAvailableForResourceType");
    expect(await codeOf(world.call("ResourceGroups_CreateOrUpdate", { ...group, resourceGroupName: "ends." }, { location: "local" }))).toBe("InvalidResourceName");
    expect((await world.call("ResourceGroups_List", group)).body.value.map(({ name }) => name)).toEqual(["quickstart", "Team-A"]);
    expect(await world.call("ResourceGroups_Delete", group)).toEqual({ status: 200 });
    expect(await codeOf(world.call("ResourceGroups_Get", group))).toBe("ResourceGroupNotFound");
  });
});

describe("a second start", () => {
  it("leaves the built-in group as its users made it", async () => {
    await world.call("ResourceGroups_Update", GROUP, { tags: { owner: "ada" } });
    await world.frontDoor.ensureResourceGroup(GROUP.resourceGroupName, "local");
    expect((await world.call("ResourceGroups_Get", GROUP)).body.tags).toEqual({ owner: "ada" });
  });
});

describe("front door", () => {
  it("lists tracked resources by group, type and name", async () => {
    const namesBy = async (filter: string): Promise<readonly string[]> => (await world.listed(filter)).map(({ name }) => name);
    expect(await namesBy("")).toContain("meadow");
    expect(await namesBy(`resourceGroup eq '${GROUP.resourceGroupName}' and name eq 'MEADOW'`)).toEqual(["meadow"]);
    expect(await namesBy("resourceType eq 'Other/type'")).toEqual([]);
  });
  it("§15: the operations list names the permission of every route, and register", () => {
    const names = operationCatalogue().map(({ name }) => name);
    const wanted = routes.filter(({ namespace }) => namespace === "Cynosure.Storage").map(({ permission }) => permission);
    expect(new Set(names)).toEqual(new Set([...wanted, "Cynosure.Storage/register/action", "Cynosure.Storage/unregister/action"]));
    expect(names.length).toBe(new Set(names).size);
  });
});

describe("metrics", () => {
  const GREEN = { ...CLUSTER, clusterName: "green" };
  const sample = { readMBps: 3, writeMBps: 4, readOps: 5, writeOps: 6, usedBytes: 7, rawBytes: 800 };
  const pool = { name: "data", kind: "bucket" as const, protection: { scheme: "replication" as const, hostFailures: 1 }, usedBytes: 2, usableBytes: 90 };

  it("are empty, and without capacity, until the engine was asked, and say that they are simulated", async () => {
    await world.call("Clusters_CreateOrUpdate", GREEN, clusterBody());
    expect((await world.call("Clusters_ReadMetrics", GREEN, {})).body).toEqual({ isSimulated: true, samples: [] });
  });
  it("are the samples of the time asked for, of an hour when nothing is said, and the capacity seen last", async () => {
    const nowMs = world.clock.now();
    for (const agoMs of [3_599_000, 60_000, 10_000]) await world.options.store.metrics.put(clusterKeyIn(GREEN), { ...sample, observedAtMs: nowMs - agoMs, byProtection: [pool] });
    const at = (agoMs: number): string => new Date(nowMs - agoMs).toISOString();
    const whole = (await world.call("Clusters_ReadMetrics", GREEN, {})).body;
    expect(whole.samples.map((each) => each.at)).toEqual([at(3_599_000), at(60_000), at(10_000)]);
    expect(whole).not.toHaveProperty("latencyOf");
    expect(whole.samples[0]).toEqual({ at: at(3_599_000), ...sample });
    const { samples, capacity } = (await world.call("Clusters_ReadMetrics", GREEN, { sinceSeconds: 5 })).body;
    expect(samples).toEqual([]);
    expect(capacity).toEqual({ usedBytes: 7, rawBytes: 800, byProtection: [{ ...pool, protection: { hostFailures: 1, scheme: "replication" } }] });
  });
  it("tell latency where the engine does, what it is of, and nothing of what the engine does not time", async () => {
    const nowMs = world.clock.now();
    const latency = { of: "diskCommit", readMs: null, writeMs: 1.5 } as const;
    await world.options.store.metrics.put(clusterKeyIn(GREEN), { ...sample, observedAtMs: nowMs, byProtection: [pool], latency });
    const { samples, latencyOf } = (await world.call("Clusters_ReadMetrics", GREEN, { sinceSeconds: 5 })).body;
    expect([samples, latencyOf]).toEqual([[{ at: new Date(nowMs).toISOString(), ...sample, writeLatencyMs: 1.5 }], "diskCommit"]);
  });
  it("of a cluster that is not there are not found", async () => {
    expect(await codeOf(world.call("Clusters_ReadMetrics", { ...CLUSTER, clusterName: "nowhere" }, {}))).toBe("ResourceNotFound");
  });
});

describe("the doctor", () => {
  const HERE = { subscriptionId: SUBSCRIPTION, location: "local" };
  it("says of each look how it ended, what was found and what to do, and is asked once by all who wait", async () => {
    const looks: (() => void)[] = [];
    const own = await openWorld({
      examineMachine: () =>
        new Promise((resolve) => {
          const finding = (id: string, severity: MachineFinding["severity"], remedy: string | null = null): MachineFinding => ({ id, severity, message: `about ${id}`, remedy });
          looks.push(() => resolve([finding("a", "ok"), finding("b", "info"), finding("c", "warning", "mend it"), finding("d", "error"), finding("e", "unknown")]));
        }),
    });
    const both = [own.call("Machine_RunDoctor", HERE), own.call("Machine_RunDoctor", HERE)];
    expect(looks).toHaveLength(1);
    looks[0]?.();
    for (const { body } of await Promise.all(both)) {
      expect(body.findings.map(({ name, status }) => [name, status])).toEqual([["a", "ok"], ["b", "ok"], ["c", "warning"], ["d", "failed"], ["e", "unknown"]]);
      expect(body.findings.slice(1, 3)).toEqual([{ name: "b", status: "ok", found: "about b" }, { name: "c", status: "warning", found: "about c", remedy: "mend it" }]);
    }
    void own.call("Machine_RunDoctor", HERE);
    expect(looks).toHaveLength(2);
    await own.close();
  });
  it("is asked anew after a look that broke off, and looks only where it is", async () => {
    let looks = 0;
    const own = await openWorld({
      examineMachine: async () => {
        looks += 1;
        if (looks === 1) throw new Error("no /proc");
        return [];
      },
    });
    expect(await codeOf(own.call("Machine_RunDoctor", HERE))).toBe("Error: no /proc");
    expect((await own.call("Machine_RunDoctor", HERE)).body).toEqual({ findings: [] });
    expect(await codeOf(own.call("Machine_RunDoctor", { ...HERE, location: "atlantis" }))).toBe("LocationNotAvailableForResourceType");
    await own.close();
  });
});
