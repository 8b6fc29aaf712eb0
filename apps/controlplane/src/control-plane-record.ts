// `.cynosure/control-plane.json`: where the control plane listens and which process it is. Clients find it
// there; the port stays in it over restarts so that commands printed once go on working.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import type { ControlPlaneRecord } from "@cynosure/machine";

export function writeRecord(path: string, record: ControlPlaneRecord): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o644 });
  renameSync(`${path}.new`, path);
}

/** The port of the last run; null when there was none. */
export function readRecordedPort(path: string): number | null {
  if (!existsSync(path)) return null;
  const value: unknown = JSON.parse(readFileSync(path, "utf8"));
  return typeof value === "object" && value !== null && "port" in value && typeof value.port === "number" ? value.port : null;
}

/** The wished port; a free one when there is no wish, or when someone else has taken it meanwhile. */
export async function choosePort(wished: number | null): Promise<{ port: number; isMoved: boolean }> {
  if (wished !== null && wished !== 0 && (await tryPort(wished)) !== null) return { port: wished, isMoved: false };
  const port = await tryPort(0);
  if (port === null) throw new Error("no free TCP port on 127.0.0.1");
  return { port, isMoved: wished !== null && wished !== 0 };
}

function tryPort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(null));
    server.listen(port, "127.0.0.1", () => {
      // A listening TCP server has an AddressInfo.
      const chosen = (server.address() as AddressInfo).port;
      server.close(() => resolve(chosen));
    });
  });
}
