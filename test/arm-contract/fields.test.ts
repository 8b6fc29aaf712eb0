// Sections 8, 9, 10, 11 and 16 over a real listener: tags and identity, systemData, etags, errors, names.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Exchange, type Reply, SUBSCRIPTION, clusterBody, fileSystemBody, openExchange, refusal } from "./support/exchange.ts";

let arm: Exchange;
beforeAll(async () => {
  arm = await openExchange();
});
afterAll(() => arm.close());

const UAI = `/subscriptions/${SUBSCRIPTION}/resourceGroups/quickstart/providers/Microsoft.ManagedIdentity/userAssignedIdentities/`;
const withIdentity = (identity: unknown) => ({ ...clusterBody(), identity });

describe("tags", () => {
  it("8: come back as they were given, and within limits only", async () => {
    const { path } = arm.fresh();
    const tags = { "Kosten Stelle": "α/β", empty: "" };
    expect((await arm.send("PUT", path, clusterBody({ tags }))).body["tags"]).toEqual(tags);
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`t${n}`, ""]));
    for (const refused of [many, { "a<b": "" }, { [`k${"x".repeat(512)}`]: "" }, { k: "x".repeat(257) }]) expect((await arm.send("PUT", arm.fresh().path, clusterBody({ tags: refused }))).status).toBe(400);
  });
});

describe("identity", () => {
  it("8: a user-assigned one is kept beside properties, merged by PATCH, taken out by null, and starts no plan", async () => {
    const { path } = await arm.delivered();
    const put = await arm.send("PUT", path, withIdentity({ type: "UserAssigned", userAssignedIdentities: { [`${UAI}a`]: {}, [`${UAI}b`]: {} } }));
    expect([put.status, put.headers["azure-asyncoperation"], put.body["identity"]]).toEqual([200, undefined, { type: "UserAssigned", userAssignedIdentities: { [`${UAI}a`]: {}, [`${UAI}b`]: {} } }]);
    const less = await arm.send("PATCH", path, { identity: { userAssignedIdentities: { [`${UAI}a`]: null } } });
    expect([less.status, less.body["identity"]]).toEqual([200, { type: "UserAssigned", userAssignedIdentities: { [`${UAI}b`]: {} } }]);
    // A body without it leaves it as it is: azure-cli of another version does not know it.
    expect((await arm.send("PUT", path, clusterBody())).body["identity"]).toEqual(less.body["identity"]);
    expect((await arm.send("PATCH", path, { identity: null })).body["identity"]).toEqual({ type: "None" });
  });
  it.each([
    ["a system-assigned one where no front door makes any", { type: "SystemAssigned" }, "identity.type"],
    ["a user-assigned one without a name", { type: "UserAssigned" }, "identity.userAssignedIdentities"],
    ["names without the type", { type: "None", userAssignedIdentities: { [`${UAI}a`]: {} } }, "identity.userAssignedIdentities"],
    ["a name that is no identity's", { type: "UserAssigned", userAssignedIdentities: { "/subscriptions/x": {} } }, "identity.userAssignedIdentities"],
  ])("8: %s is refused with the reason", async (_what, identity, target) => {
    const { path } = arm.fresh();
    expect(refusal(await arm.send("PUT", path, withIdentity(identity)))).toEqual([400, "InvalidRequestContent", target]);
    expect((await arm.send("GET", path)).status).toBe(404);
  });
  it("8, H10: a system-assigned one is filled from what the front door made, and stays without it", async () => {
    const { name, path } = arm.fresh();
    const { world } = arm.served;
    const params = { subscriptionId: SUBSCRIPTION, resourceGroupName: "quickstart", clusterName: name };
    const handler = world.handlers.Clusters_CreateOrUpdate;
    const principal = { id: "p1", type: "User", displayName: "ada", tenantId: "t" } as const;
    const about = { principal, requestId: "r", correlationId: "c", apiVersion: "2026-12-01", condition: { kind: "none" }, baseUrl: "https://arm" } as const;
    await handler({ params, query: {}, body: { ...clusterBody(), identity: { type: "SystemAssigned" } }, context: { ...about, managedIdentity: { principalId: "made-principal", tenantId: "made-tenant", identityUrl: null } } });
    await arm.finish(name);
    expect((await arm.send("GET", path)).body["identity"]).toEqual({ type: "SystemAssigned", principalId: "made-principal", tenantId: "made-tenant" });
    const read = await arm.send("GET", path);
    expect((await arm.send("PUT", path, read.body)).body).toEqual(read.body);
  });
});

