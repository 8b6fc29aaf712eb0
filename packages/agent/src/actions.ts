// Doing what the pure core decided, one action at a time: files, disks, preparation, processes. Each
// leaves its outcome in the state. A spawn is preceded by a written intent and marked in its environment,
// so that whatever dies in between, the next look finds exactly one daemon.
import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { dirname } from "node:path";
import type { DaemonSpec, HostDisk, HostFile } from "@cynosure/model";
import { ended, found, intended, withDaemon, withRetry, withoutDaemon, withoutRetry } from "./agent-state.ts";
import type { DaemonRecord } from "./agent-state.ts";
import type { Action } from "./convergence.ts";
import { isDevicePath, isInside } from "./host-plan-check.ts";
import { closeLog, logPath, openLog } from "./log-files.ts";
import { ownPlace } from "./own-place.ts";
import { isAlive, markers, readStat } from "./process-table.ts";
import type { FileWriter } from "./state-file.ts";
import { describeError } from "./state-holder.ts";
import type { StateHolder } from "./state-holder.ts";

export interface ActionContext {
  readonly stateDir: string;
  readonly hostMarker: string;
  readonly memory: StateHolder;
  readonly writer: FileWriter;
  readonly log: (line: string) => void;
  /** Something changed outside of an action: look again. */
  readonly kick: () => void;
  /** Named trigger points: tests end the process at them. */
  readonly onPoint: (point: string) => void;
}

export interface ActionRunner {
  /** Resolves when the action is over; most are over at once (null). */
  run(action: Action): Promise<void> | null;
}

export function createActionRunner(context: ActionContext): ActionRunner {
  const ends = new Map<number, string>();
  const { memory } = context;
  const change = (id: string, to: (record: DaemonRecord) => DaemonRecord): void => {
    const record = memory.current().daemons[id];
    if (record !== undefined) memory.replace(withDaemon(memory.current(), to(record)));
  };
  return {
    run: (action) => {
      switch (action.kind) {
        case "writeFile":
          attempt(context, action.key, `file ${action.file.path}`, () => {
            writePlanFile(context, action.file);
          });
          return null;
        case "removeFile":
          attempt(context, action.key, `file ${action.path}`, () => {
            // One that another place of this host wrote (its directory was moved) is not ours to remove.
            if (isInside(action.path, context.stateDir)) rmSync(action.path, { force: true });
            memory.replace({ ...memory.current(), writtenFiles: memory.current().writtenFiles.filter((path) => path !== action.path) });
          });
          return null;
        case "createDisk":
          attempt(context, action.key, `disk ${action.disk.name}`, () => {
            createDisk(context, action.disk);
          });
          return null;
        case "prepare":
          return prepare(context, action);
        case "start":
          startDaemon(context, ends, action);
          return null;
        case "adopt":
          adopt(context, action);
          return null;
        case "noteReady":
          change(action.id, (record) => ({ ...record, phase: "ready", error: null }));
          return null;
        case "noteEnd":
          change(action.id, (record) => noteEnd(context, ends, record));
          return null;
        case "reload":
          change(action.id, (record) => {
            signal(context, record, action.signal);
            return { ...record, reloadKey: action.reloadKey };
          });
          return null;
        case "stop":
          change(action.id, (record) => {
            context.log(`stopping ${record.id} with ${record.stopSignal}`);
            signal(context, record, record.stopSignal);
            return { ...record, phase: "stopping", stopDeadlineMs: Date.now() + record.stopTimeoutMsMax };
          });
          return null;
        case "kill":
          context.log(`killing process ${String(action.pid)}: ${action.why}`);
          signal(context, { id: action.key, ...action }, "SIGKILL");
          return null;
        case "forget":
          memory.replace(withoutDaemon(memory.current(), action.id));
          return null;
      }
    },
  };
}

