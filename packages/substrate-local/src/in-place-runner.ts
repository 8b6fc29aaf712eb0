// The processes of a host that runs in place: no namespace holds them together, only their mark. A shell, the
// supervisor, stands for the host; it runs the agent, and the agent the daemons, each told where its files are.
// All that carry the mark, and their descendants, are the host: they are found and ended by it.
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findProcessTrees, findProcessesByEnvironment, identifyProcess, isProcessAlive, listProcesses, signalProcess, spawnDetached, waitUntilProcessGone, writeInPlacePrograms } from "@cynosure/machine";
import type { ProcessIdentity } from "@cynosure/machine";
import { HOST_PLACE_VARIABLE, HOST_STATE_DIR, placeProblem, placeText } from "@cynosure/model";
import type { HostPlace } from "@cynosure/model";
import type { ClusterNames, HostNames } from "./names.ts";
import type { HostRunner, HostStart } from "./rung.ts";
import { DEFAULT_AGENT_ARGV, HOST_VARIABLE, NODE_INSIDE, PROJECT_DIR_INSIDE, defaultSupervisorScript, supervisorTitle } from "./sandbox.ts";

const START_TIMEOUT_MS_MAX = 15_000;
const KILL_TIMEOUT_MS_MAX = 15_000;
const MACHINE_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export function makeInPlaceRunner(runDirOf: (cluster: ClusterNames, host: HostNames) => string): HostRunner {
  return {
    find: (host, record) => {
      const recorded = record?.init ?? null;
      if (recorded !== null && isProcessAlive(recorded)) return recorded;
      const marked = findProcessesByEnvironment(HOST_VARIABLE, host.mark);
      const pids = new Set(marked.map((found) => found.pid));
      // A shell between fork and exec looks like its parent; the parent is the supervisor.
      const supervisor = marked.find((found) => !pids.has(found.ppid) && found.commandLine.includes(` ${titleOf(host)} `));
      return supervisor === undefined ? null : identifyProcess(supervisor.pid);
    },
    start: (input) => start(input, runDirOf(input.cluster, input.host)),
    kill: (host) => killAll(host),
    async shutDown(host, record, graceMsMax) {
      const supervisor = this.find(host, record);
      if (supervisor !== null && signalProcess(supervisor, "SIGTERM")) await waitUntilProcessGone(supervisor, graceMsMax);
      await killAll(host);
    },
  };
}

const titleOf = (host: HostNames): string => supervisorTitle(host.mark.split("/")[0] ?? "", host.hostId);

async function start(input: HostStart, runDir: string): Promise<ProcessIdentity> {
  const { installation, cluster, host, imageDir, projectDir, nodeBinary } = input;
  const place: HostPlace = { stateDir: host.stateDir, runDir, gatewayDir: installation.gatewaySocketDir, imageDir, programsDir: join(cluster.dir, ".programs", host.hostId), address: host.address };
  for (const dir of [place.stateDir, place.runDir, place.gatewayDir, place.imageDir, place.programsDir]) {
    const problem = placeProblem(dir);
    if (problem !== null) throw new Error(problem);
  }
  refuseTakenAddress(host);
  // What a host finds in /run after a boot: nothing.
  rmSync(runDir, { recursive: true, force: true });
  mkdirSync(runDir, { recursive: true, mode: 0o700 });
  writeInPlacePrograms(place.programsDir, { imageDir, nodeBinary, hostName: host.hostId });
  const outside = (text: string): string => (text === NODE_INSIDE ? nodeBinary : text.startsWith(`${PROJECT_DIR_INSIDE}/`) ? join(projectDir, text.slice(PROJECT_DIR_INSIDE.length)) : placeText(place, text));
  const agentArgv = input.agentArgv === DEFAULT_AGENT_ARGV ? [...DEFAULT_AGENT_ARGV, "--state-dir", HOST_STATE_DIR] : input.agentArgv;
  // No mount hides what daemons write from other users of the machine: nobody else may read it.
  const script = `umask 077\n${placeText(place, input.supervisorScript ?? defaultSupervisorScript)}`;
  const supervisor = await spawnDetached({
    argv: ["sh", "-c", script, titleOf(host), ...agentArgv.map(outside)],
    installationId: installation.id,
    env: { PATH: `${place.programsDir}:${MACHINE_PATH}`, HOME: runDir, TMPDIR: runDir, LC_ALL: "C.UTF-8", [HOST_VARIABLE]: host.mark, [HOST_PLACE_VARIABLE]: JSON.stringify(place) },
    logFile: host.logFile,
  });
  const deadline = performance.now() + START_TIMEOUT_MS_MAX;
  while (!hasChild(supervisor.pid)) {
    if (!isProcessAlive(supervisor)) throw new Error(`${host.hostId} did not start: ${readFileSync(host.logFile, "utf8").trim().split("\n").slice(-3).join("; ")}`);
    if (performance.now() >= deadline) throw new Error(`${host.hostId} did not start within ${START_TIMEOUT_MS_MAX} ms; see ${host.logFile}`);
    await sleep(5);
  }
  return supervisor;
}

const hasChild = (pid: number): boolean => listProcesses().some((stat) => stat.ppid === pid);

/** A look for new ones follows each round: what forked meanwhile carries the mark too. */
async function killAll(host: HostNames): Promise<void> {
  const deadline = performance.now() + KILL_TIMEOUT_MS_MAX;
  for (;;) {
    const living = findProcessTrees(HOST_VARIABLE, host.mark).flatMap((found) => (found.pid === process.pid ? [] : (identifyProcess(found.pid) ?? [])));
    if (living.length === 0) return;
    for (const process of living) signalProcess(process, "SIGKILL");
    for (const process of living) await waitUntilProcessGone(process, Math.max(1, deadline - performance.now()));
    if (performance.now() >= deadline) throw new Error(`${host.hostId} does not end: process ${String(living[0]?.pid)} waits inside the kernel; see /proc/${String(living[0]?.pid)}/stack`);
  }
}

/** Addresses are drawn from a hash: another program, or another installation by chance, may be there already. */
function refuseTakenAddress(host: HostNames): void {
  const own = host.address.split(".").map((part) => Number(part).toString(16).padStart(2, "0").toUpperCase()).toReversed().join("");
  const isOwn = (local: string | undefined): boolean => local !== undefined && new RegExp(`^(0{16}FFFF0000)?${own}:`).test(local);
  const tables = ["/proc/net/tcp", "/proc/net/tcp6"].filter((file) => existsSync(file)).map((file) => readFileSync(file, "utf8"));
  const taken = tables.join("\n").split("\n").map((line) => line.trim().split(/\s+/)).find(([, local, , state]) => state === "0A" && isOwn(local))?.[1];
  if (taken !== undefined) throw new Error(`${host.address} of ${host.hostId} is used by another program (port ${Number.parseInt(taken.split(":")[1] ?? "", 16)}; ss -ltnp shows it): end it, or make the cluster under another name`);
}
