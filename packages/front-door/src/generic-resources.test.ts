// The generic lists, their filters and pages, tags as a resource of their own, and moves: over the wire, with the
// filters that az, Terraform and the portal send.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changeSubscription, newSubscription } from "@cynosure/arm-store";
import { RESOURCES_MOVED_MAX } from "./resource-move.ts";
import { parseResourceFilter } from "./resource-filter-parser.ts";
import { matchesFilter } from "./resource-filter.ts";
import type { Filterable } from "./resource-filter.ts";
import { PROVIDER_VERSION, SUBSCRIPTION, VERSION, clusterPath, groupPath, openServedFrontDoor } from "./testkit/served-front-door.ts";
import type { ServedFrontDoor } from "./testkit/served-front-door.ts";

const seed = Number(process.env["FILTER_SEED"] ?? Date.now() % 2 ** 31);
let door: ServedFrontDoor;

beforeAll(async () => {
  door = await openServedFrontDoor();
  await door.send(`${groupPath("Other")}?${VERSION}`, { method: "PUT", body: { location: "local", tags: { env: "shared" } } });
  await door.deliver("quickstart", "alpha", { env: "test", owner: "Ada" });
  await door.deliver("quickstart", "beta", { env: "prod", team: "test" });
  await door.deliver("Other", "gamma", { Env: "test" });
});
afterAll(() => door.close());

const RESOURCES = `/subscriptions/${SUBSCRIPTION}/resources?${VERSION}`;
const list = (query: string, path = RESOURCES) => door.send(`${path}&${query}`);
const filtered = async (filter: string): Promise<unknown> => {
  const reply = await list(`$filter=${encodeURIComponent(filter)}`);
  return reply.status === 200 ? reply.body.value?.map(({ name }) => name) : reply.body.error?.code;
};

