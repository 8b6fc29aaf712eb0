// Which hosts the cluster consists of: those of the target plan stay what they are, missing ones are added
// with indexes that were never used before. What would need a host to change or to go is refused here.
import { HOST_STATE_DIR, hostId, type HostDisk, type LayoutHost, type LayoutProblem, type Plan, type PlannedHost } from "@cynosure/model";
import type { PlanningInput } from "./planning-input.ts";

/** A host before the engine has said what runs on it. */
export type HostSlot = Omit<PlannedHost, "hostPlan">;

export type HostSet = { readonly ok: true; readonly slots: readonly HostSlot[] } | { readonly ok: false; readonly problems: readonly LayoutProblem[] };

function countProblems({ policy, enginePlanner }: PlanningInput): LayoutProblem[] {
  const { count } = policy.hosts;
  const { min, max } = enginePlanner.hostCount;
  if (Number.isInteger(count) && count >= min && count <= max) return [];
  return [{ target: "properties.hosts.count", message: `${count} hosts: the engine ${policy.engine} runs on ${min} to ${max} hosts. Ask for a whole number in that range.` }];
}

/** Asked only when hosts are added: what exists does not need to be on offer any more. */
function offerProblems({ policy, offer }: PlanningInput): LayoutProblem[] {
  const target = "properties.hosts.size";
  if (offer.size !== policy.hosts.size) return [{ target, message: `Size ${policy.hosts.size} is not offered in ${policy.location}; ${offer.size} is. Ask for that size.` }];
  if (offer.restriction !== null) return [{ target, message: `Size ${offer.size} cannot be had in ${offer.location} now: ${offer.restriction}. Choose another size or location.` }];
  if (policy.hosts.count <= offer.hostCountMax) return [];
  return [{ target: "properties.hosts.count", message: `${policy.hosts.count} hosts of size ${offer.size}: ${offer.location} offers at most ${offer.hostCountMax}. Ask for fewer hosts or another size.` }];
}

/** Properties of a cluster that exists and that no plan can change. */
function fixedProblems({ policy }: PlanningInput, parent: Plan): LayoutProblem[] {
  const problems: LayoutProblem[] = [];
  const fixed = (target: string, was: string, is: string): void => {
    if (was !== is) problems.push({ target, message: `Cannot change from ${was} to ${is} on a cluster that exists. Keep ${was}, or create another cluster.` });
  };
  fixed("properties.engine", parent.policy.engine, policy.engine);
  fixed("properties.engineVersion", parent.policy.engineVersion, policy.engineVersion);
  fixed("properties.substrate", parent.policy.substrate, policy.substrate);
  fixed("properties.hosts.size", parent.policy.hosts.size, policy.hosts.size);
  const countBefore = Object.keys(parent.hosts).length;
  if (policy.hosts.count < countBefore) {
    problems.push({ target: "properties.hosts.count", message: `Cannot go from ${countBefore} to ${policy.hosts.count} hosts: the hosts to go hold data that would have to be moved first. Ask for ${countBefore} hosts or more.` });
  }
  return problems;
}

export function disksOf({ offer }: Pick<PlanningInput, "offer">): HostDisk[] {
  return Array.from({ length: offer.diskCount }, (_, k) => ({ name: `disk${k}`, path: `${HOST_STATE_DIR}/disks/disk${k}`, sizeBytes: offer.diskSizeBytes }));
}

const slotOf = ({ hostId: id, index, size, failureDomain, disks }: PlannedHost): HostSlot => ({ hostId: id, index, size, failureDomain, disks });

/** `parent` is the target plan whose hosts exist; null when nothing of the cluster does. */
export function chooseHosts(input: PlanningInput, parent: Plan | null): HostSet {
  const kept = parent === null ? [] : Object.values(parent.hosts).map(slotOf);
  const problems = [...countProblems(input), ...(parent === null ? [] : fixedProblems(input, parent))];
  if (problems.length === 0 && input.policy.hosts.count > kept.length) problems.push(...offerProblems(input));
  if (problems.length > 0) return { ok: false, problems };
  // Hosts that were seen but belong to no plan keep their index: it is not given away twice.
  const seen = parent === null ? [] : input.inventory.hosts.map((host) => host.index);
  const firstFree = Math.max(-1, ...kept.map((slot) => slot.index), ...seen) + 1;
  const added = Array.from({ length: input.policy.hosts.count - kept.length }, (_, k): HostSlot => {
    const index = firstFree + k;
    const id = hostId(`host-${index + 1}`);
    // Every host is a failure domain of its own: what offers know today are hosts without shared racks.
    return { hostId: id, index, size: input.offer.size, failureDomain: id, disks: disksOf(input) };
  });
  return { ok: true, slots: [...kept, ...added].sort((a, b) => a.index - b.index) };
}

export const layoutHost = (slot: HostSlot): LayoutHost => ({
  hostId: slot.hostId,
  index: slot.index,
  failureDomain: slot.failureDomain,
  diskPaths: slot.disks.map((disk) => disk.path),
  diskSizeBytes: slot.disks.length === 0 ? 0 : Math.min(...slot.disks.map((disk) => disk.sizeBytes)),
});
