// Between a write and its plan: what is recorded, what others may do meanwhile, and what becomes of a change that
// cannot be planned when its turn comes.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Operation } from "@cynosure/model";
import { anOffer, tinyEngine } from "@cynosure/planner/testkit";
import { PLANNING } from "@cynosure/resource-store";
import { createLocalHosts } from "./testkit/local-hosts.ts";
import { GROUP, clusterBody, clusterKeyIn, fileSystemBody, openWorld } from "./testkit/world.ts";
import type { World } from "./testkit/world.ts";

let world: World;
let number = 0;
let params: typeof GROUP & { clusterName: string };
const key = () => clusterKeyIn(params);
/** What the engine's planner does when it is asked to plan, and what the substrate offers. */
const fault = { planner: false, offer: null as string | null };

beforeAll(async () => {
  const planner: typeof tinyEngine = { ...tinyEngine, layout: (input) => {
    if (fault.planner) throw new TypeError("undefined is not a daemon");
    return tinyEngine.layout(input);
  } };
  world = await openWorld({
    engines: { simulated: { planner, isSimulated: true, versions: ["2.0", "1.0"] } },
    substrates: { simulated: { ...createLocalHosts().substrate, isSimulated: true, describeOffers: () => Promise.resolve([{ ...anOffer, restriction: fault.offer }]) } },
  });
});
afterAll(() => world.close());
beforeEach(() => {
  params = { ...GROUP, clusterName: `glade-${(number += 1)}` };
  Object.assign(fault, { planner: false, offer: null });
});

const plansOf = async () => (await world.options.store.plans.list(key(), 10)).toReversed();
const openOf = (): Promise<readonly Operation[]> => world.options.store.operations.listOpen(key());
const codeOf = (work: Promise<unknown>): Promise<unknown> => work.then(() => null, (error: unknown) => (error as { code?: unknown }).code);
const stateOf = async (): Promise<string | undefined> => (await world.call("Clusters_Get", params)).body.properties.provisioningState;

describe("a change that is recorded", () => {
  it("P1, S2: has its operation and its queued planning, and no plan; then its plan is its writer's", async () => {
    const before = world.testStore.enqueued.length;
    const { operation } = await world.record("Clusters_CreateOrUpdate", params, clusterBody());
    expect(world.testStore.enqueued.slice(before)).toEqual([{ planId: operation?.operationId, stepId: PLANNING }]);
    expect(await plansOf()).toEqual([]);
    expect(await world.operation(operation)).toMatchObject({ status: "Accepted", planId: null });
    expect((await world.record("Clusters_Get", params)).body.properties).toMatchObject({ provisioningState: "Creating" });
    await world.planQueued();
    const [plan] = await plansOf();
    expect(plan?.plan).toMatchObject({ createdBy: "ada", generation: 1, comment: `create cluster ${params.clusterName}` });
    expect(await world.operation(operation)).toMatchObject({ status: "Running", planId: plan?.plan.id });
  });

  it("answers the same PUT with its operation, another and a DELETE with 409", async () => {
    const first = await world.record("Clusters_CreateOrUpdate", params, clusterBody());
    const second = await world.record("Clusters_CreateOrUpdate", params, clusterBody());
    expect(second).toMatchObject({ status: 201, operation: first.operation });
    expect(await codeOf(world.record("Clusters_CreateOrUpdate", params, clusterBody({ count: 4 })))).toBe("AnotherOperationInProgress");
    expect(await codeOf(world.record("Clusters_Delete", params))).toBe("AnotherOperationInProgress");
    await world.planQueued();
    expect((await plansOf()).length).toBe(1);
  });

  it("is planned once, however often the queue has it", async () => {
    const { operation } = await world.record("Clusters_CreateOrUpdate", params, clusterBody());
    await world.planQueued();
    const id = (await world.operation(operation)).id;
    await Promise.all([world.providers.planWaiting(id), world.providers.planWaiting(id), world.providers.sweepQueued(key())]);
    await world.finishPlan(key());
    await world.providers.planWaiting(id);
    expect((await plansOf()).map(({ status }) => status)).toEqual(["Succeeded"]);
  });

  it("comes before what was put into the cluster meanwhile, which then has a plan of its own", async () => {
    await world.record("Clusters_CreateOrUpdate", params, clusterBody());
    expect(await world.record("FileSystems_CreateOrUpdate", { ...params, fileSystemName: "home" }, fileSystemBody())).toMatchObject({ status: 201 });
    await world.planQueued();
    expect((await plansOf()).map(({ plan }) => plan.policy.fileSystems.length)).toEqual([0]);
    await world.finishPlan(key());
    await world.finishPlan(key());
    expect((await plansOf()).map(({ plan, status }) => [plan.policy.fileSystems.length, status])).toEqual([[0, "Succeeded"], [1, "Succeeded"]]);
  });

  it("L10: canceled before it has a plan it gets none, and the same PUT again is delivered", async () => {
    const { operation } = await world.record("Clusters_CreateOrUpdate", params, clusterBody());
    await world.record("Clusters_Cancel", params);
    await world.planQueued();
    expect(await world.operation(operation)).toMatchObject({ status: "Canceled", planId: null, error: { code: "OperationCanceled" } });
    expect([await plansOf(), await openOf(), await stateOf()]).toEqual([[], [], "Canceled"]);
    await world.call("Clusters_CreateOrUpdate", params, clusterBody());
    await world.finishPlan(key());
    expect(await stateOf()).toBe("Succeeded");
  });
});

describe("a change that cannot be planned", () => {
  it("is refused when it is asked for, and leaves nothing, not even the cluster's lock", async () => {
    const before = await world.snapshot();
    expect(await codeOf(world.record("Clusters_CreateOrUpdate", params, clusterBody({ count: 1 })))).toBe("InvalidRequestContent");
    expect(await world.snapshot()).toEqual(before);
    expect(await world.options.store.transaction((tx) => world.options.store.lockCluster(key(), tx))).toMatchObject({ isNew: true });
  });

  it("fails with the reason when that arose between the answer and the planning", async () => {
    const { operation } = await world.record("Clusters_CreateOrUpdate", params, clusterBody());
    fault.offer = "the zone is full";
    await world.planQueued();
    expect(await world.operation(operation)).toMatchObject({ status: "Failed", error: { code: "InvalidRequestContent", message: expect.stringContaining("the zone is full") as unknown } });
    expect([await plansOf(), await openOf(), await stateOf()]).toEqual([[], [], "Failed"]);
    fault.offer = null;
    await world.call("Clusters_CreateOrUpdate", params, clusterBody());
    await world.finishPlan(key());
    expect(await stateOf()).toBe("Succeeded");
  });

  it("fails alone when the planner throws: the cluster stays as it was, and takes the next change", async () => {
    await world.call("Clusters_CreateOrUpdate", params, clusterBody());
    await world.finishPlan(key());
    const { operation } = await world.record("FileSystems_CreateOrUpdate", { ...params, fileSystemName: "home" }, fileSystemBody());
    fault.planner = true;
    await world.planQueued();
    expect(await world.operation(operation)).toMatchObject({ status: "Failed", error: { code: "InternalServerError", message: expect.stringContaining("undefined is not a daemon") as unknown } });
    expect(await stateOf()).toBe("Succeeded");
    fault.planner = false;
    await world.call("FileSystems_CreateOrUpdate", { ...params, fileSystemName: "home" }, fileSystemBody());
    await world.finishPlan(key());
    expect((await world.call("FileSystems_Get", { ...params, fileSystemName: "home" })).body.properties.provisioningState).toBe("Succeeded");
  });
});
