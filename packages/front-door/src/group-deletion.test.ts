// Resource groups over the wire: made, tagged, found, and deleted with everything in them, also by another
// control plane than the one that was asked.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ControlPlaneError, installationId } from "@cynosure/model";
import { createFrontDoor } from "./front-door.ts";
import type { FrontDoor } from "./front-door.ts";
import { DELETE_ATTEMPTS_MAX } from "./group-deletion.ts";
import type { ProviderPort } from "./options.ts";
import { PROVIDER_VERSION, SUBSCRIPTION, TENANT, VERSION, clusterBody, clusterPath, groupPath, openServedFrontDoor } from "./testkit/served-front-door.ts";
import type { Reply, ServedFrontDoor } from "./testkit/served-front-door.ts";

let door: ServedFrontDoor;

beforeAll(async () => {
  door = await openServedFrontDoor();
});
afterAll(() => door.close());

const make = (group: string, tags?: Record<string, string>) => door.send(`${groupPath(group)}?${VERSION}`, { method: "PUT", body: { location: "local", ...(tags === undefined ? {} : { tags }) } });
const remove = (group: string, query = "") => door.send(`${groupPath(group)}?${VERSION}${query}`, { method: "DELETE" });
const show = (group: string) => door.send(`${groupPath(group)}?${VERSION}`);
const stateOf = async (path: string, version: string) => ((await door.send(`${path}?${version}`)).body["properties"] as { provisioningState: string } | undefined)?.provisioningState;

/** As another process of the same installation has it: nothing in memory but what the store holds. */
function anotherControlPlane(provider: Partial<ProviderPort> = {}): FrontDoor {
  const { world } = door;
  const other = createFrontDoor({ store: world.testStore.store, clock: world.clock, newId: () => crypto.randomUUID(), config: { tenantId: TENANT, subscriptionId: SUBSCRIPTION, subscriptionName: "Built-in", installationId: installationId("0badcafe"), locations: [{ name: "local", displayName: "Local" }] } });
  other.connect({ ...world.providers.handlers, ...provider });
  return other;
}

describe("a group", () => {
  it("§19: exists or not as HEAD says, at the lower-case path as well", async () => {
    await make("there", { team: "a" });
    for (const path of [groupPath("there"), groupPath("THERE"), groupPath("there").replace("resourceGroups", "resourcegroups")]) expect((await door.send(`${path}?${VERSION}`, { method: "HEAD" })).status).toBe(204);
    const missing = await door.send(`${groupPath("missing")}?${VERSION}`, { method: "HEAD" });
    expect([missing.status, missing.text]).toEqual([404, ""]);
  });

  it("U2: keeps the casing it was made with", async () => {
    await make("CamelCase");
    expect((await door.send(`${groupPath("camelcase")}?${VERSION}`)).body).toMatchObject({ id: groupPath("CamelCase"), name: "CamelCase", type: "Microsoft.Resources/resourceGroups" });
  });

  it("made by ten at once is made once, and all are answered", async () => {
    const replies = await Promise.all(Array.from({ length: 10 }, () => make("at-once")));
    expect(replies.map(({ status }) => status).toSorted()).toEqual([...Array.from({ length: 9 }, () => 200), 201]);
  });

  it("az group list --tag: groups are filtered by a tag", async () => {
    await make("tagged-1", { env: "test", owner: "ada" });
    await make("tagged-2", { env: "prod", owner: "test" });
    const list = async (filter: string) => (await door.send(`/subscriptions/${SUBSCRIPTION}/resourcegroups?${VERSION}&$filter=${encodeURIComponent(filter)}`)).body.value?.map(({ name }) => name);
    expect(await list("tagName eq 'env'")).toEqual(["tagged-1", "tagged-2"]);
    expect(await list("tagName eq 'env' and tagValue eq 'test'")).toEqual(["tagged-1"]);
    expect(await list("startswith(name,'TAGGED') and tagName eq 'owner'")).toEqual(["tagged-1", "tagged-2"]);
  });
});