describe("the generic list", () => {
  it.each([
    ["resourceType eq 'cynosure.storage/CLUSTERS'", ["alpha", "beta", "gamma"].toSorted()],
    ["resourceType ne 'Cynosure.Storage/clusters'", []],
    ["resourceType eq 'Microsoft.Compute/virtualMachines'", []],
    ["resourceGroup eq 'other'", ["gamma"]],
    ["resourceGroup ne 'other'", ["alpha", "beta"]],
    ["name eq 'ALPHA'", ["alpha"]],
    ["name eq 'alpha' or name eq 'gamma'", ["gamma", "alpha"]],
    ["(name eq 'alpha' or name eq 'gamma') and resourceGroup eq 'quickstart'", ["alpha"]],
    ["resourceType eq 'Cynosure.Storage/clusters' and name eq 'beta'", ["beta"]],
    ["location eq 'LOCAL'", ["gamma", "alpha", "beta"]],
    ["location ne 'local'", []],
    ["tagName eq 'ENV'", ["gamma", "alpha", "beta"]],
    ["tagName eq 'env' and tagValue eq 'test'", ["gamma", "alpha"]],
    ["tagValue eq 'test'", ["gamma", "alpha", "beta"]],
    ["tagName eq 'owner' and tagValue eq 'ada'", []],
    ["startswith(tagName,'te')", ["beta"]],
    ["substringof('AMM', name)", ["gamma"]],
    ["startswith(name, 'b')", ["beta"]],
    ["substringof('quick', resourceGroup) and tagName eq 'env'", ["alpha", "beta"]],
    ["name eq 'it''s'", []],
  ])("G4: $filter=%s keeps %j", async (filter, names) => {
    const found = await filtered(filter);
    expect(Array.isArray(found) ? found.toSorted() : found).toEqual(names.toSorted());
  });

  it.each(["colour eq 'blue'", "name gt 'a'", "tagName ne 'env'", "name eq alpha", "name eq 'a", "name eq 'a' and", "not name eq 'a'", "(name eq 'a'", "endswith(name,'a')", "substringof(name,'a')", "name eq 'a' name eq 'b'", "plan/publisher eq 'x'", `${"(".repeat(40)}name eq 'a'${")".repeat(40)}`])("G4: $filter=%s is refused with what is not served", async (filter) => {
    const reply = await list(`$filter=${encodeURIComponent(filter)}`);
    expect([reply.status, reply.body.error?.code, reply.body.error?.target]).toEqual([400, "InvalidParameter", "$filter"]);
    expect(reply.body.error?.message).toContain("Use resourceType, name, resourceGroup");
  });

  it("G6: items have the type's canonical casing, and $expand adds times and state only when asked", async () => {
    const plain = (await list("$filter=name%20eq%20'alpha'")).body.value?.[0];
    expect(plain).toEqual({ id: clusterPath("quickstart", "alpha"), name: "alpha", type: "Cynosure.Storage/clusters", location: "local", tags: { env: "test", owner: "Ada" } });
    const full = (await list("$filter=name%20eq%20'alpha'&$expand=createdTime,changedTime,provisioningState")).body.value?.[0];
    expect(full).toMatchObject({ provisioningState: "Succeeded" });
    for (const time of ["createdTime", "changedTime"]) expect(new Date(String(full?.[time])).toISOString()).toBe(full?.[time]);
    expect((await list("$expand=secrets")).body.error).toMatchObject({ code: "InvalidParameter", target: "$expand" });
  });

  it("G4: pages keep the client's own parameters, end without nextLink, and are never longer than asked", async () => {
    const names: unknown[] = [];
    const links: string[] = [];
    for (let link: string | undefined = `${RESOURCES}&$top=1&$filter=tagName%20eq%20'env'&$expand=createdTime`; link !== undefined; ) {
      const { body, status } = await door.send(link);
      expect(status).toBe(200);
      expect(body.value?.length).toBeLessThanOrEqual(1);
      names.push(...(body.value ?? []).map(({ name }) => name));
      link = body.nextLink;
      if (link !== undefined) links.push(link);
    }
    expect(names.toSorted()).toEqual(["alpha", "beta", "gamma"]);
    expect(links.length).toBeGreaterThanOrEqual(2);
    for (const link of links) expect(link).toMatch(new RegExp(`^${door.baseUrl}/subscriptions/.*${VERSION}&\\$top=1&\\$filter=tagName%20eq%20'env'&\\$expand=createdTime&\\$skipToken=`));
  });

  it("G5: a token nobody gave out is 400 InvalidSkipToken", async () => {
    const reply = await list("$skiptoken=bm9wZQ");
    expect([reply.status, reply.body.error?.code]).toEqual([400, "InvalidSkipToken"]);
  });

  it("§19: the list of a group is the same list, a group that is not there is 404", async () => {
    expect((await list("$top=5", `${groupPath("OTHER").replace("resourceGroups", "resourcegroups")}/resources?${VERSION}`)).body.value?.map(({ name }) => name)).toEqual(["gamma"]);
    const missing = await list("$top=5", `${groupPath("nowhere")}/resources?${VERSION}`);
    expect([missing.status, missing.body.error?.code]).toEqual([404, "ResourceGroupNotFound"]);
  });

  it("U1: a resource is found in any case, by GET and by HEAD", async () => {
    const path = clusterPath("QUICKSTART", "ALPHA").replace("subscriptions", "SUBSCRIPTIONS").replace("Cynosure.Storage/clusters", "cynosure.STORAGE/Clusters");
    expect((await door.send(`${path}?${PROVIDER_VERSION}`)).body["name"]).toBe("alpha");
    expect((await door.send(`${path}?${PROVIDER_VERSION}`, { method: "HEAD" })).status).toBe(204);
    expect((await door.send(`${clusterPath("quickstart", "nobody")}?${PROVIDER_VERSION}`, { method: "HEAD" })).status).toBe(404);
  });

  it("az account list-locations: names, display names and the region type", async () => {
    expect((await door.send(`/subscriptions/${SUBSCRIPTION}/locations?api-version=2019-11-01`)).body.value).toEqual([
      { id: `/subscriptions/${SUBSCRIPTION}/locations/local`, name: "local", type: "Region", displayName: "Local", regionalDisplayName: "Local", metadata: { regionType: "Physical", regionCategory: "Recommended" } },
    ]);
  });
});

