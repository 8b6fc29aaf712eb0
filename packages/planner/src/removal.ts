// The plan that removes everything a cluster owns: endpoints first, so that nobody is cut off in the middle
// of a transfer that could have been refused; then all hosts at once; then the network; then what the store knows.
import { type EngineLayout, type HostId, type Plan, type PlanStep } from "@cynosure/model";
import { makeStep } from "./compose-steps.ts";
import { FORGET_MS, substrateDurations } from "./durations.ts";
import type { PlanningInput } from "./planning-input.ts";
import { CLUSTER_FORGET, ENDPOINTS_REMOVE, NETWORK_DESTROY, hostDestroyId } from "./step-ids.ts";

export const emptyLayout: EngineLayout = { daemons: {}, files: {}, stages: 0, stageExpectedMs: [], pools: [], steps: [], endpoints: [], imageName: "" };

/** Every host that any record speaks of: a half-made one counts. */
function hostsToDestroy({ parent, inventory }: PlanningInput): HostId[] {
  const planned = Object.values(parent?.hosts ?? {}).map((host) => ({ id: host.hostId, index: host.index }));
  const seen = inventory.hosts.map((host) => ({ id: host.hostId, index: host.index }));
  const byId = new Map([...seen, ...planned].map((host) => [host.id, host.index]));
  return [...byId].sort((a, b) => a[1] - b[1]).map(([id]) => id);
}

export const isRemoved = (parent: Plan | null, parentSucceeded: boolean): boolean => parent !== null && parent.policy.presence === "absent" && parentSucceeded;

export function removalSteps(input: PlanningInput): PlanStep[] {
  const durations = substrateDurations[input.policy.substrate];
  const hosts = hostsToDestroy(input);
  return [
    makeStep(ENDPOINTS_REMOVE, "withdraw endpoints", { kind: "endpoints.remove" }, [], durations.endpointsEnsureMs),
    ...hosts.map((host) => makeStep(hostDestroyId(host), `destroy ${host}`, { kind: "host.destroy", hostId: host }, [ENDPOINTS_REMOVE], durations.hostDestroyMs)),
    makeStep(NETWORK_DESTROY, "destroy the cluster network", { kind: "network.destroy" }, hosts.length > 0 ? hosts.map(hostDestroyId) : [ENDPOINTS_REMOVE], durations.networkDestroyMs),
    makeStep(CLUSTER_FORGET, "forget secrets, host plans and outputs", { kind: "cluster.forget" }, [NETWORK_DESTROY], FORGET_MS),
  ];
}
