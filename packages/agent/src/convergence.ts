// The heart of the agent, pure: what is wanted, seen and remembered in, the next actions out. It is asked
// again after every change until it has nothing to say. It never starts what may still be running and
// never stops what the plan wants; which plan is right is not its question.
import { shouldRun } from "@cynosure/model";
import type { DaemonSpec, HostDisk, HostFile, HostPlan, HostCommand } from "@cynosure/model";
import type { AgentState, DaemonRecord } from "./agent-state.ts";

export interface SeenProcess {
  readonly daemonId: string;
  readonly pid: number;
  readonly startTicks: number;
  /** Leads its session: the daemon itself, not something it spawned. */
  readonly isLeader: boolean;
}

export interface SeenPrepare {
  readonly daemonId: string;
  readonly pid: number;
  readonly startTicks: number;
  readonly ageMs: number;
}

export interface HostObservation {
  /** By path, for every file of the plan; null when absent. */
  readonly files: ReadonlyMap<string, { readonly sha256: string; readonly mode: number } | null>;
  readonly disks: ReadonlyMap<string, { readonly sizeBytes: number; readonly isDevice: boolean } | null>;
  /** `creates` paths that exist. */
  readonly created: ReadonlySet<string>;
  /** Living processes that carry the marker of this host. */
  readonly processes: readonly SeenProcess[];
  readonly prepares: readonly SeenPrepare[];
  readonly listeningPorts: ReadonlySet<number>;
  /** Keys of actions still running. */
  readonly busy: ReadonlySet<string>;
}

/** Fingerprints of the plan's parts, made by the caller (hashing is not pure enough for this file). */
export interface PlanKeys {
  readonly fileSha256: ReadonlyMap<string, string>;
  readonly restartKey: ReadonlyMap<string, string>;
  readonly reloadKey: ReadonlyMap<string, string>;
}

export type Action =
  | { readonly kind: "writeFile"; readonly key: string; readonly file: HostFile }
  | { readonly kind: "removeFile"; readonly key: string; readonly path: string }
  | { readonly kind: "createDisk"; readonly key: string; readonly disk: HostDisk }
  | { readonly kind: "prepare"; readonly key: string; readonly daemonId: string; readonly command: HostCommand; readonly title: string }
  | { readonly kind: "start"; readonly key: string; readonly spec: DaemonSpec; readonly restartKey: string; readonly reloadKey: string }
  | { readonly kind: "adopt"; readonly key: string; readonly id: string; readonly process: SeenProcess; readonly spec: DaemonSpec | null; readonly restartKey: string; readonly reloadKey: string }
  | { readonly kind: "noteReady"; readonly key: string; readonly id: string }
  | { readonly kind: "noteEnd"; readonly key: string; readonly id: string }
  | { readonly kind: "reload"; readonly key: string; readonly id: string; readonly signal: "SIGHUP"; readonly reloadKey: string }
  | { readonly kind: "stop"; readonly key: string; readonly id: string }
  | { readonly kind: "kill"; readonly key: string; readonly pid: number; readonly startTicks: number; readonly why: string }
  | { readonly kind: "forget"; readonly key: string; readonly id: string };

export interface ConvergenceInput {
  readonly plan: HostPlan | null;
  readonly keys: PlanKeys;
  readonly observed: HostObservation;
  readonly state: AgentState;
  readonly nowMs: number;
  /** The host is being shut down in order: nothing is wanted, files stay. */
  readonly isHalting: boolean;
}

export interface ConvergenceStep {
  readonly actions: readonly Action[];
  /** Nothing to do and nothing to wait for. */
  readonly isConverged: boolean;
  /** Look again then, even if nothing is heard. */
  readonly wakeAtMs: number | null;
}

/** `readyMsMax`: a daemon whose port does not listen this long after its start is stopped and started again. */
export const convergenceLimits = { preparesMax: 4, livesBeforeReadyMs: 250, lookAgainMs: 100, readyMsMax: 45_000 } as const;

