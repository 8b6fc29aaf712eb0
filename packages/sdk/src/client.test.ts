// The client against a scripted server: what goes over the wire, how pages and long-running writes are followed,
// and what a failure looks like. Real servers are met in test/compat.
import { RestError, createHttpHeaders, isRestError } from "@azure/core-rest-pipeline";
import type { HttpClient, PipelineRequest } from "@azure/core-rest-pipeline";
import { describe, expect, it } from "vitest";
import { ArmError, CynosureClient } from "./index.ts";
import type { Cluster } from "./index.ts";

const endpoint = "https://127.0.0.1:8443";
const subscriptionId = "00000000-0000-4000-8000-000000000001";
const base = `${endpoint}/subscriptions/${subscriptionId}`;
const clusters = `${base}/resourceGroups/quickstart/providers/Cynosure.Storage/clusters`;
const status = `${base}/providers/Cynosure.Storage/locations/local/operationStatuses/op-1?api-version=2026-12-01`;
const result = status.replace("operationStatuses", "operationResults");
const body: Cluster = { location: "local", properties: { engine: "ceph", substrate: "local", hosts: { size: "small", count: 8 }, protection: { hostFailures: 1 } } };

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

/** Answers requests in order and keeps them. */
function scripted(answers: readonly Answer[], who: "token" | "cookie" = "token"): { client: CynosureClient; sent: PipelineRequest[] } {
  const sent: PipelineRequest[] = [];
  const httpClient: HttpClient = {
    sendRequest: (request) => {
      const answer = answers[sent.length];
      sent.push(request);
      if (answer === undefined) throw new Error(`unexpected request ${request.method} ${request.url}`);
      const bodyAsText = answer.body === undefined ? "" : JSON.stringify(answer.body);
      return Promise.resolve({ request, status: answer.status, headers: createHttpHeaders({ "x-ms-request-id": "req-1", ...answer.headers }), bodyAsText });
    },
  };
  const credential = who === "cookie" ? null : { getToken: () => Promise.resolve({ token: "secret-token", expiresOnTimestamp: Date.now() + 3_600_000 }) };
  return { sent, client: new CynosureClient({ endpoint, subscriptionId, credential, httpClient, pollingIntervalMs: 1, retryOptions: { maxRetries: 0 } }) };
}

const seen = (sent: readonly PipelineRequest[]): string[] => sent.map((request) => `${request.method} ${request.url.replace(endpoint, "")}`);

