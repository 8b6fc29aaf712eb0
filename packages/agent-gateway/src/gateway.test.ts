import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clusterKey, hostId } from "@cynosure/model";
import type { Clock, HostPlan, HostReport } from "@cynosure/model";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAuthority } from "./authority.ts";
import { createAgentGateway, gatewayServerName } from "./gateway.ts";
import type { AgentGateway, AgentGatewayOptions } from "./gateway.ts";
import { createMemoryGatewayStore, makeCertificateRequest } from "./testkit/index.ts";
import type { MemoryGatewayStore } from "./testkit/index.ts";

const cluster = clusterKey("/subscriptions/s/resourcegroups/rg/providers/cynosure.storage/clusters/demo");
const host3 = hostId("host-3");
const host4 = hostId("host-4");
interface Identity { readonly keyPem: string; readonly certificatePem: string }
interface Answer { readonly status: number; readonly body: { readonly error?: { readonly code: string; readonly message: string } } & Readonly<Record<string, unknown>> }

let dir: string;
let store: MemoryGatewayStore;
let gateway: AgentGateway;
let skewMs = 0;
const logged: string[] = [];
const clock: Clock = { now: () => Date.now() + skewMs, sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) };
const log = (message: string, fields?: Readonly<Record<string, unknown>>): void => {
  logged.push(`${message} ${JSON.stringify(fields)}`);
};
const optionsFor = (): AgentGatewayOptions => ({ store, pkiDir: join(dir, "pki"), socketPath: join(dir, "run", "gateway.sock"), clock, logger: { info: log, warn: log }, pollMsMax: 400 });

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "cyn-gw-"));
  store = createMemoryGatewayStore();
  skewMs = 0;
  logged.length = 0;
  gateway = createAgentGateway(optionsFor());
  await gateway.listen();
});
afterEach(async () => {
  await gateway.close();
  rmSync(dir, { recursive: true, force: true });
});

const call = (method: string, path: string, identity: Identity | null, body?: unknown, raw?: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const request = httpsRequest(
      { method, path, socketPath: join(dir, "run", "gateway.sock"), ca: gateway.authority.caPem, servername: gatewayServerName, agent: false,
        ...(identity === null ? {} : { key: identity.keyPem, cert: identity.certificatePem }), headers: text === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(text) } },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part)).on("end", () => {
          const got = Buffer.concat(parts).toString();
          // `as`: the gateway answers objects only; each test states what it expects in them.
          resolve({ status: response.statusCode ?? 0, body: got === "" ? {} : (JSON.parse(got) as Answer["body"]) });
        });
      },
    );
    request.on("error", reject).end(text);
  });

async function joinAs(host: typeof host3): Promise<Identity> {
  const token = await gateway.issueJoinToken(cluster, host);
  const { keyPem, csr } = makeCertificateRequest();
  const answer = await call("POST", "/v1/join", null, { clusterKey: cluster, hostId: host, token, csr });
  expect(answer.status).toBe(200);
  return { keyPem, certificatePem: String(answer.body["certificatePem"]) };
}

const plan = (host: typeof host3, generation: number, text = "x"): HostPlan => ({ clusterKey: cluster, hostId: host, generation, stage: 1, image: { name: "x" }, disks: [], daemons: [], files: [{ path: "/var/lib/cynosure/a", mode: 0o600, stage: 1, text }] });
const report = (host: typeof host3, change: Partial<HostReport> = {}): HostReport => ({ clusterKey: cluster, hostId: host, observedGeneration: 1, executorEpoch: 1, state: "converged", daemons: [], agent: { pid: 1, version: "0.1.0", startedAtMs: 0 }, ...change });

describe("joining", () => {
  it("works once per token, only for the host the token was made for, within the hour", async () => {
    const token = await gateway.issueJoinToken(cluster, host3);
    const { csr } = makeCertificateRequest();
    const body = { clusterKey: cluster, hostId: host3, token, csr };
    expect((await call("POST", "/v1/join", null, { ...body, hostId: host4 })).body.error?.code).toBe("JoinTokenRefused");
    expect((await call("POST", "/v1/join", null, { ...body, token: "guess" })).status).toBe(403);
    expect((await call("POST", "/v1/join", null, { ...body, csr: gateway.authority.caPem })).body.error?.code).toBe("CertificateRequestInvalid");
    expect((await call("POST", "/v1/join", null, body)).status).toBe(200);
    expect(await store.hosts.isJoined(cluster, host3)).toBe(true);
    expect((await call("POST", "/v1/join", null, { ...body, csr: makeCertificateRequest().csr })).status).toBe(403);
    expect((await call("POST", "/v1/join", null, body)).status, "the same key asks again: its answer was lost").toBe(200);
    const late = await gateway.issueJoinToken(cluster, host4);
    skewMs = 3601_000;
    expect((await call("POST", "/v1/join", null, { ...body, hostId: host4, token: late })).status).toBe(403);
    expect(logged.join()).not.toContain(token);
  });
  it("is possible again with a new token when a host boots again", async () => {
    await joinAs(host3);
    await joinAs(host3);
    expect(await store.hosts.isJoined(cluster, host3)).toBe(true);
  });
  it("refuses unknown properties, malformed JSON and bodies over the limit", async () => {
    expect((await call("POST", "/v1/join", null, { clusterKey: cluster, hostId: host3, token: "t", csr: "x".repeat(200), admin: true })).status).toBe(400);
    expect((await call("POST", "/v1/join", null, undefined, "{")).status).toBe(400);
    expect((await call("POST", "/v1/join", null, { clusterKey: cluster, hostId: host3, token: "t", csr: "x".repeat(20_000) })).status).toBe(413);
  });
});