describe("filters by themselves", () => {
  const item: Filterable = { name: "n", type: "T/t", resourceGroup: "g", location: "west us", tags: { a: "1", b: "2" } };
  it("a tag's name and value belong together within one and, not across brackets of or", () => {
    expect(matchesFilter(parseResourceFilter("tagName eq 'a' and tagValue eq '2'"), item)).toBe(false);
    expect(matchesFilter(parseResourceFilter("tagName eq 'a' and (tagValue eq '2' or name eq 'n')"), item)).toBe(true);
    expect(matchesFilter(parseResourceFilter("location eq 'WestUS'"), item)).toBe(true);
  });
  it(`no text makes the parser do anything but answer or refuse (seed=${seed})`, () => {
    const word = fc.constantFrom("name", "eq", "ne", "and", "or", "(", ")", ",", "'a'", "'", "tagName", "tagValue", "substringof", "startswith", "not", " ", "%", "1", "resourceType", "\u0000", "😀");
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (words) => {
        const parse = (): unknown => matchesFilter(parseResourceFilter(words.join(" ")), item);
        let outcome: unknown;
        try {
          outcome = parse();
        } catch (error) {
          outcome = error instanceof Error && "code" in error ? error.code : error;
        }
        expect([true, false, "InvalidParameter"]).toContain(outcome);
      }),
      { seed, numRuns: 2_000 },
    );
  });
});

describe("tags as a resource", () => {
  const scopes: readonly (readonly [string, string])[] = [["a group", groupPath("Other")], ["a cluster", clusterPath("quickstart", "beta")]];
  it.each(scopes)("%s: PUT replaces, PATCH merges, replaces and deletes, DELETE empties, GET shows", async (_name, scope) => {
    const path = `${scope}/providers/Microsoft.Resources/tags/default?${VERSION}`;
    const tags = async (method: string, body?: unknown) => (await door.send(path, { method, body })).body["properties"];
    expect(await tags("PUT", { properties: { tags: { a: "1", B: "2" } } })).toEqual({ tags: { a: "1", B: "2" } });
    expect(await tags("PATCH", { operation: "Merge", properties: { tags: { b: "3", c: "4" } } })).toEqual({ tags: { a: "1", b: "3", c: "4" } });
    expect(await tags("PATCH", { operation: "Delete", properties: { tags: { a: "1", c: "other" } } })).toEqual({ tags: { b: "3", c: "4" } });
    expect(await tags("PATCH", { operation: "replace", properties: { tags: { only: "this" } } })).toEqual({ tags: { only: "this" } });
    const shown = await door.send(path);
    expect(shown.body).toEqual({ id: `${scope}/providers/Microsoft.Resources/tags/default`, name: "default", type: "Microsoft.Resources/tags", properties: { tags: { only: "this" } } });
    const removed = await door.send(path, { method: "DELETE" });
    expect([removed.status, removed.text]).toEqual([200, ""]);
    expect(await tags("GET")).toEqual({ tags: {} });
  });

  it.each([
    ["no body", undefined, "properties.tags"],
    ["no tags", { properties: {} }, "properties.tags"],
    ["tags that are a list", { properties: { tags: [] } }, "properties.tags"],
    ["a value that is no text", { properties: { tags: { a: 1 } } }, "properties.tags.a"],
    ["a value over the limit", { properties: { tags: { a: "v".repeat(257) } } }, "properties.tags.a"],
    ["too many", { properties: { tags: Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`k${at}`, ""])) } }, "properties.tags"],
  ])("§8: %s is refused and nothing is changed", async (_name, body, target) => {
    const path = `${groupPath("quickstart")}/providers/Microsoft.Resources/tags/default?${VERSION}`;
    const before = await door.world.snapshot();
    const reply = await door.send(path, { method: "PUT", body });
    expect([reply.status, reply.body.error?.code, reply.body.error?.target]).toEqual([400, "InvalidRequestContent", target]);
    expect((await door.send(path, { method: "PATCH", body: { operation: "Shuffle", properties: { tags: {} } } })).body.error?.target).toBe("operation");
    expect(await door.world.snapshot()).toEqual(before);
  });

  it("a scope that is not there is 404", async () => {
    for (const scope of [groupPath("nowhere"), clusterPath("quickstart", "nobody")]) expect((await door.send(`${scope}/providers/Microsoft.Resources/tags/default?${VERSION}`)).status).toBe(404);
  });

  it("az tag list: names and values are counted over groups and resources", async () => {
    await door.send(`${groupPath("Other")}?${VERSION}`, { method: "PATCH", body: { tags: { env: "shared" } } });
    const { body } = await door.send(`/subscriptions/${SUBSCRIPTION}/tagNames?${VERSION}`);
    const env = body.value?.find(({ tagName }) => String(tagName).toLowerCase() === "env");
    expect(env).toMatchObject({ count: { type: "Total", value: 3 } });
    expect((env?.["values"] as { tagValue: string; count: { value: number } }[]).map(({ tagValue, count }) => [tagValue, count.value])).toEqual([["shared", 1], ["test", 2]]);
  });
});

