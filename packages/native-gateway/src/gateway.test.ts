import http from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openGatewayRig, openRecordingEngine } from "./testkit/index.ts";
import type { GatewayRig, RecordingEngine } from "./testkit/index.ts";

let engine: RecordingEngine;
let rig: GatewayRig;
beforeAll(async () => {
  engine = await openRecordingEngine();
  rig = await openGatewayRig({ origin: engine.origin });
});
afterAll(async () => {
  await rig.close();
  await engine.close();
});
beforeEach(() => {
  engine.requests.length = 0;
  engine.answer = null;
  engine.reply = { status: 200, headers: {}, body: "{}" };
  rig.audited.length = 0;
  rig.granted.clear();
  rig.granted.add("*");
});

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

async function ask(method: string, path: string, options: { headers?: Record<string, string>; body?: string; host?: string } = {}): Promise<Answer> {
  const request = http.request({ host: "127.0.0.1", port: rig.port, method, path, agent: false, headers: { host: options.host ?? `${rig.gatewayId}.gw.localhost:${rig.port}`, authorization: "Bearer ours", ...(options.body === undefined ? {} : { "content-length": String(Buffer.byteLength(options.body)) }), ...options.headers } });
  const answered = new Promise<http.IncomingMessage>((resolve, reject) => request.once("response", resolve).once("error", reject));
  request.end(options.body);
  const response = await answered;
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}

test("the engine is asked with its own sign-in and never hears of the caller's, his cookies or other headers", async () => {
  await ask("GET", "/api/latest/views/?name=a%20b&id=1&id=2", { headers: { cookie: "session=1", "x-forwarded-host": "evil", "x-original-url": "/clusters/wipe/", "x-tenant-name": "blue", prefer: "x" } });
  const [got] = engine.requests;
  expect(got).toMatchObject({ method: "GET", url: "/api/latest/views/?name=a%20b&id=1&id=2" });
  expect(got?.headers).toMatchObject({ authorization: "Basic ENGINE-SECRET", host: new URL(engine.origin).host, "x-tenant-name": "blue", prefer: "x" });
  for (const name of ["cookie", "x-forwarded-host", "x-original-url"]) expect(got?.headers).not.toHaveProperty(name);
});

