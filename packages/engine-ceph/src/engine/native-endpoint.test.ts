// The way to the dashboard's API against a server that signs in and names versions as the dashboard does.
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { scriptedCall } from "../testkit/scripted-call.ts";
import { away } from "../testkit/scripted-call.ts";
import { readVersions } from "./dashboard-versions.ts";
import { nativeEndpoint, signedInEndpoint } from "./native-endpoint.ts";

const answering = (version: string): object => ({ responses: { 200: { content: { [`application/vnd.ceph.api.v${version}+json`]: {} } }, 401: {} } });
const document = { paths: { "/api/host/{hostname}": { get: answering("1.0"), put: answering("0.1") }, "/api/host/facts": { get: answering("2.0") }, "/api/rgw/bucket": { get: answering("1.1") } } };

const cleanups: (() => void)[] = [];
afterEach(() => cleanups.splice(0).forEach((clean) => clean()));

interface FakeDashboard {
  readonly port: number;
  readonly asked: string[];
  password: string;
}

async function startDashboard(): Promise<FakeDashboard> {
  const fake = { port: 0, asked: [] as string[], password: "right" };
  const server = createServer((request, response) => {
    fake.asked.push(`${request.method ?? ""} ${request.url ?? ""}`);
    void readBody(request).then((body) => {
      if (request.url === "/docs/openapi.json") return response.end(JSON.stringify(document));
      if (request.headers.accept !== "application/vnd.ceph.api.v1.0+json") return response.writeHead(415).end();
      if (!body.includes(fake.password)) return response.writeHead(400).end();
      return response.writeHead(201).end(JSON.stringify({ token: `token ${fake.asked.length}` }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  cleanups.push(() => server.close());
  fake.port = (server.address() as AddressInfo).port; // a listening TCP server has an address object
  return fake;
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request) text += String(part);
  return text;
}

describe("the versions of operations", () => {
  const versionOf = readVersions(document);
  it("are those their answers are documented in", () => expect([versionOf("put", "/api/host/a%2Fb"), versionOf("GET", "/api/rgw/bucket/")]).toEqual(["0.1", "1.1"]));
  it("are those of the path that is written out, before one with a parameter", () => expect(versionOf("GET", "/api/host/facts")).toBe("2.0"));
  it("are the usual one where the document says nothing", () => expect([versionOf("DELETE", "/api/host/a"), versionOf("GET", "/ui-api/x"), readVersions(null)("GET", "/api/host/a")]).toEqual(["1.0", "1.0", "1.0"]));
});

describe("the endpoint of Ceph's own API", () => {
  it("is none before it is published or its user has a password", async () => {
    const { call, vault } = scriptedCall(() => away);
    const published = { ...call, publishedEndpoints: async () => [{ name: "dashboard-1", protocol: "http" as const, hostId: call.layout.endpoints[0]?.hostId ?? ("" as never), address: "127.0.0.1", port: 21_000 }] };
    expect(await nativeEndpoint(published)).toBeNull();
    await vault.ensureSecret("ceph/dashboard/password", () => "right");
    expect(await nativeEndpoint(call)).toBeNull();
    expect(await nativeEndpoint(published)).toMatchObject({ origin: "http://127.0.0.1:21000", basePath: "", caPem: null });
  });
  it("signs in once for all requests, and asks for each operation in its version", async () => {
    const fake = await startDashboard();
    const endpoint = signedInEndpoint(`http://127.0.0.1:${fake.port}`, "right");
    const [first, second] = await Promise.all([endpoint.headers(false, { method: "GET", path: "/api/rgw/bucket" }), endpoint.headers(false, { method: "GET", path: "/api/host/a" })]);
    expect(first).toEqual({ Authorization: "Bearer token 1", Accept: "application/vnd.ceph.api.v1.1+json" });
    expect(second).toEqual({ Authorization: "Bearer token 1", Accept: "application/vnd.ceph.api.v1.0+json" });
    expect(fake.asked.toSorted()).toEqual(["GET /docs/openapi.json", "POST /api/auth"]);
  });
  it("signs in anew when the token was refused", async () => {
    const fake = await startDashboard();
    const endpoint = signedInEndpoint(`http://127.0.0.1:${fake.port}`, "right");
    await endpoint.headers(false);
    expect(await endpoint.headers(true)).toEqual({ Authorization: "Bearer token 2" });
  });
  it("says whose password is refused, without it, and tries again with the next request", async () => {
    const fake = await startDashboard();
    const endpoint = signedInEndpoint(`http://127.0.0.1:${fake.port}`, "right");
    fake.password = "another";
    const refusal = await endpoint.headers(false).then(() => "", String);
    expect(refusal).toContain("its user cynosure");
    expect(refusal).not.toContain("right");
    fake.password = "right";
    expect(await endpoint.headers(false)).toHaveProperty("Authorization");
  });
  it("says that no manager may be active when nobody answers", async () => {
    const fake = await startDashboard();
    cleanups.splice(0).forEach((clean) => clean());
    await expect(signedInEndpoint(`http://127.0.0.1:${fake.port}`, "right").headers(false)).rejects.toThrow("no manager may be active");
  });
});