/** Failure is remembered and tried again later; success forgets it. */
function attempt(context: ActionContext, key: string, what: string, work: () => void): void {
  try {
    work();
    context.memory.replace(withoutRetry(context.memory.current(), key));
  } catch (error) {
    failLater(context, key, `${what} could not be put in place (${describeError(error)})`);
  }
}

function failLater(context: ActionContext, key: string, error: string): void {
  context.log(error);
  context.memory.replace(withRetry(context.memory.current(), key, error, Date.now()));
}

/** A link inside the state directory must not lead a write out of it. */
function ensureParent(context: ActionContext, path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  const parent = realpathSync(dirname(path));
  const root = realpathSync(context.stateDir);
  if (parent !== root && !parent.startsWith(`${root}/`)) throw new Error(`${dirname(path)} leads out of ${context.stateDir}`);
}

function writePlanFile(context: ActionContext, file: HostFile): void {
  const { memory } = context;
  ensureParent(context, file.path);
  // Remembered first: a file nobody remembers would never be removed.
  if (!memory.current().writtenFiles.includes(file.path)) memory.replace({ ...memory.current(), writtenFiles: [...memory.current().writtenFiles, file.path] });
  context.writer.replace(file.path, file.text, file.mode, false);
  context.onPoint("file");
}

function createDisk(context: ActionContext, disk: HostDisk): void {
  if (isDevicePath(disk.path)) throw new Error(`${disk.path} is not there; attach the drive`);
  ensureParent(context, disk.path);
  const file = openSync(disk.path, "a", 0o600);
  try {
    // Sparse: no block is written. A disk never shrinks, the core asks only when it is too small.
    ftruncateSync(file, disk.sizeBytes);
  } finally {
    closeSync(file);
  }
}

/** What daemons inherit: the marks by which an installation and a host are found, no flag or cache of the agent's runtime. */
function environment(extra: Readonly<Record<string, string>>): Record<string, string> {
  const inherited: Record<string, string> = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/tmp", LANG: "C.UTF-8", ...(ownPlace === null ? {} : { HOME: ownPlace.runDir, TMPDIR: ownPlace.runDir }) };
  for (const name of ["PATH", "CYNOSURE_INSTALLATION", "CYNOSURE_HOST"]) {
    const value = process.env[name];
    if (value !== undefined) inherited[name] = value;
  }
  return { ...inherited, ...extra };
}

/** A session of its own: it outlives the agent, and its process group can be killed as one. */
function launch(context: ActionContext, argv: readonly string[], logName: string, env: Readonly<Record<string, string>>): ChildProcess {
  const log = openLog(context.stateDir, logName);
  try {
    const out = log ?? "ignore";
    return spawn(argv[0] ?? "", argv.slice(1), { detached: true, cwd: "/", stdio: ["ignore", out, out], env: environment({ ...env, [markers.host]: context.hostMarker }) });
  } finally {
    closeLog(log);
  }
}

function startDaemon(context: ActionContext, ends: Map<number, string>, action: { readonly spec: DaemonSpec; readonly restartKey: string; readonly reloadKey: string }): void {
  const { memory } = context;
  const { spec } = action;
  const intent = intended(spec, action, memory.current().daemons[spec.id], Date.now());
  context.onPoint(`beforeIntent:${spec.id}`);
  if (!memory.replace(withDaemon(memory.current(), intent))) return;
  context.onPoint(`afterIntent:${spec.id}`);
  const child = launch(context, spec.argv, spec.id, { ...spec.env, [markers.daemon]: spec.id });
  context.onPoint(`afterSpawn:${spec.id}`);
  child.on("error", (error) => {
    if (child.pid !== undefined) return;
    const reason = `${spec.id} could not be started: ${spec.argv[0] ?? ""} ${describeError(error)}`;
    const record = memory.current().daemons[spec.id];
    context.log(reason);
    if (record?.pid === null) memory.replace(withDaemon(memory.current(), ended({ ...record, phase: "started" }, reason, Date.now())));
    context.kick();
  });
  const { pid } = child;
  // Without a pid the error above is on its way; until then the record says "down" and waits.
  if (pid === undefined) {
    memory.replace(withDaemon(memory.current(), { ...intent, phase: "down", notBeforeMs: Date.now() + 1000 }));
    return;
  }
  child.once("exit", (code, how) => {
    ends.set(pid, how === null ? `ended with code ${String(code)}` : `was ended by ${how}`);
    context.kick();
  });
  memory.replace(withDaemon(memory.current(), { ...intent, phase: "started", pid, startTicks: readStat(pid)?.startTicks ?? 0 }));
  context.log(`started ${spec.id} as process ${String(pid)}`);
  context.onPoint(`afterRecord:${spec.id}`);
}

