// §13 and V9: what ARM says of a subscription, over the wire, and what becomes of the clusters in it; §14: moves.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLUSTER, clusterBody, clusterKeyIn } from "@cynosure/resource-providers/testkit";
import { serveProvider } from "./testkit/index.ts";
import type { ServedProvider } from "./testkit/index.ts";

const VERSION = "api-version=2026-12-01";
const HOUR_MS = 3_600_000;
let served: ServedProvider;
const send: ServedProvider["send"] = (...call) => served.send(...call);
beforeAll(async () => {
  served = await serveProvider();
});
afterAll(() => served.close());

let subscriptionCount = 0;
const newSubscription = (): string => `10000000-0000-4000-8000-${String((subscriptionCount += 1)).padStart(12, "0")}`;
const notification = (state: string, more: Readonly<Record<string, unknown>> = {}) => ({ state, registrationDate: "Tue, 01 Dec 2026 00:00:00 GMT", properties: { tenantId: "t-9", quotaId: "Internal_2014-09-01", ...more } });
const notify = (id: string, state: string, more?: Readonly<Record<string, unknown>>) => send("PUT", `/subscriptions/${id}?api-version=2.0`, notification(state, more));
const path = (id: string, name = "meadow") => `/subscriptions/${id}/resourceGroups/g/providers/Cynosure.Storage/clusters/${name}?${VERSION}`;
const keyIn = (id: string, name = "meadow") => clusterKeyIn({ ...CLUSTER, subscriptionId: id as typeof CLUSTER.subscriptionId, resourceGroupName: "g" as "quickstart", clusterName: name });
const deleteDue = (graceMs = 0) => served.world.providers.subscriptions.deleteDue(graceMs);

/** A subscription with one delivered cluster. */
async function withCluster(): Promise<string> {
  const id = newSubscription();
  expect((await send("PUT", path(id), clusterBody())).status).toBe(201);
  await served.world.finishPlan(keyIn(id));
  return id;
}

const errorOf = (answer: Awaited<ReturnType<typeof send>>) => [answer.status, answer.body.error?.code];

describe("a notification", () => {
  it.each([
    ["without", "", 400, "MissingApiVersionParameter"],
    ["with a date for a", "?api-version=2021-04-01", 400, "InvalidApiVersionParameter"],
    ["with the newest", "?api-version=2026-12-01", 400, "InvalidApiVersionParameter"],
  ])("V9: %s version is refused: it is 2.0, the one that is no date", async (_name, query, status, code) => {
    expect(errorOf(await send("PUT", `/subscriptions/${newSubscription()}${query}`, notification("Registered")))).toEqual([status, code]);
  });

  it("13: answers 200 with the body as it came, also what nobody here knows", async () => {
    const id = newSubscription();
    const more = { availabilityZones: { local: [] }, additionalProperties: { billingProperties: { channelType: 7 } }, madeUpTomorrow: [1, { a: null }] };
    const answer = await notify(id, "Registered", more);
    expect([answer.status, answer.body]).toEqual([200, notification("Registered", more)]);
  });

  it("13: said again it changes nothing", async () => {
    const id = newSubscription();
    await notify(id, "Warned");
    const before = await served.world.snapshot();
    served.world.clock.nowMs += 1000;
    expect((await notify(id, "Warned")).status).toBe(200);
    expect(await served.world.snapshot()).toEqual(before);
  });

  it.each([
    ["no state", {}],
    ["a state nobody knows", { state: "Paused" }],
    ["a state that is no text", { state: 1 }],
    ["a body that is a list", []],
  ])("13: %s is refused and leaves nothing behind", async (_name, body) => {
    const before = await served.world.snapshot();
    const answer = await send("PUT", `/subscriptions/${newSubscription()}?api-version=2.0`, body);
    expect(errorOf(answer)).toEqual([400, "InvalidRequestContent"]);
    expect(answer.body.error?.target).toMatch(/^(state|\$)$/);
    expect(await served.world.snapshot()).toEqual(before);
  });

  it("13: of a subscription that was never heard of, Unregistered is taken like every other word", async () => {
    expect((await notify(newSubscription(), "Unregistered")).status).toBe(200);
  });

  it("13: of a subscription id that is no GUID is not found", async () => {
    expect(errorOf(await notify("mine", "Registered"))).toEqual([404, "InvalidSubscriptionId"]);
  });

  it("13: each change is in the audit log with its correlation id", async () => {
    const id = newSubscription();
    const correlation = "33333333-0000-4000-8000-000000000033";
    await send("PUT", `/subscriptions/${id}?api-version=2.0`, notification("Suspended"), { "x-ms-correlation-request-id": correlation });
    const { rows } = await served.world.testStore.pool.query<{ action: string; correlation_id: string }>("select action, correlation_id from cynosure.audit where resource_id = $1", [`/subscriptions/${id}`]);
    expect(rows).toEqual([{ action: "Microsoft.Resources/subscriptions/lifecycle/action", correlation_id: correlation }]);
  });
});

