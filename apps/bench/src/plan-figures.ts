// What a finished plan says about the scheduler: its wall time against the longest chain of the durations
// its steps really took, and against the durations it declared. Pure.

export interface MeasuredStep {
  readonly id: string;
  readonly dependsOn: readonly string[];
  readonly expectedMs: number;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
}

export interface PlanFigures {
  readonly steps: number;
  /** The most steps that were ever under way at once, as the clock saw it. */
  readonly widthMeasured: number;
  readonly wallMs: number;
  readonly declaredCriticalPathMs: number;
  readonly declaredSumMs: number;
  readonly measuredCriticalPathMs: number;
  /** Wall time over the longest chain of measured durations: what the scheduler itself adds. */
  readonly schedulerRatio: number;
}

function longestChain(steps: readonly MeasuredStep[], duration: (step: MeasuredStep) => number): number {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const finished = new Map<string, number>();
  const finishOf = (id: string): number => {
    const known = finished.get(id);
    if (known !== undefined) return known;
    const step = byId.get(id);
    if (step === undefined) throw new Error(`the plan names a step "${id}" that it does not have`);
    const value = duration(step) + Math.max(0, ...step.dependsOn.map(finishOf));
    finished.set(id, value);
    return value;
  };
  return Math.max(0, ...steps.map((step) => finishOf(step.id)));
}

function widthOf(steps: readonly MeasuredStep[]): number {
  const edges = steps.flatMap((step) => [{ at: step.startedAtMs, by: 1 }, { at: step.finishedAtMs, by: -1 }]).sort((a, b) => a.at - b.at || a.by - b.by);
  let open = 0;
  let most = 0;
  for (const { by } of edges) most = Math.max(most, (open += by));
  return most;
}

export function planFigures(steps: readonly MeasuredStep[]): PlanFigures {
  const wallMs = Math.max(...steps.map((step) => step.finishedAtMs)) - Math.min(...steps.map((step) => step.startedAtMs));
  const measuredCriticalPathMs = longestChain(steps, (step) => step.finishedAtMs - step.startedAtMs);
  return {
    steps: steps.length,
    widthMeasured: widthOf(steps),
    wallMs,
    declaredCriticalPathMs: longestChain(steps, (step) => step.expectedMs),
    declaredSumMs: steps.reduce((sum, step) => sum + step.expectedMs, 0),
    measuredCriticalPathMs,
    schedulerRatio: measuredCriticalPathMs === 0 ? 1 : wallMs / measuredCriticalPathMs,
  };
}
