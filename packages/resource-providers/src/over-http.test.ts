// The whole front half over a real TLS listener, as tools use it: the requests azure-cli makes (arm-rpc §19),
// and the Azure SDK's own pipeline and poller following operations to their end.
import { createHttpPoller } from "@azure/core-lro";
import type { OperationResponse } from "@azure/core-lro";
import { createDefaultHttpClient, createHttpHeaders, createPipelineRequest } from "@azure/core-rest-pipeline";
import type { HttpMethods } from "@azure/core-rest-pipeline";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { contractRoutes, createHttpServer } from "@cynosure/http-server";
import type { HttpServer } from "@cynosure/http-server";
import { authorizeTenant, createLoopbackCertificate, findFreePort } from "@cynosure/http-server/testkit";
import { createAuthenticate, createTokenIssuer, generateSigningKeyPem, hashClientSecret, isClientSecret, signInRoutes } from "@cynosure/identity";
import { TENANT, CLUSTER, SUBSCRIPTION, clusterBody, clusterKeyIn, fileSystemBody, openWorld, quotaBody, snapshotBody } from "./testkit/world.ts";
import type { World } from "./testkit/world.ts";

const client = createDefaultHttpClient();
const CLIENT = { id: "0f0e0d0c-0000-4000-8000-000000000001", secret: "not-a-secret-1" };
const VERSION = "?api-version=2026-12-01";
const GROUP_PATH = `/subscriptions/${SUBSCRIPTION}/resourceGroups/quickstart`;
const clusterPath = (name: string) => `${GROUP_PATH}/providers/Cynosure.Storage/clusters/${name}`;
let world: World;
let server: HttpServer;
let baseUrl: string;
const tlsSettings = { ca: "" };
let token: string;

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Record<string, unknown> & { readonly value?: readonly Record<string, unknown>[]; readonly error?: { code: string; target?: string; message: string } };
}

async function send(method: HttpMethods, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
  const isText = typeof body === "string";
  const request = createPipelineRequest({
    url: path.startsWith("https:") ? path : `${baseUrl}${path}`,
    method,
    headers: createHttpHeaders({ ...(token === "" ? {} : { authorization: `Bearer ${token}` }), ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers }),
    ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
  });
  request.tlsSettings = tlsSettings;
  const response = await client.sendRequest(request);
  return { status: response.status, headers: response.headers.toJSON(), body: response.bodyAsText ? (JSON.parse(response.bodyAsText) as Reply["body"]) : {} };
}

beforeAll(async () => {
  world = await openWorld({ clock: { now: () => Date.now(), sleep: () => Promise.resolve() } });
  const { options } = world;
  baseUrl = `https://127.0.0.1:${await findFreePort()}`;
  const tls = await createLoopbackCertificate({ names: ["127.0.0.1", "localhost"], nowMs: Date.now(), validDays: 1 });
  tlsSettings.ca = tls.certificatePem;
  const issuer = await createTokenIssuer({ signingKeyPem: generateSigningKeyPem(), tenantId: TENANT, issuer: `${baseUrl}/adfs`, audiences: [`${baseUrl}/`, "https://management.azure.com/"], lifetimeSeconds: 600, clock: options.clock });
  const hash = await hashClientSecret(CLIENT.secret);
  server = createHttpServer({
    baseUrl,
    tls,
    issuer: issuer.issuer,
    namespaces: ["Cynosure.Storage", "Microsoft.Resources"],
    authenticate: createAuthenticate(issuer),
    admit: world.frontDoor.admit,
    authorize: authorizeTenant(TENANT),
    routes: [
      ...signInRoutes({ baseUrl, issuer, verifyClient: async (id, secret) => ((await isClientSecret(secret, id === CLIENT.id ? hash : null)) ? { id, type: "Application", displayName: "tester" } : null) }),
      ...contractRoutes({ handlers: world.handlers, namespace: "Cynosure.Storage", locations: ["local"], retryAfterSecondsMin: 1 }),
      ...world.frontDoor.routes,
    ],
    log: () => undefined,
  });
  await server.listen();
  token = "";
});
afterAll(async () => {
  await server.close();
  await world.close();
});