describe("what a state allows", () => {
  const verbs = async (id: string) => {
    const get = await send("GET", path(id));
    const patch = await send("PATCH", path(id), { tags: { t: "1" } });
    const put = await send("PUT", path(id, "another"), clusterBody());
    const post = await send("POST", path(id).replace("?", "/listCredentials?"));
    const remove = await send("DELETE", path(id, "never-there"));
    return { get: get.status, patch: errorOf(patch), put: errorOf(put), post: errorOf(post), remove: remove.status };
  };
  const refused = [409, "ReadOnlyDisabledSubscription"];

  it("13: never heard of is as good as Registered: ARM sends nothing below others", async () => {
    expect(await verbs(await withCluster())).toEqual({ get: 200, patch: [200, undefined], put: [201, undefined], post: [200, undefined], remove: 204 });
  });
  it("13: Registered allows every verb", async () => {
    const id = await withCluster();
    await notify(id, "Registered");
    expect(await verbs(id)).toEqual({ get: 200, patch: [200, undefined], put: [201, undefined], post: [200, undefined], remove: 204 });
  });
  it.each(["Warned", "Suspended", "Deleted"])("13: %s allows GET and DELETE, and refuses the rest", async (state) => {
    const id = await withCluster();
    await notify(id, state);
    expect(await verbs(id)).toEqual({ get: 200, patch: refused, put: refused, post: refused, remove: 204 });
    expect((await send("DELETE", path(id))).status).toBe(202);
  });
  it("13: Unregistered allows GET alone, and what is left over is said", async () => {
    const id = await withCluster();
    await notify(id, "Unregistered");
    const unregistered = [409, "MissingSubscriptionRegistration"];
    expect(await verbs(id)).toEqual({ get: 200, patch: unregistered, put: unregistered, post: unregistered, remove: 409 });
    expect(served.stranded).toContain(id);
    expect((await deleteDue()).stranded).toEqual([expect.stringContaining(id)]);
    await notify(id, "Registered");
    expect((await deleteDue()).stranded).toEqual([]);
  });
  it("13: a running operation can be followed in every state", async () => {
    const id = newSubscription();
    const created = await send("PUT", path(id), clusterBody());
    await notify(id, "Suspended");
    const poll = new URL(created.headers["azure-asyncoperation"] ?? "");
    expect(await send("GET", `${poll.pathname}${poll.search}`)).toMatchObject({ status: 200, body: { status: "Running" } });
  });
  it("13, U1: the casing of the subscription's id does not matter", async () => {
    const id = `a${newSubscription().slice(1)}`;
    await notify(id.toUpperCase(), "Suspended");
    expect(errorOf(await send("PUT", path(id), clusterBody()))).toEqual(refused);
  });
  it("13: every order of states is legal, and the latest holds", async () => {
    const id = await withCluster();
    const states = ["Registered", "Warned", "Suspended", "Deleted", "Unregistered"];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...states), { minLength: 1, maxLength: 6 }), async (said) => {
        for (const state of said) expect((await notify(id, state)).status).toBe(200);
        const expected = said.at(-1) === "Registered" ? 200 : 409;
        expect((await send("PATCH", path(id), { tags: {} })).status).toBe(expected);
      }),
      { numRuns: 25 },
    );
  });
});

