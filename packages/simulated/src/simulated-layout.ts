// The planning half of the simulated engine: a storage cluster as one would expect it, with few daemons and
// every feature of a layout in use. Pure: data in, data out.
import { chooseScheme, type DaemonSpec, type EngineLayoutInput, type EngineLayoutResult, type EnginePlanner, type HostFile, type HostId, type LayoutHost, type LayoutProblem, type PoolLayout, type ProtectionPolicy } from "@cynosure/model";
import { simulatedDurations as durations } from "./durations.ts";
import { stepsOf } from "./simulated-steps.ts";

const CONF = "/var/lib/cynosure/simulated/cluster.conf";
const EXPORTS = "/var/lib/cynosure/simulated/exports.conf";
const MONITORS = 3;
const TWICE = 2;
const STAGES = 3;
const PORTS = { nfs: 2049, s3: 7480, monitor: 3300 } as const;

interface DaemonShape {
  readonly stage: number;
  readonly prepareStage?: number;
  readonly reads?: readonly string[];
  readonly reloads?: readonly string[];
  readonly tcpPort?: number;
}

function daemon(id: string, kind: string, { stage, prepareStage = stage, reads = [CONF], reloads = [], tcpPort }: DaemonShape): DaemonSpec {
  const prepare = prepareStage < stage ? [{ argv: ["simulate", "prepare", id], creates: `/var/lib/cynosure/simulated/${id}.prepared`, timeoutMsMax: 30_000 }] : [];
  return {
    id, kind, prepareStage, stage, prepare, argv: ["simulate", "serve", id], env: {}, reads, stopSignal: "SIGTERM", stopTimeoutMsMax: 5_000,
    ...(reloads.length > 0 ? { reload: { paths: reloads, signal: "SIGHUP" as const } } : {}),
    ...(tcpPort === undefined ? {} : { ready: { tcpPort } }),
  };
}

/** Services are spread so that those of one kind lie apart and the first hosts, with the monitors, get fewest. */
const lastHosts = (hosts: readonly LayoutHost[], count: number, skip: number): LayoutHost[] => Array.from({ length: count }, (_, k) => hosts[(hosts.length * 2 - 1 - skip - k) % hosts.length]).filter((host) => host !== undefined);

interface Places {
  readonly monitors: readonly LayoutHost[];
  readonly managers: readonly LayoutHost[];
  readonly metadata: readonly LayoutHost[];
  readonly objects: readonly LayoutHost[];
  readonly exports: readonly LayoutHost[];
}

const placesOf = (hosts: readonly LayoutHost[]): Places => ({
  monitors: hosts.slice(0, MONITORS),
  managers: hosts.slice(0, TWICE),
  metadata: lastHosts(hosts, TWICE, 0),
  objects: lastHosts(hosts, TWICE, 2),
  exports: lastHosts(hosts, TWICE, 4),
});

function daemonsOf(host: LayoutHost, places: Places): DaemonSpec[] {
  const diskCount = host.diskPaths.length;
  return [
    ...(places.monitors.includes(host) ? [daemon(`mon.${host.hostId}`, "monitor", { stage: 1, tcpPort: PORTS.monitor })] : []),
    ...(places.managers.includes(host) ? [daemon(`mgr.${host.hostId}`, "manager", { stage: 1 })] : []),
    ...host.diskPaths.map((_, k) => daemon(`osd.${host.index * diskCount + k}`, "osd", { prepareStage: 1, stage: 2 })),
    ...(places.metadata.includes(host) ? [daemon(`mds.${host.hostId}`, "mds", { stage: 3 })] : []),
    ...(places.objects.includes(host) ? [daemon(`rgw.${host.hostId}`, "rgw", { stage: 3, tcpPort: PORTS.s3 })] : []),
    ...(places.exports.includes(host) ? [daemon(`nfs.${host.hostId}`, "nfs", { stage: 3, reads: [CONF, EXPORTS], reloads: [EXPORTS], tcpPort: PORTS.nfs })] : []),
  ];
}

function poolsOf({ policy, hosts }: EngineLayoutInput): { pools: PoolLayout[]; problems: LayoutProblem[] } {
  const pools: PoolLayout[] = [];
  const problems: LayoutProblem[] = [];
  const add = (name: string, purpose: string, protection: ProtectionPolicy, target: string): void => {
    const choice = chooseScheme(protection, hosts.length);
    if (choice.ok) pools.push({ name, purpose, scheme: choice.scheme, placementGroups: 8 });
    else problems.push({ target, message: `Protection against ${protection.hostFailures} failed hosts by ${protection.scheme} needs ${choice.hostsNeeded} hosts; the cluster has ${hosts.length}. Ask for ${choice.hostsNeeded} hosts or more, or for less protection.` });
  };
  // Metadata is small and written in place: always whole copies, whatever scheme the data has.
  add("meta", "metadata and object index", { ...policy.protection, scheme: "replication" }, "properties.hosts.count");
  for (const item of policy.fileSystems) add(`fs.${item.name}`, `data of file system ${item.name}`, item.protection, `properties.fileSystems.${item.name}.protection`);
  for (const item of policy.buckets) add(`bucket.${item.name}`, `data of bucket ${item.name}`, item.protection, `properties.buckets.${item.name}.protection`);
  return { pools, problems };
}

function filesOf(host: LayoutHost, places: Places, { policy }: EngineLayoutInput): HostFile[] {
  const conf: HostFile = { path: CONF, mode: 0o600, stage: 1, text: `cluster = ${policy.clusterName}\nmonitors = ${places.monitors.map((each) => `{{address:${each.hostId}}}`).join(",")}\nkey = {{secret:simulated-cluster}}\n` };
  const text = policy.fileSystems.map((item) => `${item.name} = {{output:path-${item.name}}}\n`).join("");
  return places.exports.includes(host) ? [conf, { path: EXPORTS, mode: 0o600, stage: 3, text }] : [conf];
}

const byHost = <T>(hosts: readonly LayoutHost[], value: (host: LayoutHost) => T): Record<HostId, T> => Object.fromEntries(hosts.map((host) => [host.hostId, value(host)]));

function layout(input: EngineLayoutInput): EngineLayoutResult {
  const { policy, hosts } = input;
  const { pools, problems } = poolsOf(input);
  if (problems.length > 0) return { ok: false, problems };
  const places = placesOf(hosts);
  return {
    ok: true,
    layout: {
      daemons: byHost(hosts, (host) => daemonsOf(host, places)),
      files: byHost(hosts, (host) => filesOf(host, places, input)),
      stages: STAGES,
      stageExpectedMs: Array.from({ length: STAGES }, () => durations.convergeMs),
      pools,
      steps: stepsOf(input, pools, MONITORS),
      endpoints: [
        ...places.exports.map((host, k) => ({ name: `nfs-${k + 1}`, protocol: "nfs" as const, hostId: host.hostId, port: PORTS.nfs })),
        ...places.objects.map((host, k) => ({ name: `s3-${k + 1}`, protocol: "s3" as const, hostId: host.hostId, port: PORTS.s3 })),
      ],
      imageName: `simulated-${policy.engineVersion}`,
    },
  };
}

export const simulatedPlanner: EnginePlanner = { hostCount: { min: 3, max: 32 }, layout };