const tokenForm = (change: Record<string, string> = {}) =>
  new URLSearchParams({ client_id: CLIENT.id, client_secret: CLIENT.secret, grant_type: "client_credentials", client_info: "1", scope: `${baseUrl}//.default`, ...change }).toString();
const askToken = (form: string) => send("POST", "/adfs/oauth2/token", form, { "content-type": "application/x-www-form-urlencoded" });

describe("signing in as azure-cli does", () => {
  it("§19: cloud metadata names the login endpoint whose path is exactly /adfs", async () => {
    const { body } = await send("GET", "/metadata/endpoints?api-version=2015-01-01");
    expect(body).toMatchObject({ authentication: { loginEndpoint: `${baseUrl}/adfs`, audiences: [`${baseUrl}/`, "https://management.azure.com/"] }, graphEndpoint: baseUrl, galleryEndpoint: baseUrl });
  });
  it("§19: the OpenID configuration leads to token endpoint and keys, also when the tenant is put in front again", async () => {
    for (const path of ["/adfs/.well-known/openid-configuration", "/adfs//adfs/.well-known/openid-configuration"]) {
      expect((await send("GET", path)).body).toMatchObject({ issuer: `${baseUrl}/adfs`, token_endpoint: `${baseUrl}/adfs/oauth2/token`, authorization_endpoint: expect.any(String) });
    }
    const keys = (await send("GET", "/adfs/discovery/keys")).body as unknown as { keys: Record<string, unknown>[] };
    expect(keys.keys[0]).toMatchObject({ kty: "EC", alg: "ES256", use: "sig" });
    expect(keys.keys[0]).not.toHaveProperty("d");
  });
  it.each([
    ["a wrong secret", { client_secret: "guess" }, 401, "invalid_client"],
    ["an unknown client", { client_id: "nobody" }, 401, "invalid_client"],
    ["another grant", { grant_type: "password" }, 400, "unsupported_grant_type"],
    ["a resource of somebody else", { scope: "https://elsewhere/.default" }, 400, "invalid_scope"],
  ])("%s is refused in OAuth's own words", async (_name, change, status, error) => {
    const reply = await askToken(tokenForm(change as Record<string, string>));
    expect([reply.status, reply.body["error"]]).toEqual([status, error]);
  });
  it("a double slash in the scope is kept and the token is accepted", async () => {
    const reply = await askToken(tokenForm());
    expect(reply.body).toMatchObject({ token_type: "Bearer", expires_in: 600 });
    token = String(reply.body["access_token"]);
    expect((await send("GET", "/subscriptions?api-version=2019-11-01")).body.value).toMatchObject([{ subscriptionId: SUBSCRIPTION, state: "Enabled" }]);
  });
});