describe("§14: moving resources", () => {
  const [one, two] = [clusterPath("quickstart", "alpha"), clusterPath("quickstart", "beta")];
  const target = groupPath("Other");
  const elsewhere = "00000000-0000-4000-8000-0000000000f1";
  const ask = (action: string, body: unknown, group = "quickstart") => door.send(`${groupPath(group)}/${action}?${VERSION}`, { method: "POST", body });

  beforeAll(async () => {
    const { store } = door.world.testStore;
    await store.transaction((tx) => changeSubscription(store, { subscriptionId: elsewhere, nowMs: 1, by: "test", change: () => newSubscription({ subscriptionId: elsewhere, displayName: "Theirs", tenantId: "99999999-0000-4000-8000-000000000000", nowMs: 1 }) }, tx));
  });

  it.each<readonly [string, unknown, number, string]>([
    ["the same group", { targetResourceGroup: groupPath("QUICKSTART"), resources: [one] }, 400, "ResourceMoveInvalid"],
    ["a group of another tenant", { targetResourceGroup: `/subscriptions/${elsewhere}/resourceGroups/g`, resources: [one] }, 403, "LinkedAuthorizationFailed"],
    ["a subscription nobody knows", { targetResourceGroup: `/subscriptions/${elsewhere.replace("f1", "f2")}/resourceGroups/g`, resources: [one] }, 404, "SubscriptionNotFound"],
    ["a child", { targetResourceGroup: target, resources: [`${one}/fileSystems/home`] }, 400, "ResourceMoveInvalid"],
    ["one resource twice", { targetResourceGroup: target, resources: [one, two, one.toUpperCase()] }, 409, "ResourceMoveConflict"],
    ["more than 800", { targetResourceGroup: target, resources: Array.from({ length: RESOURCES_MOVED_MAX + 1 }, () => one) }, 400, "InvalidRequestContent"],
    ["a resource of another group", { targetResourceGroup: groupPath("nowhere"), resources: [clusterPath("Other", "gamma")] }, 400, "ResourceMoveInvalid"],
    ["a resource that is not there", { targetResourceGroup: target, resources: [clusterPath("quickstart", "nobody")] }, 404, "ResourceNotFound"],
    ["a target that is not there", { targetResourceGroup: groupPath("nowhere"), resources: [one] }, 404, "ResourceGroupNotFound"],
    ["a target that is no group", { targetResourceGroup: one, resources: [one] }, 400, "InvalidRequestContent"],
    ["nothing", { targetResourceGroup: target, resources: [] }, 400, "InvalidRequestContent"],
    ["clusters, which cannot move", { targetResourceGroup: target, resources: [one, two] }, 400, "ResourceMoveNotSupported"],
  ])("§14: %s", async (_name, body, status, code) => {
    const before = await door.world.snapshot();
    for (const action of ["moveResources", "validateMoveResources"]) {
      const reply = await ask(action, body);
      expect([action, reply.status, reply.body.error?.code]).toEqual([action, status, code]);
      expect(reply.body.error?.target).toBeDefined();
    }
    expect(await door.world.snapshot()).toEqual(before);
  });

  it("§14: a provider that can move is asked first, and 204 says the move is valid", async () => {
    const asked: unknown[] = [];
    door.world.frontDoor.connect({ ...door.world.providers.handlers, validateMove: (request) => { asked.push(request); return Promise.resolve(); } });
    expect((await ask("validateMoveResources", { targetResourceGroup: target, resources: [one] })).status).toBe(204);
    expect(asked).toEqual([{ source: { subscriptionId: SUBSCRIPTION, resourceGroupName: "quickstart" }, targetResourceGroup: target, resources: [one] }]);
    expect((await ask("moveResources", { targetResourceGroup: target, resources: [one] })).body.error?.code).toBe("ResourceMoveNotSupported");
    door.world.frontDoor.connect(door.world.providers.handlers);
  });
});
