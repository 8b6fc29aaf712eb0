// Planning: from what is wanted, what is and what was decided before, to one immutable plan. Synchronous and
// pure; the executor that runs the plan makes no choice that was not made here.
import { isSameJson, planId, type ClusterPolicy, type EngineLayout, type HostId, type Inventory, type LayoutProblem, type Plan, type PlannedHost } from "@cynosure/model";
import { composeSteps } from "./compose-steps.ts";
import { contentProblems } from "./content-problems.ts";
import { chooseEngineSteps } from "./engine-steps.ts";
import { decideHost, type HostDecision } from "./host-decisions.ts";
import { chooseHosts, type HostSlot, layoutHost } from "./host-set.ts";
import type { PlanningInput, PlanningResult } from "./planning-input.ts";
import { emptyLayout, isRemoved, removalSteps } from "./removal.ts";
import { reportEngine, reportHosts, reportSteps } from "./report.ts";
import { ENDPOINTS_ENSURE, NETWORK_ENSURE } from "./step-ids.ts";

export function plan(input: PlanningInput): PlanningResult {
  return input.policy.presence === "absent" ? planRemoval(input) : planPresence(input);
}

/** What every plan of the run shares; the rest is decided. */
function planHead({ policy, parent, createdBy, comment, rng }: PlanningInput): Pick<Plan, "id" | "parentId" | "clusterKey" | "generation" | "createdBy" | "comment" | "policy"> {
  const generation = (parent?.generation ?? 0) + 1;
  const id = planId(rng.child(`plan/${policy.clusterKey}/${generation}`).uuid());
  return { id, parentId: parent?.id ?? null, clusterKey: policy.clusterKey, generation, createdBy, comment, policy };
}

function planRemoval(input: PlanningInput): PlanningResult {
  const { parent, parentSucceeded } = input;
  const steps = isRemoved(parent, parentSucceeded) ? [] : removalSteps(input);
  const plan: Plan = { ...planHead(input), hosts: parent?.hosts ?? {}, layout: parent?.layout ?? emptyLayout, steps };
  return { ok: true, plan, report: { steps: reportSteps(steps) } };
}

/** After half a removal nobody knows which hosts are left, and a new plan that wants fewer would forget the rest. */
const isHalfRemoved = ({ parent, parentSucceeded }: PlanningInput): boolean => parent !== null && parent.policy.presence === "absent" && !parentSucceeded;

/** The target plan whose hosts exist; null when there is none or it took the cluster away. */
const livingParent = (parent: Plan | null): Plan | null => (parent !== null && parent.policy.presence === "present" ? parent : null);

const isUnfinished = (input: PlanningInput, parent: Plan | null, id: string): boolean => parent !== null && !input.parentSucceeded && parent.steps.some((step) => step.id === id);

/** Whether a wish can be laid out, without deciding its steps: every refusal that `plan` would give, at a tenth of its cost. */
export function findLayoutProblems(input: PlanningInput): readonly LayoutProblem[] {
  if (input.policy.presence === "absent") return [];
  const laidOut = layOut(input);
  return laidOut.ok ? [] : laidOut.problems;
}

type LaidOut = { readonly ok: true; readonly parent: Plan | null; readonly slots: readonly HostSlot[]; readonly layout: EngineLayout } | { readonly ok: false; readonly problems: readonly LayoutProblem[] };

function layOut(input: PlanningInput): LaidOut {
  const { policy, enginePlanner, rng } = input;
  if (isHalfRemoved(input)) return { ok: false, problems: [{ target: "properties", message: `Cluster ${policy.clusterName} was being deleted and that did not finish. Delete it again until it is gone, then create it.` }] };
  const problems = contentProblems(policy);
  if (problems.length > 0) return { ok: false, problems };
  const parent = livingParent(input.parent);
  const chosen = chooseHosts(input, parent);
  if (!chosen.ok) return chosen;
  const laidOut = enginePlanner.layout({ policy, hosts: chosen.slots.map(layoutHost), parent: parent?.layout ?? null, rng: rng.child(`engine/${policy.clusterKey}`) });
  return laidOut.ok ? { ok: true, parent, slots: chosen.slots, layout: laidOut.layout } : laidOut;
}

function planPresence(input: PlanningInput): PlanningResult {
  const { policy } = input;
  const laidOut = layOut(input);
  if (!laidOut.ok) return laidOut;
  const { parent, slots, layout } = laidOut;
  const hosts = slots.map((slot) => decideHost(input, parent, slot, layout));
  const engineSteps = chooseEngineSteps(layout.steps, hosts, parent, input.parentSucceeded);
  const endpointsBefore = parent?.layout.endpoints ?? [];
  const steps = composeSteps({
    substrate: policy.substrate,
    layout,
    hosts,
    engineSteps,
    ensureNetwork: parent === null || isUnfinished(input, parent, NETWORK_ENSURE),
    ensureEndpoints: !isSameJson(endpointsBefore, layout.endpoints) || isUnfinished(input, parent, ENDPOINTS_ENSURE),
  });
  const report = { steps: [...reportSteps(steps), ...reportHosts(hosts, layout.stages), ...reportEngine(layout.steps, engineSteps), ...reportGaps(input)] };
  return { ok: true, plan: { ...planHead(input), hosts: hostRecord(hosts), layout, steps }, report };
}

function hostRecord(hosts: readonly HostDecision[]): Record<HostId, PlannedHost> {
  return Object.fromEntries(hosts.map(({ planned }) => [planned.hostId, planned]));
}

function reportGaps({ inventory, parent }: PlanningInput): { step: string; outcome: string; waitingOn: null }[] {
  const seen = new Set(inventory.hosts.map((host) => host.hostId));
  const unseen = livingParent(parent) === null ? [] : Object.values(parent?.hosts ?? {}).filter((host) => !seen.has(host.hostId));
  return [
    ...inventory.gaps.map((gap) => ({ step: "inventory", outcome: `not seen: ${gap}`, waitingOn: null })),
    ...unseen.map((host) => ({ step: host.hostId, outcome: "not seen: the host is in the target plan but not in the inventory; it is taken to be as planned", waitingOn: null })),
  ];
}

/** An inventory of a cluster of which nothing has been seen. */
export const emptyInventory = (policy: Pick<ClusterPolicy, "clusterKey">, collectedAtMs: number): Inventory => ({ clusterKey: policy.clusterKey, collectedAtMs, hosts: [], health: null, endpoints: [], gaps: [] });