interface Draft {
  readonly input: ConvergenceInput;
  readonly actions: Action[];
  isWaiting: boolean;
  wakeAtMs: number | null;
  prepareSlots: number;
}

export const daemonKey = (id: string): string => `daemon:${id}`;
export const prepareKey = (id: string): string => `prepare:${id}`;

export function planConvergence(input: ConvergenceInput): ConvergenceStep {
  const running = [...input.observed.busy].filter((key) => key.startsWith("prepare:")).length;
  const draft: Draft = { input, actions: [], isWaiting: false, wakeAtMs: null, prepareSlots: convergenceLimits.preparesMax - running };
  if (input.plan !== null) {
    const isSettled = input.isHalting || planFilesAndDisks(draft, input.plan);
    const wanted = new Map(input.isHalting ? [] : input.plan.daemons.map((spec) => [spec.id, spec]));
    for (const spec of wanted.values()) planDaemon(draft, input.plan, spec, isSettled);
    planLeaving(draft, wanted);
    if (!input.isHalting) planFileRemoval(draft, input.plan);
  }
  return { actions: draft.actions, isConverged: input.plan !== null && draft.actions.length === 0 && !draft.isWaiting, wakeAtMs: draft.wakeAtMs };
}

function wait(draft: Draft, untilMs: number | null): void {
  draft.isWaiting = true;
  if (untilMs !== null) draft.wakeAtMs = Math.min(draft.wakeAtMs ?? untilMs, untilMs);
}

/** True when the retry record of `key` lets it be tried now; waits for it otherwise. */
function mayTry(draft: Draft, key: string): boolean {
  const notBeforeMs = draft.input.state.retries[key]?.notBeforeMs ?? 0;
  if (notBeforeMs <= draft.input.nowMs) return true;
  wait(draft, notBeforeMs);
  return false;
}

/** True when every file and disk of the plan is as it should be: only then are daemons touched. */
function planFilesAndDisks(draft: Draft, plan: HostPlan): boolean {
  const { observed, keys } = draft.input;
  let isSettled = true;
  for (const file of plan.files) {
    const seen = observed.files.get(file.path);
    if (seen !== null && seen !== undefined && seen.sha256 === keys.fileSha256.get(file.path) && seen.mode === file.mode) continue;
    isSettled = false;
    const key = `file:${file.path}`;
    if (mayTry(draft, key)) draft.actions.push({ kind: "writeFile", key, file });
  }
  for (const disk of plan.disks) {
    const seen = observed.disks.get(disk.path);
    if (seen !== null && seen !== undefined && (seen.isDevice || seen.sizeBytes >= disk.sizeBytes)) continue;
    isSettled = false;
    const key = `disk:${disk.path}`;
    if (mayTry(draft, key)) draft.actions.push({ kind: "createDisk", key, disk });
  }
  return isSettled;
}

function planDaemon(draft: Draft, plan: HostPlan, spec: DaemonSpec, isSettled: boolean): void {
  const { observed, state, keys, nowMs } = draft.input;
  if (observed.busy.has(daemonKey(spec.id)) || observed.busy.has(prepareKey(spec.id))) return wait(draft, null);
  const record = state.daemons[spec.id];
  const marked = observed.processes.filter((process) => process.daemonId === spec.id);
  const restartKey = keys.restartKey.get(spec.id) ?? "";
  const reloadKey = keys.reloadKey.get(spec.id) ?? "";
  if (record?.pid !== undefined && record.pid !== null) {
    if (!marked.some((process) => isOf(record, process))) draft.actions.push({ kind: "noteEnd", key: daemonKey(spec.id), id: spec.id });
    else planLiving(draft, plan, spec, record, isSettled, restartKey, reloadKey);
    return;
  }
  if (marked.length > 0) return planUnrecorded(draft, spec, record, marked, restartKey, reloadKey);
  const isDue = shouldRun(spec, plan);
  if (!isDue && spec.prepareStage > plan.stage) return;
  if (!isSettled) return wait(draft, null);
  if (planPrepare(draft, spec) || !isDue) return;
  const notBeforeMs = record?.notBeforeMs ?? 0;
  if (notBeforeMs > nowMs) return wait(draft, notBeforeMs);
  draft.actions.push({ kind: "start", key: daemonKey(spec.id), spec, restartKey, reloadKey });
}