describe("systemData", () => {
  it("9: follows accepted changes only: not refusals, not what changes nothing, not actions, not what the service does", async () => {
    const { name, path } = arm.fresh();
    const { clock } = arm.served.world;
    const made = (await arm.send("PUT", path, clusterBody())).body["systemData"] as Record<string, string>;
    expect(made).toMatchObject({ createdBy: "tester", createdByType: "Application", lastModifiedBy: "tester", createdAt: made["lastModifiedAt"] });
    clock.nowMs += 60_000;
    await arm.send("PUT", path, clusterBody({ count: 5 })); // 409
    await arm.send("PUT", path, { ...clusterBody(), colour: "blue" }); // 400
    await arm.finish(name);
    await arm.send("PUT", path, clusterBody()); // nothing changes
    await arm.send("POST", `${path}/whatIf`, clusterBody());
    await arm.send("PUT", path, clusterBody({ tags: { a: "b" } }), { "if-match": '"other"' }); // 412
    expect((await arm.send("GET", path)).body["systemData"]).toEqual(made);
    const changed = (await arm.send("PATCH", path, { tags: { a: "b" } })).body["systemData"] as Record<string, string>;
    expect(changed).toMatchObject({ createdBy: made["createdBy"], createdAt: made["createdAt"] });
    expect(changed["lastModifiedAt"]).not.toBe(made["lastModifiedAt"]);
    clock.nowMs += 60_000;
    const grown = await arm.send("PUT", path, clusterBody({ count: 4, tags: { a: "b" } }));
    await arm.fail(name);
    expect((await arm.send("GET", path)).body["systemData"]).toEqual(grown.body["systemData"]);
  });
});

type Condition = Readonly<Record<string, string>>;
const NONE: Condition = {};
const ANY: Condition = { "if-match": "*" };
const OTHER: Condition = { "if-match": '"x"' };
const ABSENT: Condition = { "if-none-match": "*" };

describe("etags", () => {
  const grown = clusterBody({ count: 4 });
  it.each([
    ["PUT", "no header", NONE, 201, 200], ["PUT", "If-Match: *", ANY, 412, 200], ["PUT", "another If-Match", OTHER, 412, 412], ["PUT", "If-None-Match: *", ABSENT, 201, 412],
    ["PATCH", "no header", NONE, 404, 200], ["PATCH", "If-Match: *", ANY, 404, 200], ["PATCH", "another If-Match", OTHER, 404, 412],
    ["DELETE", "no header", NONE, 204, 202], ["DELETE", "If-Match: *", ANY, 204, 202], ["DELETE", "another If-Match", OTHER, 204, 412],
  ] as const)("10: %s with %s", async (method, _condition, headers, whenAbsent, whenThere) => {
    const body = method === "PUT" ? grown : method === "PATCH" ? { tags: { a: "b" } } : undefined;
    const absent = await arm.send(method, arm.fresh().path, body, headers);
    expect([absent.status, absent.body.error?.code ?? null]).toEqual([whenAbsent, whenAbsent === 412 ? "PreconditionFailed" : whenAbsent === 404 ? "ResourceNotFound" : null]);
    const { path } = await arm.delivered();
    const before = await arm.served.world.snapshot();
    const there = await arm.send(method, path, body, headers);
    expect([there.status, there.body.error?.code ?? null]).toEqual([whenThere, whenThere === 412 ? "PreconditionFailed" : null]);
    if (whenThere === 412) expect(await arm.served.world.snapshot()).toEqual(before);
  });
  it.each(["PUT", "PATCH", "DELETE"])("10: %s with the right etag goes through, and an empty header is none", async (method) => {
    const { path } = await arm.delivered();
    const body = method === "PUT" ? clusterBody({ tags: { a: "b" } }) : method === "PATCH" ? { tags: { a: "b" } } : undefined;
    const read = await arm.send("GET", path);
    expect(read.headers.etag).toBe(read.body["etag"]);
    expect((await arm.send(method, path, body, { "if-match": String(read.headers.etag) })).status).toBe(method === "DELETE" ? 202 : 200);
    const other = await arm.delivered();
    expect((await arm.send(method, other.path, body, { "if-match": "" })).status).toBe(method === "DELETE" ? 202 : 200);
  });
  it("10: a write changes it, and its answer carries the new one in header and body", async () => {
    const { path } = await arm.delivered();
    const before = (await arm.send("GET", path)).headers.etag;
    const put = await arm.send("PATCH", path, { tags: { a: "b" } });
    expect([put.headers.etag === before, put.headers.etag === put.body["etag"], (await arm.send("GET", path)).headers.etag === put.headers.etag]).toEqual([false, true, true]);
  });
});

