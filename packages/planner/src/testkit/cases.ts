// Builders for planning cases: a policy, an offer, an input, and the inventory one would see after a plan ran.
import { clusterKey, installationId, type ClusterPolicy, type HostSizeOffer, type Inventory, type Plan, type ProtectionPolicy } from "@cynosure/model";
import { emptyInventory, plan } from "../plan.ts";
import type { PlanningInput } from "../planning-input.ts";
import { testRng } from "./seeded-rng.ts";
import { tinyEngine } from "./tiny-engine.ts";

export const GIB = 2 ** 30;
const oneHost: ProtectionPolicy = { hostFailures: 1, scheme: "replication" };

export function aPolicy(hostCount: number, change: Partial<ClusterPolicy> = {}): ClusterPolicy {
  return {
    clusterKey: clusterKey("/subscriptions/s/resourceGroups/quickstart/providers/Cynosure.Storage/clusters/meadow"),
    clusterName: "meadow",
    installationId: installationId("00c0ffee"),
    engine: "simulated",
    engineVersion: "1.0",
    substrate: "local",
    location: "local",
    hosts: { size: "local-small", count: hostCount },
    protection: oneHost,
    fileSystems: [{ name: "home", usableCapacityBytes: 8 * GIB, protocols: ["nfs"], protection: oneHost }],
    buckets: [],
    snapshots: [],
    quotas: [],
    presence: "present",
    ...change,
  };
}

export const anOffer: HostSizeOffer = { size: "local-small", location: "local", hostCountMax: 32, diskCount: 1, diskSizeBytes: 10 * GIB, vcpus: 2, memoryBytes: 4 * GIB, restriction: null };

export function anInput(policy: ClusterPolicy, change: Partial<PlanningInput> = {}): PlanningInput {
  return { policy, inventory: emptyInventory(policy, 0), parent: null, parentSucceeded: true, enginePlanner: tinyEngine, offer: anOffer, createdBy: "ada@example.org", comment: "test", rng: testRng("1"), ...change };
}

export function planned(input: PlanningInput): Plan {
  const result = plan(input);
  if (!result.ok) throw new Error(result.problems.map((problem) => `${problem.target}: ${problem.message}`).join("\n"));
  return result.plan;
}

/** What would be seen once the plan's converge steps up to `publishedStageMax` were published. */
export function inventoryAfter(plan: Plan, publishedStageMax = Number.MAX_SAFE_INTEGER): Inventory {
  const hosts = Object.values(plan.hosts).map((host) => {
    const published = plan.steps.flatMap(({ action }) => (action.kind === "host.converge" && action.hostId === host.hostId && action.stage <= publishedStageMax ? [action.generation] : []));
    return {
      hostId: host.hostId, index: host.index, address: `10.88.0.${10 + host.index}`, size: host.size, failureDomain: host.failureDomain, power: "on" as const,
      diskPaths: host.disks.map((disk) => disk.path), diskSizeBytes: host.disks[0]?.sizeBytes ?? 0, joined: true, report: null,
      publishedGeneration: Math.max(0, ...published, publishedStageMax === Number.MAX_SAFE_INTEGER ? host.hostPlan.generation : 0),
    };
  });
  return { ...emptyInventory(plan.policy, 0), hosts };
}

/** The next plan over a finished one. */
export const replan = (parent: Plan, policy: ClusterPolicy = parent.policy, change: Partial<PlanningInput> = {}): Plan => planned(anInput(policy, { parent, inventory: inventoryAfter(parent), rng: testRng("2"), ...change }));
