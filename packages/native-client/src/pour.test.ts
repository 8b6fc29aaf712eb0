import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { Writable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { createLoopbackCertificate } from "@cynosure/http-server/testkit";
import { afterEach, expect, test } from "vitest";
import { createNativeClient, pourBody } from "./index.ts";
import type { ExchangeAnswer, StreamingNativeClient } from "./index.ts";
import { STRAIGHT_BYTES_MIN } from "./pour.ts";
import { Rotation } from "./rotation.ts";

const MIB = 1024 * 1024;
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const certificate = await createLoopbackCertificate({ names: ["127.0.0.1"], nowMs: Date.now(), validDays: 2 });

async function rig(scheme: "http" | "https", answer: http.RequestListener): Promise<{ client: StreamingNativeClient; get(): Promise<ExchangeAnswer>; connections: () => number }> {
  const server = scheme === "http" ? http.createServer(answer) : https.createServer({ key: certificate.keyPem, cert: certificate.certificatePem }, answer);
  let connections = 0;
  server.on(scheme === "http" ? "connection" : "secureConnection", () => (connections += 1));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // listens on TCP
  const client = createNativeClient({ endpoint: { origin: `${scheme}://127.0.0.1:${port}`, basePath: "", caPem: scheme === "http" ? null : certificate.certificatePem, headers: () => Promise.resolve({}) } });
  closers.push(async () => {
    await client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { client, get: () => client.stream({ method: "GET", target: "/", headers: [], body: null, isRepeatable: true }), connections: () => connections };
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Reads what it is given only after other work had its turn, so that a buffer that is filled too early shows. */
function slowReader(turns: number): { into: Writable; digest(): string; bytes(): number } {
  const hash = createHash("sha256");
  let bytes = 0;
  const into = new Writable({
    write(piece: Buffer, _encoding, done) {
      bytes += piece.byteLength;
      void (async () => {
        for (let count = 0; count < turns; count += 1) await turn();
        hash.update(piece);
        done();
      })();
    },
  });
  return { into, digest: () => hash.digest("hex"), bytes: () => bytes };
}

test.each([
  ["http", 0], ["http", 3], ["http", 40], ["https", 0], ["https", 3], ["https", 40],
] as const)("a long body over %s arrives byte for byte at a reader that takes %i turns for a piece", async (scheme, turns) => {
  const body = randomBytes(20 * MIB + 12_345);
  const { get } = await rig(scheme, (_request, response) => response.writeHead(200, { "content-length": String(body.length) }).end(body));
  const reader = slowReader(turns);
  await pourBody(await get(), reader.into);
  expect(reader.digest()).toBe(sha256(body));
});

test.each([["short", STRAIGHT_BYTES_MIN - 1, true, 1], ["long", STRAIGHT_BYTES_MIN, true, 2], ["long, of no stated length", 2 * STRAIGHT_BYTES_MIN, false, 1]] as const)("of a %s body the connection is kept or not, and the next request is answered", async (_kind, bytes, isStated, needed) => {
  const body = randomBytes(bytes);
  const { get, connections } = await rig("http", (_request, response) => response.writeHead(200, isStated ? { "content-length": String(body.length) } : {}).end(body));
  for (const turns of [0, 1]) {
    const reader = slowReader(turns);
    await pourBody(await get(), reader.into);
    expect(reader.digest()).toBe(sha256(body));
  }
  expect(connections()).toBe(needed);
});

test.each(["http", "https"] as const)("a long body over %s that breaks off breaks off for the reader", async (scheme) => {
  const { get } = await rig(scheme, (request, response) => {
    response.writeHead(200, { "content-length": String(50 * MIB) }).write(Buffer.alloc(20 * MIB), () => request.socket.destroy());
  });
  const reader = slowReader(0);
  await expect(pourBody(await get(), reader.into)).rejects.toThrow();
  expect(reader.into.destroyed).toBe(true);
  expect(reader.bytes()).toBeLessThan(50 * MIB);
});

test("a reader that goes away ends the connection, and its request no longer counts", async () => {
  const gone = Promise.withResolvers<void>();
  const { get } = await rig("http", (request, response) => {
    request.socket.once("close", () => gone.resolve());
    response.writeHead(200, { "content-length": String(50 * MIB) }).end(Buffer.alloc(50 * MIB));
  });
  const reader = slowReader(0);
  const answer = await get();
  const poured = pourBody(answer, reader.into);
  reader.into.destroy();
  await expect(poured).rejects.toThrow();
  await gone.promise;
  expect(answer.body.destroyed).toBe(true);
});

test("what was taken stays as it is while its buffers are filled on, however much is filled", () => {
  const rotation = new Rotation({ buffers: 3, bufferBytes: 64, roomBytesMin: 16 });
  let [written, read] = [0, 0];
  const fill = (bytes: number): void => {
    const room = rotation.room().subarray(0, bytes);
    for (let at = 0; at < room.length; at += 1) room[at] = (written + at) % 251;
    written += room.length;
    rotation.add(room);
  };
  const check = (piece: Uint8Array): void => {
    const from = read;
    read += piece.length;
    expect(piece).toEqual(Uint8Array.from(piece, (_, at) => (from + at) % 251));
  };
  let taken: Uint8Array | null = null;
  for (let round = 0; round < 500; round += 1) {
    for (let count = 0; count < round % 11; count += 1) fill(1 + ((round * 7 + count * 13) % 64));
    if (taken !== null) check(taken);
    taken = rotation.take();
  }
  for (; taken !== null; taken = rotation.take()) check(taken);
  expect(read).toBe(written);
});

test("there is no more room when one buffer of three is left, and there is again when one was done with", () => {
  const rotation = new Rotation({ buffers: 3, bufferBytes: 64, roomBytesMin: 16 });
  const fill = (): void => rotation.add(rotation.room().subarray(0, 64));
  fill();
  expect(rotation.take()).toHaveLength(64);
  expect(rotation.hasRoom).toBe(true);
  fill();
  expect(rotation.hasRoom).toBe(false);
  rotation.take();
  expect(rotation.hasRoom).toBe(true);
});
