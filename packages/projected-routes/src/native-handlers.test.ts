// clusters/getParity and clusters/invokeNative over a listener, by the contract's own validation.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clusterIdOf, serve } from "./testkit/served.ts";
import type { Served } from "./testkit/served.ts";
import { projectedOperations, projectedTypePaths } from "./projected-names.ts";

let served: Served;
beforeEach(async () => {
  served = await serve();
});
afterEach(() => served.close());

const invoke = (body: unknown, cluster?: string) => served.send("POST", "invokeNative", body, {}, cluster);
const INVOKE = "Cynosure.Storage/clusters/invokeNative/action";

describe("getParity", () => {
  it("answers every operation of the document with its place, and the types they add up to", async () => {
    const { status, body, text } = await served.send("POST", "getParity");
    expect([status, body["engine"], body["totals"]]).toMatchObject([200, "vast", { operations: 772, unmapped: 0, fallback: 0, classes: { gatewayOnly: 6 }, types: 135, actions: 284 }]);
    const { types, operations } = body as unknown as { types: { type: string }[]; operations: { method: string; path: string }[] };
    expect([types.length, operations.length, text.length < 4_000_000]).toEqual([135, 772, true]);
    expect(types.find(({ type }) => type === "vastViews")).toMatchObject({ naming: "name", verbs: expect.arrayContaining(["list", "get", "create", "update", "delete"]) as string[], idField: "id", createOnlyFields: expect.any(Array) as string[] });
    expect(operations.find(({ method, path }) => method === "POST" && path === "/views/")).toMatchObject({ class: "typed", type: "vastViews", verb: "create", permission: "Cynosure.Storage/clusters/vastViews/write", danger: "none", bodyKind: "json" });
  });

  it("needs no engine that answers, but one that has an API", async () => {
    served.native.isOpen = false;
    expect((await served.send("POST", "getParity", undefined, {}, "Reef")).body["engine"]).toBe("ceph");
    expect((await served.send("POST", "getParity", undefined, {}, "Model")).status).toBe(409);
    expect((await served.send("POST", "getParity", undefined, {}, "Nowhere")).status).toBe(404);
  });
});

describe("invokeNative", () => {
  it("sends what no document lists, recorded before, and answers what the engine said", async () => {
    served.native.answer = { status: 418, headers: { "content-type": "text/plain" }, body: "short and stout" };
    const { status, body, headers } = await invoke({ method: "POST", path: "/undocumented/a%20b/", query: [{ name: "x", value: "1 2" }], body: { a: 1 } });
    expect([status, body, headers["cache-control"]]).toEqual([200, { status: 418, contentType: "text/plain", body: "short and stout" }, "no-store"]);
    expect(served.native.sent).toEqual([{ method: "POST", path: "/undocumented/a%20b/", query: [["x", "1 2"]], isRepeatable: false, json: { a: 1 } }]);
    expect(await served.audited()).toMatchObject([{ action: INVOKE, principal: "p1", resourceId: `${clusterIdOf("Harbour")}/native/POST/undocumented/a%20b/`, afterSha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string }]);
    expect(served.asked.map(({ permission }) => permission)).toEqual([INVOKE]);
  });

  it("needs the operation's own right as well where the document has it, whatever its casing", async () => {
    served.refuses = ({ permission }) => permission !== INVOKE;
    for (const [method, path, permission] of [["GET", "/views/", "vastViews/read"], ["POST", "/Clusters/Wipe/", "engineInternals/vastClusters/wipe/action"], ["DELETE", "/views/7", "vastViews/delete"]] as const) {
      const { status, body } = await invoke({ method, path });
      expect([path, status, body.error?.message]).toEqual([path, 403, expect.stringContaining(`Cynosure.Storage/clusters/${permission}`)]);
    }
    expect([served.native.sent, await served.audited()]).toEqual([[], []]);
    served.refuses = ({ permission }) => permission === INVOKE;
    expect((await invoke({ method: "GET", path: "/views/" })).status).toBe(403);
  });

  it("repeats and does not record what only reads", async () => {
    await invoke({ method: "GET", path: "/views/7/" });
    expect([served.native.sent[0], await served.audited()]).toMatchObject([{ path: "/views/7/", isRepeatable: true }, []]);
  });

  it("signs nobody in", async () => {
    for (const [method, path] of [["POST", "/token/"], ["POST", "/token/refresh"], ["GET", "/login/"], ["POST", "/logout/"], ["PATCH", "/managers/password"]] as const) {
      const { status, body } = await invoke({ method, path });
      expect([path, status, body.error?.code]).toEqual([path, 403, "AuthorizationFailed"]);
    }
    expect(served.native.sent).toEqual([]);
  });

  it.each([
    ["/api/latest/views/"],
    ["/api/v5/views/"],
    ["/views/../vms/"],
    ["/views/%2e%2e/vms/"],
    ["/views%2Fvms/"],
    ["/views/%252e%252e/"],
    ["/views/?x=1"],
    ["/views/;x"],
    ["/views\\vms/"],
    ["/views/\u00e9"],
  ])("refuses the path %s", async (path) => {
    expect((await invoke({ method: "GET", path })).status).toBe(400);
    expect(served.native.sent).toEqual([]);
  });

  it("refuses a query that would change the method, a body of a GET, and what the contract does not know", async () => {
    expect((await invoke({ method: "GET", path: "/views/", query: [{ name: "_method", value: "DELETE" }] })).status).toBe(400);
    expect((await invoke({ method: "GET", path: "/views/", body: {} })).status).toBe(400);
    expect((await invoke({ method: "TRACE", path: "/views/" })).status).toBe(400);
    expect((await invoke({ method: "GET", path: "views/" })).status).toBe(400);
    expect(served.native.sent).toEqual([]);
  });
});

describe("what can be named of the engines that are served", () => {
  it("has every type and every permission once, internals as data actions", () => {
    const catalogues = [served.native.catalogueOf("vast"), served.native.catalogueOf("ceph")];
    const paths = projectedTypePaths(catalogues);
    expect([paths.length, new Set(paths).size, paths.includes("clusters/vastUsers/accessKeys"), paths.includes("clusters/cephPool")]).toEqual([187, 187, true, true]);
    const operations = projectedOperations(catalogues);
    expect(new Set(operations.map(({ name }) => name)).size).toBe(operations.length);
    expect(operations.find(({ name }) => name === "Cynosure.Storage/clusters/vastViews/read")).toMatchObject({ isDataAction: false, display: { resource: "vastViews", operation: "Get or List vastViews", description: expect.stringContaining("GET /views/") as string } });
    for (const { name = "", isDataAction } of operations) expect([name, isDataAction]).toEqual([name, name.includes("/engineInternals/")]);
  });
});
