// The rule that a cluster which serves loses at most one failure domain at a time.
import { hostPlanAtStage, hostPlanChange, isDisruptive, type HostId, type PlanStep } from "@cynosure/model";
import { fatal, type CheckedPlan, type Rule } from "./finding.ts";
import { ancestors } from "./step-order.ts";

/** True when daemons that serve now stop, be it for a moment, while this step runs. */
function takesDown({ plan, inventory, parent }: CheckedPlan, step: PlanStep, made: ReadonlySet<HostId>): boolean {
  const { action } = step;
  if (action.kind === "host.destroy") return true;
  if (action.kind !== "host.converge" || made.has(action.hostId)) return false;
  const host = plan.hosts[action.hostId];
  if (host === undefined) return false;
  const after = hostPlanAtStage(host.hostPlan, action.stage, action.generation);
  const before = parent?.hosts[action.hostId]?.hostPlan;
  if (before !== undefined) return isDisruptive(hostPlanChange(before, after));
  const kept = new Set(after.daemons.map((daemon) => daemon.id));
  const running = inventory.hosts.find((seen) => seen.hostId === action.hostId)?.report?.daemons ?? [];
  return running.some((daemon) => daemon.state === "running" && !kept.has(daemon.id));
}

export const oneDomainAtATime: Rule = {
  id: "CHK-07",
  statement: "On a cluster that stays, no two failure domains are taken down at the same time.",
  check(checked) {
    const { plan, inventory } = checked;
    if (plan.policy.presence === "absent") return [];
    // Hosts that this plan makes or completes serve nobody yet.
    const made = new Set(plan.steps.flatMap((step) => (step.action.kind === "host.ensure" ? [step.action.hostId] : [])));
    const domainOf = (step: PlanStep): string => {
      const id = "hostId" in step.action ? step.action.hostId : null;
      if (id === null) return "";
      return plan.hosts[id]?.failureDomain ?? inventory.hosts.find((host) => host.hostId === id)?.failureDomain ?? id;
    };
    const downs = plan.steps.filter((step) => takesDown(checked, step, made));
    const reach = ancestors(plan.steps);
    return downs.flatMap((a, k) =>
      downs
        .slice(k + 1)
        .filter((b) => domainOf(a) !== domainOf(b) && reach.get(a.id)?.has(b.id) !== true && reach.get(b.id)?.has(a.id) !== true)
        .map((b) => fatal(b.id, `${a.id} and ${b.id} may run at the same time and take down ${domainOf(a)} and ${domainOf(b)} together.`)),
    );
  },
};
