// What the mock's installation holds when it starts: a healthy cluster, one with a host down, and one that is being
// delivered. Plain data of the contract's types; times are given by who starts it.
import type { Cluster, ClusterHost, ClusterPlan, FileSystem, HostDaemon, PlanStep, PlanStepStatus } from "@cynosure/contract";

export const subscriptionId = "5f0c2a9e-6a5b-4a7e-9d2f-0b1c2d3e4f50";
export const group = "quickstart";
export const clusterIdOf = (name: string): string => `/subscriptions/${subscriptionId}/resourceGroups/${group}/providers/Cynosure.Storage/clusters/${name}`;

export interface MockCluster {
  cluster: Cluster;
  readonly hosts: ClusterHost[];
  readonly plans: ClusterPlan[];
  readonly fileSystems: Map<string, FileSystem>;
  readonly buckets: Map<string, { readonly hostFailures: number; readonly provisioningState: "Creating" | "Succeeded" }>;
}

const daemonsOf = (index: number, isDown: boolean): readonly HostDaemon[] => {
  const kinds = ["osd", ...(index <= 3 ? ["mon"] : []), ...(index <= 2 ? ["mgr", "mds"] : []), ...(index >= 4 && index <= 5 ? ["nfs"] : []), ...(index >= 6 && index <= 7 ? ["rgw"] : [])];
  return kinds.map((kind) => ({ id: `${kind}.${index - 1}`, kind, state: isDown ? "failed" : "running", pid: 100 + index, restarts: index === 5 ? 1 : 0, ...(isDown ? { error: "the host does not answer" } : {}) }));
};

function hostsOf(name: string, count: number, down: number): ClusterHost[] {
  return Array.from({ length: count }, (_, at): ClusterHost => {
    const index = at + 1;
    const isDown = index === down;
    return {
      id: `${clusterIdOf(name)}/hosts/host-${index}`,
      name: `host-${index}`,
      type: "Cynosure.Storage/clusters/hosts",
      properties: { index, address: `10.44.0.${10 + index}`, size: "small", failureDomain: `host-${index}`, power: isDown ? "off" : "on", fault: isDown ? "killed" : "none", joined: true, observedGeneration: 2, publishedGeneration: 2, state: "converged", daemons: daemonsOf(index, isDown), provisioningState: "Succeeded" },
    };
  });
}

type MockStep = readonly [title: string, dependsOn: readonly number[], seconds: number];

const stepTitles: readonly MockStep[] = [
  ["create the network", [], 1],
  ["create 8 hosts", [0], 3],
  ["bootstrap the first monitor on host-1", [1], 4],
  ["monitors on host-2 and host-3", [2], 3],
  ["managers on host-1 and host-2", [2], 2],
  ["an OSD on each of 8 hosts", [3], 6],
  ["create the pools", [4, 5], 2],
  ["metadata servers on host-1 and host-2", [6], 3],
  ["NFS gateways on host-4 and host-5", [7], 3],
  ["S3 gateways on host-6 and host-7", [6], 3],
  ["wait until the engine is healthy", [8, 9], 5],
];

/** As a plan looks that says each host by itself: a step of everything for everyone, 44 in all. */
const stepsByHost: readonly MockStep[] = (() => {
  const hosts = Array.from({ length: 8 }, (_, at) => at);
  const each = (from: number): readonly number[] => hosts.map((at) => from + at);
  return [
    ["create the network", [], 1],
    ...hosts.map((at): MockStep => [`create host-${at + 1}`, [0], 2 + (at % 3)]),
    ...hosts.map((at): MockStep => [`wait for the agent of host-${at + 1}`, [1 + at], 1 + (at % 2)]),
    ["bootstrap the first monitor on host-1", [9], 4],
    ["monitor on host-2", [17, 10], 3],
    ["monitor on host-3", [17, 11], 2],
    ["manager on host-1", [17], 2],
    ["manager on host-2", [17, 10], 2],
    ...hosts.map((at): MockStep => [`make the OSD on host-${at + 1}`, [9 + at, 18, 19], 4 + (at % 4)]),
    ["wait until 8 OSDs are up", each(22), 2],
    ["create the pool cephfs.meta", [20, 30], 1],
    ["create the pool cephfs.data", [20, 30], 1],
    ["create the pool rgw.data", [20, 30], 1],
    ["metadata server on host-1", [31, 32], 3],
    ["metadata server on host-2", [31, 32], 3],
    ["file system of the cluster", [34, 35], 1],
    ["NFS gateway on host-4", [36, 12], 3],
    ["NFS gateway on host-5", [36, 13], 3],
    ["S3 gateway on host-6", [33, 14], 3],
    ["S3 gateway on host-7", [33, 15], 4],
    ["publish the endpoints", [37, 38, 39, 40], 1],
    ["wait until the engine is healthy", [41], 5],
    ["tell who waits for it", [42], 1],
  ];
})();

/** Each begins when what it waits for is done, and takes a little less than was said. */
function stepsOf(titles: readonly MockStep[], done: number, startMs: number): readonly PlanStep[] {
  const endsMs: number[] = [];
  return titles.map(([title, dependsOn, seconds], index): PlanStep => {
    const status: PlanStepStatus = index < done ? "done" : index === done ? "running" : "pending";
    const startedMs = Math.max(startMs, ...dependsOn.map((each) => endsMs[each] ?? 0)) + 150;
    endsMs[index] = startedMs + seconds * 900;
    return {
      id: `s${index}`,
      title,
      status,
      attempts: index <= done ? 1 : 0,
      dependsOn: dependsOn.map((each) => `s${each}`),
      expectedMs: seconds * 1000,
      ...(status === "pending" ? {} : { startedAt: new Date(startedMs).toISOString() }),
      ...(status === "done" ? { finishedAt: new Date(endsMs[index]).toISOString() } : {}),
      ...(status === "running" ? { waitingOn: "5 of 8 OSDs are up" } : {}),
    };
  });
}