const isOf = (record: DaemonRecord, process: SeenProcess): boolean => process.pid === record.pid && process.startTicks === record.startTicks;

/** The daemon's process lives. A daemon whose stage has not come yet is left alone. */
function planLiving(draft: Draft, plan: HostPlan, spec: DaemonSpec, record: DaemonRecord, isSettled: boolean, restartKey: string, reloadKey: string): void {
  const { nowMs, observed } = draft.input;
  if (record.phase === "stopping") return planStopping(draft, record);
  if (shouldRun(spec, plan)) {
    const isOutdated = record.restartKey !== restartKey || record.reloadKey !== reloadKey;
    if (isOutdated && !isSettled) return wait(draft, null);
    if (record.restartKey !== restartKey) {
      draft.actions.push({ kind: "stop", key: daemonKey(spec.id), id: spec.id });
      return;
    }
    if (record.reloadKey !== reloadKey) {
      draft.actions.push({ kind: "reload", key: daemonKey(spec.id), id: spec.id, signal: spec.reload?.signal ?? "SIGHUP", reloadKey });
      return;
    }
  }
  if (record.phase === "ready") return;
  const livesLongEnough = nowMs - record.startedAtMs >= convergenceLimits.livesBeforeReadyMs;
  const isReady = spec.ready === undefined ? livesLongEnough : observed.listeningPorts.has(spec.ready.tcpPort);
  if (isReady) draft.actions.push({ kind: "noteReady", key: daemonKey(spec.id), id: spec.id });
  // Seen: a gateway that starts before its cluster is back waits for an answer that never comes. A fresh one gets it.
  else if (spec.ready !== undefined && nowMs - record.startedAtMs >= convergenceLimits.readyMsMax) draft.actions.push({ kind: "stop", key: daemonKey(spec.id), id: spec.id });
  else wait(draft, nowMs + convergenceLimits.lookAgainMs);
}

function planStopping(draft: Draft, record: DaemonRecord): void {
  const deadlineMs = record.stopDeadlineMs ?? 0;
  const { pid, startTicks } = record;
  if (deadlineMs > draft.input.nowMs) wait(draft, Math.min(deadlineMs, draft.input.nowMs + convergenceLimits.lookAgainMs));
  else if (pid !== null && startTicks !== null) draft.actions.push({ kind: "kill", key: daemonKey(record.id), pid, startTicks, why: `${record.id} did not stop in ${String(record.stopTimeoutMsMax)} ms` });
}

/** Processes of the daemon live and no record names them. */
function planUnrecorded(draft: Draft, spec: DaemonSpec | { readonly id: string }, record: DaemonRecord | undefined, marked: readonly SeenProcess[], restartKey: string, reloadKey: string): void {
  const key = daemonKey(spec.id);
  const leader = marked.filter((process) => process.isLeader).sort((a, b) => a.startTicks - b.startTicks || a.pid - b.pid)[0];
  // An intent without a process, or no memory at all: this is the daemon, spawned before the agent died.
  if (leader !== undefined && (record === undefined || record.phase === "intent")) {
    draft.actions.push({ kind: "adopt", key, id: spec.id, process: leader, spec: "argv" in spec ? spec : null, restartKey: record?.restartKey ?? restartKey, reloadKey: record?.reloadKey ?? reloadKey });
    return;
  }
  // What a dead daemon left behind would hold its ports and disks.
  for (const { pid, startTicks } of marked) draft.actions.push({ kind: "kill", key: `kill:${String(pid)}`, pid, startTicks, why: `left behind by ${spec.id}` });
}

