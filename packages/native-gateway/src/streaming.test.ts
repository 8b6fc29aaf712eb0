// Large bodies both ways, slow engines, and links in long answers: bounded memory, and nobody waits for another.
import { randomBytes } from "node:crypto";
import http from "node:http";
import { buffer, text } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { createLinkRewriter } from "./rewrite-links.ts";
import { openGatewayRig, openRecordingEngine } from "./testkit/index.ts";
import type { GatewayRig, RecordingEngine } from "./testkit/index.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function open(options: Partial<Parameters<typeof openGatewayRig>[0]> = {}): Promise<{ engine: RecordingEngine; rig: GatewayRig }> {
  const engine = await openRecordingEngine();
  const rig = await openGatewayRig({ origin: engine.origin, ...options });
  rig.granted.add("*");
  rig.granted.add("Cynosure.Storage/clusters/engineInternals/vastSupportbundles/download/action");
  closers.push(engine.close, rig.close);
  return { engine, rig };
}

function begin(rig: GatewayRig, method: string, path: string, headers: Record<string, string> = {}): { request: http.ClientRequest; response: Promise<http.IncomingMessage> } {
  const request = http.request({ host: "127.0.0.1", port: rig.port, method, path: `/clusters/${rig.gatewayId}/api/latest${path}`, agent: false, headers: { authorization: "Bearer ours", ...headers } });
  return { request, response: new Promise((resolve, reject) => request.once("response", resolve).once("error", reject)) };
}

const MIB = 1024 * 1024;

test("of a download that nobody reads the engine can send no more than what the buffers on the way hold", async () => {
  const { engine, rig } = await open();
  let sentBytes = 0;
  let isHeld = false;
  const sizeBytes = 256 * MIB;
  engine.answer = (_request, response) => {
    response.writeHead(200, { "content-type": "application/octet-stream", "content-length": String(sizeBytes) });
    const piece = Buffer.alloc(MIB, 1);
    const more = (): void => {
      isHeld = false;
      while (sentBytes < sizeBytes) {
        sentBytes += piece.length;
        if (!response.write(piece)) {
          isHeld = true;
          return void response.once("drain", more);
        }
      }
      response.end();
    };
    more();
  };
  const { request, response } = begin(rig, "GET", "/supportbundles/1/download/");
  request.end();
  const answer = await response;
  answer.pause();
  // Until nothing moved between two looks.
  let before = -1;
  await expect.poll(() => {
    const isStill = isHeld && before === sentBytes;
    before = sentBytes;
    return isStill;
  }, { interval: 100 }).toBe(true);
  expect(sentBytes).toBeLessThan(64 * MIB);
  let gotBytes = 0;
  for await (const piece of answer) gotBytes += (piece as Buffer).length; // no encoding is set
  expect(gotBytes).toBe(sizeBytes);
});

test("of an upload that the engine does not read the client can send no more than that, and it arrives whole in the end", async () => {
  const { engine, rig } = await open();
  const letRead = Promise.withResolvers<void>();
  let received: Promise<Buffer> | null = null;
  engine.answer = (request, response) => {
    void letRead.promise.then(async () => {
      received = buffer(request);
      await received;
      response.writeHead(201, { "content-type": "application/json" }).end("{}");
    });
  };
  const sizeBytes = 64 * MIB;
  const bytes = randomBytes(sizeBytes);
  const { request, response } = begin(rig, "POST", "/clusters/1/upload_bundle/", { "content-type": "multipart/form-data; boundary=x", "content-length": String(sizeBytes) });
  request.end(bytes);
  let before = -1;
  await expect.poll(() => {
    const written = request.socket?.bytesWritten ?? 0;
    const isStill = written > 0 && before === (request.socket?.writableLength ?? 0);
    before = request.socket?.writableLength ?? 0;
    return isStill;
  }, { interval: 100 }).toBe(true);
  expect(request.socket?.writableLength).toBeGreaterThan(sizeBytes / 4);
  letRead.resolve();
  expect((await response).statusCode).toBe(201);
  expect((await (received ?? Promise.resolve(Buffer.alloc(0)))).equals(bytes)).toBe(true);
});

