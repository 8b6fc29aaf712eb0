// Builders of small valid values, so that a test states only what it is about.
import {
  type ClusterKey,
  type Operation,
  type Plan,
  type PlanStep,
  clusterKey,
  hostId,
  installationId,
  operationId,
  planId,
  resourceKey,
  stepId,
} from "@cynosure/model";
import type { StoredResource } from "../port.ts";

const SUBSCRIPTION = "00000000-0000-4000-8000-000000000001";
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/quickstart`;

export const testCluster = (name = "Harbour"): { readonly id: string; readonly key: ClusterKey } => {
  const id = `${GROUP}/providers/Cynosure.Storage/clusters/${name}`;
  return { id, key: clusterKey(id) };
};

export function aResource(name: string, overrides: Partial<Omit<StoredResource, "etag">> = {}): Omit<StoredResource, "etag"> {
  const { id } = testCluster(name);
  const stamp = { createdBy: "ada", createdByType: "User", createdAt: "2026-12-01T00:00:00Z" } as const;
  const systemData = { ...stamp, lastModifiedBy: "ada", lastModifiedByType: "User", lastModifiedAt: stamp.createdAt } as const;
  return {
    key: resourceKey(id),
    id,
    type: "Cynosure.Storage/clusters",
    name,
    parentKey: resourceKey(GROUP),
    subscriptionId: SUBSCRIPTION,
    location: "local",
    tags: {},
    properties: { hosts: { count: 3 } },
    systemData,
    provisioningState: "Accepted",
    ...overrides,
  };
}

export function anOperation(id: string, cluster: ClusterKey, overrides: Partial<Operation> = {}): Operation {
  return {
    id: operationId(id),
    kind: "create",
    resourceKey: resourceKey(cluster),
    resourceId: cluster,
    clusterKey: cluster,
    location: "local",
    planId: null,
    status: "Accepted",
    percentComplete: 0,
    startedAtMs: 1_000,
    finishedAtMs: null,
    error: null,
    ...overrides,
  };
}

/** `steps` maps each step id to its predecessors. */
export function aPlan(id: string, cluster: ClusterKey, steps: Readonly<Record<string, readonly string[]>>, overrides: Partial<Plan> = {}): Plan {
  const protection = { hostFailures: 1, scheme: "replication" } as const;
  const planSteps: PlanStep[] = Object.entries(steps).map(([name, before]) => ({
    id: stepId(name),
    title: `do ${name}`,
    action: { kind: "engine.act", action: { name: "simulated.step", params: { step: name } } },
    dependsOn: before.map(stepId),
    expectedMs: 10,
    attemptsMax: 3,
    timeoutMsMax: 60_000,
  }));
  return {
    id: planId(id),
    parentId: null,
    clusterKey: cluster,
    generation: 1,
    createdBy: "planner",
    comment: "a sample",
    policy: {
      clusterKey: cluster,
      clusterName: "harbour",
      installationId: installationId("0badcafe"),
      engine: "simulated",
      engineVersion: "1",
      substrate: "simulated",
      location: "local",
      hosts: { size: "local", count: 3 },
      protection,
      fileSystems: [],
      buckets: [],
      snapshots: [],
      quotas: [],
      presence: "present",
    },
    hosts: {},
    layout: { daemons: {}, files: {}, stages: 1, stageExpectedMs: [10], pools: [], steps: [], endpoints: [], imageName: "simulated-1" },
    steps: planSteps,
    ...overrides,
  };
}

export const sampleHost = (name: string, index: number) => ({
  hostId: hostId(name),
  index,
  address: `10.88.0.${10 + index}`,
  size: "local",
  failureDomain: name,
  power: "on" as const,
  diskPaths: ["/var/lib/cynosure/disks/0"],
  diskSizeBytes: 1 << 30,
});