/** True while something of the daemon's preparation is left to do. */
function planPrepare(draft: Draft, spec: DaemonSpec): boolean {
  const { observed } = draft.input;
  const index = spec.prepare.findIndex((command) => !observed.created.has(command.creates));
  const orphans = observed.prepares.filter((process) => process.daemonId === spec.id);
  const command = spec.prepare[index] ?? spec.prepare.at(-1);
  if (orphans.length > 0 && command !== undefined) {
    // Begun by an agent that died: running it twice at once is worse than waiting for it.
    for (const { pid, startTicks, ageMs } of orphans) {
      if (ageMs > command.timeoutMsMax) draft.actions.push({ kind: "kill", key: `kill:${String(pid)}`, pid, startTicks, why: `preparation of ${spec.id} took over ${String(command.timeoutMsMax)} ms` });
    }
    wait(draft, draft.input.nowMs + convergenceLimits.lookAgainMs);
    return true;
  }
  if (index < 0 || command === undefined) return false;
  if (!mayTry(draft, prepareKey(spec.id))) return true;
  if (draft.prepareSlots <= 0) {
    wait(draft, null);
    return true;
  }
  draft.prepareSlots -= 1;
  draft.actions.push({ kind: "prepare", key: prepareKey(spec.id), daemonId: spec.id, command, title: `prepare ${spec.id} (${String(index + 1)} of ${String(spec.prepare.length)})` });
  return true;
}

/** Daemons that run and are not in the plan: later stages go first, all of one stage together. */
function planLeaving(draft: Draft, wanted: ReadonlyMap<string, DaemonSpec>): void {
  const { observed, state } = draft.input;
  const records = Object.values(state.daemons).filter((record) => !wanted.has(record.id));
  const living = records.filter((record) => observed.processes.some((process) => process.daemonId === record.id && isOf(record, process)));
  const lastStage = Math.max(0, ...living.map((record) => record.stage));
  for (const record of records) {
    if (observed.busy.has(daemonKey(record.id))) wait(draft, null);
    else if (living.includes(record)) planLeavingLiving(draft, record, lastStage);
    else if (record.pid !== null) draft.actions.push({ kind: "noteEnd", key: daemonKey(record.id), id: record.id });
    else {
      const marked = observed.processes.filter((process) => process.daemonId === record.id);
      if (marked.length > 0) planUnrecorded(draft, record, record, marked, record.restartKey, record.reloadKey);
      else draft.actions.push({ kind: "forget", key: daemonKey(record.id), id: record.id });
    }
  }
  const unknown = new Set(observed.processes.map((process) => process.daemonId).filter((id) => !wanted.has(id) && state.daemons[id] === undefined));
  for (const id of unknown) planUnrecorded(draft, { id }, undefined, observed.processes.filter((process) => process.daemonId === id), "", "");
}

function planLeavingLiving(draft: Draft, record: DaemonRecord, lastStage: number): void {
  if (record.phase === "stopping") planStopping(draft, record);
  else if (record.stage < lastStage) wait(draft, null);
  else draft.actions.push({ kind: "stop", key: daemonKey(record.id), id: record.id });
}

/** Files of ours that the plan no longer holds, once nobody who read them is left. */
function planFileRemoval(draft: Draft, plan: HostPlan): void {
  const { state } = draft.input;
  const kept = new Set(plan.files.map((file) => file.path));
  const isRead = (path: string): boolean => Object.values(state.daemons).some((record) => record.pid !== null && record.reads.includes(path));
  for (const path of state.writtenFiles) {
    const key = `file:${path}`;
    if (!kept.has(path) && !isRead(path) && mayTry(draft, key)) draft.actions.push({ kind: "removeFile", key, path });
  }
}
