// Projected types over a real listener, the resource providers' own store and roles, and the emulator of an engine: what a
// tool of the cloud sees of the engine's objects.
import { Buffer } from "node:buffer";
import { createHttpPoller } from "@azure/core-lro";
import type { OperationResponse } from "@azure/core-lro";
import { createDefaultHttpClient, createHttpHeaders, createPipelineRequest } from "@azure/core-rest-pipeline";
import type { HttpMethods } from "@azure/core-rest-pipeline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAccess } from "@cynosure/access";
import { contractRoutes, createHttpServer } from "@cynosure/http-server";
import type { HttpServer } from "@cynosure/http-server";
import { createLoopbackCertificate, findFreePort } from "@cynosure/http-server/testkit";
import { clusterKey } from "@cynosure/model";
import { createNativeClient } from "@cynosure/native-client";
import type { StreamingNativeClient } from "@cynosure/native-client";
import { createProjectedTypes } from "@cynosure/projected-types";
import { CLUSTER, OWNER, SUBSCRIPTION, TENANT, openWorld } from "@cynosure/resource-providers/testkit";
import type { World } from "@cynosure/resource-providers/testkit";
import { startVmsEmulator } from "@cynosure/vms-emulator";
import type { VmsEmulator } from "@cynosure/vms-emulator";
import { nativeHandlers } from "./native-handlers.ts";
import { projectedRoutes } from "./projected-routes.ts";
import { projectedOperations, projectedTypePaths } from "./projected-names.ts";
import { fakeNativeApis } from "./testkit/index.ts";

const READER = "22222222-0000-4000-8000-000000000002";
const NOBODY = "22222222-0000-4000-8000-000000000003";
const GROUP_ID = `/subscriptions/${SUBSCRIPTION}/resourceGroups/quickstart`;
const CLUSTER_ID = `${GROUP_ID}/providers/Cynosure.Storage/clusters/meadow`;
const { catalogueOf } = fakeNativeApis("vast");
const http = createDefaultHttpClient();
const tlsSettings = { ca: "" };
let [baseUrl, emulator, client, world, server] = ["", ...([] as unknown[])] as [string, VmsEmulator, StreamingNativeClient, World, HttpServer]; // set before the first test

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>> & { readonly value?: readonly { readonly id: string; readonly name: string; readonly properties: Readonly<Record<string, unknown>> }[]; readonly nextLink?: string; readonly error?: { readonly code: string; readonly message: string } };
}

