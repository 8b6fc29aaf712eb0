// Rows P, A and D over a real listener: what PUT, PATCH and DELETE answer and leave behind.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COLLECTION, type Exchange, SUBSCRIPTION, clusterBody, fileSystemBody, openExchange, propertiesOf, refusal } from "./support/exchange.ts";

let arm: Exchange;
beforeAll(async () => {
  arm = await openExchange();
});
afterAll(() => arm.close());

const withState = (body: object, provisioningState: string) => ({ ...body, properties: { ...clusterBody().properties, provisioningState } });

describe("PUT", () => {
  it("P1: of what is new is 201, of what exists 200, of a cluster and of a child", async () => {
    const { name, path } = arm.fresh();
    expect((await arm.send("PUT", path, clusterBody())).status).toBe(201);
    await arm.finish(name);
    expect((await arm.send("PUT", path, clusterBody({ count: 4 }))).status).toBe(200);
    await arm.finish(name);
    expect((await arm.send("PUT", `${path}/fileSystems/home`, fileSystemBody())).status).toBe(201);
    await arm.finish(name);
    expect((await arm.send("PUT", `${path}/fileSystems/home`, fileSystemBody(16))).status).toBe(200);
  });
  it("P2: of the same while it runs attaches, of something else is 409 that names the operation", async () => {
    const { path } = arm.fresh();
    const first = await arm.send("PUT", path, clusterBody());
    const again = await arm.send("PUT", path, clusterBody());
    expect([again.status, again.headers["azure-asyncoperation"]]).toEqual([201, first.headers["azure-asyncoperation"]]);
    const other = await arm.send("PUT", path, clusterBody({ count: 5 }));
    const id = /operationStatuses\/([^?]+)/.exec(String(first.headers["azure-asyncoperation"]))?.[1] ?? "none";
    expect(refusal(other)).toEqual([409, "AnotherOperationInProgress", id]);
    expect(other.body.error?.message).toContain(id);
  });
  it("P3: answers all that was asked for, with id, name, type, state and systemData", async () => {
    const { name, path } = arm.fresh();
    const body = clusterBody({ tags: { Team: "A" } });
    const made = await arm.send("PUT", path, body);
    expect(made.body).toMatchObject({ ...body, id: path, name, type: "Cynosure.Storage/clusters", properties: { provisioningState: "Creating" }, systemData: { createdBy: "tester" } });
    await arm.finish(name);
    const child = await arm.send("PUT", `${path}/fileSystems/home`, fileSystemBody());
    expect(child.body).toMatchObject({ ...fileSystemBody(), id: `${path}/fileSystems/home`, name: "home", type: "Cynosure.Storage/clusters/fileSystems", systemData: { createdBy: "tester" } });
  });
  it("P4: takes a state that is so, and refuses one that is not, whatever else it says", async () => {
    const { path } = await arm.delivered();
    expect((await arm.send("PUT", path, withState(clusterBody(), "Succeeded"))).status).toBe(200);
    const before = await arm.served.world.snapshot();
    expect(refusal(await arm.send("PUT", path, withState(clusterBody(), "Updating")))).toEqual([400, "InvalidRequestContent", "properties.provisioningState"]);
    expect(await arm.served.world.snapshot()).toEqual(before);
  });
  it("P5: refuses what cannot change, and says what that is", async () => {
    const { name, path } = await arm.delivered();
    const other = { ...clusterBody(), properties: { ...clusterBody().properties, engineVersion: "1.0" } };
    expect(refusal(await arm.send("PUT", path, other))).toEqual([409, "PropertyChangeNotAllowed", "properties.engineVersion"]);
    expect((await arm.send("PUT", `${path}/fileSystems/home`, fileSystemBody())).status).toBe(201);
    await arm.finish(name);
    expect(refusal(await arm.send("PUT", `${path}/fileSystems/home`, { properties: { ...fileSystemBody().properties, protection: { hostFailures: 2 } } }))).toEqual([409, "PropertyChangeNotAllowed", "properties.protection"]);
  });
  it("P6: a cluster shows the envelope and nothing of it twice; a child has no location and no tags", async () => {
    const { name, path } = await arm.delivered({ a: "b" });
    const cluster = await arm.send("GET", path);
    expect(Object.keys(cluster.body).toSorted()).toEqual(["etag", "id", "location", "name", "properties", "systemData", "tags", "type"]);
    expect(Object.keys(propertiesOf(cluster)).filter((key) => Object.hasOwn(cluster.body, key))).toEqual([]);
    await arm.send("PUT", `${path}/buckets/results`, { properties: { protection: { hostFailures: 1 } } });
    await arm.finish(name);
    expect(Object.keys((await arm.send("GET", `${path}/buckets/results`)).body).toSorted()).toEqual(["etag", "id", "name", "properties", "systemData", "type"]);
  });
  it("P8: below what is not there is 404 by the parent's own code", async () => {
    const { path } = arm.fresh();
    expect((await arm.send("PUT", `${path}/fileSystems/home`, fileSystemBody())).body.error?.code).toBe("ParentResourceNotFound");
    expect((await arm.send("PUT", path.replace("quickstart", "nowhere"), clusterBody())).body.error?.code).toBe("ResourceGroupNotFound");
    expect((await arm.send("PUT", path.replace(SUBSCRIPTION, "00000000-0000-4000-8000-00000000ffff"), clusterBody())).body.error?.code).toBe("SubscriptionNotFound");
  });
});