describe("errors", () => {
  const refused: readonly (readonly [string, () => Promise<Reply>, number, string])[] = [
    ["malformed JSON", () => arm.send("PUT", arm.fresh().path, "{"), 400, "InvalidRequestContent"],
    ["no location", () => arm.send("PUT", arm.fresh().path, { ...clusterBody(), location: " " }), 400, "LocationRequired"],
    ["a bad name", () => arm.send("PUT", arm.fresh().path.replace("row-", "Row_"), clusterBody()), 400, "InvalidResourceName"],
    ["no token", () => arm.send("GET", arm.fresh().path, undefined, { authorization: "" }), 401, "AuthenticationFailed"],
    ["another method", () => arm.send("POST", arm.fresh().path, {}), 405, "MethodNotAllowed"],
    ["another media type", () => arm.send("PUT", arm.fresh().path, "a: b", { "content-type": "text/yaml" }), 415, "UnsupportedMediaType"],
    ["an unknown operation", () => arm.send("GET", `/subscriptions/${SUBSCRIPTION}/providers/Cynosure.Storage/locations/local/operationStatuses/nothing`), 404, "OperationNotFound"],
    ["a subscription that is no GUID", () => arm.send("GET", "/subscriptions/mine/resourceGroups?api-version=2021-04-01"), 404, "InvalidSubscriptionId"],
  ];
  it.each(refused)("11: %s has its code in the one envelope", async (_what, ask, status, code) => {
    const reply = await ask();
    expect([reply.status, reply.body.error?.code, Object.keys(reply.body)]).toEqual([status, code, ["error"]]);
    expect((reply.body.error?.message ?? "").length).toBeGreaterThan(10);
    expect(Object.keys(reply.body.error ?? {}).filter((key) => !["code", "message", "target", "details", "additionalInfo"].includes(key))).toEqual([]);
  });
  it("11: every field at fault is a detail with its target", async () => {
    const reply = await arm.send("PUT", arm.fresh().path, { location: "local", properties: { ...clusterBody().properties, engine: 7, hosts: { size: "s" } } });
    expect(reply.body.error?.details?.map(({ target }) => target)).toEqual(expect.arrayContaining(["properties.engine", "properties.hosts.count"]));
  });
});

describe("checkNameAvailability", () => {
  const ask = (body: unknown): Promise<Reply> => arm.send("POST", `/subscriptions/${SUBSCRIPTION}/providers/Cynosure.Storage/checkNameAvailability`, body);
  it("16: a free name is available, a taken and a bad one are not, each with reason and message", async () => {
    const { name } = await arm.delivered();
    expect([(await ask({ name: "free-name", type: "cynosure.storage/CLUSTERS" })).status, (await ask({ name: "free-name", type: "Cynosure.Storage/clusters" })).body]).toEqual([200, { nameAvailable: true }]);
    const taken = await ask({ name: name.toUpperCase().toLowerCase(), type: "Cynosure.Storage/clusters" });
    expect([taken.status, taken.body]).toMatchObject([200, { nameAvailable: false, reason: "AlreadyExists", message: expect.stringContaining(name) }]);
    for (const bad of ["", "Bad_Name", "x".repeat(300)]) expect((await ask({ name: bad, type: "Cynosure.Storage/clusters" })).body).toMatchObject({ nameAvailable: false, reason: "Invalid", message: expect.any(String) });
  });
  it("16: an unknown type is 400", async () => {
    for (const type of ["Cynosure.Storage/castles", "Cynosure.Storage/clusters/fileSystems", undefined]) expect(refusal(await ask({ name: "free-name", type }))).toEqual([400, "InvalidParameter", "type"]);
  });
});

it("9: what a child's proxy shows is its own, not its cluster's", async () => {
  const { name, path } = await arm.delivered();
  arm.served.world.clock.nowMs += 60_000;
  const child = await arm.send("PUT", `${path}/fileSystems/home`, fileSystemBody());
  await arm.finish(name);
  expect((child.body["systemData"] as Record<string, string>)["createdAt"]).not.toBe(((await arm.send("GET", path)).body["systemData"] as Record<string, string>)["createdAt"]);
});
