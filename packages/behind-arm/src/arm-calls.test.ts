// Calls as Azure Resource Manager makes them, over TLS with its client certificate: what its headers do to answers
// and rows (H7-H10, §9), who is refused (P9, §17), and what is not served here.
import { connect } from "node:tls";
import type { ConnectionOptions } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLUSTER, SUBSCRIPTION, clusterBody, clusterKeyIn, fileSystemBody } from "@cynosure/resource-providers/testkit";
import { PUBLIC_BASE, makeArmClient, serveProvider } from "./testkit/index.ts";
import type { ServedProvider } from "./testkit/index.ts";

const VERSION = "api-version=2026-12-01";
const PROVIDER = `/subscriptions/${SUBSCRIPTION}/providers/Cynosure.Storage`;
const groupPath = (group: string): string => `/subscriptions/${SUBSCRIPTION}/resourceGroups/${group}/providers/Cynosure.Storage/clusters`;
const clusterPath = (name: string): string => `${groupPath("never-made-here")}/${name}`;
const keyOf = (name: string) => clusterKeyIn({ ...CLUSTER, resourceGroupName: "never-made-here" as "quickstart", clusterName: name });
const REFERER = "https://Management.Azure.Test/subscriptions/X/ResourceGroups/Never-Made-Here/providers/Cynosure.Storage/Clusters";

let served: ServedProvider;
const send: ServedProvider["send"] = (...call) => served.send(...call);
const systemDataOf = (answer: { readonly body: Record<string, unknown> }) => answer.body["systemData"];

/** One GET on a TLS connection that offers `session`. */
function statusOver(options: ConnectionOptions, session: Buffer | undefined): Promise<{ readonly status: number; readonly isReused: boolean; readonly session: Buffer }> {
  return new Promise((resolve, reject) => {
    let kept: Buffer | undefined;
    let text = "";
    const socket = connect({ ...options, ...(session === undefined ? {} : { session }) });
    const finish = (): void => {
      if (kept === undefined || text === "") return;
      resolve({ status: Number(text.split(" ")[1]), isReused: socket.isSessionReused(), session: kept });
      socket.destroy();
    };
    socket.once("secureConnect", () => socket.write(`GET ${clusterPath("c1")}?${VERSION} HTTP/1.1\r\nHost: arm\r\n\r\n`));
    socket.on("session", (each: Buffer) => {
      kept = each;
      finish();
    });
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      kept ??= session;
      finish();
    });
    socket.once("error", reject);
  });
}

beforeAll(async () => {
  served = await serveProvider();
});
afterAll(() => served.close());

describe("who may call", () => {
  it("P9: without ARM's client certificate every path answers 403, and nothing else does", async () => {
    const stranger = await makeArmClient(served.world.clock.now());
    for (const client of [null, stranger]) {
      for (const path of [`${clusterPath("c1")}?${VERSION}`, `/subscriptions/${SUBSCRIPTION}?api-version=2.0`, "/nowhere", `/providers/Cynosure.Storage/operations?${VERSION}`]) {
        const answer = await send("GET", path, undefined, { referer: REFERER, "x-ms-client-object-id": "o1" }, client);
        expect([path, answer.status, answer.body.error?.code]).toEqual([path, 403, "AuthorizationFailed"]);
        expect(answer.headers["content-type"]).toMatch(/application\/json/);
      }
    }
    // What would be a 403 of a front door: the provider asks nobody's roles.
    expect((await send("GET", `${clusterPath("c1")}?${VERSION}`, undefined, { "x-ms-client-object-id": "somebody-without-any-role" })).status).toBe(404);
  });

  it.each(["TLSv1.2", "TLSv1.3"] as const)("17: a connection that resumes an earlier one (%s) is judged by the same certificate", async (version) => {
    const { origin, caPem } = served;
    const agent = { ca: caPem, key: served.arm.keyPem, cert: served.arm.certificatePem, minVersion: version, maxVersion: version, host: "127.0.0.1", port: Number(new URL(origin).port) };
    const first = await statusOver(agent, undefined);
    const second = await statusOver(agent, first.session);
    expect([first.status, first.isReused, second.status, second.isReused]).toEqual([404, false, 404, true]);
  });

  it("17: a bearer token is no way in where none is trusted", async () => {
    expect((await send("GET", `${clusterPath("c1")}?${VERSION}`, undefined, { authorization: "Bearer abc" }, null)).status).toBe(403);
  });

  it("17: whether it is ready is open to all, and says nothing else", async () => {
    const answer = await send("GET", "/healthz/ready", undefined, {}, null);
    expect([answer.status, answer.body]).toEqual([200, { status: "ready" }]);
    served.world.clock.nowMs += 24 * 3_600_000;
    expect(await send("GET", "/healthz/ready", undefined, {}, null)).toMatchObject({ status: 503, body: { error: { code: "ServiceUnavailable" } } });
    served.world.clock.nowMs -= 24 * 3_600_000;
  });
});

