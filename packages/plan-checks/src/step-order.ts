// Rules about the DAG itself, and the reachability that other rules ask for.
import type { PlanStep, StepId } from "@cynosure/model";
import { fatal, type Rule } from "./finding.ts";

/** For each step everything it waits for, directly or not. Steps in a circle reach themselves. */
export function ancestors(steps: readonly PlanStep[]): Map<StepId, ReadonlySet<StepId>> {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const found = new Map<StepId, ReadonlySet<StepId>>();
  for (const step of steps) {
    const seen = new Set<StepId>();
    const open = [...step.dependsOn];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (seen.has(id)) continue;
      seen.add(id);
      const known = found.get(id);
      if (known === undefined) open.push(...(byId.get(id)?.dependsOn ?? []));
      else for (const further of known) seen.add(further);
    }
    found.set(step.id, seen);
  }
  return found;
}

export const dagIsSound: Rule = {
  id: "CHK-01",
  statement: "Steps have unique ids, wait only for steps of the plan, and never in a circle.",
  check({ plan }) {
    const ids = new Set<StepId>();
    const duplicates = plan.steps.filter((step) => ids.has(step.id) || (ids.add(step.id), false));
    const reach = ancestors(plan.steps);
    return [
      ...duplicates.map((step) => fatal(step.id, `Two steps are called ${step.id}.`)),
      ...plan.steps.flatMap((step) => step.dependsOn.filter((id) => !ids.has(id)).map((id) => fatal(step.id, `${step.id} waits for ${id}, which is no step of this plan.`))),
      ...plan.steps.filter((step) => reach.get(step.id)?.has(step.id)).map((step) => fatal(step.id, `${step.id} waits for itself through other steps.`)),
    ];
  },
};

export const hostsAreKnown: Rule = {
  id: "CHK-02",
  statement: "Steps speak of hosts of the plan (or, to destroy them, of hosts seen), and no host converges before it joined.",
  check({ plan, inventory }) {
    const reach = ancestors(plan.steps);
    const seen = new Set(inventory.hosts.map((host) => host.hostId));
    const joins = new Map(plan.steps.flatMap((step) => (step.action.kind === "host.join" ? [[step.action.hostId, step.id] as const] : [])));
    return plan.steps.flatMap((step) => {
      const { action } = step;
      if (!("hostId" in action)) return [];
      const isKnown = plan.hosts[action.hostId] !== undefined || (action.kind === "host.destroy" && seen.has(action.hostId));
      if (!isKnown) return [fatal(step.id, `${step.id} speaks of ${action.hostId}, which is no host of this plan.`)];
      const join = joins.get(action.hostId);
      const tooEarly = action.kind === "host.converge" && join !== undefined && reach.get(step.id)?.has(join) !== true;
      return tooEarly ? [fatal(step.id, `${step.id} may run before ${join}: its agent could not fetch the host plan.`)] : [];
    });
  },
};