describe("what az group, provider and resource ask", () => {
  it("§19: groups at the lower-case path, with versions of their own", async () => {
    const path = `/subscriptions/${SUBSCRIPTION}/resourcegroups/az-made?api-version=2021-04-01`;
    expect((await send("PUT", path, { location: "local" })).status).toBe(201);
    expect((await send("HEAD", path)).status).toBe(204);
    expect((await send("GET", `/subscriptions/${SUBSCRIPTION}/resourcegroups?api-version=2021-04-01`)).body.value?.map((group) => group["name"])).toEqual(["az-made", "quickstart"]);
    expect((await send("DELETE", path)).status).toBe(200);
    expect((await send("HEAD", path)).status).toBe(404);
  });

  it("§19: a child takes the group's location that az resource create sends with every type, and HEAD says what exists", async () => {
    const path = clusterPath("located");
    expect((await send("PUT", `${path}${VERSION}`, clusterBody())).status).toBe(201);
    await world.finishPlan(clusterKeyIn({ ...CLUSTER, clusterName: "located" }));
    const made = await send("PUT", `${path}/fileSystems/home${VERSION}`, { location: "local", ...fileSystemBody() });
    expect([made.status, made.body["location"]]).toEqual([201, undefined]);
    expect((await send("PUT", `${path}/buckets/logs${VERSION}`, { location: 7, properties: {} })).body.error?.target).toBe("location");
    const heads = await Promise.all([path, `${path}/fileSystems/home`, `${path}/fileSystems/other`].map((each) => send("HEAD", `${each}${VERSION}`)));
    expect(heads.map(({ status }) => status)).toEqual([204, 204, 404]);
    await world.finishPlan(clusterKeyIn({ ...CLUSTER, clusterName: "located" }));
    expect((await send("DELETE", `${path}${VERSION}`)).status).toBe(202);
    await world.finishPlan(clusterKeyIn({ ...CLUSTER, clusterName: "located" }));
  });
  it("§13: the provider lists its types with versions and locations, and registers", async () => {
    const path = `/subscriptions/${SUBSCRIPTION}/providers/cynosure.storage`;
    for (const reply of [await send("GET", `${path}?api-version=2021-04-01`), await send("POST", `${path}/register?api-version=2021-04-01`)]) {
      expect(reply.body).toMatchObject({ namespace: "Cynosure.Storage", registrationState: "Registered" });
      const types = reply.body["resourceTypes"] as { resourceType: string; apiVersions: string[]; locations: string[] }[];
      expect(types.find(({ resourceType }) => resourceType === "clusters")).toMatchObject({ apiVersions: ["2026-12-01"], locations: ["Local"] });
      expect(types.map(({ resourceType }) => resourceType)).toEqual(expect.arrayContaining(["clusters/fileSystems", "clusters/buckets", "clusters/snapshots", "clusters/quotas", "clusters/hosts", "clusters/plans"]));
    }
  });
  it("§19: the generic list filters, locations are listed, the operations list is there", async () => {
    expect((await send("GET", `/subscriptions/${SUBSCRIPTION}/resources?api-version=2021-04-01&$filter=resourceGroup%20eq%20'quickstart'&$expand=createdTime,changedTime,provisioningState`)).body.value).toEqual([]);
    expect((await send("GET", `/subscriptions/${SUBSCRIPTION}/resources?api-version=2021-04-01&$filter=colour%20eq%20'blue'`)).body.error).toMatchObject({ code: "InvalidParameter", target: "$filter" });
    expect((await send("GET", `/subscriptions/${SUBSCRIPTION}/locations?api-version=2019-11-01`)).body.value).toMatchObject([{ name: "local", displayName: "Local" }]);
    expect((await send("GET", `/providers/Cynosure.Storage/operations${VERSION}`)).body.value?.length).toBeGreaterThan(10);
  });
});

describe("bad input over the wire", () => {
  const path = `${clusterPath("good-name")}${VERSION}`;
  const cases: readonly (readonly [string, () => Promise<Reply>, number, string, string | undefined])[] = [
    ["malformed JSON", () => send("PUT", path, '{"location":'), 400, "InvalidRequestContent", "$"],
    ["no body", () => send("PUT", path), 400, "InvalidRequestContent", "$"],
    ["a body that is a list", () => send("PUT", path, []), 400, "InvalidRequestContent", "$"],
    ["an unknown property", () => send("PUT", path, { ...clusterBody(), properties: { ...clusterBody().properties, colour: "blue" } }), 400, "InvalidRequestContent", "properties.colour"],
    ["a missing property", () => send("PUT", path, { location: "local" }), 400, "InvalidRequestContent", "properties"],
    ["a wrong type", () => send("PUT", path, { ...clusterBody(), properties: { ...clusterBody().properties, hosts: { size: "local-small", count: "8" } } }), 400, "InvalidRequestContent", "properties.hosts.count"],
    ["too few hosts", () => send("PUT", path, clusterBody({ count: 2 })), 400, "InvalidRequestContent", "properties.hosts.count"],
    ["hosts the protection cannot use", () => send("PUT", path, clusterBody({ hostFailures: 2 })), 400, "InvalidRequestContent", "properties.protection"],
    ["a bad name", () => send("PUT", `${clusterPath("Bad_Name")}${VERSION}`, clusterBody()), 400, "InvalidResourceName", "clusterName"],
    ["an unknown type", () => send("PUT", `${GROUP_PATH}/providers/Cynosure.Storage/castles/c${VERSION}`, {}), 404, "InvalidResourceType", `${GROUP_PATH}/providers/Cynosure.Storage/castles/c`],
    ["a missing cluster", () => send("GET", `${clusterPath("nowhere")}${VERSION}`), 404, "ResourceNotFound", clusterPath("nowhere")],
    ["a skip token made by hand around a NUL", () => send("GET", `/subscriptions/${SUBSCRIPTION}/providers/Cynosure.Storage/clusters${VERSION}&$skipToken=MS4xMGYzYWJkMi5hAGI`), 400, "InvalidSkipToken", "$skipToken"],
    ["a subscription that is no GUID", () => send("GET", `/subscriptions/mine/resourceGroups${VERSION}`), 404, "InvalidSubscriptionId", "subscriptionId"],
    ["a tampered skip token", () => send("GET", `${GROUP_PATH}/providers/Cynosure.Storage/clusters${VERSION}&$skipToken=AAAA`), 400, "InvalidSkipToken", "$skipToken"],
    ["POST where PUT is meant", () => send("POST", path, clusterBody()), 405, "MethodNotAllowed", "DELETE, GET, HEAD, PATCH, PUT"],
    ["another media type", () => send("PUT", path, "a: b", { "content-type": "application/yaml" }), 415, "UnsupportedMediaType", "Content-Type"],
  ];
  it.each(cases)("%s gets its code and target and leaves nothing behind", async (_name, work, status, code, target) => {
    const before = await world.snapshot();
    const reply = await work();
    expect([reply.status, reply.body.error?.code, reply.body.error?.target]).toEqual([status, code, target]);
    expect(await world.snapshot()).toEqual(before);
  });
});