describe("every other route", () => {
  const routes = [["GET", "/v1/host-plan?after=0:0"], ["GET", "/v1/requests"], ["POST", "/v1/report"], ["POST", "/v1/renew"], ["POST", "/v1/requests/r/response"]] as const;
  const bodies: Readonly<Record<string, unknown>> = { "/v1/report": report(host3), "/v1/renew": { csr: makeCertificateRequest().csr }, "/v1/requests/r/response": { ok: true, value: 1 } };
  const expectRefused = async (identity: Identity | null, status: number): Promise<void> => {
    for (const [method, path] of routes) expect((await call(method, path, identity, bodies[path])).status, `${method} ${path}`).toBe(status);
  };
  it("refuses a caller without certificate", async () => {
    await store.hosts.publish(plan(host3, 1), 1);
    await expectRefused(null, 401);
  });
  it("refuses a certificate of a foreign authority", async () => {
    await joinAs(host3);
    const foreign = createAuthority({ pkiDir: join(dir, "foreign") }, clock);
    const { keyPem, csr } = makeCertificateRequest();
    await expectRefused({ keyPem, certificatePem: foreign.issueAgentCertificate(csr, { clusterKey: cluster, hostId: host3 })?.certificatePem ?? "" }, 401);
  });
  it("refuses an expired certificate, in the handshake and by the gateway's own clock", async () => {
    const joined = await joinAs(host3);
    const { keyPem, csr } = makeCertificateRequest();
    const expired = gateway.authority.issueAgentCertificate(csr, { clusterKey: cluster, hostId: host3 }, -1000);
    await expectRefused({ keyPem, certificatePem: expired?.certificatePem ?? "" }, 401);
    skewMs = 31 * 24 * 3600 * 1000;
    await expectRefused(joined, 401);
  });
  it("refuses a server certificate of the own authority", async () => {
    await joinAs(host3);
    const server = gateway.authority.issueServerCertificate({ commonName: "x", dnsNames: ["localhost"], ipAddresses: [] });
    await expectRefused(server, 401);
  });
  it("refuses a host that was removed", async () => {
    const identity = await joinAs(host3);
    await store.hosts.removeHost(cluster, host3);
    await expectRefused(identity, 403);
  });
});

describe("a host", () => {
  it("reads its own plan and never another's", async () => {
    await store.hosts.publish(plan(host3, 7, "of host 3"), 2);
    await store.hosts.publish(plan(host4, 7, "of host 4"), 2);
    const three = await joinAs(host3);
    const answer = await call("GET", "/v1/host-plan?after=0:0", three);
    expect(answer.body).toMatchObject({ executorEpoch: 2, plan: { hostId: "host-3", generation: 7, files: [{ text: "of host 3" }] } });
    expect((await call("GET", "/v1/host-plan?after=0:0&hostId=host-4", three)).status).toBe(400);
    await store.hosts.publish(plan(host4, 8), 2);
    expect((await call("GET", "/v1/host-plan?after=7:2", three)).status, "news of another host do not reach it").toBe(204);
  });
  it("waits for a plan and gets it as soon as it is published", async () => {
    const three = await joinAs(host3);
    const waiting = call("GET", "/v1/host-plan?after=0:0", three);
    await store.hosts.publish(plan(host3, 1), 1);
    expect((await waiting).body).toMatchObject({ plan: { generation: 1 } });
  });
  it("may report for itself only, and only what a report may hold", async () => {
    const three = await joinAs(host3);
    expect((await call("POST", "/v1/report", three, report(host3))).status).toBe(204);
    expect(await store.hosts.readReport(cluster, host3)).toEqual(report(host3));
    expect((await call("POST", "/v1/report", three, report(host4))).body.error?.code).toBe("ForeignReport");
    expect(await store.hosts.readReport(cluster, host4)).toBeNull();
    expect((await call("POST", "/v1/report", three, { ...report(host3), surprise: 1 })).status).toBe(400);
    expect((await call("POST", "/v1/report", three, { ...report(host3), observedGeneration: "1" })).status).toBe(400);
    expect((await call("POST", "/v1/report", three, { ...report(host3), error: "x".repeat(300_000) })).status).toBe(413);
  });
  it("takes and answers its own requests only", async () => {
    const three = await joinAs(host3);
    const four = await joinAs(host4);
    await store.hosts.putRequest({ id: "r-1", clusterKey: cluster, hostId: host4, executorEpoch: 1, kind: "k", payload: { a: 1 }, timeoutMsMax: 1000 });
    expect((await call("GET", "/v1/requests", three)).body).toEqual({ requests: [] });
    expect((await call("GET", "/v1/requests", four)).body).toMatchObject({ requests: [{ id: "r-1", payload: { a: 1 } }] });
    await call("POST", "/v1/requests/r-1/response", three, { ok: true, value: "forged" });
    expect(await store.hosts.readResponse("r-1")).toBeNull();
    expect((await call("POST", "/v1/requests/r-1/response", four, { ok: true, value: [1, { b: null }] })).status).toBe(204);
    expect(await store.hosts.readResponse("r-1")).toEqual({ ok: true, value: [1, { b: null }] });
  });
  it("renews its certificate with the one it has", async () => {
    const three = await joinAs(host3);
    const { keyPem, csr } = makeCertificateRequest();
    const renewed = await call("POST", "/v1/renew", three, { csr });
    await store.hosts.publish(plan(host3, 1), 1);
    expect((await call("GET", "/v1/host-plan?after=0:0", { keyPem, certificatePem: String(renewed.body["certificatePem"]) })).status).toBe(200);
  });
});

