// One agent per host, by the kernel: a listening socket in the abstract namespace ends with its process,
// so a killed agent leaves no lock behind. A child between fork and exec still holds it, which is why the
// next agent cannot look for daemons before the last one of its predecessor can be seen.
import { createServer } from "node:net";
import { sha256 } from "./plan-keys.ts";

/** Resolves once this process is the only agent of the state directory. */
export async function takeHostLock(stateDir: string, onWait: () => void): Promise<() => void> {
  const path = `\0cynosure-agent/${sha256(stateDir).slice(0, 32)}`;
  for (let attempt = 0; ; attempt += 1) {
    const server = createServer((socket) => socket.destroy());
    const isTaken = await new Promise<boolean>((resolve, reject) => {
      server.once("error", (error: Error & { code?: string }) => {
        if (error.code === "EADDRINUSE") resolve(false);
        else reject(error);
      });
      server.listen(path, () => {
        resolve(true);
      });
    });
    if (isTaken) return () => void server.close();
    if (attempt === 100) onWait();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
