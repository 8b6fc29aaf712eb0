// Progress for pipes and logs: what changed between two states, one plain line per event. Pure.
import type { ProgressState, ProgressStep } from "./progress-state.ts";
import { formatElapsed } from "./render-progress.ts";
import { realityMark } from "../reality.ts";

export function describeChanges(before: ProgressState | null, after: ProgressState): string[] {
  const known = new Map(before?.steps.map((step) => [step.id, step]));
  const prefix = `${formatElapsed(after.nowMs - after.startedAtMs)} ${realityMark(after)}`;
  const lines: string[] = [];
  for (const step of after.steps) {
    const text = describeStep(known.get(step.id), step);
    if (text !== null) lines.push(prefix + text);
  }
  if (after.waitingOn !== null && after.waitingOn !== before?.waitingOn) lines.push(`${prefix}waiting for ${after.waitingOn}`);
  return lines;
}

function describeStep(before: ProgressStep | undefined, step: ProgressStep): string | null {
  if (step.status !== before?.status) {
    if (step.status === "done") return `done    ${step.title}${tookSeconds(step)}`;
    if (step.status === "failed") return `FAILED  ${step.title}: ${step.error ?? "no reason given"}`;
    if (step.status === "canceled") return `dropped ${step.title}`;
  }
  if (step.status === "running" && step.waitingOn !== null && step.waitingOn !== before?.waitingOn) return `waits   ${step.title}: ${step.waitingOn}`;
  return null;
}

const tookSeconds = (step: ProgressStep): string =>
  step.startedAtMs === null || step.finishedAtMs === null ? "" : ` (${((step.finishedAtMs - step.startedAtMs) / 1000).toFixed(1)} s)`;
