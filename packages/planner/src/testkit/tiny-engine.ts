// The smallest engine that uses every feature of a layout: stages, preparation, files that name addresses,
// outputs needed before a stage, reload and restart, endpoints, removal of what is no longer wanted.
import { chooseScheme, type DaemonSpec, type EngineLayout, type EnginePlanner, type EngineStep, type HostFile, type HostId, type LayoutProblem, type PoolLayout } from "@cynosure/model";

const daemon = (id: string, kind: string, prepareStage: number, stage: number, reads: readonly string[], reload: readonly string[] = []): DaemonSpec => ({
  id,
  kind,
  prepareStage,
  stage,
  prepare: prepareStage < stage ? [{ argv: ["prepare", id], creates: `/var/lib/cynosure/${id}.done`, timeoutMsMax: 10_000 }] : [],
  argv: ["serve", id],
  env: {},
  reads,
  ...(reload.length > 0 ? { reload: { paths: reload, signal: "SIGHUP" as const } } : {}),
  stopSignal: "SIGTERM",
  stopTimeoutMsMax: 5_000,
});

const CLUSTER_CONF = "/var/lib/cynosure/tiny.conf";
const EXPORTS = "/var/lib/cynosure/exports.conf";

function pools(input: Parameters<EnginePlanner["layout"]>[0]): { pools: PoolLayout[]; problems: LayoutProblem[] } {
  const wishes = [
    { name: "meta", purpose: "metadata", protection: input.policy.protection, target: "properties.protection" },
    ...input.policy.fileSystems.map((item) => ({ name: `fs-${item.name}`, purpose: "file system data", protection: item.protection, target: `properties.fileSystems.${item.name}` })),
    ...input.policy.buckets.map((item) => ({ name: `bucket-${item.name}`, purpose: "objects", protection: item.protection, target: `properties.buckets.${item.name}` })),
  ];
  const made: PoolLayout[] = [];
  const problems: LayoutProblem[] = [];
  for (const { name, purpose, protection, target } of wishes) {
    const choice = chooseScheme(protection, input.hosts.length);
    if (choice.ok) made.push({ name, purpose, scheme: choice.scheme, placementGroups: 8 });
    else problems.push({ target, message: `needs ${choice.hostsNeeded} hosts` });
  }
  return { pools: made, problems };
}

function engineSteps(input: Parameters<EnginePlanner["layout"]>[0], made: readonly PoolLayout[], diskCount: number): EngineStep[] {
  const wanted = input.policy.fileSystems.map((item) => item.name);
  const goneOf = (made: string, dropped: string, kept: readonly string[]): string[] => {
    const named = (input.parent?.steps ?? []).flatMap(({ action }) => (action.name === `tiny.${made}` || action.name === `tiny.${dropped}` ? [String(action.params["name"])] : []));
    return [...new Set(named)].filter((name) => !kept.includes(name));
  };
  const namesOf = (items: readonly { readonly name: string }[]): string[] => items.map(({ name }) => name);
  const step = (id: string, title: string, params: Record<string, unknown>, afterStage: number, dependsOn: readonly string[], beforeStage?: number): EngineStep => ({
    id: `tiny.${id}`, title, action: { name: `tiny.${id.split(":")[0] ?? id}`, params }, afterStage, dependsOn: dependsOn.map((name) => `tiny.${name}`), expectedMs: 200, ...(beforeStage === undefined ? {} : { beforeStage }),
  });
  const fileSystems = wanted.map((name) => step(`fileSystem:${name}`, `create file system ${name}`, { name }, 2, ["pools"], 3));
  const snapshots = input.policy.snapshots.map((item) => step(`snapshot:${item.name}`, `make snapshot ${item.name}`, { ...item }, 3, [`fileSystem:${item.fileSystem}`]));
  const quotas = input.policy.quotas.map((item) => step(`quota:${item.name}`, `set quota ${item.name}`, { ...item }, 3, [`fileSystem:${item.fileSystem}`]));
  const goneSnapshots = goneOf("snapshot", "dropSnapshot", namesOf(input.policy.snapshots));
  const drops = [
    ...goneSnapshots.map((name) => step(`dropSnapshot:${name}`, `remove snapshot ${name}`, { name }, 2, [])),
    ...goneOf("quota", "dropQuota", namesOf(input.policy.quotas)).map((name) => step(`dropQuota:${name}`, `remove quota ${name}`, { name }, 2, [])),
    ...goneOf("fileSystem", "dropFileSystem", wanted).map((name) => step(`dropFileSystem:${name}`, `remove file system ${name}`, { name }, 2, goneSnapshots.map((each) => `dropSnapshot:${each}`))),
  ];
  return [
    step("keys", "make keys", {}, 0, [], 1),
    step("quorum", "wait for the quorum", {}, 1, [], 2),
    step("pools", "create pools", { pools: made.map((pool) => pool.name), disks: diskCount }, 2, ["quorum"]),
    ...fileSystems,
    ...snapshots,
    ...quotas,
    ...drops,
    step("health", "wait until healthy", {}, 3, ["pools", ...wanted.map((name) => `fileSystem:${name}`)]),
  ];
}

