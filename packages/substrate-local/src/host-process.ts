// Starting, finding, adopting and killing the processes of one host. The first process of the host's PID
// namespace stands for all of them: when it is killed the kernel ends the others with it.
import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { findProcessesByEnvironment, identifyProcess, isProcessAlive, listProcesses, readInnermostPid, signalProcess, spawnDetached, waitUntilProcessGone } from "@cynosure/machine";
import type { ProcessIdentity } from "@cynosure/machine";
import type { InstallationId } from "@cynosure/model";
import type { ClusterNames, HostNames } from "./names.ts";
import type { HostRecord } from "./records.ts";
import type { HostRunner } from "./rung.ts";
import { HOST_VARIABLE, sandboxArgv } from "./sandbox.ts";

const START_TIMEOUT_MS_MAX = 15_000;
const KILL_TIMEOUT_MS_MAX = 15_000;
const INFO_FD = 3;

/** The host's first process if it lives: as recorded, else as /proc shows it, for a record may be lost in a crash. */
function findHostInit(host: HostNames, record: HostRecord | null): ProcessIdentity | null {
  const recorded = record?.init ?? null;
  if (recorded !== null && isProcessAlive(recorded)) return recorded;
  for (const found of findProcessesByEnvironment(HOST_VARIABLE, host.mark)) {
    if (readInnermostPid(found.pid) === 1) return identifyProcess(found.pid);
  }
  return null;
}

/** Hosts in sandboxes; `enterHost` is the prefix that goes into the host's network. */
export const makeSandboxRunner = (enterHost: (cluster: ClusterNames, host: HostNames) => readonly string[]): HostRunner => ({
  find: findHostInit,
  kill: killHostProcesses,
  shutDown: shutDownHostProcesses,
  start: ({ installation, cluster, host, ...rest }) =>
    startHostProcess(installation.id, host, enterHost(cluster, host), (infoFd) =>
      sandboxArgv({ ...rest, infoFd, installationId: installation.id, hostId: host.hostId, mark: host.mark, stateDir: host.stateDir, hostsFile: host.hostsFile, homeDir: installation.homeDir, gatewaySocketDir: installation.gatewaySocketDir }),
    ),
});

/** Starts the host in a session of its own and answers its first process. */
async function startHostProcess(installationId: InstallationId, host: HostNames, enter: readonly string[], sandbox: (infoFd: number) => readonly string[]): Promise<ProcessIdentity> {
  rmSync(host.infoFile, { force: true });
  const info = openSync(host.infoFile, "w", 0o600);
  let outer: ProcessIdentity;
  try {
    const [command = "bwrap", ...rest] = [...enter, ...sandbox(INFO_FD)];
    outer = await spawnDetached({ argv: [command, ...rest], installationId, env: { [HOST_VARIABLE]: host.mark }, logFile: host.logFile, passFds: [info] });
  } finally {
    closeSync(info);
  }
  const deadline = performance.now() + START_TIMEOUT_MS_MAX;
  for (;;) {
    const pid = /"child-pid":\s*(\d+)/.exec(readFileSync(host.infoFile, "utf8"))?.[1];
    const init = pid === undefined ? null : identifyProcess(Number(pid));
    if (init !== null && hasCommand(init.pid)) return init;
    if (!isProcessAlive(outer)) throw new Error(`${host.hostId} did not start: ${readFileSync(host.logFile, "utf8").trim().split("\n").slice(-3).join("; ")}`);
    if (performance.now() >= deadline) throw new Error(`${host.hostId} did not start within ${START_TIMEOUT_MS_MAX} ms; see ${host.logFile}`);
    await sleep(5);
  }
}

/** bubblewrap has finished its mounts once its first process has a child: the supervisor. */
const hasCommand = (initPid: number): boolean => listProcesses().some((stat) => stat.ppid === initPid);

/** As a power cut: ends every process of the host at once, also ones without a record. */
async function killHostProcesses(host: HostNames, record: HostRecord | null): Promise<void> {
  const init = findHostInit(host, record);
  if (init !== null) {
    signalProcess(init, "SIGKILL");
    if (!(await waitUntilProcessGone(init, KILL_TIMEOUT_MS_MAX))) throw new Error(`${host.hostId} does not end: process ${init.pid} waits inside the kernel; see /proc/${init.pid}/stack`);
  }
  // A start that was itself killed half-way leaves processes that never became a host.
  for (const found of findProcessesByEnvironment(HOST_VARIABLE, host.mark)) {
    const identity = identifyProcess(found.pid);
    if (identity === null) continue;
    signalProcess(identity, "SIGKILL");
    await waitUntilProcessGone(identity, KILL_TIMEOUT_MS_MAX);
  }
}

/**
 * In order: asks the supervisor (SIGTERM), which has the agent stop the daemons and then ends, and the host with
 * it. What has not ended after `graceMsMax` is cut off.
 */
async function shutDownHostProcesses(host: HostNames, record: HostRecord | null, graceMsMax: number): Promise<void> {
  const init = findHostInit(host, record);
  const supervisor = init === null ? undefined : listProcesses().find((stat) => stat.ppid === init.pid && stat.comm === "sh");
  const identity = supervisor === undefined ? null : identifyProcess(supervisor.pid);
  if (init !== null && identity !== null && signalProcess(identity, "SIGTERM")) await waitUntilProcessGone(init, graceMsMax);
  await killHostProcesses(host, record);
}
