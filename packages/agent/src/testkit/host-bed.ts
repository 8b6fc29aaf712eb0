// A host for tests of the agent: a state directory, a real gateway on a store in memory, and agent
// processes that can be killed, frozen and started again. No namespaces: processes are told apart by the
// marker in their environment, exactly as in production.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clusterKey, hostId } from "@cynosure/model";
import type { Clock, DaemonSpec, HostPlan, HostReport } from "@cynosure/model";
import { createAgentGateway } from "@cynosure/agent-gateway";
import type { AgentGateway } from "@cynosure/agent-gateway";
import { createMemoryGatewayStore } from "@cynosure/agent-gateway/testkit";
import type { MemoryGatewayStore } from "@cynosure/agent-gateway/testkit";
import { agentSupervisorScript } from "../command.ts";

export const testCluster = clusterKey("/subscriptions/s/resourcegroups/rg/providers/cynosure.storage/clusters/demo");
export const testHost = hostId("host-1");
const clock: Clock = { now: () => Date.now(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) };

export interface HostBed {
  readonly dir: string;
  readonly stateDir: string;
  readonly store: MemoryGatewayStore;
  readonly gateway: () => AgentGateway;
  /** Path inside the state directory. */
  path(name: string): string;
  boot(): Promise<void>;
  startAgent(options?: { readonly killAt?: number; readonly fullWhile?: string; readonly main?: boolean }): ChildProcess;
  /** The script a substrate runs as the first process of a host. */
  startSupervisor(): ChildProcess;
  restartGateway(): Promise<void>;
  publish(change: Partial<HostPlan> & { readonly generation: number }, epoch?: number): Promise<void>;
  converged(generation: number): Promise<HostReport>;
  /** Living processes of a daemon of this bed, by the marker in their environment. */
  pidsOf(daemonId: string): readonly number[];
  agentLog(): string;
  close(): Promise<void>;
}

export async function openHostBed(): Promise<HostBed> {
  const dir = mkdtempSync(join(tmpdir(), "cyn-agent-"));
  const stateDir = join(dir, "state");
  mkdirSync(stateDir);
  const installation = dir.slice(-6);
  const store = createMemoryGatewayStore();
  const agents: ChildProcess[] = [];
  let log = "";
  const open = async (): Promise<AgentGateway> => {
    const made = createAgentGateway({ store, pkiDir: join(dir, "pki"), socketPath: join(dir, "gw", "gateway.sock"), clock, logger: { info: () => undefined, warn: () => undefined } });
    await made.listen();
    return made;
  };
  let gateway = await open();
  const pidsOf = (daemonId: string): readonly number[] => livingWith(installation, daemonId === "*" ? "CYNOSURE_DAEMON=" : `CYNOSURE_DAEMON=${daemonId}\0`);
  return {
    dir, stateDir, store, pidsOf,
    gateway: () => gateway,
    path: (name) => join(stateDir, name),
    boot: async () => {
      const boot = { clusterKey: testCluster, hostId: testHost, joinToken: await gateway.issueJoinToken(testCluster, testHost), caPem: gateway.authority.caPem, gatewayUrl: gateway.gatewayUrl };
      writeFileSync(join(stateDir, "boot.json"), JSON.stringify(boot), { mode: 0o600 });
    },
    startSupervisor: () => {
      const child = spawn("/bin/sh", ["-c", agentSupervisorScript(process.execPath, join(import.meta.dirname, "../../../.."), stateDir)], { stdio: "ignore", env: { PATH: process.env["PATH"] ?? "", CYNOSURE_INSTALLATION: installation } });
      agents.push(child);
      return child;
    },
    startAgent: ({ killAt = 0, fullWhile, main = false } = {}) => {
      const entry = join(import.meta.dirname, main ? "../main.ts" : "agent-process.ts");
      const child = spawn(process.execPath, [entry, "--state-dir", stateDir, ...(killAt > 0 ? ["--kill-at", String(killAt)] : []), ...(fullWhile === undefined ? [] : ["--full-while", fullWhile])], {
        stdio: ["ignore", "pipe", "pipe"], env: { PATH: process.env["PATH"] ?? "", CYNOSURE_INSTALLATION: installation, NODE_COMPILE_CACHE: join(tmpdir(), "cyn-agent-compile-cache") },
      });
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (part: Buffer) => { log += part.toString(); });
      agents.push(child);
      return child;
    },
    restartGateway: async () => {
      await gateway.close();
      gateway = await open();
    },
    publish: (change, epoch = 1) => store.hosts.publish({ clusterKey: testCluster, hostId: testHost, stage: 1, image: { name: "test" }, files: [], disks: [], daemons: [], ...change }, epoch),
    converged: (generation) => store.waitForReport(testCluster, testHost, (report) => report.observedGeneration === generation && report.state === "converged"),
    agentLog: () => log,
    close: async () => {
      for (const agent of agents) agent.kill("SIGKILL");
      for (const pid of [...livingWith(installation, "NODE_COMPILE_CACHE="), ...pidsOf("*"), ...livingWith(installation, "CYNOSURE_PREPARE=")]) tryKill(pid);
      await gateway.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    return; // ended meanwhile
  }
}

export function livingWith(installation: string, marker: string): readonly number[] {
  return readdirSync("/proc").map(Number).filter((pid) => {
    try {
      const environ = readFileSync(`/proc/${String(pid)}/environ`, "latin1");
      if (!environ.includes(`CYNOSURE_INSTALLATION=${installation}\0`) || !environ.includes(marker)) return false;
      return !/\) [ZX] /.test(readFileSync(`/proc/${String(pid)}/stat`, "latin1"));
    } catch {
      return false;
    }
  });
}

/** Resolves once the condition holds; looks again every 20 ms. */
export async function until(condition: () => boolean, what: string, timeoutMsMax = 30_000): Promise<void> {
  for (const endMs = Date.now() + timeoutMsMax; !condition(); ) {
    if (Date.now() > endMs) throw new Error(`${what} did not come true in ${String(timeoutMsMax)} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export const ended = (child: ChildProcess): Promise<void> => (child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : new Promise((resolve) => child.once("exit", () => { resolve(); })));

/** A daemon that sleeps for ever. */
export const sleeper = (id: string, change: Partial<DaemonSpec> = {}): DaemonSpec => ({
  id, kind: "test", prepareStage: 1, stage: 1, prepare: [], argv: ["/bin/sleep", "1000000"], env: {}, reads: [], stopSignal: "SIGTERM", stopTimeoutMsMax: 5000, ...change,
});
