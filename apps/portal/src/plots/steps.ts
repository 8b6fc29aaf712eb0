// The steps of a plan as plots need them, with their states in words and marks that do not need colour. Pure.
import type { PlanStep, PlanStepStatus } from "@cynosure/sdk";
import { durationWords } from "../words/durations.ts";

export interface PlotStep {
  readonly id: string;
  readonly title: string;
  readonly status: PlanStepStatus;
  readonly dependsOn: readonly string[];
  /** Both absent when it has not begun. What runs ends now. */
  readonly startMs?: number;
  readonly endMs?: number;
}

/** A step that has begun. */
export type BegunStep = PlotStep & Required<Pick<PlotStep, "startMs" | "endMs">>;

export function plotSteps(steps: readonly Pick<PlanStep, "id" | "title" | "status" | "dependsOn" | "startedAt" | "finishedAt">[], nowMs: number): readonly PlotStep[] {
  return steps.map(({ id, title, status, dependsOn, startedAt, finishedAt }) => {
    if (startedAt === undefined) return { id, title, status, dependsOn };
    const startMs = Date.parse(startedAt);
    const endMs = finishedAt === undefined ? (status === "running" || status === "ready" ? nowMs : startMs) : Date.parse(finishedAt);
    return { id, title, status, dependsOn, startMs, endMs: Math.max(startMs, endMs) };
  });
}

export const hasBegun = (step: PlotStep): step is BegunStep => step.startMs !== undefined && step.endMs !== undefined;

export const stateMarks: Readonly<Record<PlanStepStatus, string>> = { pending: "○", ready: "◔", running: "▶", done: "✓", failed: "✕", canceled: "⊘" };

export const tookWords = (step: PlotStep): string => (hasBegun(step) ? durationWords(step.endMs - step.startMs) : "not begun");

/** "9 done, 1 running, 2 pending", in the order of how far they are. */
export function stateCounts(steps: readonly PlotStep[]): string {
  const order: readonly PlanStepStatus[] = ["failed", "canceled", "running", "ready", "done", "pending"];
  return order.flatMap((status) => {
    const count = steps.filter((step) => step.status === status).length;
    return count === 0 ? [] : [`${count} ${status}`];
  }).join(", ");
}

/** Cut to what fits; the whole is told elsewhere. */
export const cutWords = (text: string, charsMax: number): string => (text.length <= charsMax ? text : `${text.slice(0, Math.max(1, charsMax - 1)).trimEnd()}…`);

/** In so many lines at most, broken between words where it can be; what is too long loses its middle, as titles differ at their ends. */
export function wrapWords(text: string, charsMax: number, linesMax: number): readonly string[] {
  for (let keep = text.length; ; keep -= 1) {
    const half = Math.floor(keep / 2);
    const lines = breakLines(keep === text.length ? text : `${text.slice(0, keep - half).trimEnd()}…${text.slice(text.length - half).trimStart()}`, charsMax);
    if (lines.length <= linesMax || keep === 0) return lines.slice(0, linesMax);
  }
}

function breakLines(text: string, charsMax: number): readonly string[] {
  if (text.length <= charsMax) return [text];
  const space = text.lastIndexOf(" ", charsMax);
  const at = space > 0 ? space : charsMax;
  return [text.slice(0, at), ...breakLines(text.slice(at).trimStart(), charsMax)];
}
