import { connect, createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { readFileSync, readdirSync } from "node:fs";
import { createHash, randomBytes } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { installationId } from "@cynosure/model";
import { PortTakenError, createRelay, findFreePort } from "./relay.ts";
import type { Relay } from "./relay.ts";

const id = installationId("7e57aa02");
const cleanups: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function makeRelay(): Relay {
  const relay = createRelay({ enter: [], nodeBinary: process.execPath, installationId: id });
  cleanups.push(() => relay.close());
  return relay;
}

/** Sends back the SHA-256 of all it was sent, once its client has said all. */
async function startDigestServer(): Promise<number> {
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    const hash = createHash("sha256");
    socket.on("data", (chunk) => hash.update(chunk));
    socket.on("end", () => socket.end(hash.digest("hex")));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  cleanups.push(() => server.close());
  // `as`: a listening TCP server has an address object.
  return (server.address() as AddressInfo).port;
}

/** Answers every connection with `text`; null: never answers. */
async function startServer(text: string | null, port = 0): Promise<{ port: number; connections(): number; close(): Promise<void> }> {
  let connections = 0;
  const server: Server = createServer((socket) => {
    connections += 1;
    socket.on("error", () => {});
    if (text !== null) socket.resume().end(text);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", () => resolve()));
  // `as`: a listening TCP server has an address object.
  return { port: (server.address() as AddressInfo).port, connections: () => connections, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** A program of which one of several serves: each request is answered by what is so then. */
async function startHttpServer(answer: () => { readonly status: string; readonly text: string }): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      const { status, text } = answer();
      socket.end(`HTTP/1.1 ${status}\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`);
    });
  });
  cleanups.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  return (server.address() as AddressInfo).port; // a listening TCP server has an address object
}

function ask(port: number, payload: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    let answer = "";
    socket.on("data", (chunk) => (answer += chunk.toString()));
    socket.on("end", () => resolve(answer));
    socket.on("error", reject);
    socket.end(payload);
  });
}

function relayPids(): number[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("relay-child.js") && readFileSync(`/proc/${pid}/environ`, "utf8").includes(id);
    } catch {
      return false;
    }
  });
}