export const tinyEngine: EnginePlanner = {
  hostCount: { min: 3, max: 32 },
  layout(input) {
    const { hosts, policy } = input;
    const made = pools(input);
    if (made.problems.length > 0) return { ok: false, problems: made.problems };
    const monitors = hosts.slice(0, hosts.length >= 5 ? 5 : 3);
    const gateways = hosts.slice(-2);
    const conf: HostFile = { path: CLUSTER_CONF, mode: 0o644, stage: 1, text: `monitors=${monitors.map((host) => `{{address:${host.hostId}}}`).join(",")}\nkey={{secret:tiny}}\n` };
    const exportsFile: HostFile = { path: EXPORTS, mode: 0o600, stage: 3, text: policy.fileSystems.map((item) => `${item.name}={{output:path-${item.name}}}\n`).join("") };
    const daemonsOf = (host: (typeof hosts)[number]): DaemonSpec[] => [
      ...(monitors.includes(host) ? [daemon(`mon.${host.hostId}`, "monitor", 1, 1, [CLUSTER_CONF])] : []),
      ...host.diskPaths.map((_, k) => daemon(`osd.${host.index * host.diskPaths.length + k}`, "osd", 1, 2, [])),
      ...(gateways.includes(host) ? [daemon(`gw.${host.hostId}`, "gateway", 3, 3, [CLUSTER_CONF, EXPORTS], [EXPORTS])] : []),
    ];
    const daemons = Object.fromEntries(hosts.map((host) => [host.hostId, daemonsOf(host)])) as Record<HostId, DaemonSpec[]>; // keys are host ids
    const files = Object.fromEntries(hosts.map((host) => [host.hostId, gateways.includes(host) ? [conf, exportsFile] : [conf]])) as Record<HostId, HostFile[]>; // keys are host ids
    const layout: EngineLayout = {
      daemons,
      files,
      stages: 3,
      stageExpectedMs: [1_000, 800, 500],
      pools: made.pools,
      steps: engineSteps(input, made.pools, hosts.reduce((sum, host) => sum + host.diskPaths.length, 0)),
      endpoints: gateways.flatMap((host, k) => [
        ...(policy.fileSystems.length === 0 ? [] : [{ name: `nfs-${k + 1}`, protocol: "nfs" as const, hostId: host.hostId, port: 2049 }]),
        ...(policy.buckets.length === 0 ? [] : [{ name: `s3-${k + 1}`, protocol: "s3" as const, hostId: host.hostId, port: 7480 }]),
      ]),
      imageName: `tiny-${policy.engineVersion}`,
    };
    return { ok: true, layout };
  },
};
