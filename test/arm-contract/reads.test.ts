// Rows G, X, U and V over a real listener: reading, lists and their pages, actions, names and versions.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { routes } from "@cynosure/contract";
import { COLLECTION, type Exchange, GROUP_PATH, type Reply, SUBSCRIPTION, clusterBody, fileSystemBody, openExchange, propertiesOf, refusal } from "./support/exchange.ts";

let arm: Exchange;
beforeAll(async () => {
  arm = await openExchange();
});
afterAll(() => arm.close());

const BY_SUBSCRIPTION = `/subscriptions/${SUBSCRIPTION}/providers/Cynosure.Storage/clusters`;

async function pages(first: string, between: () => Promise<unknown> = () => Promise.resolve()): Promise<readonly Reply[]> {
  const found: Reply[] = [];
  for (let next: string | undefined = first; next !== undefined; ) {
    const page = await arm.send("GET", next);
    found.push(page);
    next = page.body.nextLink;
    if (next !== undefined) await between();
  }
  return found;
}
const namesOf = (found: readonly Reply[]): unknown[] => found.flatMap((page) => (page.body.value ?? []).map((item) => item["name"]));

describe("reading", () => {
  it("G1: what is not there is 404 in ARM's words", async () => {
    const { name, path } = arm.fresh();
    const reply = await arm.send("GET", path);
    expect([reply.status, reply.body.error?.code]).toEqual([404, "ResourceNotFound"]);
    expect(reply.body.error?.message).toContain(`The Resource 'Cynosure.Storage/clusters/${name}' under resource group 'quickstart' was not found.`);
  });
  it("G2, G6: clusters are listed by group and by subscription, children under their cluster, each as its GET shows it", async () => {
    const { name, path } = await arm.delivered();
    await arm.send("PUT", `${path}/fileSystems/home`, fileSystemBody());
    await arm.finish(name);
    const cluster = (await arm.send("GET", path)).body;
    for (const list of [COLLECTION, BY_SUBSCRIPTION]) expect((await arm.send("GET", list)).body.value).toContainEqual(cluster);
    expect((await arm.send("GET", `${path}/fileSystems`)).body.value).toEqual([(await arm.send("GET", `${path}/fileSystems/home`)).body]);
  });
  it("G3: a list is value and nextLink and nothing else; an empty one is an empty value", async () => {
    const { path } = await arm.delivered();
    await arm.delivered();
    const empty = await arm.send("GET", `${path}/buckets`);
    expect([empty.status, empty.body]).toEqual([200, { value: [] }]);
    expect(Object.keys((await arm.send("GET", `${COLLECTION}?$top=1`)).body).toSorted()).toEqual(["nextLink", "value"]);
  });
  it("G4: nextLink keeps the client's own query and its version, and is absent at the end", async () => {
    await arm.delivered();
    await arm.delivered();
    const found = await pages(`${COLLECTION}?$top=1&colour=blue`);
    const links = found.flatMap((page) => page.body.nextLink ?? []);
    expect(links.length).toBe(found.length - 1);
    for (const link of links) expect([link.startsWith(`${arm.served.baseUrl}${COLLECTION}?`), link.includes("$top=1"), link.includes("colour=blue"), link.includes("api-version=2026-12-01")], link).toEqual([true, true, true, true]);
    expect(Object.hasOwn(found.at(-1)?.body ?? {}, "nextLink")).toBe(false);
    expect(found.every((page) => (page.body.value ?? []).length <= 1)).toBe(true);
  });
  it("G5: pages skip and repeat nothing that stays while clusters are made and removed between them", async () => {
    const kept = [await arm.delivered(), await arm.delivered(), await arm.delivered(), await arm.delivered()].map(({ name }) => name);
    const removed = await arm.delivered();
    let turn = 0;
    const found = await pages(`${COLLECTION}?$top=2`, async () => {
      turn += 1;
      await arm.delivered();
      if (turn !== 1) return;
      await arm.send("DELETE", removed.path);
      await arm.finish(removed.name);
    });
    const names = namesOf(found);
    expect(turn).toBeGreaterThan(1);
    expect(names.filter((name) => kept.includes(String(name)))).toEqual(kept);
    expect(new Set(names).size).toBe(names.length);
    expect(refusal(await arm.send("GET", `${COLLECTION}?$skipToken=AAAA`))).toEqual([400, "InvalidSkipToken", "$skipToken"]);
  });
});

describe("actions", () => {
  const actions = routes.filter((route) => route.action !== null && route.namespace === "Cynosure.Storage");
  it("X1: are POST, take no query but the version, and are their own permission", () => {
    expect(actions.length).toBeGreaterThan(5);
    for (const route of actions) {
      expect(route.method, route.operationId).toBe("POST");
      expect(route.path.endsWith(`/${route.action ?? ""}`), route.operationId).toBe(true);
      expect(route.permission.endsWith(`/${route.action ?? ""}/action`), route.operationId).toBe(true);
    }
  });
  it("X2: answer 200 with a body, or 202 first with a Location", async () => {
    for (const route of actions) expect(Object.keys(route.responseSchemas).filter((code) => !["200", "202", "204"].includes(code)), route.operationId).toEqual([]);
    const { path } = await arm.delivered();
    const plan = await arm.send("POST", `${path}/whatIf`, clusterBody({ count: 4 }));
    expect([plan.status, plan.headers.location, propertiesOf(await arm.send("GET", path))["hosts"]]).toEqual([200, undefined, { size: "local-small", count: 3 }]);
    await arm.send("PUT", path, clusterBody({ count: 4 }));
    const canceled = await arm.send("POST", `${path}/cancel`);
    expect([canceled.status, String(canceled.headers.location).includes("/operationResults/"), String(canceled.headers["azure-asyncoperation"]).includes("/operationStatuses/")]).toEqual([202, true, true]);
  });
  it("X3: of the provider stand under the subscription or one of its locations", async () => {
    const own = actions.filter((route) => !route.path.includes("/resourceGroups/")).map((route) => route.path);
    expect(own.length).toBeGreaterThan(0);
    for (const path of own) expect(path).toMatch(/^\/subscriptions\/\{subscriptionId\}\/providers\/Cynosure\.Storage\/(locations\/\{location\}\/)?[a-zA-Z]+$/);
  });
});

