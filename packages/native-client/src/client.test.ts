import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { createNativeClient } from "./index.ts";
import type { NativeClientLimits, StreamingNativeClient } from "./index.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function rig(answer: http.RequestListener, limits: Partial<NativeClientLimits> = {}): Promise<{ client: StreamingNativeClient; signIns: boolean[]; connections: () => number; server: http.Server }> {
  const server = http.createServer(answer);
  let connections = 0;
  server.on("connection", () => (connections += 1));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // listens on TCP
  const signIns: boolean[] = [];
  const headers = (isRefused: boolean): Promise<Record<string, string>> => {
    signIns.push(isRefused);
    return Promise.resolve({ authorization: signIns.includes(true) ? "Bearer new" : "Bearer old" });
  };
  const client = createNativeClient({ endpoint: { origin: `http://127.0.0.1:${port}`, basePath: "/api/latest", caPem: null, headers }, limits: { retryPauseMs: 1, ...limits } });
  closers.push(async () => {
    await client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { client, signIns, connections: () => connections, server };
}

const json = (response: http.ServerResponse, status: number, body: unknown): void => void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));

test("a request goes below the base path, signed in, with repeated query parameters kept, and its answer is parsed", async () => {
  const { client } = await rig((request, response) => json(response, 200, { url: request.url, authorization: request.headers.authorization }));
  const answer = await client.send({ method: "GET", path: "/views/", query: [["id", "1"], ["id", "2"], ["name", "a b&c"]] });
  expect(answer.body).toEqual({ url: "/api/latest/views/?id=1&id=2&name=a%20b%26c", authorization: "Bearer old" });
});

test("the body of a DELETE arrives with its length", async () => {
  const { client } = await rig((request, response) => void text(request).then((body) => json(response, 200, { body, length: request.headers["content-length"] })));
  const answer = await client.send({ method: "DELETE", path: "/users/7/access_keys/", json: { access_key: "A" } });
  expect(answer.body).toEqual({ body: '{"access_key":"A"}', length: "18" });
});

test("connections are kept: ten requests in turn need one", async () => {
  const { client, connections } = await rig((_request, response) => json(response, 200, {}));
  for (let count = 0; count < 10; count += 1) await client.send({ method: "GET", path: "/views/" });
  expect(connections()).toBe(1);
});

test("requests that are refused with 401 at once are all repeated after one new sign-in", async () => {
  const { client, signIns } = await rig((request, response) => json(response, request.headers.authorization === "Bearer new" ? 200 : 401, {}));
  const answers = await Promise.all([1, 2, 3, 4].map(() => client.send({ method: "POST", path: "/views/", json: {} })));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect(signIns.filter(Boolean)).toHaveLength(1);
});

test("a second 401 is the answer", async () => {
  const { client, signIns } = await rig((_request, response) => json(response, 401, { detail: "no" }));
  expect((await client.send({ method: "GET", path: "/views/" })).status).toBe(401);
  expect(signIns).toEqual([false, true]);
});

test("a GET whose connection breaks is asked again, a POST and a GET with side effects are not", async () => {
  const seen: string[] = [];
  const { client } = await rig((request, response) => {
    seen.push(request.method ?? "");
    if (seen.length === 1) request.socket.destroy();
    else json(response, 200, {});
  });
  expect((await client.send({ method: "GET", path: "/views/" })).status).toBe(200);
  expect(seen).toEqual(["GET", "GET"]);
  for (const once of [{ method: "POST" }, { method: "GET", isRepeatable: false }]) {
    seen.length = 0;
    await expect(client.send({ ...once, path: "/hosts/discover" })).rejects.toMatchObject({ code: "ServiceUnavailable" });
    expect(seen).toHaveLength(1);
  }
});

test("after five requests without an answer nobody is let through until the pause is over, then one answer opens the way", async () => {
  let breaks = true;
  let asked = 0;
  const { client } = await rig((request, response) => {
    asked += 1;
    if (breaks) request.socket.destroy();
    else json(response, 200, {});
  }, { breakerPauseMs: 50 });
  const post = (): Promise<unknown> => client.send({ method: "POST", path: "/views/", json: {} });
  for (let count = 0; count < 5; count += 1) await expect(post()).rejects.toMatchObject({ code: "ServiceUnavailable" });
  await expect(post()).rejects.toThrow("is not asked for the moment");
  expect(asked).toBe(5);
  breaks = false;
  await expect.poll(() => post().then(() => "answered", () => "refused")).toBe("answered");
});