describe("any body whatever", () => {
  it("never ends in a 5xx, and a refusal has a code and a target", async () => {
    const leaf = fc.oneof(fc.integer(), fc.double(), fc.string({ unit: "binary" }), fc.boolean(), fc.constant(null), fc.constant([]), fc.constant({}), fc.constantFrom("local", "simulated", "ceph", "replication", "local-small", "\u0000"));
    const keys = ["location", "tags", "properties", "engine", "substrate", "hosts", "size", "count", "protection", "hostFailures", "scheme", "engineVersion", "id", "name", "type", "etag", "__proto__", "constructor"];
    const { tree } = fc.letrec((tie) => ({ tree: fc.oneof({ maxDepth: 4 }, leaf, fc.dictionary(fc.constantFrom(...keys), tie("tree"), { maxKeys: 5 }), fc.array(tie("tree"), { maxLength: 3 })) }));
    const near = fc.tuple(fc.constantFrom("location", "tags", "etag", "id", "name"), tree).map(([key, value]) => ({ ...clusterBody(), [key]: value }));
    const inside = fc.tuple(fc.constantFrom("engine", "engineVersion", "substrate", "deploymentMode", "hosts", "protection", "health"), tree).map(([key, value]) => ({ ...clusterBody({ count: 99 }), properties: { ...clusterBody({ count: 99 }).properties, [key]: value } }));
    const targets = fc.constantFrom(`${clusterPath("fuzzed")}`, `${clusterPath("fuzzed")}/fileSystems/home`, `${clusterPath("fuzzed")}/buckets/results`, `${clusterPath("fuzzed")}/snapshots/monday`, `${clusterPath("fuzzed")}/quotas/projects`, `/subscriptions/${SUBSCRIPTION}/resourceGroups/fuzzed`);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom<HttpMethods>("PUT", "PATCH"), targets, fc.oneof(tree, near, inside), async (method, path, body) => {
        const reply = await send(method, `${path}${VERSION}`, JSON.stringify(body) ?? "null");
        expect(reply.status).toBeLessThan(500);
        if (reply.status >= 400) expect(reply.body.error?.message.length).toBeGreaterThan(10);
      }),
      { numRuns: 400 },
    );
    await world.call("ResourceGroups_Delete", { subscriptionId: SUBSCRIPTION, resourceGroupName: "fuzzed" }).catch(() => undefined);
  });
});

