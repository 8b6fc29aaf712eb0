// Processes of this machine: naming one for ever (pid + start time), starting one that outlives us,
// stopping one for certain. Linux only: everything is read from /proc.
// Not here: finding what an installation left behind (leftovers.ts), PostgreSQL (postgres.ts).
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { InstallationId } from "@cynosure/model";

/** Marks every process we start and everything it starts in turn. */
export const INSTALLATION_VARIABLE = "CYNOSURE_INSTALLATION";

/** Names one process for ever: a pid is used again, pid and start time within one boot are not. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat. */
  readonly startTicks: number;
  readonly bootId: string;
}

export interface ProcessStat {
  readonly pid: number;
  readonly ppid: number;
  readonly comm: string;
  /** One letter of proc(5): `R`, `S`, `D`, `Z`, … */
  readonly state: string;
  readonly startTicks: number;
}

let cachedBootId: string | undefined;
export function readBootId(): string {
  cachedBootId ??= readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return cachedBootId;
}

/** What /proc says of a pid; null when there is no such process. */
export function readProcessStat(pid: number): ProcessStat | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return null;
  }
  // The command name may itself hold spaces and brackets, so fields are counted from the last bracket.
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  const fields = text.slice(close + 2).split(" ");
  return { pid, comm: text.slice(open + 1, close), state: fields[0] ?? "?", ppid: Number(fields[1]), startTicks: Number(fields[19]) };
}

/** The identity of a living process; null when it is gone or a zombie. */
export function identifyProcess(pid: number): ProcessIdentity | null {
  const stat = readProcessStat(pid);
  if (stat === null || isDeadState(stat.state)) return null;
  return { pid, startTicks: stat.startTicks, bootId: readBootId() };
}

/** A zombie has ended: `kill(pid, 0)` would call it alive. */
const isDeadState = (state: string): boolean => state === "Z" || state === "X" || state === "x";

export function isProcessAlive(identity: ProcessIdentity): boolean {
  if (identity.bootId !== readBootId()) return false;
  const stat = readProcessStat(identity.pid);
  return stat !== null && stat.startTicks === identity.startTicks && !isDeadState(stat.state);
}

/** Sends a signal to exactly this process; false when it had ended. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isProcessAlive(identity)) return false;
  try {
    process.kill(identity.pid, signal);
    return true;
  } catch (error) {
    if (isErrno(error, "ESRCH")) return false;
    throw error;
  }
}

export async function waitUntilProcessGone(identity: ProcessIdentity, timeoutMsMax: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMsMax;
  for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 2, 50)) {
    if (!isProcessAlive(identity)) return true;
    if (performance.now() >= deadline) return false;
    await sleep(pauseMs);
  }
}

export interface StopOptions {
  readonly signal: NodeJS.Signals;
  /** After this long the process is killed with SIGKILL. */
  readonly timeoutMsMax: number;
}

/** Stops a process in order, then by force. Answers how it went. */
export async function stopProcess(identity: ProcessIdentity, options: StopOptions): Promise<"wasGone" | "stopped" | "killed"> {
  if (!signalProcess(identity, options.signal)) return "wasGone";
  if (await waitUntilProcessGone(identity, options.timeoutMsMax)) return "stopped";
  signalProcess(identity, "SIGKILL");
  if (await waitUntilProcessGone(identity, 10_000)) return "killed";
  throw new Error(`process ${identity.pid} does not end after SIGKILL: it waits inside the kernel; see /proc/${identity.pid}/stack`);
}

export interface SpawnDetachedOptions {
  readonly argv: readonly [string, ...string[]];
  readonly installationId: InstallationId;
  /** Added to PATH and the installation's mark; nothing else of our environment is handed on, it may hold secrets. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Standard output and error are appended here. */
  readonly logFile: string;
  /** Open file descriptors that become 3, 4, … of the process. */
  readonly passFds?: readonly number[];
}

const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Starts a process in a session of its own: it survives us and hears no Ctrl-C of our terminal. */
export async function spawnDetached(options: SpawnDetachedOptions): Promise<ProcessIdentity> {
  const log = openSync(options.logFile, "a", 0o600);
  try {
    const [command, ...args] = options.argv;
    const child = spawn(command, args, {
      detached: true,
      stdio: ["ignore", log, log, ...(options.passFds ?? [])],
      cwd: options.cwd ?? "/",
      env: { PATH: process.env["PATH"] ?? DEFAULT_PATH, ...options.env, [INSTALLATION_VARIABLE]: options.installationId },
    });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", (cause) => reject(new Error(`cannot start ${command}: ${cause.message}`, { cause })));
    });
    child.unref();
    const pid = child.pid;
    const identity = pid === undefined ? null : identifyProcess(pid);
    if (identity === null) throw new Error(`${command} ended at once; its output is in ${options.logFile}`);
    return identity;
  } finally {
    closeSync(log);
  }
}

export const isErrno = (error: unknown, code: string): boolean => error instanceof Error && "code" in error && error.code === code;