/** `path` below the cluster, or a whole URL. The token is the caller's object id. */
async function send(method: HttpMethods, path: string, body?: unknown, caller = OWNER, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
  const target = path.startsWith("/") ? `${baseUrl}${path}` : `${baseUrl}${CLUSTER_ID}/${path}`;
  const url = path.startsWith("https:") ? path : `${target}${target.includes("?") ? "&" : "?"}api-version=2026-12-01`;
  const request = createPipelineRequest({ url, method, headers: createHttpHeaders({ authorization: `Bearer ${caller}`, ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers }), ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  request.tlsSettings = tlsSettings;
  const response = await http.sendRequest(request);
  return { status: response.status, headers: response.headers.toJSON(), body: response.bodyAsText ? (JSON.parse(response.bodyAsText) as Reply["body"]) : {} };
}

const poll = (method: HttpMethods, path: string, body?: unknown) => {
  const exchange = async (asked: HttpMethods, url: string, sent?: unknown): Promise<OperationResponse> => {
    const reply = await send(asked, url, sent);
    if (reply.status >= 400) throw Object.assign(new Error(reply.body.error?.message), { code: reply.body.error?.code });
    return { flatResponse: reply.body, rawResponse: { statusCode: reply.status, headers: reply.headers, body: reply.body, request: { method: asked, url } } };
  };
  return createHttpPoller({ sendInitialRequest: () => exchange(method, path, body), sendPollRequest: (url) => exchange("GET", url) }, { intervalInMs: 5, resourceLocationConfig: "azure-async-operation" });
};

beforeAll(async () => {
  emulator = await startVmsEmulator({ tls: false, seed: 7, installedCluster: "vast1", delays: { taskMs: 20 } });
  const authorization = `Basic ${Buffer.from("admin:123456").toString("base64")}`;
  client = createNativeClient({ endpoint: { origin: emulator.origin, basePath: "/api/latest", caPem: null, headers: () => Promise.resolve({ authorization }) } });
  const clock = { now: () => Date.now(), sleep: () => Promise.resolve() };
  const native = { catalogueOf, open: () => Promise.resolve({ catalogue: catalogueOf("vast"), client }) };
  const late: { readOperation?: (id: string) => ReturnType<NonNullable<World["options"]["readNativeOperation"]>> } = {};
  world = await openWorld({ clock, readNativeOperation: async (id) => (await late.readOperation?.(id)) ?? null, engineOperations: () => projectedOperations([catalogueOf("vast")]) });
  const { store } = world.testStore;
  const projected = createProjectedTypes({ names: store.nativeNames, operations: store.nativeOperations, newId: () => crypto.randomUUID(), nowMs: clock.now });
  late.readOperation = (id) => projected.readOperation(id, () => native.open());
  // As a delivery leaves it: the engine itself is what the emulator stands in for.
  const at = new Date().toISOString();
  const systemData = { createdBy: "ada", createdByType: "User", createdAt: at, lastModifiedBy: "ada", lastModifiedByType: "User", lastModifiedAt: at } as const;
  const key = clusterKey(CLUSTER_ID.toLowerCase());
  await store.resources.put({ key: key as never, id: CLUSTER_ID, type: "Cynosure.Storage/clusters", name: CLUSTER.clusterName, parentKey: GROUP_ID.toLowerCase() as never, subscriptionId: SUBSCRIPTION, location: "local", tags: {}, properties: { engine: "vast", substrate: "local", hosts: { size: "local-small", count: 3 }, protection: { hostFailures: 1 } }, systemData, provisioningState: "Succeeded" }, { kind: "none" }); // keys are lower-cased ids
  const access = createAccess({ store, clock, tenantId: TENANT, ownerIds: [OWNER], onError: () => undefined });
  baseUrl = `https://127.0.0.1:${await findFreePort()}`;
  const tls = await createLoopbackCertificate({ names: ["127.0.0.1"], nowMs: Date.now(), validDays: 1 });
  tlsSettings.ca = tls.certificatePem;
  const options = { projected, native, store, requireGroup: (id: Parameters<typeof world.options.parents.requireGroup>[0]) => world.options.parents.requireGroup(id), authorize: access.authorize, locations: ["local"], retryAfterSecondsMin: 1, nowMs: clock.now };
  server = createHttpServer({
    baseUrl,
    tls,
    issuer: baseUrl,
    namespaces: ["Cynosure.Storage", "Microsoft.Resources"],
    authenticate: ({ headers }) => {
      const id = (headers["authorization"] ?? "").slice("Bearer ".length);
      return Promise.resolve({ principal: { id, type: id === OWNER ? "Application" : "User", displayName: "somebody", tenantId: TENANT } });
    },
    admit: world.frontDoor.admit,
    authorize: access.authorize,
    routes: [...contractRoutes({ handlers: { ...world.handlers, ...nativeHandlers(options) }, namespace: "Cynosure.Storage", locations: ["local"], retryAfterSecondsMin: 1 }), ...world.frontDoor.routes, ...projectedRoutes(options)],
    log: () => undefined,
  });
  await server.listen();
  await world.call("RoleAssignments_Create", { scope: GROUP_ID, roleAssignmentName: "33333333-0000-4000-8000-000000000001" }, { properties: { roleDefinitionId: "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7", principalId: READER, principalType: "User" } });
});
afterAll(async () => {
  await server.close();
  await client.close();
  await emulator.close();
  await world.close();
});

const view = (path: string) => ({ properties: { path, policy_id: 1, tenant_id: 1, create_dir: true } });

describe("an engine's objects through ARM", () => {
  it("are made, shown, changed and removed", async () => {
    const made = await send("PUT", "vastViews/home", view("/home"));
    expect([made.status, made.body]).toMatchObject([201, { id: `${CLUSTER_ID}/vastViews/home`, name: "home", type: "Cynosure.Storage/clusters/vastViews", properties: { path: "/home", policy_id: 1 } }]);
    expect((await send("PUT", "vastViews/home", view("/home"))).status).toBe(200);
    expect((await send("PUT", "vastViews/home", view("/home"), OWNER, { "if-none-match": "*" })).status).toBe(412);
    expect((await send("GET", "vastviews/HOME")).body).toMatchObject({ name: "home", properties: { path: "/home" } });
    expect([(await send("HEAD", "vastViews/home")).status, (await send("HEAD", "vastViews/away")).status]).toEqual([204, 404]);
    expect((await send("PATCH", "vastViews/home", { properties: { alias: "/alias" } })).body).toMatchObject({ properties: { alias: "/alias" } });
    expect((await send("PATCH", "vastViews/away", { properties: {} })).status).toBe(404);
    const removed = await send("DELETE", "vastViews/home");
    expect([removed.status, (await send("GET", "vastViews/home")).status, (await send("DELETE", "vastViews/home")).status]).toEqual([200, 404, 204]);
  });

  it("are listed page by page, each once", async () => {
    const names = ["list-1", "list-2", "list-3", "list-4", "list-5"];
    for (const name of names) await send("PUT", `vastViews/${name}`, view(`/${name}`));
    const seen: string[] = [];
    let pages = 0;
    for (let next: string | undefined = "vastViews?$top=2"; next !== undefined && pages < 20; pages += 1) {
      const { status, body }: Reply = await send("GET", next);
      expect([status, (body.value?.length ?? 0) <= 2]).toEqual([200, true]);
      seen.push(...(body.value ?? []).map(({ name }) => name));
      next = body.nextLink;
    }
    expect(seen.filter((name) => names.includes(name)).toSorted()).toEqual(names);
    expect([new Set(seen).size, pages >= 3]).toEqual([seen.length, true]);
  });

  it("take actions, and what an engine refuses is told in ARM's words", async () => {
    await send("PUT", "vastUsers/ada", { properties: { uid: 20_001, local_provider_id: 1 } });
    const questions = await send("POST", "vastUsers/names", {});
    expect(questions.status).toBeLessThan(300);
    const refused = await send("PUT", "vastViews/broken", { properties: { policy_id: 1 } });
    expect([refused.status, refused.body.error?.code]).toEqual([400, expect.any(String)]);
    expect((await send("POST", "vastViews/home/noSuchAction", {})).status).toBe(404);
  });
});

describe("what an engine goes on with by itself", () => {
  it("is an ARM operation that is followed to its end", async () => {
    const { value = [] } = (await send("GET", "vastCnodes")).body;
    const highlight = `vastCnodes/${value[0]?.name ?? ""}/highlight`;
    const begun = await send("POST", highlight, {});
    expect([begun.status, begun.headers["retry-after"], begun.headers["cache-control"]]).toEqual([202, "1", "no-store"]);
    const statusUrl = begun.headers["azure-asyncoperation"] ?? "";
    let status = await send("GET", statusUrl);
    while (status.body["status"] === "Running") status = await send("GET", statusUrl);
    expect(status.body).toMatchObject({ status: "Succeeded", percentComplete: 100, resourceId: expect.stringContaining(`${CLUSTER_ID}/vastCnodes/`) as string, endTime: expect.any(String) as string });
    expect((await send("GET", begun.headers["location"] ?? "")).status).toBeLessThan(300);
    const elsewhere = [statusUrl.replace("/locations/local/", "/locations/moon/"), statusUrl.replace(SUBSCRIPTION, "00000000-0000-4000-8000-000000000099")];
    expect(await Promise.all(elsewhere.map(async (url) => (await send("GET", url)).status))).toEqual([404, 404]);
    await poll("POST", highlight, {}).pollUntilDone();
  });

  it("and one that the engine fails ends with the engine's reason", async () => {
    const faults = (body?: unknown) => fetch(`${emulator.origin}/__emulator/faults`, { method: body === undefined ? "DELETE" : "PUT", headers: { "content-type": "application/json" }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    expect((await faults({ faults: [{ kind: "failTask", reason: "the lamp is broken", path: "/cnodes/" }] })).status).toBe(200);
    const { value = [] } = (await send("GET", "vastCnodes")).body;
    const failing = poll("POST", `vastCnodes/${value[0]?.name ?? ""}/highlight`, {});
    await expect(failing.pollUntilDone()).rejects.toThrow(/lamp is broken/);
    await faults();
  });
});

describe("who may", () => {
  it("is decided before anybody is told whether a thing is there", async () => {
    await send("PUT", "vastViews/secret", view("/secret"));
    for (const path of ["vastViews/secret", "vastViews/not-there", "vastNotAType/x"]) {
      const { status, body } = await send("GET", path, undefined, NOBODY);
      expect([path, status, body.error?.code]).toEqual([path, 403, "AuthorizationFailed"]);
    }
    expect([(await send("GET", "vastViews/secret", undefined, READER)).status, (await send("GET", "vastViews/not-there", undefined, READER)).status]).toEqual([200, 404]);
    for (const [method, path] of [["PUT", "vastViews/secret"], ["PATCH", "vastViews/not-there"], ["DELETE", "vastViews/secret"], ["POST", "vastCnodes/x/highlight"]] as const) {
      expect([method, (await send(method, path, method === "DELETE" ? undefined : {}, READER)).status]).toEqual([method, 403]);
    }
    expect([(await send("GET", "vastEnvs")).status, (await send("POST", "vastClusters/wipe", {})).status]).toEqual([403, 403]);
  });

  it("and every write is in the audit log under the right it took", async () => {
    const before = (await world.testStore.store.audit.list({ limitMax: 10_000 })).length;
    await send("PUT", "vastViews/logged", view("/logged"));
    await send("GET", "vastViews/logged");
    expect((await world.testStore.store.audit.list({ limitMax: 10_000 })).slice(before)).toMatchObject([{ action: "Cynosure.Storage/clusters/vastViews/write", principal: OWNER, resourceId: `${CLUSTER_ID}/vastViews/logged` }]);
  });
});

describe("what is there", () => {
  it("is told by the engine's own document, and what it does not list is sent all the same", async () => {
    expect((await send("POST", "getParity", undefined, READER)).body["totals"]).toMatchObject({ operations: 772 });
    const invoked = await send("POST", "invokeNative", { method: "GET", path: "/monitoredusers/" });
    expect([invoked.status, invoked.body]).toMatchObject([200, { status: 200 }]);
    expect((await send("POST", "invokeNative", { method: "GET", path: "/monitoredusers/" }, READER)).status).toBe(403);
  });

  it("is among the operations that roles can name", async () => {
    const { body } = await send("GET", "/providers/Cynosure.Storage/operations");
    const named = (body.value ?? []).map(({ name }) => name);
    expect(named).toEqual(expect.arrayContaining(["Cynosure.Storage/clusters/vastViews/write", "Cynosure.Storage/clusters/write", "Cynosure.Storage/clusters/invokeNative/action"]));
    expect(projectedTypePaths([catalogueOf("vast")])).toContain("clusters/vastViews");
  });
});
