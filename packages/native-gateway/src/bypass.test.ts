// Ways to have something else done than what was authorised. Each is refused, or arrives exactly as what was authorised.
import { once } from "node:events";
import net from "node:net";
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
  rig.granted.clear();
  // All one may do: with views, and with whatever is in no document.
  for (const right of ["vastViews/read", "vastViews/write", "vastViews/delete", "invokeNative/action"]) rig.granted.add(`Cynosure.Storage/clusters/${right}`);
});

/** Bytes as they are: a client library would mend them. Answers the status, and what reached the engine. */
async function send(head: readonly string[], body = ""): Promise<{ status: number; arrived: string[] }> {
  const socket = net.connect(rig.port, "127.0.0.1");
  await once(socket, "connect");
  socket.on("error", () => undefined);
  socket.write(`${head.join("\r\n")}\r\nConnection: close\r\n\r\n${body}`, "latin1");
  const answer = await text(socket);
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0), arrived: engine.requests.map(({ method, url }) => `${method} ${url}`) };
}

const host = (): string => `Host: ${rig.gatewayId}.gw.localhost`;
const signedIn = "Authorization: Bearer ours";
const ask = (method: string, target: string, headers: readonly string[] = [], body = ""): ReturnType<typeof send> => send([`${method} ${target} HTTP/1.1`, host(), signedIn, ...headers], body);

test.each([
  "/api/latest/views/../clusters/wipe/",
  "/api/latest/views/%2e%2e/clusters/wipe/",
  "/api/latest/views/%2E%2E/clusters/wipe/",
  "/api/latest/views/.%2e/clusters/wipe/",
  "/api/latest/views/./1/",
  "/api/latest/views/..%2fclusters/wipe/",
  "/api/latest/views%2f..%2fclusters%2fwipe/",
  "/api/latest/views/%252e%252e/clusters/wipe/",
  "/api/latest/clusters%252fwipe/",
  "/api/latest/views/..\\clusters\\wipe/",
  "/api/latest/views/..%5cclusters%5cwipe/",
  "/api/latest/views/..;/clusters/wipe/",
  "/api/latest/clusters/wipe;x=1/",
  "/api/latest/clusters/wipe%3bx/",
  "/api/latest/clusters/wipe%00/",
  "/api/latest/clusters/wipe%0a/",
  "/api/latest/clusters/wipe%0d%0aHost:%20evil/",
  "/api/latest/views/%c0%ae%c0%ae/clusters/wipe/",
  "/api/latest/views/%ef%bc%8e%ef%bc%8e/clusters/wipe/",
  "/api/latest/clusters%ef%bc%8fwipe/",
  "/api/latest/clusters/%u0077ipe/",
  "/api/latest/clusters/wipe/#/views/",
  "/api/latest/views/%zz/",
  "/api/latest/views/%ff/",
  "/api/latest/views/\x80/",
])("a path that can be read in two ways is refused: %j", async (target) => {
  expect(await ask("POST", target, ["Content-Length: 2"], "{}")).toEqual({ status: 400, arrived: [] });
});

test.each([
  "/api/latest/clusters/wipe/",
  "/api/latest/clusters/wipe",
  "/api//latest///clusters//wipe//",
  "/api/v1/clusters/wipe/",
  "/api/clusters/wipe/",
  "/api/latest/clusters/%77ipe/",
  "/api/latest/clu%73ters/wipe/",
  "/api/latest/clusters/Wipe/",
  "/api/latest/CLUSTERS/WIPE/",
  "/api/latest/clusters/wipe%20/",
  "/api/latest/clusters/wipe/?x=/views/",
  "/api/latest/clusters/wipe/?/api/latest/views/",
])("another spelling of a dangerous operation needs its right: %j", async (target) => {
  expect(await ask("POST", target, ["Content-Length: 2"], "{}")).toEqual({ status: 403, arrived: [] });
});

test("what is a value in one reading and an order in another needs both rights", async () => {
  rig.granted.add("Cynosure.Storage/clusters/vastClusters/write");
  expect(await ask("PATCH", "/api/latest/clusters/ADD_BOXES/", ["Content-Length: 2"], "{}")).toEqual({ status: 403, arrived: [] });
});

