// The control plane as a process of its own: started detached (Ctrl-C of the terminal does not reach it, a
// killed CLI does not take it along), or adopted when one already runs on the data directory. Everything
// else between CLI and control plane goes through the ARM API.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CONTROL_PLANE_NODE_FLAGS, INSTALLATION_VARIABLE, controlPlaneCodeEnvironment, fillControlPlaneCode, identifyProcess, isProcessAlive, signalProcess, waitUntilProcessGone } from "@cynosure/machine";
import type { ProcessIdentity } from "@cynosure/machine";
import type { InstallationId } from "@cynosure/model";
import type { ControlPlaneRecord } from "../data-dir.ts";
import { checkoutDir, readControlPlaneRecord } from "../data-dir.ts";
import { CommandError, ExitCode } from "../exit-code.ts";

const START_TIMEOUT_MS_MAX = 120_000;
/** An orderly stop of eight hosts with Ceph takes 5 to 8 s; this is for a loaded machine. */
const STOP_TIMEOUT_MS_MAX = 120_000;
const LOG_LINES_SHOWN = 12;

export interface ControlPlaneHandle {
  readonly record: ControlPlaneRecord;
  readonly process: ProcessIdentity;
  readonly isAdopted: boolean;
  /** Resolves when the process has ended, however it did. */
  readonly ended: Promise<void>;
  /** Asks it to stop all in order: hosts, relays, executor, PostgreSQL. */
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly dataDir: string;
  readonly rung: string;
  readonly installationId: InstallationId;
  /** What it is busy with while it starts, for people. */
  readonly onPhase: (text: string) => void;
}

export async function startControlPlane(options: StartOptions): Promise<ControlPlaneHandle> {
  const running = findRunning(options.dataDir);
  if (running !== null) {
    if (running.record.rung !== options.rung) {
      throw new CommandError(ExitCode.conflict, `a control plane on rung ${running.record.rung} (pid ${running.process.pid}) already runs on ${options.dataDir}; stop it first, or start without --rung`);
    }
    return handleOf(running.record, running.process, true, watch(running.process));
  }
  return startNew(options);
}

/** The living control plane of a data directory. */
export function findRunning(dataDir: string): { record: ControlPlaneRecord; process: ProcessIdentity } | null {
  const record = readControlPlaneRecord(dataDir);
  if (record === null || record.pid === null || record.startTicks === null || record.bootId === null) return null;
  const process: ProcessIdentity = { pid: record.pid, startTicks: record.startTicks, bootId: record.bootId };
  return isProcessAlive(process) ? { record, process } : null;
}

async function startNew(options: StartOptions): Promise<ControlPlaneHandle> {
  const logDir = join(options.dataDir, "logs");
  mkdirSync(logDir, { recursive: true, mode: 0o700 });
  const logPath = join(logDir, "control-plane.log");
  await fillControlPlaneCode({ projectDir: checkoutDir, onBegin: () => options.onPhase("compiling the control plane, once") });
  const log = openSync(logPath, "a", 0o600);
  const main = join(checkoutDir, "apps", "controlplane", "src", "main.ts");
  const child = spawn(process.execPath, [...CONTROL_PLANE_NODE_FLAGS, main, "--data-dir", options.dataDir, "--rung", options.rung, "--own-hosts"], {
    detached: true,
    // Marked from its first moment, so that a scan of the machine finds it whatever becomes of it.
    env: { ...process.env, ...controlPlaneCodeEnvironment(checkoutDir), [INSTALLATION_VARIABLE]: options.installationId },
    stdio: ["ignore", log, log, "ipc"],
    cwd: "/",
  });
  closeSync(log);
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  try {
    const record = await waitUntilReady(child, options, logPath);
    const identity = child.pid === undefined ? null : identifyProcess(child.pid);
    if (identity === null) throw new CommandError(ExitCode.failed, `the control plane ended right after it was ready; see ${logPath}`);
    return handleOf(record, identity, false, ended);
  } finally {
    // From here on only signals matter: neither process keeps the other alive.
    if (child.connected) child.disconnect();
    child.unref();
  }
}

async function waitUntilReady(child: ChildProcess, options: StartOptions, logPath: string): Promise<ControlPlaneRecord> {
  const ready = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    child.kill("SIGTERM");
    ready.reject(new CommandError(ExitCode.failed, `the control plane was not ready after ${START_TIMEOUT_MS_MAX} ms; see ${logPath}`));
  }, START_TIMEOUT_MS_MAX);
  child.on("message", (message) => {
    if (typeof message !== "object" || message === null || !("kind" in message)) return;
    if (message.kind === "ready") ready.resolve();
    if (message.kind === "phase" && "text" in message && typeof message.text === "string") options.onPhase(message.text);
    if (message.kind === "failed" && "reason" in message && typeof message.reason === "string") ready.reject(new CommandError(ExitCode.failed, `the control plane cannot start: ${message.reason}`));
  });
  child.once("error", (cause) => ready.reject(new CommandError(ExitCode.failed, `the control plane cannot be started: ${cause.message}`, { cause })));
  child.once("exit", (code, signal) => ready.reject(new CommandError(ExitCode.failed, `the control plane ended while starting (${signal ?? code}): ${lastLines(logPath)}`)));
  try {
    await ready.promise;
  } finally {
    clearTimeout(timer);
  }
  const record = readControlPlaneRecord(options.dataDir);
  if (record === null) throw new CommandError(ExitCode.failed, `the control plane is ready but left no record in ${options.dataDir}`);
  return record;
}

function handleOf(record: ControlPlaneRecord, identity: ProcessIdentity, isAdopted: boolean, ended: Promise<void>): ControlPlaneHandle {
  return {
    record,
    process: identity,
    isAdopted,
    ended,
    async stop() {
      if (!signalProcess(identity, "SIGTERM")) return;
      if (await waitUntilProcessGone(identity, STOP_TIMEOUT_MS_MAX)) return;
      throw new CommandError(ExitCode.failed, `the control plane (pid ${identity.pid}) has not ended ${STOP_TIMEOUT_MS_MAX} ms after SIGTERM; see "cynosure doctor"`);
    },
  };
}

/** For a process that is not our child there is no event to wait on. */
async function watch(identity: ProcessIdentity): Promise<void> {
  while (isProcessAlive(identity)) await sleep(500, undefined, { ref: false });
}

const lastLines = (path: string): string => readFileSync(path, "utf8").trimEnd().split("\n").slice(-LOG_LINES_SHOWN).join("\n");
