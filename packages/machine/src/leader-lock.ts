// Which of several processes of this machine leads: a socket in Linux's abstract namespace that one can have.
// Those who wait hold a connection to the one who leads, so they know the moment it ends, however it does;
// no file can go stale, and a database that is away for a while unseats nobody.
import { createHash } from "node:crypto";
import { connect, createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isErrno } from "./process.ts";

export interface Leadership {
  /** Lets the next one lead. */
  release(): Promise<void>;
}

/** Between two tries when a leader is there but cannot be connected to. */
const AGAIN_MS = 50;

const nameOf = (path: string): string => `\0cynosure-leader-${createHash("sha256").update(resolve(path)).digest("hex").slice(0, 40)}`;

/** Leads on `path` at once, or null when somebody else does. */
export async function tryToLead(path: string): Promise<Leadership | null> {
  const waiting = new Set<Socket>();
  const server = await listen(nameOf(path), (socket) => {
    waiting.add(socket.unref());
    socket.on("error", () => {});
    socket.on("close", () => waiting.delete(socket));
    socket.resume();
  });
  if (server === null) return null;
  return {
    release: () => new Promise((done) => {
      server.close(() => done());
      for (const socket of waiting) socket.destroy();
    }),
  };
}

/** Waits until nobody else leads on `path`, then leads. Rejects with the signal's reason when it aborts. */
export async function waitToLead(path: string, signal: AbortSignal): Promise<Leadership> {
  for (;;) {
    signal.throwIfAborted();
    const leadership = await tryToLead(path);
    if (leadership !== null) return leadership;
    await untilLeaderEnds(nameOf(path), signal);
  }
}

async function untilLeaderEnds(name: string, signal: AbortSignal): Promise<void> {
  const wasConnected = await new Promise<boolean>((done) => {
    let isConnected = false;
    const socket = connect(name, () => (isConnected = true));
    const stop = (): void => void socket.destroy();
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    socket.on("error", () => {});
    socket.on("close", () => {
      signal.removeEventListener("abort", stop);
      done(isConnected);
    });
    socket.resume();
  });
  if (!wasConnected) await sleep(AGAIN_MS);
}

function listen(name: string, onConnection: (socket: Socket) => void): Promise<Server | null> {
  return new Promise((done, reject) => {
    const server = createServer(onConnection);
    server.once("error", (error) => (isErrno(error, "EADDRINUSE") ? done(null) : reject(error)));
    server.listen(name, () => done(server.unref()));
  });
}