test.each(["/api/views", "/api/views/", "/api/v1/views", "/api/v5/views/", "/api/v7/views/", "/api/latest/views"])("%s is the same operation: whatever version, with a slash at the end or without, and never a redirect", async (path) => {
  const answer = await ask("POST", path, { body: "{}" });
  expect(answer.status).toBe(200);
  expect(engine.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([`POST ${path.replace(/\/$/, "")}/`]);
});

test("the gateway answers below /clusters/{id}/api as well, and links lead there", async () => {
  engine.reply.body = JSON.stringify({ count: 1, next: `${engine.origin}/api/latest/views/?page=2`, previous: null, results: [{ url: `${engine.origin}/api/latest/views/1`, note: `"next": "${engine.origin}/x"` }] });
  const base = `https://127.0.0.1:${rig.port}/clusters/${rig.gatewayId}`;
  const answer = await ask("GET", `/clusters/${rig.gatewayId}/api/latest/views/?page=1`, { host: `127.0.0.1:${rig.port}` });
  expect(JSON.parse(answer.body)).toEqual({ count: 1, next: `${base}/api/latest/views/?page=2`, previous: null, results: [{ url: `${base}/api/latest/views/1`, note: `"next": "${engine.origin}/x"` }] });
  expect(engine.requests[0]?.url).toBe("/api/latest/views/?page=1");
});

test("by host name, links lead to the host the client named", async () => {
  engine.reply.body = JSON.stringify({ next: `${engine.origin}/api/v5/views/?page=2` });
  expect(JSON.parse((await ask("GET", "/api/v5/views/?page=1")).body)).toEqual({ next: `https://${rig.gatewayId}.gw.localhost:${rig.port}/api/v5/views/?page=2` });
});

test("a bare array stays a bare array, and an error of the engine passes as it is", async () => {
  engine.reply.body = '[{"id": 1}]';
  expect((await ask("GET", "/api/v5/views/")).body).toBe('[{"id": 1}]');
  engine.reply = { status: 409, headers: {}, body: '{"code":"conflict","detail":"exists"}' };
  expect(await ask("POST", "/api/v5/views/", { body: "{}" })).toMatchObject({ status: 409, body: '{"code":"conflict","detail":"exists"}' });
});

test("the body of a DELETE arrives", async () => {
  await ask("DELETE", "/api/latest/users/7/access_keys/", { body: '{"access_key":"K"}', headers: { "content-type": "application/json" } });
  expect(engine.requests[0]).toMatchObject({ method: "DELETE", url: "/api/latest/users/7/access_keys/", body: '{"access_key":"K"}' });
});

test("cookies and challenges of the engine do not pass, and its redirect of a write is an answer that says where to", async () => {
  engine.reply = { status: 200, headers: { "set-cookie": "sessionid=engine", server: "nginx" }, body: "{}" };
  const answer = await ask("GET", "/api/latest/views/");
  expect(answer.headers).not.toHaveProperty("set-cookie");
  engine.reply = { status: 301, headers: { location: `${engine.origin}/api/latest/views/1/` }, body: "" };
  expect((await ask("PATCH", "/api/latest/views/1/", { body: "{}" })).status).toBe(404);
  expect((await ask("GET", "/api/latest/views/1/")).headers.location).toBe(`https://${rig.gatewayId}.gw.localhost:${rig.port}/api/latest/views/1/`);
});

test("writes and GETs that change something are recorded before they are sent, reads are not", async () => {
  await ask("GET", "/api/latest/views/");
  expect(rig.audited).toEqual([]);
  await ask("PATCH", "/api/latest/views/7", { body: "{}" });
  await ask("GET", "/api/latest/hosts/discover");
  expect(rig.audited).toMatchObject([
    { principal: "somebody", action: "Cynosure.Storage/clusters/vastViews/write", resourceId: `${rig.clusterId}/native/PATCH/api/latest/views/7/`, afterSha256: "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a" },
    { action: "Cynosure.Storage/clusters/vastHosts/discover/action", resourceId: `${rig.clusterId}/native/GET/api/latest/hosts/discover`, afterSha256: null },
  ]);
});

test("whoever lacks the right is refused with 403 and the word official clients look for, and nothing reaches the engine", async () => {
  rig.granted.clear();
  rig.granted.add("Cynosure.Storage/clusters/vastViews/read");
  expect((await ask("GET", "/api/latest/views/")).status).toBe(200);
  engine.requests.length = 0;
  const answer = await ask("DELETE", "/api/latest/views/7/");
  expect(answer.status).toBe(403);
  expect(JSON.parse(answer.body)).toMatchObject({ code: "permission_denied", detail: expect.stringContaining("permission_denied") });
  expect([engine.requests, rig.audited]).toEqual([[], []]);
});

test("what the catalogue does not know needs the right to invoke anything, and is recorded also when it is read", async () => {
  rig.granted.clear();
  expect((await ask("GET", "/api/latest/dashboard/status/")).status).toBe(403);
  rig.granted.add("Cynosure.Storage/clusters/invokeNative/action");
  expect((await ask("GET", "/api/latest/dashboard/status/")).status).toBe(200);
  expect(engine.requests.map(({ url }) => url)).toEqual(["/api/latest/dashboard/status/"]);
  expect(rig.audited.map(({ action }) => action)).toEqual(["Cynosure.Storage/clusters/invokeNative/action"]);
});

test("what is dangerous needs its own right even of who holds everything else, in whatever casing it is asked for", async () => {
  for (const path of ["/api/latest/clusters/wipe/", "/api/latest/clusters/WIPE/", "/api/latest/clusters/wipe%20/"]) expect((await ask("POST", path, { body: "{}" })).status).toBe(403);
  expect(engine.requests).toEqual([]);
});

test("changing the password of the gateway's own sign-in is refused to everybody", async () => {
  expect((await ask("PATCH", "/api/latest/managers/password", { body: "{}" })).status).toBe(403);
  expect(engine.requests).toEqual([]);
});

test("the engine's document is for whoever may read the cluster", async () => {
  rig.granted.clear();
  rig.granted.add("Cynosure.Storage/clusters/read");
  expect((await ask("GET", "/api/v5/?format=openapi")).status).toBe(200);
  expect(engine.requests[0]?.url).toBe("/api/v5/?format=openapi");
});

test("nobody, a wrong secret, an expired token and a cluster that is not there are all 401 for a stranger", async () => {
  const headers = (authorization: string): { headers: Record<string, string> } => ({ headers: { authorization } });
  for (const given of ["", "Basic !!!", `Basic ${btoa("anna:wrong")}`, "Api-Token nope", "Bearer expired", "Bearer ourz", "Digest x"]) {
    const answer = await ask("GET", "/api/latest/views/", headers(given));
    expect([given, answer.status, answer.headers["www-authenticate"]]).toEqual([given, 401, 'Bearer realm="api"']);
  }
  expect((await ask("GET", "/api/latest/views/", { host: "nowhere-00000000.gw.localhost", ...headers(`Basic ${btoa("anna:x")}`) })).status).toBe(401);
  expect((await ask("GET", "/api/latest/views/", { host: "nowhere-00000000.gw.localhost" })).status).toBe(404);
  expect(engine.requests).toEqual([]);
});

test("a user of the gateway signs in with name and secret, with the secret alone, also with the stray quote of one client, and with the tokens he gets for them", async () => {
  const { name, secret } = rig.user;
  const body = JSON.stringify({ username: name, password: secret });
  const token = await ask("POST", "/api/token/", { body, headers: { authorization: "" } });
  const { access, refresh } = JSON.parse(token.body) as { access: string; refresh: string };
  const renewed = await ask("POST", "/api/v5/token/refresh/", { body: JSON.stringify({ refresh }), headers: { authorization: "" } });
  const { access: second } = JSON.parse(renewed.body) as { access: string };
  for (const authorization of [`Basic ${btoa(`${name}:${secret}`)}`, `Api-Token ${secret}`, `'Api-Token ${secret}`, `Bearer ${access}`, `Bearer ${second}`]) {
    expect((await ask("GET", "/api/v5/views/", { headers: { authorization } })).status).toBe(200);
  }
  expect((await ask("GET", "/api/v5/views/", { headers: { authorization: `Bearer ${refresh}` } })).status).toBe(401);
  expect((await ask("POST", "/api/token/", { body: JSON.stringify({ username: name, password: "x" }), headers: { authorization: "" } })).status).toBe(401);
  expect(engine.requests.filter(({ url }) => url.includes("token"))).toEqual([]);
  expect(JSON.stringify(engine.requests)).not.toContain(secret);
});

test("a token that has expired, was changed, or whose user has a new secret is 401", async () => {
  const signIn = async (): Promise<string> => (JSON.parse((await ask("POST", "/api/token/", { body: JSON.stringify({ username: "anna", password: await rig.renewSecret() }), headers: { authorization: "" } })).body) as { access: string }).access;
  const use = async (access: string): Promise<number> => (await ask("GET", "/api/v5/views/", { headers: { authorization: `Bearer ${access}` } })).status;
  const access = await signIn();
  expect(await use(access)).toBe(200);
  expect(await use(`${access.slice(0, -4)}AAAA`)).toBe(401);
  expect(await use(await signIn())).toBe(200);
  expect(await use(access)).toBe(401);
  const late = await signIn();
  rig.nowMs += 3_600_000;
  expect(await use(late)).toBe(401);
});

test("signing in tells what official clients ask for: an object with the kind of user; the engine's versions are its own answer", async () => {
  rig.granted.clear();
  rig.granted.add("Cynosure.Storage/clusters/vastVersions/read");
  expect(JSON.parse((await ask("GET", "/api/latest/login/")).body)).toMatchObject({ user_type: "SUPER_ADMIN", username: "somebody" });
  engine.reply.body = '[{"sys_version":"5.3.0.1"}]';
  expect((await ask("GET", "/api/v5/versions/?status=success")).body).toBe('[{"sys_version":"5.3.0.1"}]');
  expect(engine.requests.map(({ url }) => url)).toEqual(["/api/v5/versions/?status=success"]);
});

test("an engine that refuses the gateway's own sign-in is 503 for the caller, whose own is right", async () => {
  engine.reply = { status: 401, headers: {}, body: "{}" };
  const answer = await ask("GET", "/api/latest/views/");
  expect([answer.status, answer.headers["retry-after"]]).toEqual([503, "5"]);
});

test("everything but the gateway's host names and paths is left to the listener", async () => {
  for (const path of ["/", "/clusters/x/views", "/subscriptions/s", `/clusters/${rig.gatewayId}/apix`]) expect((await ask("GET", path, { host: "127.0.0.1" })).status).toBe(418);
  expect((await ask("GET", "/", { host: "x.gw.localhost.evil.example" })).status).toBe(418);
});

test("no request ended in an error of ours", () => expect(rig.errors).toEqual([]));