test("an answer that breaks off at the engine breaks off for the client", async () => {
  const { engine, rig } = await open();
  engine.answer = (request, response) => {
    response.writeHead(200, { "content-type": "application/octet-stream", "content-length": "1000000" }).write("x".repeat(1000), () => request.socket.destroy());
  };
  const { request, response } = begin(rig, "GET", "/supportbundles/1/download/");
  request.end();
  await expect(response.then((answer) => buffer(answer))).rejects.toThrow();
});

test("a client that goes away ends its request at the engine", async () => {
  const { engine, rig } = await open();
  const ended = Promise.withResolvers<void>();
  const came = Promise.withResolvers<void>();
  engine.answer = (request) => {
    request.socket.once("close", () => ended.resolve());
    came.resolve();
  };
  const { request, response } = begin(rig, "GET", "/views/");
  response.catch(() => undefined);
  request.end();
  await came.promise;
  request.destroy();
  await ended.promise;
});

test("an engine that does not answer costs its own callers only: another cluster answers meanwhile", async () => {
  const slow = await open({ limits: { requestsMax: 20, timeoutMsMax: 5_000 } });
  const fast = await open();
  const held: http.ServerResponse[] = [];
  slow.engine.answer = (_request, response) => held.push(response);
  const waiting = Array.from({ length: 20 }, () => begin(slow.rig, "GET", "/views/"));
  for (const { request } of waiting) request.end();
  await expect.poll(() => held.length).toBe(20);
  const oneMore = begin(slow.rig, "GET", "/views/");
  oneMore.request.end();
  expect((await oneMore.response).statusCode).toBe(503);
  const other = begin(fast.rig, "GET", "/views/");
  other.request.end();
  expect((await other.response).statusCode).toBe(200);
  for (const response of held) response.end("{}");
  expect((await Promise.all(waiting.map(({ response }) => response))).map(({ statusCode }) => statusCode)).toEqual(Array.from({ length: 20 }, () => 200));
});

test("an engine that is away is 503 with a time to wait, at once after five times", async () => {
  const { engine, rig } = await open({ limits: { breakerPauseMs: 60_000, retriesMax: 0 } });
  engine.answer = (request) => request.socket.destroy();
  const ask = async (): Promise<string> => {
    const { request, response } = begin(rig, "GET", "/views/");
    request.end();
    const answer = await response;
    expect([answer.statusCode, answer.headers["retry-after"]]).toEqual([503, "5"]);
    return text(answer);
  };
  for (let count = 0; count < 5; count += 1) expect(await ask()).toContain("did not answer");
  expect(await ask()).toContain("is not asked for the moment");
});

test("a long list has its links changed wherever its pieces are cut, and every other byte stays", async () => {
  const links = createLinkRewriter("https://10.0.0.1:443", "https://c.gw.localhost:8443");
  const items = Array.from({ length: 300 }, (_, id) => ({ id, url: `https://10.0.0.1/api/views/${id}/`, name: `ü${"x".repeat(id)}`, text: '"url": "https://10.0.0.1/"' }));
  const before = Buffer.from(JSON.stringify({ next: "https://10.0.0.1/api/views/?page=2", results: items }));
  for (const pieceBytes of [1, 7, 100, 4096]) {
    const stream = links.stream();
    const whole = text(stream);
    for (let at = 0; at < before.length; at += pieceBytes) stream.write(before.subarray(at, at + pieceBytes));
    stream.end();
    expect(JSON.parse(await whole)).toEqual({ next: "https://c.gw.localhost:8443/api/views/?page=2", results: items.map((item) => ({ ...item, url: `https://c.gw.localhost:8443/api/views/${item.id}/` })) });
  }
});