describe("the Azure SDK's poller", () => {
  const exchange = async (method: HttpMethods, path: string, body?: unknown): Promise<OperationResponse> => {
    const reply = await send(method, path, body);
    const request = { method, url: path.startsWith("https:") ? path : `${baseUrl}${path}` };
    if (reply.status >= 400) throw Object.assign(new Error(reply.body.error?.message), { code: reply.body.error?.code, statusCode: reply.status });
    return { flatResponse: reply.body, rawResponse: { statusCode: reply.status, headers: reply.headers, body: reply.body, request } };
  };
  const poll = (method: HttpMethods, path: string, body?: unknown) =>
    createHttpPoller(
      { sendInitialRequest: () => exchange(method, path, body), sendPollRequest: (url) => exchange("GET", url) },
      { intervalInMs: 5, resourceLocationConfig: method === "PUT" ? "azure-async-operation" : "location" },
    );

  it("L6, L7: follows create, child create and delete of a cluster to the end", async () => {
    const path = clusterPath("polled");
    const cluster = clusterKeyIn({ ...CLUSTER, clusterName: "polled" });
    const create = poll("PUT", `${path}${VERSION}`, clusterBody());
    await create.submitted();
    await world.finishPlan(cluster);
    expect(await create.pollUntilDone()).toMatchObject({ name: "polled", properties: { provisioningState: "Succeeded" } });

    const home = poll("PUT", `${path}/fileSystems/home${VERSION}`, fileSystemBody());
    await home.submitted();
    await world.finishPlan(cluster);
    expect(await home.pollUntilDone()).toMatchObject({ name: "home", properties: { provisioningState: "Succeeded" } });

    for (const [child, body] of [["snapshots/monday", snapshotBody()], ["quotas/projects", quotaBody()]] as const) {
      const made = poll("PUT", `${path}/${child}${VERSION}`, body);
      await made.submitted();
      await world.finishPlan(cluster);
      expect(await made.pollUntilDone()).toMatchObject({ id: `${path}/${child}`, properties: { ...body.properties, provisioningState: "Succeeded" } });
    }
    expect(await send("DELETE", `${path}/fileSystems/home${VERSION}`)).toMatchObject({ status: 409, body: { error: { code: "OperationNotAllowed", message: expect.stringContaining("snapshot monday, quota projects") } } });

    const remove = poll("DELETE", `${path}${VERSION}`);
    await remove.submitted();
    await world.finishPlan(cluster);
    await remove.pollUntilDone();
    expect((await send("GET", `${path}${VERSION}`)).body.error?.code).toBe("ResourceNotFound");
  });

  it("L4: a failed create ends in an error with the step's own code", async () => {
    const create = poll("PUT", `${clusterPath("failing")}${VERSION}`, clusterBody());
    await create.submitted();
    await world.failPlan(clusterKeyIn({ ...CLUSTER, clusterName: "failing" }));
    await expect(create.pollUntilDone()).rejects.toThrow(/HostUnreachable|host-1 did not answer/);
  });

  it("L1, L3, L6: the first answers carry absolute URLs on the public base and whole seconds", async () => {
    const path = `${clusterPath("headers")}${VERSION}`;
    const put = await send("PUT", path, clusterBody());
    expect([put.status, put.headers["retry-after"], put.headers["location"]]).toEqual([201, "1", undefined]);
    const asked = put.headers["azure-asyncoperation"] ?? "";
    expect(asked.startsWith(`${baseUrl}/subscriptions/${SUBSCRIPTION}/providers/Cynosure.Storage/locations/local/operationStatuses/`)).toBe(true);
    expect(put.headers["etag"]).toBe(put.body["etag"]);
    expect((await send("GET", asked)).body).toMatchObject({ status: "Running", percentComplete: expect.any(Number) });
    const result = await send("GET", asked.replace("operationStatuses", "operationResults"));
    expect([result.status, result.headers["location"]?.startsWith(baseUrl), result.headers["retry-after"], result.body]).toEqual([202, true, "1", {}]);
    await world.finishPlan(clusterKeyIn({ ...CLUSTER, clusterName: "headers" }));
    const remove = await send("DELETE", path);
    expect([remove.status, remove.headers["location"]?.includes("/operationResults/"), remove.headers["azure-asyncoperation"]?.includes("/operationStatuses/")]).toEqual([202, true, true]);
  });

  it("G4: nextLink is followed as it is and ends", async () => {
    const names: unknown[] = [];
    let next: string | undefined = `${GROUP_PATH}/providers/Cynosure.Storage/clusters${VERSION}&$top=1`;
    while (next !== undefined) {
      const { body }: Reply = await send("GET", next);
      names.push(...(body.value ?? []).map((item) => item["name"]));
      next = body["nextLink"] as string | undefined; // a text or absent, by contract
    }
    expect(names.filter((name) => name !== "fuzzed")).toEqual(["failing", "headers"]);
  });
});