describe("a single call", () => {
  it("asks at the contract's version with a bearer token and answers the body", async () => {
    const { client, sent } = scripted([{ status: 200, body }]);
    expect(await client.clusters.get("quickstart", "demo")).toEqual(body);
    expect(sent[0]?.url).toBe(`${clusters}/demo?api-version=2026-12-01`);
    expect(sent[0]?.headers.get("authorization")).toBe("Bearer secret-token");
  });

  it("sends no token where a browser's session says who is calling, but what another site's page cannot send", async () => {
    const { client, sent } = scripted([{ status: 200, body }], "cookie");
    expect(await client.clusters.get("quickstart", "demo")).toEqual(body);
    expect(sent[0]?.headers.get("authorization")).toBeUndefined();
    expect(sent[0]?.headers.get("x-cynosure-portal")).toBe("1");
  });

  it("goes without TLS on loopback alone, and never with a token", async () => {
    const asked: string[] = [];
    const httpClient: HttpClient = {
      sendRequest: (request) => {
        if (!request.allowInsecureConnection) throw new Error(`${request.url} is not allowed without TLS`); // as the real one does
        asked.push(request.url);
        return Promise.resolve({ request, status: 200, headers: createHttpHeaders(), bodyAsText: "{}" });
      },
    };
    const credential = { getToken: () => Promise.resolve({ token: "secret-token", expiresOnTimestamp: Date.now() + 3_600_000 }) };
    const clientOf = (host: string, who: typeof credential | null) => new CynosureClient({ endpoint: `http://${host}`, subscriptionId, credential: who, httpClient, retryOptions: { maxRetries: 0 } });
    await clientOf("127.0.0.1:8080", null).clusters.get("quickstart", "demo");
    await expect(clientOf("cynosure.example", null).clusters.get("quickstart", "demo")).rejects.toThrow("without TLS");
    await expect(clientOf("127.0.0.1:8080", credential).clusters.get("quickstart", "demo")).rejects.toThrow(/TLS/);
    expect(asked.length).toBe(1);
  });

  it("keeps that header to itself where a token says who is calling", async () => {
    const { client, sent } = scripted([{ status: 200, body }]);
    await client.clusters.get("quickstart", "demo");
    expect(sent[0]?.headers.get("x-cynosure-portal")).toBeUndefined();
  });

  it("escapes names, and never sends an empty one: that would be another route", async () => {
    const { client, sent } = scripted([{ status: 200, body }]);
    await client.clusters.get("a/../b", "demo");
    expect(sent[0]?.url).toContain("/resourceGroups/a%2F..%2Fb/");
    await expect(client.clusters.get("quickstart", "")).rejects.toMatchObject({ code: "InvalidParameter", target: "clusterName" });
    expect(sent.length).toBe(1);
  });

  it("sends a scope as the path it is, from the tenant to a resource, and none that climbs out of itself", async () => {
    const { client, sent } = scripted([{ status: 200, body: {} }, { status: 200, body: {} }]);
    await client.roleAssignments.get(`/subscriptions/${subscriptionId}/resourceGroups/quick start`, "a1");
    await client.roleAssignments.get("/", "a1");
    expect(seen(sent).map((line) => line.split("?")[0])).toEqual([`GET /subscriptions/${subscriptionId}/resourceGroups/quick%20start/providers/Microsoft.Authorization/roleAssignments/a1`, "GET /providers/Microsoft.Authorization/roleAssignments/a1"]);
    await expect(client.roleAssignments.get(`/subscriptions/${subscriptionId}/..`, "a1")).rejects.toMatchObject({ code: "InvalidParameter", target: "scope" });
  });

  it("becomes an error with code, message, target and details that says no secret", async () => {
    const error = { code: "InvalidRequestContent", message: "The body is wrong.", target: "properties", details: [{ code: "InvalidRequestContent", message: "no", target: "properties.hosts" }] };
    const { client } = scripted([{ status: 400, body: { error } }]);
    const caught: unknown = await client.sizing.size("local", { name: "poc", sites: [] }).catch((reason: unknown) => reason);
    expect(caught).toBeInstanceOf(ArmError);
    expect(isRestError(caught)).toBe(true);
    expect(caught).toMatchObject({ code: "InvalidRequestContent", message: "The body is wrong.", target: "properties", details: error.details, statusCode: 400, requestId: "req-1" });
    expect(JSON.stringify(caught, Object.getOwnPropertyNames(caught))).not.toContain("secret-token");
  });

  it("still explains itself when the answer is no ARM error", async () => {
    const { client } = scripted([{ status: 404, body: "nothing" }]);
    await expect(client.clusters.get("quickstart", "demo")).rejects.toMatchObject({ code: "Http404", statusCode: 404 });
  });

  it("names the endpoint when nobody answers, and lets no token out with the error", async () => {
    const httpClient: HttpClient = { sendRequest: (request) => Promise.reject(new RestError("connect refused", { code: "ECONNREFUSED", request })) };
    const credential = { getToken: () => Promise.resolve({ token: "secret-token", expiresOnTimestamp: Date.now() + 3_600_000 }) };
    const client = new CynosureClient({ endpoint, subscriptionId, credential, httpClient, retryOptions: { maxRetries: 0 } });
    const caught: unknown = await client.clusters.get("quickstart", "demo").catch((reason: unknown) => reason);
    expect(caught).toMatchObject({ code: "ECONNREFUSED", message: expect.stringContaining(endpoint) });
    expect(JSON.stringify(caught, ["code", "message", "cause", "request", "headers", "authorization"])).not.toContain("secret-token");
    expect(caught).not.toHaveProperty("request");
    expect(caught).not.toHaveProperty("cause");
  });

  it("tells whether something exists", async () => {
    const { client } = scripted([{ status: 204 }, { status: 404 }]);
    expect(await client.resourceGroups.checkExistence("quickstart")).toBe(true);
    expect(await client.resourceGroups.checkExistence("other")).toBe(false);
  });
});

describe("a list", () => {
  it("follows nextLink as given, over empty pages, until there is none", async () => {
    const second = `${clusters}?api-version=2026-12-01&$skipToken=abc%3D`;
    const { client, sent } = scripted([
      { status: 200, body: { value: [{ ...body, name: "a" }], nextLink: second } },
      { status: 200, body: { value: [], nextLink: `${second}2` } },
      { status: 200, body: { value: [{ ...body, name: "b" }], nextLink: null } },
    ]);
    const names: (string | undefined)[] = [];
    for await (const cluster of client.clusters.listByResourceGroup("quickstart")) names.push(cluster.name);
    expect(names).toEqual(["a", "b"]);
    expect(sent[1]?.url).toBe(second);
  });

  it("gives pages, and asks for a page size", async () => {
    const { client, sent } = scripted([{ status: 200, body: { value: [body, body] } }]);
    const sizes: number[] = [];
    for await (const page of client.clusters.listBySubscription({ pageSizeMax: 2 }).byPage()) sizes.push(page.length);
    expect(sizes).toEqual([2]);
    expect(new URL(sent[0]?.url ?? "").searchParams.get("$top")).toBe("2");
  });

  it("does not carry the token to another server", async () => {
    const { client, sent } = scripted([{ status: 200, body: { value: [], nextLink: "https://elsewhere.example/next" } }]);
    const items = client.clusters.listBySubscription()[Symbol.asyncIterator]();
    await expect(items.next()).rejects.toMatchObject({ code: "ForeignLink" });
    expect(sent.length).toBe(1);
  });
});

