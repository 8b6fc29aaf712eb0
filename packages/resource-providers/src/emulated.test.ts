// An engine that speaks to an emulated server says so with every result, and no other does.
import { tinyEngine } from "@cynosure/planner/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLUSTER, SUBSCRIPTION, clusterBody, clusterKeyIn, openWorld } from "./testkit/world.ts";
import type { World } from "./testkit/world.ts";

const EMULATED = { ...CLUSTER, clusterName: "emulated" };
const body = { ...clusterBody(), properties: { ...clusterBody().properties, engine: "vast" as const } };
let world: World;
beforeAll(async () => {
  world = await openWorld({ engines: { simulated: { planner: tinyEngine, isSimulated: true, versions: ["1.0"] }, vast: { planner: tinyEngine, isSimulated: false, isEmulated: true, versions: ["5.4"] } } });
});
afterAll(() => world.close());

describe("an emulated engine", () => {
  it("is called so in plans, clusters, benchmarks and metrics", async () => {
    expect((await world.call("Clusters_WhatIf", EMULATED, body)).body).toMatchObject({ isEmulated: true, isSimulated: true });
    await world.call("Clusters_CreateOrUpdate", EMULATED, body);
    await world.finishPlan(clusterKeyIn(EMULATED));
    expect((await world.call("Clusters_Get", EMULATED)).body.properties).toMatchObject({ engineVersion: "5.4", isEmulated: true });
    expect((await world.call("Clusters_Benchmark", EMULATED, { seconds: 5 })).body).toMatchObject({ isEmulated: true });
    expect((await world.call("Clusters_ReadMetrics", EMULATED, {})).body).toMatchObject({ isEmulated: true });
  });

  it("is called so in a sizing answer that would deliver it, and in no other", async () => {
    const size = async (engine: object) => (await world.call("Sizing_Size", { subscriptionId: SUBSCRIPTION, location: "local" }, { name: "proof", sites: [{ name: "here", location: "local", hosts: { count: 8 }, buckets: [{ name: "results", protection: { hostFailures: 1 } }], ...engine }] })).body;
    expect(await size({ engine: "vast" })).toMatchObject({ isEmulated: true, isSimulated: true });
    expect(await size({})).not.toHaveProperty("isEmulated");
  });

  it("marks nothing of another cluster", async () => {
    await world.call("Clusters_CreateOrUpdate", CLUSTER, clusterBody());
    expect((await world.call("Clusters_Get", CLUSTER)).body.properties).not.toHaveProperty("isEmulated");
  });
});
