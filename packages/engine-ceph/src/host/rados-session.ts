// The agent's side of the librados process: starts it when asked something, and lets it
// end when it is idle. A process that dies or hangs fails the question, never the agent.
import { fork, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ADMIN_KEYRING, CEPH_CONF } from "../layout/paths.ts";
import { hostPath, nodeForLibraries } from "./host-place.ts";
import { HostRequestError } from "./host-request-error.ts";
import type { CommandPayload } from "./payload.ts";

export interface CommandResult {
  readonly rc: number;
  readonly out: string;
  readonly status: string;
}

export interface ChildRequest {
  readonly id: number;
  readonly conf: string;
  readonly keyring: string;
  readonly commands: readonly CommandPayload[];
}

export type ChildResponse = { readonly id: number; readonly ok: true; readonly results: readonly CommandResult[] } | { readonly id: number; readonly ok: false; readonly message: string };

export interface RadosSession {
  /** Runs the commands in order up to the first that fails. */
  run(commands: readonly CommandPayload[], signal: AbortSignal): Promise<readonly CommandResult[]>;
}

const conf = hostPath(CEPH_CONF);
const keyring = hostPath(ADMIN_KEYRING);
const childFile = fileURLToPath(new URL("rados-child.ts", import.meta.url));

interface Waiting {
  readonly resolve: (response: ChildResponse) => void;
  readonly reject: (error: Error) => void;
}

export function createRadosSession(): RadosSession {
  const waiting = new Map<number, Waiting>();
  let child: ChildProcess | null = null;
  let nextId = 1;

  function ensureChild(): ChildProcess {
    if (child !== null) return child;
    // Its output is the library's noise; the agent's own flags are not for it.
    const started = fork(childFile, [], { stdio: ["ignore", "ignore", "ignore", "ipc"], execArgv: ["--max-old-space-size=64"], execPath: nodeForLibraries });
    child = started;
    const lost = (): void => {
      if (child === started) child = null;
      const error = new HostRequestError("CephUnreachable", "the librados process ended before it answered");
      for (const one of waiting.values()) one.reject(error);
      waiting.clear();
    };
    started.on("message", (message: ChildResponse) => {
      waiting.get(message.id)?.resolve(message);
      waiting.delete(message.id);
      // Does not keep the agent alive by itself.
      if (waiting.size === 0) started.unref();
    });
    started.on("error", lost);
    started.on("exit", lost);
    started.channel?.unref();
    return started;
  }

  async function run(commands: readonly CommandPayload[], signal: AbortSignal): Promise<readonly CommandResult[]> {
    for (const file of [conf, keyring]) if (!existsSync(file)) throw new HostRequestError("HostFileMissing", `${file} is not on this host; only monitors answer such requests, once their host plan has arrived`);
    const process = ensureChild();
    const id = nextId;
    nextId += 1;
    const response = await new Promise<ChildResponse>((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      // A question that was given up may have hung inside the library: the process goes with it.
      signal.addEventListener("abort", () => { if (waiting.delete(id)) { process.kill("SIGKILL"); reject(new HostRequestError("CephUnreachable", "the cluster did not answer in time")); } }, { once: true });
      process.send({ id, conf, keyring, commands } satisfies ChildRequest, (error) => { if (error !== null && waiting.delete(id)) reject(new HostRequestError("CephUnreachable", "the librados process ended", error)); });
    });
    if (!response.ok) throw new HostRequestError("CephUnreachable", `the monitors cannot be reached: ${response.message}`);
    return response.results;
  }

  return { run };
}