test.each(["X-HTTP-Method-Override: DELETE", "x-http-method: DELETE", "X-Method-Override: PATCH", "Upgrade: h2c"])("a header that stands for the method, or leaves HTTP/1.1, is refused: %s", async (header) => {
  expect(await ask("POST", "/api/latest/views/", [header, "Content-Length: 2"], "{}")).toEqual({ status: 400, arrived: [] });
});

test.each(["_method=DELETE", "%5fmethod=DELETE", "a=1&_METHOD=DELETE", "a=1;_method=DELETE", "x=%zz"])("a query that stands for the method or is broken is refused: %s", async (query) => {
  expect(await ask("POST", `/api/latest/views/?${query}`, ["Content-Length: 2"], "{}")).toEqual({ status: 400, arrived: [] });
});

test.each([
  ["both lengths", ["Content-Length: 2", "Transfer-Encoding: chunked"], "0\r\n\r\n"],
  ["two lengths", ["Content-Length: 2", "Content-Length: 40"], "{}"],
  ["a length with a sign", ["Content-Length: +2"], "{}"],
  ["a coding that is not chunked", ["Transfer-Encoding: xchunked"], "0\r\n\r\n"],
  ["a folded header", ["X-A: 1", " Transfer-Encoding: chunked"], ""],
  ["a space before the colon", ["Content-Length : 2"], "{}"],
])("a request whose end is in doubt is not forwarded: %s", async (_what, headers, body) => {
  const { status, arrived } = await ask("POST", "/api/latest/views/", headers, body);
  expect([status, arrived]).toEqual([400, []]);
});

test("a request hidden in another's body stays in its body", async () => {
  const hidden = "POST /api/latest/clusters/wipe/ HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
  const { status, arrived } = await ask("POST", "/api/latest/views/", [`Content-Length: ${hidden.length}`], hidden);
  expect([status, arrived]).toEqual([200, ["POST /api/latest/views/"]]);
  expect(engine.requests[0]?.body).toBe(hidden);
});

test("what the engine's connection says about framing is ours, also when the client calls its headers hop by hop", async () => {
  await ask("GET", "/api/latest/views/", ["Keep-Alive: x", "Proxy-Authorization: Basic x", "TE: trailers", "X-Forwarded-For: 1.1.1.1", "Forwarded: host=evil"]);
  expect(Object.keys(engine.requests[0]?.headers ?? {}).toSorted()).toEqual(["accept-encoding", "authorization", "connection", "host"]);
});

test("an absolute target and a second host do not lead elsewhere", async () => {
  expect((await send([`GET http://elsewhere/api/latest/views/ HTTP/1.1`, host(), signedIn])).arrived).toEqual([]);
  expect((await send(["GET /api/latest/views/ HTTP/1.1", host(), "Host: elsewhere", signedIn])).arrived).toEqual([]);
});

test.each(["CONNECT", "TRACE", "PROPFIND", "LOCK"])("a method no operation has is what is in no document, and never one of a document: %s", async (method) => {
  rig.granted.delete("Cynosure.Storage/clusters/invokeNative/action");
  expect((await ask(method, "/api/latest/views/")).arrived).toEqual([]);
});

test.each([
  ["/api/latest/views/a%20b%26c%3Fd/", "GET /api/latest/views/a%20b%26c%3Fd/"],
  ["/api/latest/views//7", "GET /api/latest/views/7/"],
  ["/api/latest/v%69ews/7/", "GET /api/latest/views/7/"],
  ["/api/latest/views/%C3%BC/", "GET /api/latest/views/%C3%BC/"],
  ["/api/latest/views/?path=%2Fa%2F..%2Fb&x=_method", "GET /api/latest/views/?path=%2Fa%2F..%2Fb&x=_method"],
])("what is understood in one way only arrives in one spelling: %s", async (target, arrived) => {
  expect(await ask("GET", target)).toEqual({ status: 200, arrived: [arrived] });
});