function adopt(context: ActionContext, action: Extract<Action, { kind: "adopt" }>): void {
  const { memory } = context;
  const { pid, startTicks } = action.process;
  const before = memory.current().daemons[action.id];
  const base = before ?? (action.spec === null ? found(action.id, action.process, Date.now()) : intended(action.spec, action, undefined, Date.now()));
  memory.replace(withDaemon(memory.current(), { ...base, phase: "started", pid, startTicks }));
  context.log(`adopted ${action.id}, process ${String(pid)}`);
}

function noteEnd(context: ActionContext, ends: Map<number, string>, record: DaemonRecord): DaemonRecord {
  const how = record.pid === null ? undefined : ends.get(record.pid);
  if (record.pid !== null) ends.delete(record.pid);
  const text = `${record.id} ${how ?? "ended"}; its log is ${logPath(context.stateDir, record.id)}`;
  context.log(record.phase === "stopping" ? `${record.id} stopped` : text);
  return ended(record, text, Date.now());
}

function signal(context: ActionContext, target: { readonly id: string; readonly pid: number | null; readonly startTicks: number | null }, name: NodeJS.Signals): void {
  const { pid, startTicks } = target;
  if (pid === null || startTicks === null || !isAlive({ pid, startTicks })) return;
  const isLeader = readStat(pid)?.sessionId === pid;
  try {
    // A kill takes what the daemon spawned with it; any other signal is for the daemon alone.
    process.kill(name === "SIGKILL" && isLeader ? -pid : pid, name);
  } catch (error) {
    context.log(`${name} to ${target.id} (process ${String(pid)}) failed: ${describeError(error)}`);
  }
}

function prepare(context: ActionContext, action: Extract<Action, { kind: "prepare" }>): Promise<void> {
  const { command, daemonId, key, title } = action;
  context.onPoint(`beforePrepare:${daemonId}`);
  context.log(title);
  return new Promise((resolve) => {
    const child = launch(context, command.argv, `${daemonId}.prepare`, { [markers.prepare]: daemonId });
    const timer = setTimeout(() => {
      if (child.pid !== undefined) signal(context, { id: title, pid: child.pid, startTicks: readStat(child.pid)?.startTicks ?? null }, "SIGKILL");
    }, command.timeoutMsMax);
    const finish = (problem: string | null): void => {
      clearTimeout(timer);
      if (problem === null) attempt(context, key, title, () => {
        leaveMarker(context, command.creates);
      });
      else failLater(context, key, `${title} ${problem}; its log is ${logPath(context.stateDir, `${daemonId}.prepare`)}`);
      context.onPoint(`afterPrepare:${daemonId}`);
      resolve();
    };
    child.once("error", (error) => {
      if (child.pid === undefined) finish(`could not be run: ${command.argv[0] ?? ""} ${describeError(error)}`);
    });
    child.once("exit", (code, how) => {
      finish(code === 0 ? null : how === null ? `ended with code ${String(code)}` : `was ended by ${how} (limit ${String(command.timeoutMsMax)} ms)`);
    });
  });
}

function leaveMarker(context: ActionContext, path: string): void {
  if (existsSync(path)) return;
  ensureParent(context, path);
  writeFileSync(path, "", { mode: 0o644 });
}
