// What the agent remembers between two lives of its process: which process is which daemon, and what has
// to wait before it is tried again. Types and pure transitions; files are written in state-file.ts.
import type { DaemonSpec } from "@cynosure/model";

/** `intent` is written before a process is spawned, so that a crash in between is found and adopted. */
export type DaemonPhase = "intent" | "started" | "ready" | "stopping" | "down";

export interface DaemonRecord {
  readonly id: string;
  readonly kind: string;
  readonly stage: number;
  readonly phase: DaemonPhase;
  readonly pid: number | null;
  readonly startTicks: number | null;
  /** What the process was started with; another value means it must be started again, or told to reload. */
  readonly restartKey: string;
  readonly reloadKey: string;
  readonly reads: readonly string[];
  readonly stopSignal: DaemonSpec["stopSignal"];
  readonly stopTimeoutMsMax: number;
  readonly startedAtMs: number;
  readonly stopDeadlineMs: number | null;
  /** Starts after an end that nobody asked for. */
  readonly restarts: number;
  /** Such ends in a row, each soon after its start. */
  readonly failures: number;
  readonly notBeforeMs: number;
  readonly error: string | null;
}

/** Something other than a daemon that went wrong and is tried again later: a file, a disk, a prepare command. */
export interface RetryRecord {
  readonly failures: number;
  readonly notBeforeMs: number;
  readonly error: string;
}

export interface AgentState {
  readonly daemons: Readonly<Record<string, DaemonRecord>>;
  readonly retries: Readonly<Record<string, RetryRecord>>;
  /** Files this agent put in place: only those are ever removed. */
  readonly writtenFiles: readonly string[];
}

export const emptyState: AgentState = { daemons: {}, retries: {}, writtenFiles: [] };

/** Back-off of restarts and retries: 1 s, 2 s, 4 s … 30 s. */
export const backOffMs = (failures: number): number => Math.min(30_000, 1000 * 2 ** Math.min(10, Math.max(0, failures - 1)));
/** A daemon that lived this long has recovered: its next back-off starts from 1 s. */
export const recoveredAfterMs = 30_000;
/** From so many in a row on, the host reports `failed`; trying goes on. */
export const daemonFailuresMax = 5;
export const retryFailuresMax = 3;

export const withDaemon = (state: AgentState, record: DaemonRecord): AgentState => ({ ...state, daemons: { ...state.daemons, [record.id]: record } });

const without = <T>(all: Readonly<Record<string, T>>, name: string): Readonly<Record<string, T>> => Object.fromEntries(Object.entries(all).filter(([each]) => each !== name));

export const withoutDaemon = (state: AgentState, id: string): AgentState => ({ ...state, daemons: without(state.daemons, id) });

export const withRetry = (state: AgentState, key: string, error: string, nowMs: number): AgentState => {
  const failures = (state.retries[key]?.failures ?? 0) + 1;
  return { ...state, retries: { ...state.retries, [key]: { failures, error, notBeforeMs: nowMs + backOffMs(failures) } } };
};

export const withoutRetry = (state: AgentState, key: string): AgentState => (state.retries[key] === undefined ? state : { ...state, retries: without(state.retries, key) });

/** The record before the spawn. */
export const intended = (spec: DaemonSpec, keys: { readonly restartKey: string; readonly reloadKey: string }, previous: DaemonRecord | undefined, nowMs: number): DaemonRecord => ({
  id: spec.id, kind: spec.kind, stage: spec.stage, phase: "intent", pid: null, startTicks: null, ...keys,
  reads: [...new Set([...spec.reads, ...(spec.reload?.paths ?? [])])],
  stopSignal: spec.stopSignal, stopTimeoutMsMax: spec.stopTimeoutMsMax, startedAtMs: nowMs, stopDeadlineMs: null,
  restarts: previous?.restarts ?? 0, failures: previous?.failures ?? 0, notBeforeMs: 0, error: previous?.error ?? null,
});

/** The record of a process found running without one: of a daemon that left the plan, or of a state file that was lost. */
export const found = (id: string, process: { readonly pid: number; readonly startTicks: number }, nowMs: number): DaemonRecord => ({
  id, kind: "unknown", stage: 0, phase: "started", pid: process.pid, startTicks: process.startTicks, restartKey: "", reloadKey: "", reads: [],
  stopSignal: "SIGTERM", stopTimeoutMsMax: 10_000, startedAtMs: nowMs, stopDeadlineMs: null, restarts: 0, failures: 0, notBeforeMs: 0, error: null,
});

/** The process of this record is gone: asked for, or not. */
export function ended(record: DaemonRecord, error: string, nowMs: number): DaemonRecord {
  const down = { ...record, phase: "down", pid: null, startTicks: null, stopDeadlineMs: null } as const;
  if (record.phase === "stopping") return { ...down, failures: 0, notBeforeMs: 0, error: null };
  const failures = nowMs - record.startedAtMs >= recoveredAfterMs ? 1 : record.failures + 1;
  return { ...down, failures, restarts: record.restarts + 1, notBeforeMs: nowMs + backOffMs(failures), error };
}