describe("what is served", () => {
  it("15, 16: operations of the provider, and whether a name is free", async () => {
    const { status, body } = await send("GET", `/providers/Cynosure.Storage/operations?${VERSION}`);
    expect(status).toBe(200);
    expect(body.value?.map((operation) => operation["name"])).toContain("Cynosure.Storage/clusters/write");
    expect(await send("POST", `${PROVIDER}/checkNameAvailability?${VERSION}`, { name: "meadow", type: "Cynosure.Storage/clusters" })).toMatchObject({ status: 200, body: { nameAvailable: true } });
  });

  it.each([
    ["GET", `/subscriptions/${SUBSCRIPTION}?api-version=2021-04-01`],
    ["GET", "/subscriptions?api-version=2021-04-01"],
    ["PUT", `/subscriptions/${SUBSCRIPTION}/resourceGroups/g?api-version=2021-04-01`],
    ["GET", `/subscriptions/${SUBSCRIPTION}/resourceGroups/g?api-version=2021-04-01`],
    ["GET", `/subscriptions/${SUBSCRIPTION}/resources?api-version=2021-04-01`],
    ["POST", `/subscriptions/${SUBSCRIPTION}/providers/Cynosure.Storage/register?api-version=2021-04-01`],
    ["POST", "/adfs/oauth2/token"],
    ["GET", "/metadata/endpoints?api-version=2015-01-01"],
    ["GET", `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01`],
  ])("0: %s %s is the front door's and not found here", async (method, path) => {
    const { status, body } = await send(method, path, method === "GET" ? undefined : {});
    expect(status).toBe(404);
    expect(body.error?.code).toMatch(/^InvalidResource(Type|Namespace)$/);
  });
});

