// Answers that go on, over real connections: bit by bit, ended with the client and with the server, and that a
// client which does not read costs no memory and no place for ever.
import { request as httpsRequest } from "node:https";
import type { ClientRequest, IncomingMessage } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { findFreePort } from "./testkit/free-port.ts";
import { createLoopbackCertificate } from "./testkit/loopback-certificate.ts";
import type { RouteAnswer, ServedRoute } from "./route.ts";
import { createHttpServer } from "./server.ts";
import type { HttpServer, RequestLogEntry } from "./server.ts";

const opened: HttpServer[] = [];
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close();
});

interface Rig {
  readonly server: HttpServer;
  readonly logged: readonly RequestLogEntry[];
  get(path?: string): Promise<{ readonly response: IncomingMessage; readonly request: ClientRequest }>;
}

async function serve(answer: RouteAnswer, change: { readonly streamStallMsMax?: number } = {}): Promise<Rig> {
  const baseUrl = `https://127.0.0.1:${await findFreePort()}`;
  const tls = await createLoopbackCertificate({ names: ["127.0.0.1"], nowMs: Date.now(), validDays: 1 });
  const logged: RequestLogEntry[] = [];
  const route: ServedRoute = { method: "GET", path: "/open/{*rest}", access: "open", takes: "nothing", apiVersion: null, permission: null, answer: ({ params }) => Promise.resolve(params["rest"] === "a/b" ? { ...answer, headers: { ...answer.headers, "x-rest": "a/b" } } : answer) };
  const server = createHttpServer({ baseUrl, tls, issuer: "x", namespaces: [], routes: [route], authenticate: () => Promise.reject(new Error("nobody")), admit: () => Promise.resolve(), authorize: () => Promise.resolve({ allowed: false }), log: (entry) => logged.push(entry), ...change });
  opened.push(server);
  await server.listen();
  const get: Rig["get"] = (path = "/open/x") =>
    new Promise((resolve, reject) => {
      const request = httpsRequest(`${baseUrl}${path}`, { ca: tls.certificatePem, agent: false }, (response) => resolve({ response, request }));
      request.on("error", reject);
      request.end();
    });
  return { server, logged, get };
}

/** The first bit that comes. */
const firstOf = (response: IncomingMessage): Promise<string> => new Promise((resolve) => response.once("data", (chunk: Buffer) => resolve(chunk.toString("utf8"))));

/** Says when the stream was told to end; goes on until it is. */
function endless(bit: string): { readonly stream: NonNullable<RouteAnswer["stream"]>; readonly told: Promise<void>; made: number } {
  const told = Promise.withResolvers<void>();
  const made = { stream: streamOf, told: told.promise, made: 0 };
  async function* streamOf(signal: AbortSignal): AsyncGenerator<string> {
    signal.addEventListener("abort", () => told.resolve(), { once: true });
    while (!signal.aborted) {
      made.made += 1;
      yield bit;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return made;
}

describe("an answer that goes on", () => {
  it("arrives bit by bit, with the headers of every answer, before its end is known", async () => {
    const more = Promise.withResolvers<void>();
    const { get } = await serve({
      status: 200,
      headers: { "content-type": "text/event-stream" },
      stream: async function* () {
        yield "one\n";
        await more.promise;
        yield "two\n";
      },
    });
    const { response } = await get("/open/a/b");
    expect(await firstOf(response)).toBe("one\n");
    expect([response.statusCode, response.headers["content-type"], response.headers["content-length"], response.headers["x-rest"]]).toEqual([200, "text/event-stream", undefined, "a/b"]);
    expect(response.headers["x-ms-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
    more.resolve();
    expect(await firstOf(response)).toBe("two\n");
    await new Promise((resolve) => response.once("end", resolve));
  });

  it("arrives whole where its maker uses the same memory for each bit", async () => {
    const memory = Buffer.alloc(64 * 1024);
    const { get } = await serve({
      status: 200,
      stream: async function* () {
        for (let bit = 0; bit < 100; bit += 1) {
          yield memory.fill(bit);
          await Promise.resolve();
        }
      },
    });
    const { response } = await get();
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    await new Promise((resolve) => response.once("end", resolve));
    const whole = Buffer.concat(chunks);
    expect(whole.equals(Buffer.concat(Array.from({ length: 100 }, (_, bit) => Buffer.alloc(64 * 1024, bit))))).toBe(true);
  });

  it("is told to end when its client goes away", async () => {
    const stream = endless("tick\n");
    const { get } = await serve({ status: 200, stream: stream.stream });
    const { response, request } = await get();
    await firstOf(response);
    request.destroy();
    await stream.told;
  });

  it("is told to end when the server closes, which waits for no client", async () => {
    const stream = endless("tick\n");
    const { get, server } = await serve({ status: 200, stream: stream.stream });
    const { response } = await get();
    response.on("error", () => undefined);
    await firstOf(response);
    await server.close();
    await stream.told;
  });

  it("is made only as fast as it is read, and ended when nothing is read for too long", async () => {
    const stream = endless("x".repeat(64 * 1024));
    const { get } = await serve({ status: 200, stream: stream.stream }, { streamStallMsMax: 300 });
    const { response } = await get();
    response.on("error", () => undefined);
    response.pause();
    await stream.told;
    // What the two kernels and the two TLS layers hold, and no more: 64 MiB would be a thousand.
    expect(stream.made).toBeLessThan(1_000);
  });

  it("that breaks ends, and says so in the log and not to the client", async () => {
    const { get, logged } = await serve({
      status: 200,
      stream: async function* () {
        yield "one\n";
        throw new Error("inside");
      },
    });
    const { response } = await get();
    let text = "";
    response.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
    await new Promise((resolve) => response.once("end", resolve));
    expect(text).toBe("one\n");
    expect(logged.map(({ error }) => (error instanceof Error ? error.message : null))).toEqual([null, "inside"]);
  });
});

describe("an answer of bytes", () => {
  it("is sent as it is, with its length", async () => {
    const { get } = await serve({ status: 200, headers: { "content-type": "image/png" }, bytes: new Uint8Array([0, 255, 10]).subarray(1) });
    const { response } = await get();
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    await new Promise((resolve) => response.once("end", resolve));
    expect([response.headers["content-type"], response.headers["content-length"], [...Buffer.concat(chunks)]]).toEqual(["image/png", "2", [255, 10]]);
  });
});
