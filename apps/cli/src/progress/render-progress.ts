// The live view as a pure function: state in, lines out, never wider than `columns` and never taller than
// `rows`. Writing them to a terminal is live-view's business.
import type { ProgressHost, ProgressState, ProgressStep } from "./progress-state.ts";
import { realityWord } from "../reality.ts";

const COLUMNS_MIN = 40;
const RUNNING_STEPS_MAX = 6;
/** Above this many hosts two share a line. */
const HOSTS_IN_ONE_COLUMN_MAX = 12;

export interface RenderSize {
  readonly columns: number;
  readonly rows?: number;
}

export function renderProgress(state: ProgressState, size: RenderSize): string[] {
  const columns = Math.max(COLUMNS_MIN, size.columns);
  const bar = state.steps.length === 0 ? [] : [barLine(state.steps, columns)];
  const lines = [headLine(state, columns), ...bar, ...hostLines(state.hosts, columns)];
  const running = state.steps.filter((step) => step.status === "running");
  const rowsLeft = size.rows === undefined ? RUNNING_STEPS_MAX : Math.max(0, size.rows - lines.length - 3);
  const shown = running.slice(0, Math.min(RUNNING_STEPS_MAX, rowsLeft));
  for (const step of shown) lines.push(stepLine(step, state.nowMs, columns));
  if (running.length > shown.length) lines.push(clip(`  and ${running.length - shown.length} more steps`, columns));
  for (const step of state.steps.filter((each) => each.status === "failed")) lines.push(clip(`FAILED ${step.title}: ${step.error ?? "no reason given"}`, columns));
  const waiting = waitingLine(state, running);
  if (waiting !== null) lines.push(clip(waiting, columns));
  return size.rows === undefined ? lines : lines.slice(0, Math.max(3, size.rows - 1));
}

/** `01:05`, and `1:02:05` from one hour on. */
export function formatElapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const pad = (value: number): string => String(value).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${pad(minutes)}:${pad(seconds % 60)}` : `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(seconds % 60)}`;
}

/** Cuts to the width and says so with an ellipsis; control characters from outside never reach the terminal. */
export function clip(text: string, columns: number): string {
  const clean = text.replace(/[\u0000-\u001f\u007f-\u009f]/g, " ");
  return clean.length <= columns ? clean : `${clean.slice(0, columns - 1)}…`;
}

export const countDone = (steps: readonly ProgressStep[]): number => steps.filter((step) => step.status === "done").length;

function headLine(state: ProgressState, columns: number): string {
  const steps = state.steps.length === 0 ? "" : `${countDone(state.steps)}/${state.steps.length} steps  `;
  const right = `${steps}${formatElapsed(state.nowMs - state.startedAtMs)}`;
  const left = clip(realityWord(state) === "" ? state.title : `${state.title}  ${realityWord(state)}`, columns - right.length - 2);
  return left.padEnd(columns - right.length) + right;
}

function barLine(steps: readonly ProgressStep[], columns: number): string {
  const width = columns - 2;
  const share = (count: number): number => Math.floor((count * width) / steps.length);
  const filled = share(countDone(steps));
  const running = Math.min(width - filled, Math.max(steps.some((step) => step.status === "running") ? 1 : 0, share(steps.filter((step) => step.status === "running").length)));
  return `[${"#".repeat(filled)}${"-".repeat(running)}${" ".repeat(width - filled - running)}]`;
}

function hostLines(hosts: readonly ProgressHost[], columns: number): string[] {
  if (hosts.length <= HOSTS_IN_ONE_COLUMN_MAX) return hosts.map((host) => hostCell(host, columns));
  const half = Math.ceil(hosts.length / 2);
  const width = Math.floor((columns - 2) / 2);
  return hosts.slice(0, half).map((left, index) => {
    const right = hosts[index + half];
    return right === undefined ? hostCell(left, width) : `${hostCell(left, width).padEnd(width)}  ${hostCell(right, width)}`;
  });
}

function hostCell(host: ProgressHost, width: number): string {
  const daemons = host.daemonsTotal === 0 ? "" : `${host.daemonsRunning}/${host.daemonsTotal}`;
  return clip(`${host.hostId.padEnd(8)} ${host.state.padEnd(11)} ${daemons.padStart(5)}  ${host.activity ?? ""}`.trimEnd(), width);
}

function stepLine(step: ProgressStep, nowMs: number, columns: number): string {
  const age = step.startedAtMs === null ? "" : `${((nowMs - step.startedAtMs) / 1000).toFixed(1)} s`;
  const left = clip(`> ${step.title}${step.waitingOn === null ? "" : `: ${step.waitingOn}`}`, columns - age.length - 1);
  return left.padEnd(columns - age.length) + age;
}

/** The oldest running step names what everything waits for. */
function waitingLine(state: ProgressState, running: readonly ProgressStep[]): string | null {
  if (state.waitingOn !== null) return `waiting for ${state.waitingOn}`;
  const oldest = running.filter((step) => step.waitingOn !== null).toSorted((a, b) => (a.startedAtMs ?? 0) - (b.startedAtMs ?? 0))[0];
  return oldest === undefined ? null : `waiting for ${oldest.waitingOn}`;
}