describe("names and paths", () => {
  it("U1, U2, T5: match without regard to case and doubled slashes; names come back as last written, types in ours", async () => {
    const { name, path } = await arm.delivered();
    const loud = path.replace("/resourceGroups/quickstart", "/RESOURCEGROUPS/QuickStart").replace("Cynosure.Storage/clusters", "cynosure.STORAGE//CLUSTERS");
    const read = await arm.send("GET", loud);
    expect([read.status, read.body["id"], read.body["type"]]).toEqual([200, path, "Cynosure.Storage/clusters"]);
    await arm.send("PUT", loud, clusterBody({ tags: { written: "again" } }));
    expect((await arm.send("GET", path)).body).toMatchObject({ id: path.replace("quickstart", "QuickStart"), name, type: "Cynosure.Storage/clusters" });
  });
  it.each([["id", "/subscriptions/x/other"], ["name", "other"], ["type", "Cynosure.Storage/castles"]])("U3: a body whose %s is another is 400", async (key, value) => {
    const { path } = arm.fresh();
    expect(refusal(await arm.send("PUT", path, { ...clusterBody(), [key]: value }))).toEqual([400, "MismatchingResourceSegments", key]);
    expect((await arm.send("GET", path)).status).toBe(404);
  });
  it("U6: an id is the path as it was asked for, without host and version", async () => {
    const { path } = await arm.delivered();
    expect((await arm.send("GET", path)).body["id"]).toBe(path);
  });
  it("U7, U8: types nest at most three deep under pairs, and none is a reserved word", () => {
    const reserved = new Set(["deployments", "location", "region", "provider", "application", "resource", "graph", "policy", "subscription", "resourcegroup"]);
    const own = routes.filter((route) => route.namespace === "Cynosure.Storage");
    for (const route of own) {
      const types = route.resourceType.split("/").slice(1);
      expect(types.length, route.path).toBeLessThanOrEqual(3);
      expect(types.filter((type) => reserved.has(type.toLowerCase())), route.path).toEqual([]);
      if (route.method === "PUT") expect(route.path.split("/providers/Cynosure.Storage/")[1]?.split("/").length, route.path).toSatisfy((count: number) => count % 2 === 0);
    }
  });
  it("U9: a location compares without spaces and case; an unknown one is 400, another one than it has 409", async () => {
    const { path } = await arm.delivered();
    expect((await arm.send("PUT", path, { ...clusterBody(), location: " Lo cal" })).body["location"]).toBe("local");
    expect(refusal(await arm.send("PUT", arm.fresh().path, { ...clusterBody(), location: "mars" }))).toEqual([400, "LocationNotAvailableForResourceType", "location"]);
    expect((await arm.send("PUT", arm.fresh().path, { properties: clusterBody().properties })).status).toBe(400);
  });
});

describe("versions", () => {
  it("V2, V3, V4: missing and unknown ones are refused with what there is", async () => {
    const missing = await arm.served.send(`${COLLECTION}`);
    expect([missing.status, missing.body.error?.code]).toEqual([400, "MissingApiVersionParameter"]);
    const unknown = await arm.send("GET", `${COLLECTION}?api-version=2001-01-01`);
    expect([unknown.status, unknown.body.error?.code]).toEqual([400, "NoRegisteredProviderFound"]);
    for (const told of ["'2001-01-01'", "'clusters'", "The supported api-versions are '2026-12-01'", "The supported locations are 'local'"]) expect(unknown.body.error?.message).toContain(told);
    expect((await arm.send("GET", `/subscriptions?api-version=never`)).body.error?.code).toBe("InvalidApiVersionParameter");
  });
  it("V5: a type that is not there is 404 with its name", async () => {
    const reply = await arm.send("GET", `${GROUP_PATH}/providers/Cynosure.Storage/castles/elsinore`);
    expect([reply.status, reply.body.error?.code]).toEqual([404, "InvalidResourceType"]);
    expect(reply.body.error?.message).toContain("The resource type 'castles' could not be found in the namespace 'Cynosure.Storage' for api version '2026-12-01'");
    expect((await arm.send("GET", `${GROUP_PATH}/providers/Elsewhere.Storage/clusters/c`)).body.error?.code).toBe("InvalidResourceNamespace");
  });
  it("V6: a property that the version does not know is refused by name", async () => {
    expect(refusal(await arm.send("PUT", arm.fresh().path, { ...clusterBody(), colour: "blue" }))).toEqual([400, "InvalidRequestContent", "colour"]);
  });
});
