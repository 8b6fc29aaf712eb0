// Which steps of the engine's layout run in this plan. A layout names everything the engine must have done;
// what the parent plan has done already is left out, unless something it rests upon is done again.
import { isSameJson, type EngineStep, type Plan } from "@cynosure/model";
import type { HostDecision } from "./host-decisions.ts";
import { engineActId } from "./step-ids.ts";

/** A step after stage n waits for hosts that are made, and for what is published up to that stage. */
const waitsForHosts = (step: EngineStep, hosts: readonly HostDecision[]): boolean =>
  step.afterStage > 0 && hosts.some((host) => host.isMade || host.publishes.some(({ stage }) => stage <= step.afterStage));

export function chooseEngineSteps(steps: readonly EngineStep[], hosts: readonly HostDecision[], parent: Plan | null, parentSucceeded: boolean): EngineStep[] {
  if (parent === null) return [...steps];
  const before = new Map(parent.layout.steps.map((step) => [step.id, step]));
  const unfinished = new Set(parentSucceeded ? [] : parent.steps.map((step) => step.id));
  const running = new Set(
    steps
      .filter((step) => !isSameJson(before.get(step.id)?.action ?? null, step.action) || unfinished.has(engineActId(step.id)) || waitsForHosts(step, hosts))
      .map((step) => step.id),
  );
  for (let sizeBefore = -1; sizeBefore !== running.size; ) {
    sizeBefore = running.size;
    for (const step of steps) if (step.dependsOn.some((id) => running.has(id))) running.add(step.id);
  }
  return steps.filter((step) => running.has(step.id));
}