test("an engine that does not answer in time is given up with GatewayTimeout, and not asked again", async () => {
  let asked = 0;
  const { client } = await rig(() => (asked += 1));
  await expect(client.send({ method: "GET", path: "/views/", timeoutMsMax: 30 })).rejects.toMatchObject({ code: "GatewayTimeout" });
  expect(asked).toBe(1);
});

test("an answer that stops half way is given up in time", async () => {
  const { client } = await rig((_request, response) => void response.writeHead(200, { "content-type": "application/json" }).write("["));
  await expect(client.send({ method: "GET", path: "/views/", timeoutMsMax: 50 })).rejects.toMatchObject({ code: "GatewayTimeout" });
});

test("an answer over the limit is refused with what to do", async () => {
  const { client } = await rig((_request, response) => json(response, 200, "x".repeat(2000)), { answerBytesMax: 1000 });
  await expect(client.send({ method: "GET", path: "/views/" })).rejects.toMatchObject({ code: "OperationFailed", message: expect.stringContaining("1000 bytes") });
});

test("one request more than the limit is refused at once", async () => {
  const held: http.ServerResponse[] = [];
  const { client } = await rig((_request, response) => held.push(response), { requestsMax: 2 });
  const waiting = [1, 2].map(() => client.send({ method: "GET", path: "/views/" }));
  await expect(client.send({ method: "GET", path: "/views/" })).rejects.toThrow("which is the limit");
  await expect.poll(() => held.length).toBe(2);
  for (const response of held) json(response, 200, {});
  await Promise.all(waiting);
});

test("a streamed body is sent as it comes with its own framing headers replaced by ours, and the answer is streamed", async () => {
  const { client } = await rig((request, response) => {
    response.writeHead(201, { "x-length": request.headers["content-length"] ?? "none", "x-coding": request.headers["transfer-encoding"] ?? "none" });
    request.pipe(response);
  });
  const answer = await client.stream({ method: "PUT", target: "/other?x=1", headers: ["Transfer-Encoding", "gzip", "Content-Type", "text/plain"], body: Readable.from(["abc", "def"]), isRepeatable: false });
  expect([answer.status, answer.headers["x-length"], answer.headers["x-coding"]]).toEqual([201, "none", "chunked"]);
  expect(await text(answer.body)).toBe("abcdef");
});

test("a streamed body whose sign-in was refused renews it and says to send again", async () => {
  const { client } = await rig((request, response) => {
    request.resume();
    json(response, request.headers.authorization === "Bearer new" ? 200 : 401, {});
  });
  const put = (): Promise<{ status: number }> => client.stream({ method: "PUT", target: "/x", headers: [], body: Readable.from(["abc"]), isRepeatable: false });
  await expect(put()).rejects.toThrow("send the request again");
  expect((await put()).status).toBe(200);
});

test("an endpoint is told of each request, also of those that wait for a new sign-in, and its headers stand in place of the caller's", async () => {
  const server = http.createServer((request, response) => json(response, request.headers.authorization === "new" ? 200 : 401, { accept: request.headers.accept }));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // listens on TCP
  let isNew = false;
  const client = createNativeClient({
    endpoint: {
      origin: `http://127.0.0.1:${port}`,
      basePath: "/base",
      caPem: null,
      headers: (isRefused, target) => {
        isNew ||= isRefused;
        return Promise.resolve({ authorization: isNew ? "new" : "old", Accept: `version of ${target?.method ?? ""} ${target?.path ?? ""}` });
      },
    },
  });
  closers.push(async () => {
    await client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const paths = ["/a", "/b/", "/c"];
  const answers = await Promise.all(paths.map((path) => client.send({ method: "GET", path, query: [["x", "1"]], headers: { accept: "text/html" } })));
  expect(answers.map(({ body }) => body)).toEqual(paths.map((path) => ({ accept: `version of GET ${path}` })));
});
