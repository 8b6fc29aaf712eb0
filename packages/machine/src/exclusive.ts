// Mutual exclusion between processes of one machine. The lock is a socket in Linux's abstract namespace
// named after the path it guards: taken atomically, given back by the kernel when its holder dies, and
// leaving no file that could go stale.
import { createHash } from "node:crypto";
import { createServer } from "node:net";
import type { Server } from "node:net";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isErrno } from "./process.ts";

export interface ExclusiveOptions {
  readonly timeoutMsMax: number;
  readonly signal?: AbortSignal;
  /** Called once when another holder makes us wait. */
  readonly onWait?: () => void;
}

/** Runs `body` while no other process (and nobody else in this one) holds the lock of `path`. */
export async function withExclusive<T>(path: string, options: ExclusiveOptions, body: () => Promise<T>): Promise<T> {
  const name = `\0cynosure-${createHash("sha256").update(resolve(path)).digest("hex").slice(0, 40)}`;
  const deadline = performance.now() + options.timeoutMsMax;
  let waited = false;
  let holder: Server | null;
  for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 2, 200)) {
    holder = await tryListen(name);
    if (holder !== null) break;
    if (!waited) options.onWait?.();
    waited = true;
    if (performance.now() >= deadline) throw new Error(`another process has been working on ${path} for ${options.timeoutMsMax} ms; wait for it or end it (cynosure doctor lists ours)`);
    await sleep(pauseMs, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
  try {
    return await body();
  } finally {
    holder.close();
  }
}

function tryListen(name: string): Promise<Server | null> {
  return new Promise((done, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", (error) => (isErrno(error, "EADDRINUSE") ? done(null) : reject(error)));
    server.listen(name, () => done(server.unref()));
  });
}