describe("headers of the front door", () => {
  const list = `${groupPath("paged")}?${VERSION}&$top=1`;
  beforeAll(async () => {
    for (const name of ["one", "two"]) expect((await send("PUT", `${groupPath("paged")}/${name}?${VERSION}`, clusterBody())).status).toBe(201);
  });

  it("H7: nextLink is the referer with the token: scheme, host and path as the client wrote them", async () => {
    const referer = `${REFERER}?${VERSION}&$top=1`;
    const first = await send("GET", list, undefined, { referer });
    const link = String(first.body["nextLink"]);
    expect(link.startsWith(`${referer}&$skipToken=`)).toBe(true);
    const next = await send("GET", `${groupPath("paged")}?${link.split("?")[1] ?? ""}`, undefined, { referer: link });
    expect([next.body.value?.map((item) => item["name"]), next.body["nextLink"]]).toEqual([["two"], undefined]);
  });

  it("H7: Azure-AsyncOperation and Location are on the referer's host", async () => {
    const created = await send("PUT", `${clusterPath("linked")}?${VERSION}`, clusterBody(), { referer: `${REFERER}/linked?${VERSION}` });
    expect(created.headers["azure-asyncoperation"]).toMatch(/^https:\/\/management\.azure\.test\/subscriptions\/.*\/operationStatuses\//);
    expect(created.headers["retry-after"]).toBe("10");
    await served.world.finishPlan(keyOf("linked"));
    const deleted = await send("DELETE", `${clusterPath("linked")}?${VERSION}`, undefined, { referer: `${REFERER}/linked?${VERSION}` });
    expect(deleted.status).toBe(202);
    for (const name of ["location", "azure-asyncoperation"]) expect(new URL(deleted.headers[name] ?? "").host).toBe("management.azure.test");
    const status = await send("GET", new URL(deleted.headers["azure-asyncoperation"] ?? "").pathname + `?${VERSION}`);
    expect([status.status, status.body["status"]]).toEqual([200, "Running"]);
  });

  it.each([
    ["none", undefined],
    ["one that is no URL", "management"],
    ["one with a password in it", "https://a:b@management.azure.test/x"],
    ["one of another scheme", "ftp://management.azure.test/x"],
  ])("H7: with %s links are on the public base of the configuration, never on the host that was called", async (_name, referer) => {
    const { body } = await send("GET", list, undefined, referer === undefined ? {} : { referer });
    expect(String(body["nextLink"])).toMatch(new RegExp(`^${PUBLIC_BASE}/subscriptions/`));
  });

  it("H7: a referer that lost its query or its path on the way gets it back from the request", async () => {
    expect(String((await send("GET", list, undefined, { referer: REFERER })).body["nextLink"])).toMatch(new RegExp(`^${REFERER}\\?${VERSION}&\\$top=1&\\$skipToken=`));
    expect(String((await send("GET", list, undefined, { referer: "https://management.azure.test/" })).body["nextLink"])).toMatch(/^https:\/\/management\.azure\.test\/subscriptions\/.*\$top=1&\$skipToken=/);
  });

  it("H8: the caller is the one that first-party headers name; without any of them all works, for somebody unknown", async () => {
    const someone = { "x-ms-client-object-id": "o-1", "x-ms-client-principal-name": "ada@contoso.test", "x-ms-client-principal-id": "1003", "x-ms-client-tenant-id": "t-1" };
    expect(systemDataOf(await send("PUT", `${clusterPath("by-ada")}?${VERSION}`, clusterBody(), someone))).toMatchObject({ createdBy: "ada@contoso.test", createdByType: "User" });
    expect(systemDataOf(await send("PUT", `${clusterPath("by-app")}?${VERSION}`, clusterBody(), { "x-ms-client-object-id": "o-2", "x-ms-client-app-id": "app-2" }))).toMatchObject({ createdBy: "app-2", createdByType: "Application" });
    expect(systemDataOf(await send("PUT", `${clusterPath("by-nobody")}?${VERSION}`, clusterBody()))).toMatchObject({ createdBy: "unknown", createdByType: "Application" });
    const { rows } = await served.world.testStore.pool.query<{ principal: string }>("select principal from cynosure.audit where resource_id like '%/by-%' order by resource_id");
    expect(rows.map(({ principal }) => principal)).toEqual(["o-1", "o-2", "unknown"]);
  });
});

describe("systemData of the front door", () => {
  const made = { createdBy: "grace@contoso.test", createdByType: "User", createdAt: "2026-11-30T10:00:00.1234567Z", lastModifiedBy: "grace@contoso.test", lastModifiedByType: "User", lastModifiedAt: "2026-11-30T10:00:00.1234567Z" };
  const later = { ...made, lastModifiedBy: "7d7d", lastModifiedByType: "ManagedIdentity", lastModifiedAt: "2026-11-30T12:00:00Z" };
  const header = (value: unknown) => ({ "x-ms-arm-resource-system-data": typeof value === "string" ? value : JSON.stringify(value) });
  const path = `${clusterPath("stamped")}?${VERSION}`;
  const child = `${clusterPath("stamped")}/fileSystems/home?${VERSION}`;

  it("H9: of a cluster all of it is stored as given, also over what was there", async () => {
    expect(systemDataOf(await send("PUT", path, clusterBody(), header(made)))).toEqual(made);
    await served.world.finishPlan(keyOf("stamped"));
    expect(systemDataOf(await send("PUT", path, clusterBody({ tags: { a: "1" } }), header({ ...later, createdBy: "moved" })))).toEqual({ ...later, createdBy: "moved" });
    expect(systemDataOf(await send("GET", path))).toEqual({ ...later, createdBy: "moved" });
  });

  it("H9: of what is in a cluster the creation values here hold, and only who changed it is taken", async () => {
    const fileSystem = { ...made, createdBy: "first", lastModifiedBy: "first" };
    expect(systemDataOf(await send("PUT", child, fileSystemBody(8), header(fileSystem)))).toEqual(fileSystem);
    await served.world.finishPlan(keyOf("stamped"));
    expect(systemDataOf(await send("PUT", child, fileSystemBody(9), header({ ...later, createdBy: "of no account", createdAt: "2030-01-01T00:00:00Z" })))).toEqual({ ...fileSystem, lastModifiedBy: "7d7d", lastModifiedByType: "ManagedIdentity", lastModifiedAt: "2026-11-30T12:00:00Z" });
  });

  it("H9: without a change that a user made it stays: the same body again, a refused one, an action", async () => {
    const before = systemDataOf(await send("GET", path));
    const stamp = header({ ...later, lastModifiedBy: "nobody" });
    expect((await send("PUT", path, clusterBody({ tags: { a: "1" } }), stamp)).status).toBe(200);
    expect((await send("PUT", path, clusterBody({ count: 2 }), stamp)).status).toBe(400);
    expect((await send("POST", `${clusterPath("stamped")}/listCredentials?${VERSION}`, undefined, header({ lastModifiedBy: "nobody", lastModifiedByType: "User", lastModifiedAt: later.lastModifiedAt }))).status).toBe(200);
    expect(systemDataOf(await send("GET", path))).toEqual(before);
  });

  it("H9: it stays as the request said when its operation fails", async () => {
    const grown = { ...later, lastModifiedBy: "grower" };
    expect(systemDataOf(await send("PUT", path, clusterBody({ count: 4, tags: { a: "1" } }), header(grown)))).toEqual(grown);
    await served.world.failPlan(keyOf("stamped"));
    expect((await send("GET", path)).body).toMatchObject({ systemData: grown, properties: { provisioningState: "Failed" } });
  });

  it.each([
    ["no JSON", "{"],
    ["a list", "[]"],
    ["times that are none and types nobody knows", JSON.stringify({ createdAt: "yesterday", createdByType: "Robot" })],
  ])("H9: a header that holds %s counts as none", async (_name, value) => {
    const name = `odd-${value.length}`;
    expect(systemDataOf(await send("PUT", `${clusterPath(name)}?${VERSION}`, clusterBody(), header(value)))).toMatchObject({ createdBy: "unknown", createdByType: "Application", createdAt: "2026-12-01T00:00:00.000Z" });
  });

  it("H9: nothing of it reaches the log", () => {
    const log = JSON.stringify(served.log);
    expect(served.log.length).toBeGreaterThan(20);
    for (const word of ["grace@contoso.test", "ada@contoso.test", "2026-11-30T12:00:00Z", "grower"]) expect(log).not.toContain(word);
  });
});
