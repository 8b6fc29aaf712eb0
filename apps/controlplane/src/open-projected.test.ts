// What of the engines' own APIs this process tells and serves, and what stays closed where Azure Resource Manager asks its roles.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isDataAction } from "@cynosure/contract";
import type { AuthorizationRequest, RouteRequest } from "@cynosure/http-server";
import { INVOKE_NATIVE, NO_URL_TARGETS, parseUrlTargets } from "@cynosure/native-gateway";
import type { UrlTargets } from "@cynosure/native-gateway";
import { buildCatalogue } from "@cynosure/projection";
import type { Catalogue } from "@cynosure/projection";
import { aResource, createMemoryDatabase, openMemoryStore, testCluster } from "@cynosure/resource-store/testkit";
import { authorizedByArm, invokedByArm, openProjected } from "./open-projected.ts";

const clock = { now: () => 1_000, sleep: () => Promise.resolve() };
const loaded: string[] = [];
const catalogueOf = (engine: Catalogue["engine"]): Catalogue => {
  loaded.push(engine);
  return buildCatalogue(engine, JSON.parse(readFileSync(new URL(import.meta.resolve(`@cynosure/projection/documents/${engine}.json`)), "utf8")));
};
const projectedOf = (engines: Parameters<typeof openProjected>[0]["engines"]) =>
  openProjected({ store: openMemoryStore(createMemoryDatabase({ clock })), native: { open: () => Promise.resolve(null), catalogueOf, close: () => Promise.resolve() }, engines, urlTargets: NO_URL_TARGETS, clock, newId: () => "id" });
const asks = (permission: string): AuthorizationRequest => ({ principal: { id: "p", type: "User", displayName: "ada", tenantId: "t" }, permission, isDataAction: isDataAction(permission), scope: "/subscriptions/s" });

describe("what is told of engines", () => {
  it("is of those alone that this process can reach, and no document is read before somebody asks", () => {
    const projected = projectedOf(["ceph", "simulated"]);
    expect(loaded).toEqual([]);
    expect(projected.typePaths().length).toBeGreaterThan(40);
    for (const path of projected.typePaths()) expect(path).toMatch(/^clusters\/ceph/);
    expect(projected.operations().length).toBeGreaterThan(100);
    for (const { name = "" } of projected.operations()) expect(name).toMatch(/^Cynosure\.Storage\/clusters\//);
    expect(new Set(loaded)).toEqual(new Set(["ceph"]));
    expect(projectedOf(["simulated"]).typePaths()).toEqual([]);
  });

  it("holds no operation that nobody began", async () => {
    expect(await projectedOf(["ceph"]).readOperation("none")).toBeNull();
  });
});

describe("a file for an engine", () => {
  /** `vast` has one object of any type, whose id is 7; nothing listens where the URL leads. */
  async function upload(urlTargets: UrlTargets): Promise<unknown> {
    const store = openMemoryStore(createMemoryDatabase({ clock }));
    await store.resources.put(aResource("west", { properties: { engine: "vast" }, provisioningState: "Succeeded" }), { kind: "none" });
    const client = { origin: "https://engine.example", send: () => Promise.resolve({ status: 200, headers: {}, body: { id: 7 } }), stream: () => Promise.reject(new Error("nothing is streamed")), close: () => Promise.resolve() };
    const native = { catalogueOf, close: () => Promise.resolve(), open: () => Promise.resolve({ engine: "vast" as const, documentPath: null, documentUntilMs: 0, catalogue: catalogueOf("vast"), client }) };
    const projected = openProjected({ store, native, engines: ["vast"], urlTargets, clock, newId: () => "id" });
    const { routes } = projected.serve({ authorize: () => Promise.resolve({ allowed: true }), requireGroup: () => Promise.resolve(), locations: ["local"] });
    const [, , subscriptionId = "", , resourceGroupName = ""] = testCluster("west").id.split("/");
    const request = { params: { subscriptionId, resourceGroupName, clusterName: "west", rest: "vastKerberos/id-7/replaceKeytab" }, query: {}, body: { sourceUri: "https://127.0.0.1:9/keytab" }, principal: null, condition: { kind: "none" }, correlation: { correlationId: "c" } };
    const route = routes.find(({ method }) => method === "POST");
    return route?.answer(request as unknown as RouteRequest).catch((error: unknown) => (error instanceof Error ? error.message : error)); // all of it that an action looks at
  }

  it("is read from where the operator lists, and from no other place that is not public", async () => {
    expect(await upload(parseUrlTargets("127.0.0.2,files.example"))).toMatch("'127.0.0.1' is at 127.0.0.1, which is no public address");
    expect(await upload(parseUrlTargets("127.0.0.0/31"))).toMatch("connect ECONNREFUSED 127.0.0.1:9");
  });
});

describe("behind Azure Resource Manager", () => {
  it("an engine's internals are closed, since no path says their right", async () => {
    const internal = projectedOf(["vast"]).operations().flatMap(({ name = "" }) => (isDataAction(name) ? [name] : []));
    expect(internal.length).toBeGreaterThan(20);
    for (const permission of internal) expect([permission, await authorizedByArm(asks(permission))]).toEqual([permission, { allowed: false }]);
    for (const permission of ["Cynosure.Storage/clusters/vastViews/read", "Cynosure.Storage/clusters/listCredentials/action", INVOKE_NATIVE]) expect(await authorizedByArm(asks(permission))).toEqual({ allowed: true });
  });

  it("invokeNative leads to nothing that has a path of its own", async () => {
    expect([await invokedByArm(asks(INVOKE_NATIVE)), await invokedByArm(asks("Cynosure.Storage/clusters/vastViews/read"))]).toEqual([{ allowed: true }, { allowed: false }]);
  });
});