/** As a client that lost its relay does: again and again until somebody listens; the connection stays open. */
async function connectAtLast(port: number): Promise<ReturnType<typeof connect>> {
  for (;;) {
    const socket = connect({ port, host: "127.0.0.1" });
    const isConnected = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
    if (isConnected) return socket;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("relay", () => {
  it("is open although a client came while it was being opened and stays", async () => {
    const target = await startDigestServer();
    const listenPort = await findFreePort(Array.from({ length: 50 }, (_, index) => 31_000 + index));
    const relay = makeRelay();
    const connecting = connectAtLast(listenPort);
    const opening = relay.setRoutes([{ name: "a", listenPort, targetAddress: "127.0.0.1", targetPort: target }]);
    const client = await connecting;
    cleanups.push(() => client.destroy());
    expect((await opening).get("a")).toBe(listenPort);
    expect(client.destroyed).toBe(false);
    const answer = new Promise<string>((resolve) => client.once("data", (chunk) => resolve(chunk.toString())));
    client.end("early");
    expect(await answer).toBe(createHash("sha256").update("early").digest("hex"));
  });

  it("carries bytes both ways and a half-closed connection to its end", async () => {
    const targetPort = await startDigestServer();
    const relay = makeRelay();
    const ports = await relay.setRoutes([{ name: "digest", listenPort: 0, targetAddress: "127.0.0.1", targetPort }]);
    const payload = randomBytes(3_000_000);
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask(ports.get("digest") ?? 0, payload)));
    expect(new Set(answers)).toEqual(new Set([createHash("sha256").update(payload).digest("hex")]));
  });

  it("keeps its ports when routes change, and closes a withdrawn one", async () => {
    const targetPort = await startDigestServer();
    const relay = makeRelay();
    const route = (name: string, listenPort: number) => ({ name, listenPort, targetAddress: "127.0.0.1", targetPort });
    const first = await relay.setRoutes([route("a", 0), route("b", 0)]);
    const [a = 0, b = 0] = [first.get("a"), first.get("b")];
    const second = await relay.setRoutes([route("a", a)]);
    expect(second.get("a")).toBe(a);
    await expect(ask(b, Buffer.from("x"))).rejects.toThrow(/ECONNREFUSED/);
    expect(await ask(a, Buffer.from("x"))).toHaveLength(64);
  });

  it("comes back on the same port after its child was killed", async () => {
    const targetPort = await startDigestServer();
    const relay = makeRelay();
    const port = (await relay.setRoutes([{ name: "a", listenPort: 0, targetAddress: "127.0.0.1", targetPort }])).get("a") ?? 0;
    for (const pid of relayPids()) process.kill(pid, "SIGKILL");
    await vi.waitFor(async () => expect(await ask(port, Buffer.from("x"))).toHaveLength(64), { timeout: 20_000 });
  });

  it("carries a connection to the next target when the first does not take it, and back to the first when it does", async () => {
    const [second, freed] = [await startDigestServer(), await startServer("gone")];
    await freed.close();
    const relay = makeRelay();
    const target = (targetPort: number) => ({ targetAddress: "127.0.0.1", targetPort });
    const ports = await relay.setRoutes([{ name: "a", listenPort: 0, ...target(freed.port), fallbacks: [{ address: "127.0.0.1", port: second }] }]);
    expect(await ask(ports.get("a") ?? 0, Buffer.from("x"))).toHaveLength(64);
    const back = await startServer("the first", freed.port);
    await vi.waitFor(async () => expect(await ask(ports.get("a") ?? 0, Buffer.from("x"))).toBe("the first"), { timeout: 20_000 });
    await back.close();
  });

  it("gives connections to the target that says it serves, follows it when another does, and to none when none does", async () => {
    const relay = makeRelay();
    const served = ["200 OK", "503 Service Unavailable"];
    const targets = await Promise.all([0, 1].map((index) => startHttpServer(() => ({ status: served[index] ?? "", text: `target ${index}` }))));
    const [first = 0, second = 0] = targets;
    const port = (await relay.setRoutes([{ name: "a", listenPort: 0, targetAddress: "127.0.0.1", targetPort: first, fallbacks: [{ address: "127.0.0.1", port: second }], servesAt: "/" }])).get("a") ?? 0;
    const asked = async (): Promise<string> => (await ask(port, Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))).split("\r\n\r\n")[1] ?? "";
    expect(await asked()).toBe("target 0");
    served.reverse();
    await vi.waitFor(async () => expect(await asked()).toBe("target 1"), { timeout: 20_000 });
    served.fill("303 See Other");
    await vi.waitFor(async () => expect(await asked().catch(() => "")).toBe(""), { timeout: 20_000 });
  });

  it("breaks off a connection whose target neither answers nor takes another one", async () => {
    const mute = await startServer(null);
    const relay = makeRelay();
    const ports = await relay.setRoutes([{ name: "a", listenPort: 0, targetAddress: "127.0.0.1", targetPort: mute.port }]);
    const asked = ask(ports.get("a") ?? 0, Buffer.from("x"));
    await vi.waitFor(() => expect(mute.connections()).toBe(1), { timeout: 20_000 });
    // Stops listening; what is connected stays connected, as with a host whose link was cut.
    void mute.close();
    await expect(asked.then((answer) => (answer === "" ? "broken off" : answer), () => "broken off")).resolves.toBe("broken off");
  });

  it("names the port that another program holds", async () => {
    const taken = await startDigestServer();
    await expect(makeRelay().setRoutes([{ name: "a", listenPort: taken, targetAddress: "127.0.0.1", targetPort: 1 }])).rejects.toThrow(PortTakenError);
  });

  it("leaves no process when it is closed", async () => {
    const relay = makeRelay();
    await relay.setRoutes([{ name: "a", listenPort: 0, targetAddress: "127.0.0.1", targetPort: 1 }]);
    expect(relayPids()).toHaveLength(1);
    await relay.close();
    expect(relayPids()).toEqual([]);
  });
});
