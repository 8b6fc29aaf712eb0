// For every host: its full host plan, whether it must be made, and at which stages it is published under
// which generations. Stages only ever go up on a host that serves: publishing an earlier stage again would
// stop the daemons of the later ones.
import { hostPlanChange, isDisruptive, type EngineLayout, type HostPlan, type Plan, type PlannedHost } from "@cynosure/model";
import type { HostSlot } from "./host-set.ts";
import type { PlanningInput } from "./planning-input.ts";
import { hostEnsureId, hostJoinId } from "./step-ids.ts";

export interface HostDecision {
  readonly planned: PlannedHost;
  /** The host is created (or completed) and has to join. */
  readonly isMade: boolean;
  /** In order; empty when the host is left alone. */
  readonly publishes: readonly { readonly stage: number; readonly generation: number }[];
  /** Daemons that serve now stop for a moment: no other host may do so at the same time. */
  readonly isDisruptive: boolean;
}

/** Stages at which this host has something to do that it had not before. */
function stagesWithContent(plan: HostPlan, stages: number): number[] {
  const found = new Set([...plan.files.map((file) => file.stage), ...plan.daemons.flatMap((daemon) => [daemon.prepareStage, daemon.stage])]);
  return Array.from({ length: stages }, (_, k) => k + 1).filter((stage) => found.has(stage));
}

/** The stage a host is known to be at when the parent plan stopped half-way. */
function stageReached(parent: Plan, slot: HostSlot, publishedGeneration: number): number | null {
  const converges = parent.steps.flatMap(({ action }) => (action.kind === "host.converge" && action.hostId === slot.hostId ? [action] : []));
  if (converges.length === 0) return null;
  const published = converges.filter((action) => action.generation <= publishedGeneration).map((action) => action.stage);
  // Nothing of it published: the host is where it was before, which is at least the first stage the parent meant to publish.
  return published.length > 0 ? Math.max(...published) : Math.min(...converges.map((action) => action.stage));
}

interface Course {
  readonly isMade: boolean;
  readonly stages: readonly number[];
  readonly isDisruptive: boolean;
}

function chooseCourse(input: PlanningInput, parent: Plan | null, slot: HostSlot, full: HostPlan): Course {
  const content = stagesWithContent(full, full.stage);
  const before = parent?.hosts[slot.hostId];
  if (parent === null || before === undefined) return { isMade: true, stages: content, isDisruptive: false };
  const change = hostPlanChange(before.hostPlan, full);
  const again: Course = { isMade: false, stages: change.isSame ? [] : [full.stage], isDisruptive: isDisruptive(change) };
  if (input.parentSucceeded) return again;

  const stepIds = new Set(parent.steps.map((step) => step.id));
  const isMade = stepIds.has(hostEnsureId(slot.hostId)) || stepIds.has(hostJoinId(slot.hostId));
  const seen = input.inventory.hosts.find((host) => host.hostId === slot.hostId);
  const reached = stageReached(parent, slot, seen?.publishedGeneration ?? 0);
  if (reached === null) return isMade ? { isMade, stages: content, isDisruptive: false } : again;
  const rest = content.filter((stage) => stage >= reached);
  // A host that served before the parent plan may still be on its older content, so it counts as disruptive;
  // one that reached the last stage serves too. Hosts on their way up must not wait for those: stages bind them.
  return { isMade, stages: rest.length > 0 ? rest : [full.stage], isDisruptive: !isMade || (reached >= full.stage && isDisruptive(change)) };
}

export function decideHost(input: PlanningInput, parent: Plan | null, slot: HostSlot, layout: EngineLayout): HostDecision {
  const full: HostPlan = {
    clusterKey: input.policy.clusterKey,
    hostId: slot.hostId,
    generation: 0,
    stage: layout.stages,
    image: { name: layout.imageName },
    files: layout.files[slot.hostId] ?? [],
    disks: slot.disks,
    daemons: layout.daemons[slot.hostId] ?? [],
  };
  const course = chooseCourse(input, parent, slot, full);
  const seen = input.inventory.hosts.find((host) => host.hostId === slot.hostId);
  // The parent counts also when it removed the cluster: an agent may still remember its numbers.
  const generationBefore = Math.max(seen?.publishedGeneration ?? 0, input.parent?.hosts[slot.hostId]?.hostPlan.generation ?? 0);
  const publishes = course.stages.map((stage, k) => ({ stage, generation: generationBefore + k + 1 }));
  const generation = generationBefore + publishes.length;
  return { planned: { ...slot, hostPlan: { ...full, generation } }, isMade: course.isMade, publishes, isDisruptive: course.isDisruptive };
}
