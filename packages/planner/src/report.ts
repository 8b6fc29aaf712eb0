// The planner's account of itself: what it planned and what each step waits on, what it left out and why.
import type { PlanReport, PlanStep, StepId } from "@cynosure/model";
import type { HostDecision } from "./host-decisions.ts";

type Line = PlanReport["steps"][number];

const NAMES_SHOWN_MAX = 4;

function waitsOn(dependsOn: readonly StepId[]): string | null {
  if (dependsOn.length === 0) return null;
  const shown = dependsOn.slice(0, NAMES_SHOWN_MAX).join(", ");
  const more = dependsOn.length - NAMES_SHOWN_MAX;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

export function reportSteps(steps: readonly PlanStep[]): Line[] {
  return steps.map((step) => ({ step: step.id, outcome: `planned: ${step.title}`, waitingOn: waitsOn(step.dependsOn) }));
}

export function reportHosts(hosts: readonly HostDecision[], stages: number): Line[] {
  return hosts.flatMap((host): Line[] => {
    const { hostId } = host.planned;
    if (!host.isMade && host.publishes.length === 0) return [{ step: hostId, outcome: "unchanged: the host plan in force is the one wanted", waitingOn: null }];
    if (!host.isMade) return host.isDisruptive ? [{ step: hostId, outcome: "daemons restart here: hosts change one after the other", waitingOn: null }] : [];
    const published = new Set(host.publishes.map((publish) => publish.stage));
    const left = Array.from({ length: stages }, (_, k) => k + 1).filter((stage) => !published.has(stage));
    return left.map((stage) => ({ step: `host.converge:${hostId}:${stage}`, outcome: `left out: nothing is new on ${hostId} at stage ${stage}, or it is past it`, waitingOn: null }));
  });
}

export function reportEngine(all: readonly { readonly id: string }[], chosen: readonly { readonly id: string }[]): Line[] {
  const running = new Set(chosen.map((step) => step.id));
  return all.filter((step) => !running.has(step.id)).map((step) => ({ step: `engine.act:${step.id}`, outcome: "left out: the target plan has done it and nothing below it changes", waitingOn: null }));
}