describe("a long-running PUT", () => {
  it("is polled at Azure-AsyncOperation, then the resource is read; progress is shown", async () => {
    const { client, sent } = scripted([
      { status: 201, headers: { "azure-asyncoperation": status, "retry-after": "0" }, body: { ...body, properties: { ...body.properties, provisioningState: "Accepted" } } },
      { status: 200, body: { name: "op-1", status: "Running", percentComplete: 40 } },
      { status: 200, body: { name: "op-1", status: "Succeeded", percentComplete: 100 } },
      { status: 200, body: { ...body, properties: { ...body.properties, provisioningState: "Succeeded" } } },
    ]);
    const poller = client.clusters.beginCreateOrUpdate("quickstart", "demo", body, { headers: { "if-none-match": "*" } });
    const progress: (number | undefined)[] = [];
    poller.onProgress((state) => progress.push(state.percentComplete));
    const done = await poller.pollUntilDone();
    expect(done.properties.provisioningState).toBe("Succeeded");
    expect(poller.operationState?.operationName).toBe("op-1");
    expect(progress).toContain(40);
    expect(seen(sent).map((line) => line.split("?")[0]?.split("/").slice(-2).join("/"))).toEqual(["clusters/demo", "operationStatuses/op-1", "operationStatuses/op-1", "clusters/demo"]);
    expect(sent[0]?.headers.get("if-none-match")).toBe("*");
    expect(sent[1]?.headers.get("if-none-match")).toBeUndefined();
    expect(JSON.parse(String(sent[0]?.body))).toEqual(body);
  });

  it("fails with the operation's own code, message and target", async () => {
    const error = { code: "StepFailed", message: "host-3 did not join; start its agent", target: "host-3" };
    const { client } = scripted([
      { status: 201, headers: { "azure-asyncoperation": status, "retry-after": "0" }, body },
      { status: 200, body: { name: "op-1", status: "Failed", error } },
    ]);
    await expect(client.clusters.createOrUpdateAndWait("quickstart", "demo", body)).rejects.toMatchObject(error);
  });

  it("can be left and taken up again by another client", async () => {
    const first = scripted([{ status: 201, headers: { "azure-asyncoperation": status, "retry-after": "0" }, body }]);
    const poller = first.client.clusters.beginCreateOrUpdate("quickstart", "demo", body);
    await poller.submitted();
    const resumeFrom = await poller.serialize();
    const second = scripted([{ status: 200, body: { status: "Succeeded" } }, { status: 200, body }]);
    expect(await second.client.clusters.createOrUpdateAndWait("quickstart", "demo", body, { resumeFrom })).toEqual(body);
    expect(second.sent.map((request) => request.method)).toEqual(["GET", "GET"]);
  });
});

describe("a long-running DELETE", () => {
  it("is done when the operation is, without reading a resource that is gone", async () => {
    const { client, sent } = scripted([
      { status: 202, headers: { location: result, "azure-asyncoperation": status, "retry-after": "0" } },
      { status: 200, body: { status: "Succeeded" } },
    ]);
    expect(await client.clusters.deleteAndWait("quickstart", "demo")).toBeUndefined();
    expect(sent.length).toBe(2);
  });

  it("is done at once when nothing was there", async () => {
    const { client } = scripted([{ status: 204 }]);
    expect(await client.clusters.deleteAndWait("quickstart", "demo")).toBeUndefined();
  });
});

describe("a long-running PATCH", () => {
  it("ends with the body that Location answers", async () => {
    const { client, sent } = scripted([
      { status: 202, headers: { location: result, "retry-after": "0" } },
      { status: 202, headers: { location: result, "retry-after": "0" } },
      { status: 200, body },
    ]);
    expect(await client.clusters.updateAndWait("quickstart", "demo", { properties: { hosts: { count: 9 } } })).toEqual(body);
    expect(seen(sent)[2]).toContain("/operationResults/op-1");
  });
});

describe("an operation chosen at run time", () => {
  it("is called by its id with the parameters of the verb table", async () => {
    const { client, sent } = scripted([{ status: 200, body }]);
    expect(await client.call("Hosts_Get", { resourceGroupName: "quickstart", clusterName: "demo", hostName: "host-1" })).toEqual(body);
    expect(sent[0]?.url).toBe(`${clusters}/demo/hosts/host-1?api-version=2026-12-01`);
  });
});
