// Emulated management servers, one per cluster of the VAST engine: a process of its own on loopback that outlives a killed
// control plane as hosts do, with its state below the data directory. It stands for software that runs on the cluster's hosts:
// it comes up with the first step, and goes with the cluster's network.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { EngineCall } from "@cynosure/engine";
import type { ManagementServer } from "@cynosure/engine-vast";
import { isProcessAlive, spawnDetached, stopProcess, withExclusive, type Installation, type ProcessIdentity } from "@cynosure/machine";
import { ControlPlaneError, type ClusterKey } from "@cynosure/model";
import { createNativeClient } from "@cynosure/native-client";

/** Long enough to be seen, short enough for somebody who waits. */
const TASK_MS = 800;
const START_MS_MAX = 30_000;
const STOP_MS_MAX = 5_000;
const POLL_MS = 20;
const CONTROL_MS_MAX = 5_000;

export interface EmulatedServers {
  /** Null where none was ever started; one that has ended is started again. `mayStart`: and one that never was, as well. */
  locate(call: EngineCall, mayStart: boolean): Promise<ManagementServer | null>;
  /** With its data: the cluster is gone. */
  remove(cluster: ClusterKey): Promise<void>;
  /** Ends all; their data stays. */
  stopAll(): Promise<void>;
}

interface Ready extends ManagementServer {
  readonly pid: number;
}

const readJson = (path: string): unknown => (existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as unknown) : null);

export function createEmulatedServers({ installation, projectDir }: { readonly installation: Installation; readonly projectDir: string }): EmulatedServers {
  const root = join(installation.homeDir, "emulated-vms");
  const dirOf = (cluster: ClusterKey): string => join(root, createHash("sha256").update(cluster).digest("hex").slice(0, 16));
  const processFile = (dir: string): string => join(dir, "process.json");
  const readyFile = (dir: string): string => join(dir, "ready.json");
  const exclusively = <T>(dir: string, work: () => Promise<T>): Promise<T> => withExclusive(dir, { timeoutMsMax: START_MS_MAX + STOP_MS_MAX }, work);
  /** Nodes that were last told to the server of this origin. */
  const told = new Map<string, string>();
  let isStopping = false;

  const livingProcess = (dir: string): ProcessIdentity | null => {
    const identity = readJson(processFile(dir)) as ProcessIdentity | null; // written below
    return identity !== null && isProcessAlive(identity) ? identity : null;
  };
  const readyServer = (dir: string): Ready | null => {
    const identity = livingProcess(dir);
    const ready = readJson(readyFile(dir)) as { origin: string; certificatePem: string | null; pid: number } | null; // written by the emulator
    return identity === null || ready?.pid !== identity.pid ? null : { origin: ready.origin, caPem: ready.certificatePem, pid: ready.pid };
  };

  const start = async (dir: string, cluster: ClusterKey): Promise<Ready> => {
    if (livingProcess(dir) === null) {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      const seed = String(createHash("sha256").update(cluster).digest().readUInt32BE());
      const argv = [process.execPath, "--disable-warning=ExperimentalWarning", join(projectDir, "apps", "vms-emulator", "src", "main.ts"), "vms", "--nodes", "0", "--seed", seed, "--task-ms", String(TASK_MS), "--data-file", join(dir, "state.json"), "--ready-file", readyFile(dir)] as const;
      const identity = await spawnDetached({ argv: [...argv], installationId: installation.id, logFile: join(installation.logsDir, "emulated-vms.log") });
      writeFileSync(processFile(dir), JSON.stringify(identity), { mode: 0o600 });
    }
    const deadline = performance.now() + START_MS_MAX;
    for (;;) {
      const ready = readyServer(dir);
      if (ready !== null) return ready;
      if (livingProcess(dir) === null || performance.now() > deadline) throw new ControlPlaneError("ServiceUnavailable", `The emulated management server of ${cluster} does not start; see ${join(installation.logsDir, "emulated-vms.log")}.`);
      await sleep(POLL_MS);
    }
  };

  /** Discovery is to find the hosts that there are. */
  const tellNodes = async ({ addresses, layout }: EngineCall, { origin, caPem }: Ready): Promise<void> => {
    const diskless = new Set(layout.steps.flatMap(({ action }) => (Array.isArray(action.params["nodes"]) ? action.params["nodes"] : [])).filter((node: { kind?: unknown }) => node.kind === "cnode").map((node: { hostId: string }) => node.hostId));
    const nodes = Object.entries(addresses).map(([hostId, ip]) => ({ ip, kind: diskless.has(hostId) ? "cnode" : "ebox" }));
    const text = JSON.stringify(nodes);
    if (nodes.length === 0 || told.get(origin) === text) return;
    const client = createNativeClient({ endpoint: { origin, caPem, basePath: "/__emulator", headers: () => Promise.resolve({}) } });
    try {
      const answer = await client.send({ method: "PUT", path: "/nodes", json: { nodes }, timeoutMsMax: CONTROL_MS_MAX });
      if (answer.status >= 300) throw new ControlPlaneError("ServiceUnavailable", `The emulated management server at ${origin} took no nodes: it answered ${answer.status}. See its log.`);
    } finally {
      await client.close();
    }
    told.set(origin, text);
  };

  return {
    async locate(call, mayStart) {
      const dir = dirOf(call.clusterKey);
      if (isStopping || (!existsSync(dir) && !mayStart)) return null;
      // Somebody may have removed it, or begun to end all, while this one waited.
      const server = readyServer(dir) ?? (await exclusively(dir, async () => readyServer(dir) ?? (!isStopping && (mayStart || existsSync(dir)) ? start(dir, call.clusterKey) : null)));
      if (server === null) return null;
      await tellNodes(call, server);
      return { origin: server.origin, caPem: server.caPem };
    },
    async remove(cluster) {
      const dir = dirOf(cluster);
      if (!existsSync(dir)) return;
      await exclusively(dir, async () => {
        await stopIn(dir);
        rmSync(dir, { recursive: true, force: true });
      });
    },
    async stopAll() {
      isStopping = true;
      const dirs = existsSync(root) ? readdirSync(root).map((name) => join(root, name)) : [];
      await Promise.all(dirs.map((dir) => exclusively(dir, () => stopIn(dir))));
    },
  };

  async function stopIn(dir: string): Promise<void> {
    const identity = livingProcess(dir);
    if (identity !== null) await stopProcess(identity, { signal: "SIGTERM", timeoutMsMax: STOP_MS_MAX });
  }
}
