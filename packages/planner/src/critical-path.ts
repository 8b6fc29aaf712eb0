// The longest chain of a plan by declared durations: what the scheduler is measured against. Also how wide
// the plan gets when every step starts as soon as it may, and what it would take one step at a time.
import type { PlanStep, StepId } from "@cynosure/model";

export interface CriticalPath {
  readonly expectedMs: number;
  /** The chain, first step first. */
  readonly steps: readonly StepId[];
  /** Most steps at work at the same time. */
  readonly width: number;
  readonly sumMs: number;
}

type DurationOf = (step: PlanStep) => number;

/** `durationMs` replaces the declared durations, for example by measured ones. */
export function criticalPath(steps: readonly PlanStep[], durationMs: DurationOf = (step) => step.expectedMs): CriticalPath {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const endMs = new Map<StepId, number>();
  const startMs = new Map<StepId, number>();
  const via = new Map<StepId, StepId | null>();
  const visiting = new Set<StepId>();

  const finish = (id: StepId): number => {
    const known = endMs.get(id);
    if (known !== undefined) return known;
    const step = byId.get(id);
    if (step === undefined) return 0;
    if (visiting.has(id)) throw new Error(`planner: steps wait for each other in a circle through ${id}`);
    visiting.add(id);
    let latest: StepId | null = null;
    let start = 0;
    for (const before of step.dependsOn) {
      const end = finish(before);
      if (latest === null || end > start) [latest, start] = [before, end];
    }
    visiting.delete(id);
    startMs.set(id, start);
    via.set(id, latest);
    endMs.set(id, start + durationMs(step));
    return start + durationMs(step);
  };

  let last: StepId | null = null;
  for (const { id } of steps) if (last === null || finish(id) > finish(last)) last = id;
  const chain: StepId[] = [];
  for (let at = last; at !== null; at = via.get(at) ?? null) chain.unshift(at);
  const sumMs = steps.reduce((sum, step) => sum + durationMs(step), 0);
  return { expectedMs: last === null ? 0 : finish(last), steps: chain, width: widest(steps, startMs, endMs), sumMs };
}

/** Sweeps over starts and ends; at equal times ends come first, except that a step of no duration counts as one. */
function widest(steps: readonly PlanStep[], startMs: ReadonlyMap<StepId, number>, endMs: ReadonlyMap<StepId, number>): number {
  const events = steps.flatMap(({ id }) => {
    const start = startMs.get(id) ?? 0;
    return [{ at: start, by: 1 }, { at: Math.max(endMs.get(id) ?? 0, start + 0.5), by: -1 }];
  });
  events.sort((a, b) => a.at - b.at || a.by - b.by);
  let now = 0;
  let most = 0;
  for (const { by } of events) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}