describe("deleting a group", () => {
  it("D1: an empty one goes at once, one that is not there is 404", async () => {
    await make("empty");
    expect((await remove("empty")).status).toBe(200);
    expect([(await show("empty")).status, (await remove("empty")).body.error?.code]).toEqual([404, "ResourceGroupNotFound"]);
  });

  it("D2, L5: one with clusters is 202 with a Location at subscription scope; it is Deleting until they are gone, all at once", async () => {
    await make("full");
    for (const name of ["one", "two", "three"]) await door.deliver("full", name);
    const begun = await remove("full", "&forceDeletionTypes=Microsoft.Compute/virtualMachines");
    expect([begun.status, begun.text]).toEqual([202, ""]);
    expect(begun.headers["retry-after"]).toMatch(/^\d+$/);
    expect(begun.headers.location).toMatch(new RegExp(`^${door.baseUrl}/subscriptions/${SUBSCRIPTION}/operationresults/[0-9a-f-]{36}\\?${VERSION}$`));
    const poll = (): Promise<Reply> => door.send(String(begun.headers.location));
    expect(await stateOf(groupPath("full"), VERSION)).toBe("Deleting");
    const running = await poll();
    expect([running.status, running.text, running.headers.location]).toEqual([202, "", begun.headers.location]);
    await door.world.frontDoor.sweepGroups();
    for (const name of ["one", "two", "three"]) expect(await stateOf(clusterPath("full", name), PROVIDER_VERSION)).toBe("Deleting");
    for (const name of ["one", "two", "three"]) {
      expect((await poll()).status).toBe(202);
      await door.finishPlan("full", name);
    }
    await door.world.frontDoor.sweepGroups();
    expect([(await poll()).status, (await show("full")).status]).toEqual([204, 404]);
  });

  it("asked for twice it is one deletion, and nothing new comes into the group", async () => {
    await make("closing");
    await door.deliver("closing", "inside");
    const [first, second] = [await remove("closing"), await remove("closing")];
    expect(second.headers.location).toBe(first.headers.location);
    for (const reply of [
      await door.send(`${clusterPath("closing", "late")}?${PROVIDER_VERSION}`, { method: "PUT", body: clusterBody() }),
      await make("closing", { a: "b" }),
      await door.send(`${groupPath("closing")}?${VERSION}`, { method: "PATCH", body: { tags: { a: "b" } } }),
      await door.send(`${groupPath("closing")}/providers/Microsoft.Resources/tags/default?${VERSION}`, { method: "PUT", body: { properties: { tags: {} } } }),
    ]) expect([reply.status, reply.body.error?.code]).toEqual([409, "ResourceGroupBeingDeleted"]);
    const { rows } = await door.world.testStore.pool.query("select principal from cynosure.audit where action like '%resourceGroups/delete' and resource_id = $1", [groupPath("closing")]);
    expect(rows).toEqual([{ principal: "tester" }]);
  });

  it("L8: goes on in another control plane, which knows of it from the store alone", async () => {
    const next = anotherControlPlane();
    await next.sweepGroups();
    await door.finishPlan("closing", "inside");
    await next.sweepGroups();
    expect((await show("closing")).status).toBe(404);
  });

  it("a cluster that is still being made is waited for, and then goes", async () => {
    await make("busy");
    await door.send(`${clusterPath("busy", "young")}?${PROVIDER_VERSION}`, { method: "PUT", body: clusterBody() });
    const begun = await remove("busy");
    for (let round = 0; round < DELETE_ATTEMPTS_MAX + 2; round += 1) await door.world.frontDoor.sweepGroups();
    expect((await door.send(String(begun.headers.location))).status).toBe(202);
    await door.finishPlan("busy", "young");
    await door.world.frontDoor.sweepGroups();
    await door.finishPlan("busy", "young");
    await door.world.frontDoor.sweepGroups();
    expect((await door.send(String(begun.headers.location))).status).toBe(204);
  });

  it("D3: what refuses to go is tried again, then named in the operation, and the group stays and can be used", async () => {
    await make("stuck");
    await door.deliver("stuck", "locked");
    await door.deliver("stuck", "free");
    const begun = await remove("stuck");
    const next = anotherControlPlane({
      Clusters_Delete: (request) => {
        if (request.params.clusterName === "locked") throw new ControlPlaneError("OperationNotAllowed", "A lock keeps it.", { target: "lock" });
        return door.world.providers.handlers.Clusters_Delete(request);
      },
    });
    await next.sweepGroups();
    await door.finishPlan("stuck", "free");
    for (let round = 0; round < DELETE_ATTEMPTS_MAX; round += 1) await next.sweepGroups();
    const ended = await door.send(String(begun.headers.location));
    expect([ended.status, ended.body.error?.code]).toEqual([409, "OperationFailed"]);
    expect(ended.body.error?.message).toContain(`'${clusterPath("stuck", "locked")}' (OperationNotAllowed: A lock keeps it.)`);
    expect(await stateOf(groupPath("stuck"), VERSION)).toBe("Succeeded");
    expect((await make("stuck", { again: "1" })).status).toBe(200);
  });

  it("a cluster whose deletion fails is tried again, and its own reason is told when it still fails", async () => {
    await make("failing");
    await door.deliver("failing", "broken");
    const begun = await remove("failing");
    for (let round = 0; round < DELETE_ATTEMPTS_MAX; round += 1) {
      await door.world.frontDoor.sweepGroups();
      await door.failPlan("failing", "broken");
    }
    await door.world.frontDoor.sweepGroups();
    const ended = await door.send(String(begun.headers.location));
    expect(ended.status).toBe(409);
    expect(ended.body.error?.message).toContain("HostUnreachable");
  });

  it("L8: its operation can be asked for a day long; older ones go with the next deletion, but for the newest fifty of the subscription", async () => {
    const DAY_MS = 86_400_000;
    const KEPT = 50;
    const { testStore, clock } = door.world;
    const removeFull = async (name: string): Promise<string> => {
      await make(name);
      await door.deliver(name, "inside");
      const begun = await remove(name);
      await door.world.frontDoor.sweepGroups();
      await door.finishPlan(name, "inside");
      await door.world.frontDoor.sweepGroups();
      return String(begun.headers.location);
    };
    const statusOf = async (location: string): Promise<number> => (await door.send(location)).status;
    const first = await removeFull("past-first");
    for (let n = 1; n < KEPT; n += 1) await removeFull(`past-${n}`);
    clock.nowMs += DAY_MS - 1;
    const dayLater = await removeFull("past-day");
    expect([await statusOf(first), await statusOf(dayLater)]).toEqual([204, 204]);
    clock.nowMs += 2;
    const last = await removeFull("past-last");
    expect([await statusOf(first), await statusOf(dayLater), await statusOf(last)]).toEqual([404, 204, 204]);
    const { rows } = await testStore.pool.query<{ count: number }>("select count(*)::int as count from cynosure.operations where resource_key like '%/resourcegroups/past-%' and resource_key not like '%/providers/%'");
    expect(rows).toEqual([{ count: KEPT }]);
  });

  it("L8: an operation of another subscription, or of a cluster, is not found there", async () => {
    const reply = await door.send(`/subscriptions/${SUBSCRIPTION}/operationresults/${crypto.randomUUID()}?${VERSION}`);
    expect([reply.status, reply.body.error?.code]).toEqual([404, "OperationNotFound"]);
    const put = await door.send(`${clusterPath("quickstart", "followed")}?${PROVIDER_VERSION}`, { method: "PUT", body: clusterBody() });
    const id = /operationStatuses\/([^?]+)/.exec(String(put.headers["azure-asyncoperation"]))?.[1];
    expect((await door.send(`/subscriptions/${SUBSCRIPTION}/operationresults/${id}?${VERSION}`)).status).toBe(404);
  });
});