describe("PATCH", () => {
  it("A1: merges, replaces tags whole, and refuses what names a resource", async () => {
    const { name, path } = await arm.delivered({ a: "1", b: "2" });
    const tagged = await arm.send("PATCH", path, { tags: { c: "3" } });
    expect([tagged.status, tagged.body["tags"]]).toEqual([200, { c: "3" }]);
    expect((await arm.send("PATCH", path, { tags: null })).body["tags"]).toEqual({});
    const grown = await arm.send("PATCH", path, { properties: { hosts: { count: 4 } } });
    expect(grown.status).toBe(202);
    await arm.finish(name);
    expect(propertiesOf(await arm.send("GET", path))).toMatchObject({ hosts: { size: "local-small", count: 4 }, protection: { hostFailures: 1 } });
    for (const refused of [{ location: "elsewhere" }, { name: "other" }, { properties: { hosts: null } }]) expect((await arm.send("PATCH", path, refused)).status, JSON.stringify(refused)).toBe(400);
  });
  it("A2: answers 200 with a body or 202 with a Location, and creates nothing", async () => {
    const { path } = arm.fresh();
    expect((await arm.send("PATCH", path, { tags: {} })).body.error?.code).toBe("ResourceNotFound");
    const made = await arm.delivered();
    expect((await arm.send("PATCH", made.path, {})).body["name"]).toBe(made.name);
    const grown = await arm.send("PATCH", made.path, { properties: { hosts: { count: 4 } } });
    expect([grown.status, grown.text, String(grown.headers.location).includes("/operationResults/")]).toEqual([202, "", true]);
    await arm.finish(made.name);
    const result = await arm.send("GET", String(grown.headers.location));
    expect([result.status, result.body["name"]]).toEqual([200, made.name]);
  });
});

describe("what azure-cli does for update and tag", () => {
  it("A3: the body of a GET, put back as it is, changes nothing: neither etag nor systemData nor plan", async () => {
    const { name, path } = await arm.delivered({ a: "b" });
    await arm.send("PUT", `${path}/fileSystems/home`, fileSystemBody());
    await arm.finish(name);
    for (const each of [path, `${path}/fileSystems/home`]) {
      const before = await arm.send("GET", each);
      const put = await arm.send("PUT", each, before.body);
      expect([put.status, put.headers["azure-asyncoperation"], put.body]).toEqual([200, undefined, before.body]);
      expect((await arm.send("GET", each)).body).toEqual(before.body);
    }
  });
});

describe("DELETE", () => {
  it("D1, D2: is 202 with a Location, shows Deleting, then is gone from GET and lists; of nothing it is 204", async () => {
    const { name, path } = await arm.delivered();
    const removed = await arm.send("DELETE", path);
    expect([removed.status, removed.text, String(removed.headers.location).includes("/operationResults/")]).toEqual([202, "", true]);
    expect(propertiesOf(await arm.send("GET", path))["provisioningState"]).toBe("Deleting");
    await arm.finish(name);
    expect([(await arm.send("GET", path)).status, (await arm.send("GET", String(removed.headers.location))).status]).toEqual([404, 204]);
    expect((await arm.send("GET", COLLECTION)).body.value?.some((item) => item["name"] === name)).toBe(false);
    const again = await arm.send("DELETE", path);
    expect([again.status, again.text]).toEqual([204, ""]);
  });
  it("D3: of what is being written is 409; children go with their cluster", async () => {
    const { name, path } = arm.fresh();
    await arm.send("PUT", path, clusterBody());
    expect((await arm.send("DELETE", path)).body.error?.code).toBe("AnotherOperationInProgress");
    await arm.finish(name);
    await arm.send("PUT", `${path}/fileSystems/home`, fileSystemBody());
    await arm.finish(name);
    await arm.send("DELETE", path);
    await arm.finish(name);
    expect((await arm.send("GET", `${path}/fileSystems/home`)).status).toBe(404);
  });
});
