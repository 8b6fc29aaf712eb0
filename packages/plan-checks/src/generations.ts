// Rules about the numbers that keep stale executors from moving a host backwards.
import { fatal, type Rule } from "./finding.ts";

export const generationsRise: Rule = {
  id: "CHK-03",
  statement: "Each host plan is published under a generation above every one published before, rising with its stage.",
  check({ plan, inventory, parent }) {
    return Object.values(plan.hosts).flatMap((host) => {
      const converges = plan.steps.flatMap((step) => (step.action.kind === "host.converge" && step.action.hostId === host.hostId ? [{ id: step.id, action: step.action }] : []));
      const inOrder = converges.toSorted((a, b) => a.action.stage - b.action.stage);
      let highest = Math.max(inventory.hosts.find((seen) => seen.hostId === host.hostId)?.publishedGeneration ?? 0, converges.length === 0 ? 0 : (parent?.hosts[host.hostId]?.hostPlan.generation ?? 0));
      const findings = inOrder.flatMap(({ id, action }) => {
        const before = highest;
        highest = Math.max(highest, action.generation);
        return action.generation > before ? [] : [fatal(id, `${id} publishes generation ${action.generation}, but ${before} was published before: agents would refuse it.`)];
      });
      const last = inOrder.at(-1);
      if (last !== undefined && last.action.generation !== host.hostPlan.generation) findings.push(fatal(host.hostId, `The host plan of ${host.hostId} is generation ${host.hostPlan.generation}, but its last stage is published as ${last.action.generation}.`));
      return findings;
    });
  },
};