describe("placeholders", () => {
  it("are filled from addresses, secrets and outputs when the plan is served", async () => {
    const three = await joinAs(host3);
    await store.hosts.putHost(cluster, { hostId: host4, index: 1, address: "10.1.0.11", size: "s", failureDomain: "f", power: "on", diskPaths: [], diskSizeBytes: 0 });
    await store.vault.ensureSecret(cluster, "admin", () => "top-secret");
    await store.hosts.publish(plan(host3, 1, "{{address:host-4}} {{secret:admin}} {{output:later}}"), 1);
    const refused = await call("GET", "/v1/host-plan?after=0:0", three);
    expect(refused).toMatchObject({ status: 409, body: { error: { code: "PlaceholderUnresolved" } } });
    expect(refused.body.error?.message).toContain("{{output:later}}");
    expect(JSON.stringify(refused) + logged.join()).not.toContain("top-secret");
    expect(logged.join()).toContain("{{output:later}}");
    await store.vault.putOutput(cluster, "later", "now");
    expect((await call("GET", "/v1/host-plan?after=0:0", three)).body).toMatchObject({ plan: { files: [{ text: "10.1.0.11 top-secret now" }] } });
  });
});

describe("the socket", () => {
  it("is readable by its owner only", () => {
    expect(statSync(join(dir, "run", "gateway.sock")).mode & 0o777).toBe(0o600);
    expect(statSync(join(dir, "run")).mode & 0o777).toBe(0o700);
  });
  it("of a dead control plane is taken over; of a living one it is not", async () => {
    await expect(createAgentGateway(optionsFor()).listen()).rejects.toThrow(/another control plane listens/);
    const stale = join(dir, "run", "stale.sock");
    spawnSync(process.execPath, ["-e", `require("node:net").createServer().listen(${JSON.stringify(stale)}, () => process.kill(process.pid, "SIGKILL"))`]);
    expect(existsSync(stale)).toBe(true);
    const successor = createAgentGateway({ ...optionsFor(), socketPath: stale });
    await successor.listen();
    await successor.close();
  });
  it("refuses a path the kernel would refuse", () => {
    expect(() => createAgentGateway({ ...optionsFor(), socketPath: `/${"x".repeat(107)}` })).toThrow(/longer than 107 bytes/);
  });
  it("can have a TCP port beside it, with the same rules", async () => {
    const both = createAgentGateway({ ...optionsFor(), socketPath: join(dir, "run", "both.sock"), tcp: { host: "127.0.0.1", port: 0 } });
    const { tcpPort } = await both.listen();
    const status = await new Promise((resolve, reject) => {
      httpsRequest({ host: "127.0.0.1", port: tcpPort, path: "/v1/requests", ca: both.authority.caPem, servername: gatewayServerName, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on("error", reject).end();
    });
    await both.close();
    expect(status).toBe(401);
  });
  it("closes at once although agents wait", async () => {
    const three = await joinAs(host3);
    const slow = createAgentGateway({ ...optionsFor(), socketPath: join(dir, "run", "slow.sock"), pollMsMax: 25_000 });
    await slow.listen();
    const waiting = new Promise<number>((resolve, reject) => {
      httpsRequest({ path: "/v1/host-plan?after=0:0", socketPath: join(dir, "run", "slow.sock"), key: three.keyPem, cert: three.certificatePem, ca: slow.authority.caPem, servername: gatewayServerName, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      }).on("error", reject).end();
    });
    await new Promise((resolve) => setTimeout(resolve, 100)); // the request has to be on its way: nothing tells when it waits
    const beganMs = Date.now();
    await slow.close();
    expect(Date.now() - beganMs).toBeLessThan(5000);
    expect(await waiting).toBe(204);
  });
});