function planOf(name: string, generation: number, done: number, startMs: number, comment: string, titles = stepTitles): ClusterPlan {
  const hosts = Array.from({ length: 8 }, (_, at) => ({ name: `host-${at + 1}`, daemons: daemonsOf(at + 1, false).map(({ id }) => id).filter((id) => generation > 1 || !id.startsWith("rgw")) }));
  const isDone = done >= titles.length;
  const steps = stepsOf(titles, done, startMs);
  const lastMs = Math.max(...steps.map(({ finishedAt }) => Date.parse(finishedAt ?? "1970-01-01")));
  return {
    id: `${clusterIdOf(name)}/plans/plan-${generation}`,
    name: `plan-${generation}`,
    type: "Cynosure.Storage/clusters/plans",
    properties: {
      generation,
      ...(generation > 1 ? { parentPlanId: `plan-${generation - 1}` } : {}),
      comment,
      status: isDone ? "succeeded" : "running",
      operationId: `op-${name}-${generation}`,
      startedAt: new Date(startMs).toISOString(),
      ...(isDone ? { finishedAt: new Date(lastMs).toISOString() } : {}),
      criticalPathMs: 24_000,
      hosts,
      pools: [{ name: "cephfs.data", purpose: "files", scheme: "replication", copies: 2 }, ...(generation > 1 ? [{ name: "rgw.data", purpose: "objects", scheme: "replication" as const, copies: 3 }] : [])],
      steps,
      findings: generation > 1 ? [] : [{ rule: "gateways-apart", severity: "degraded", message: "Both NFS gateways are in one rack; a rack that fails takes both. Name more racks, or accept it.", target: "hosts" }],
      report: [{ step: "hosts", outcome: "8 of 8 hosts are there" }, { step: "placement", outcome: "one failure domain a host" }],
      provisioningState: "Succeeded",
    },
  };
}

const endpoints = (["nfs", "nfs", "s3", "s3"] as const).map((protocol, index) => ({ name: `${protocol}-${(index % 2) + 1}`, protocol, host: `host-${index + 4}`, address: "127.0.0.1", port: 20_490 + index }));

function clusterOf(name: string, nowMs: number, kind: "well" | "degraded" | "creating"): MockCluster {
  const observedAt = new Date(nowMs).toISOString();
  const health = {
    well: { health: { status: "HEALTH_OK", ok: true, checks: [], observedAt } },
    degraded: { health: { status: "HEALTH_WARN", ok: false, checks: [{ code: "OSD_DOWN", severity: "HEALTH_WARN", summary: "1 osds down" }, { code: "PG_DEGRADED", severity: "HEALTH_WARN", summary: "Degraded data redundancy: 21/126 objects degraded" }], observedAt } },
    creating: {},
  }[kind];
  const plans = kind === "creating" ? [planOf(name, 1, 5, nowMs - 12_000, "create the cluster")] : [planOf(name, 1, 99, nowMs - 7_200_000, "create the cluster"), planOf(name, 2, 99, nowMs - 3_600_000, "add the bucket results", kind === "degraded" ? stepsByHost : stepTitles)];
  return {
    cluster: {
      id: clusterIdOf(name),
      name,
      type: "Cynosure.Storage/clusters",
      location: "local",
      tags: { team: "storage" },
      etag: '"1"',
      systemData: { createdAt: new Date(nowMs - 7_200_000).toISOString(), createdBy: "owner", createdByType: "Application" },
      properties: { engine: "ceph", engineVersion: "18.2", substrate: "local", hosts: { size: "small", count: 8 }, protection: { hostFailures: 1, scheme: "replication" }, deploymentMode: "customerTenant", provisioningState: kind === "creating" ? "Creating" : "Succeeded", isSimulated: false, targetPlanId: kind === "creating" ? "plan-1" : "plan-2", installationId: "cy-3f9a", ...(kind === "creating" ? {} : { endpoints }), ...health },
    },
    hosts: hostsOf(name, 8, kind === "degraded" ? 5 : 0),
    plans,
    fileSystems: new Map([["home", fileSystemOf(name, "home", 8)]]),
    buckets: new Map([["results", { hostFailures: 2, provisioningState: "Succeeded" }]]),
  };
}

export const fileSystemOf = (cluster: string, name: string, usableCapacityGB: number): FileSystem => ({
  id: `${clusterIdOf(cluster)}/fileSystems/${name}`,
  name,
  type: "Cynosure.Storage/clusters/fileSystems",
  etag: '"1"',
  properties: { usableCapacityGB, protocols: ["nfs"], protection: { hostFailures: 1, scheme: "replication" }, provisioningState: "Succeeded", mountPath: `/${name}` },
});

export const mockFleet = (nowMs: number): Map<string, MockCluster> =>
  new Map((["well", "degraded", "creating"] as const).map((kind) => {
    const name = { well: "meadow", degraded: "quarry", creating: "harbour" }[kind];
    return [name, clusterOf(name, nowMs, kind)] as const;
  }));