describe("a deleted subscription", () => {
  it("13: its clusters go when the grace has passed, and not before", async () => {
    const id = await withCluster();
    await notify(id, "Deleted");
    served.world.clock.nowMs += HOUR_MS - 1;
    expect((await deleteDue(HOUR_MS)).deleting.filter((cluster) => cluster.includes(id))).toEqual([]);
    await notify(id, "Deleted"); // said again: the time goes on
    served.world.clock.nowMs += 1;
    expect((await deleteDue(HOUR_MS)).deleting.filter((cluster) => cluster.includes(id))).toHaveLength(1);
    expect((await send("GET", path(id))).body).toMatchObject({ properties: { provisioningState: "Deleting" } });
    await served.world.finishPlan(keyIn(id));
    expect((await send("GET", path(id))).status).toBe(404);
    expect((await deleteDue(HOUR_MS)).deleting.filter((cluster) => cluster.includes(id))).toEqual([]);
  });

  it("13: taken back within the grace, nothing is lost", async () => {
    const id = await withCluster();
    await notify(id, "Deleted");
    served.world.clock.nowMs += HOUR_MS / 2;
    await notify(id, "Registered");
    served.world.clock.nowMs += HOUR_MS;
    expect((await deleteDue(HOUR_MS)).deleting.filter((cluster) => cluster.includes(id))).toEqual([]);
    expect((await send("GET", path(id))).body).toMatchObject({ properties: { provisioningState: "Succeeded" } });
  });

  it("13: what is still being changed is canceled and goes in the next round, and a deletion that failed is begun again", async () => {
    const id = newSubscription();
    for (const name of ["done", "busy"]) await send("PUT", path(id, name), clusterBody());
    await served.world.finishPlan(keyIn(id, "done"));
    await notify(id, "Deleted");
    const mine = async () => {
      const { deleting, blocked } = await deleteDue();
      return { deleting: deleting.filter((cluster) => cluster.includes(id)).map((cluster) => cluster.split("/").at(-1)), blocked: blocked.filter((cluster) => cluster.id.includes(id)).map(({ reason }) => reason.split(":")[0]) };
    };
    expect(await mine()).toEqual({ deleting: ["done"], blocked: ["AnotherOperationInProgress"] });
    expect((await send("GET", path(id, "busy"))).body).toMatchObject({ properties: { provisioningState: "Canceled" } });
    await served.world.failPlan(keyIn(id, "done"));
    expect(await mine()).toEqual({ deleting: ["busy", "done"], blocked: [] });
    for (const name of ["busy", "done"]) await served.world.finishPlan(keyIn(id, name));
    expect(await mine()).toEqual({ deleting: [], blocked: [] });
  });

  it("13: none is passed over, however many there are and whatever becomes of the first of them", async () => {
    const id = newSubscription();
    const names = Array.from({ length: 101 }, (_, at) => `cluster-${at}`);
    for (const name of names) expect((await send("PUT", path(id, name), clusterBody())).status).toBe(201);
    await notify(id, "Deleted");
    expect((await deleteDue()).blocked.filter((cluster) => cluster.id.includes(id))).toHaveLength(names.length);
    expect((await deleteDue()).deleting.filter((cluster) => cluster.includes(id))).toHaveLength(names.length);
  });
});

describe("a move", () => {
  const action = (id: string, name: string) => `/subscriptions/${id}/resourcegroups/g/${name}?api-version=2021-04-01`;
  const cluster = (id: string, name = "meadow") => path(id, name).split("?")[0];
  const elsewhere = (id: string) => `/subscriptions/${id}/resourceGroups/other`;

  it.each(["moveResources", "validateMoveResources"])("14: %s of a cluster is not supported, and says why", async (name) => {
    const id = await withCluster();
    const answer = await send("POST", action(id, name), { targetResourceGroup: elsewhere(id), resources: [cluster(id)] });
    expect(errorOf(answer)).toEqual([400, "ResourceMoveNotSupported"]);
    expect(answer.body.error?.message).toMatch(/names, certificates and keys .* derive from its resource id/);
    expect((await send("GET", path(id))).status).toBe(200);
  });

  it("14: what does not exist is not found", async () => {
    const id = await withCluster();
    expect(errorOf(await send("POST", action(id, "moveResources"), { targetResourceGroup: elsewhere(id), resources: [cluster(id), cluster(id, "nowhere")] }))).toEqual([404, "ResourceNotFound"]);
  });

  it.each<[string, (id: string) => unknown, string, string]>([
    ["a target that is no group", (id) => ({ targetResourceGroup: `/subscriptions/${id}`, resources: [cluster(id)] }), "InvalidRequestContent", "targetResourceGroup"],
    ["no resources", (id) => ({ targetResourceGroup: elsewhere(id), resources: [] }), "InvalidRequestContent", "resources"],
    ["more than 800 resources", (id) => ({ targetResourceGroup: elsewhere(id), resources: Array.from({ length: 801 }, (_, at) => cluster(id, `c${at}`)) }), "InvalidRequestContent", "resources"],
    ["a resource that is no id", (id) => ({ targetResourceGroup: elsewhere(id), resources: ["meadow"] }), "InvalidRequestContent", "resources[0]"],
    ["the group the resources are in", (id) => ({ targetResourceGroup: `/subscriptions/${id}/resourceGroups/G`, resources: [cluster(id)] }), "ResourceMoveInvalid", "targetResourceGroup"],
    ["a resource of another group", (id) => ({ targetResourceGroup: elsewhere(id), resources: [`${elsewhere(id)}/providers/Cynosure.Storage/clusters/c`] }), "ResourceMoveInvalid", "resources[0]"],
    ["what is inside a cluster", (id) => ({ targetResourceGroup: elsewhere(id), resources: [`${cluster(id)}/buckets/b`] }), "ResourceMoveInvalid", "resources[0]"],
    ["no body", () => undefined, "InvalidRequestContent", "$"],
  ])("14: %s is refused", async (_name, bodyOf, code, target) => {
    const id = newSubscription();
    const answer = await send("POST", action(id, "moveResources"), bodyOf(id));
    expect([answer.status, answer.body.error?.code, answer.body.error?.target]).toEqual([400, code, target]);
  });
});
