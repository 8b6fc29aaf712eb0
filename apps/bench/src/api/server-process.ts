// The two servers as child processes: what they are told, how they say that they are ready, and how they end.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { CONTROL_PLANE_NODE_FLAGS } from "@cynosure/machine";

/** Both servers have as many as a control plane. */
export const CONNECTIONS_MAX = 16;
const READY_TIMEOUT_MS_MAX = 60_000;
const STOP_TIMEOUT_MS_MAX = 10_000;

export interface ServerArguments {
  readonly databaseUrl: string;
  readonly port: number;
  readonly keyFile: string;
  readonly certificateFile: string;
  /** Lower-cased id of the resource group that all clusters are in. */
  readonly parentKey: string;
  /** The product only: everybody may do everything, so that what roles cost can be told. */
  readonly withoutRoles?: boolean;
}

export interface Announcement {
  /** Bearer token, empty where none is asked for. */
  readonly token: string;
}

export const announceReady = (announcement: Announcement): void => void process.send?.(announcement);

export interface RunningServer extends Announcement {
  readonly baseUrl: string;
  close(): Promise<void>;
}

export async function startServer(file: "baseline-server.ts" | "product-server.ts", given: ServerArguments): Promise<RunningServer> {
  // Run as `cynosure up` runs a control plane.
  const child = spawn(process.execPath, [...CONTROL_PLANE_NODE_FLAGS, join(import.meta.dirname, file), JSON.stringify(given)], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const announced = await Promise.race([once(child, "message"), ended(child), timeout()]);
  const { token } = announced[0] as Announcement; // sent by announceReady
  return {
    token,
    baseUrl: `https://127.0.0.1:${given.port}`,
    close: async () => {
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS_MAX);
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      clearTimeout(late);
    },
  };
}

async function ended(child: ChildProcess): Promise<never> {
  const [code] = (await once(child, "exit")) as [number | null]; // the event's own arguments
  throw new Error(`the server ended with code ${code} before it was ready; its output is above`);
}

function timeout(): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(`the server was not ready within ${READY_TIMEOUT_MS_MAX} ms`)), READY_TIMEOUT_MS_MAX).unref();
  });
}
