// The chain of steps, each waiting for the one before, that took longest in all: what had to be shorter for the plan
// to be shorter. Measured times, not declared ones. Pure.
import { durationWords } from "../words/durations.ts";
import { hasBegun } from "./steps.ts";
import type { BegunStep, PlotStep } from "./steps.ts";

export interface CriticalPath {
  /** In the order they ran. */
  readonly ids: readonly string[];
  /** Sum of what its steps took. */
  readonly lengthMs: number;
  /** From the first start to the last end of any step. */
  readonly wallMs: number;
}

interface Chain {
  readonly lengthMs: number;
  readonly step: BegunStep;
  readonly before: Chain | undefined;
}

export function criticalPathOf(steps: readonly PlotStep[]): CriticalPath {
  const begun = steps.filter(hasBegun);
  const byId = new Map(begun.map((step) => [step.id, step]));
  const chains = new Map<string, Chain>();
  const open = new Set<string>();
  // The longest chain that ends with the step. What would close a circle is passed over: plans have none.
  const chainOf = (step: BegunStep): Chain => {
    const known = chains.get(step.id);
    if (known !== undefined) return known;
    open.add(step.id);
    let before: Chain | undefined;
    for (const id of step.dependsOn) {
      const dependency = byId.get(id);
      if (dependency === undefined || open.has(id)) continue;
      const chain = chainOf(dependency);
      if (before === undefined || chain.lengthMs > before.lengthMs) before = chain;
    }
    open.delete(step.id);
    const chain = { step, before, lengthMs: (before?.lengthMs ?? 0) + step.endMs - step.startMs };
    chains.set(step.id, chain);
    return chain;
  };
  const longest = begun.map(chainOf).reduce<Chain | undefined>((best, each) => (best === undefined || each.lengthMs > best.lengthMs ? each : best), undefined);
  const ids: string[] = [];
  for (let chain = longest; chain !== undefined; chain = chain.before) ids.unshift(chain.step.id);
  const wallMs = begun.length === 0 ? 0 : Math.max(...begun.map(({ endMs }) => endMs)) - Math.min(...begun.map(({ startMs }) => startMs));
  return { ids, lengthMs: longest?.lengthMs ?? 0, wallMs };
}

/** The chain against the wall clock: what is left over went by between its steps. */
export function criticalPathWords({ ids, lengthMs, wallMs }: CriticalPath, isRunning: boolean): string {
  if (ids.length === 0) return "No step has begun.";
  const chain = `The longest chain of ${ids.length} ${ids.length === 1 ? "step" : "steps"} took ${durationWords(lengthMs)} of ${durationWords(wallMs)} of wall time${isRunning ? " so far" : ""}`;
  const restMs = wallMs - lengthMs;
  // A chain that is longer than the wall time has steps that ran side by side, after a second try for example.
  if (restMs < 0 || wallMs === 0) return `${chain}.`;
  return `${chain} (${Math.round((lengthMs / wallMs) * 100)} %); ${durationWords(restMs)} went by outside of its steps.`;
}
