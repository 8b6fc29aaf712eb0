// The steps of a simulated layout: everything that must have been done to the engine. The planner leaves out what the
// target plan has done already.
import type { EngineAction, EngineLayout, EngineLayoutInput, EngineStep, PoolLayout } from "@cynosure/model";
import { simulatedDurations as durations } from "./durations.ts";

/** Daemons are prepared in the first stage, disks serve from the second, gateways from the third. */
const DISKS_SERVE = 2;
const ALL_SERVE = 3;

type Params = EngineAction["params"];

/** Params of what the parent made, or was to remove, and that is wanted no more: removing twice is harmless, forgetting is not. */
function gone(parent: EngineLayout | null, made: string, dropped: string, wanted: readonly { readonly name: string }[]): Params[] {
  const known = new Map((parent?.steps ?? []).filter(({ action }) => action.name === made || action.name === dropped).map(({ action }) => [String(action.params["name"]), action.params]));
  for (const { name } of wanted) known.delete(name);
  return [...known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, params]) => params);
}

const step = (id: string, title: string, action: EngineAction, afterStage: number, dependsOn: readonly string[], beforeStage?: number): EngineStep => ({ id, title, action, afterStage, dependsOn, expectedMs: durations.engineActMs, ...(beforeStage === undefined ? {} : { beforeStage }) });

const named = (kind: string, what: string, params: Params, afterStage: number, dependsOn: readonly string[], beforeStage?: number): EngineStep =>
  step(`sim.${kind}:${String(params["name"])}`, `${what} ${String(params["name"])}`, { name: `sim.${kind}`, params }, afterStage, dependsOn, beforeStage);

function wantedSteps({ policy }: EngineLayoutInput): EngineStep[] {
  return [
    ...policy.fileSystems.map(({ name, usableCapacityBytes }) => named("fileSystem", "create file system", { name, usableCapacityBytes }, DISKS_SERVE, [`sim.pool:fs.${name}`], ALL_SERVE)),
    ...policy.buckets.map(({ name }) => named("bucket", "create bucket", { name }, ALL_SERVE, [`sim.pool:bucket.${name}`])),
    ...policy.snapshots.map((snapshot) => named("snapshot", "make snapshot", { ...snapshot }, ALL_SERVE, [`sim.fileSystem:${snapshot.fileSystem}`])),
    ...policy.quotas.map((quota) => named("quota", "set quota", { ...quota }, ALL_SERVE, [`sim.fileSystem:${quota.fileSystem}`])),
  ];
}

function removalSteps({ policy, parent }: EngineLayoutInput): EngineStep[] {
  const snapshots = gone(parent, "sim.snapshot", "sim.dropSnapshot", policy.snapshots);
  const nameOnly = ({ name }: Params): Params => ({ name });
  // A file system with snapshots is not removed.
  const heldBy = (fileSystem: Params): string[] => snapshots.filter((snapshot) => snapshot["fileSystem"] === fileSystem["name"]).map(({ name }) => `sim.dropSnapshot:${String(name)}`);
  return [
    ...snapshots.map(({ name, fileSystem }) => named("dropSnapshot", "remove snapshot", { name, fileSystem }, ALL_SERVE, [])),
    ...gone(parent, "sim.quota", "sim.dropQuota", policy.quotas).map((quota) => named("dropQuota", "remove quota", nameOnly(quota), ALL_SERVE, [])),
    ...gone(parent, "sim.fileSystem", "sim.dropFileSystem", policy.fileSystems).map((fileSystem) => named("dropFileSystem", "remove file system", nameOnly(fileSystem), ALL_SERVE, heldBy(fileSystem))),
    ...gone(parent, "sim.bucket", "sim.dropBucket", policy.buckets).map((bucket) => named("dropBucket", "remove bucket", nameOnly(bucket), ALL_SERVE, [])),
  ];
}

export function stepsOf(input: EngineLayoutInput, pools: readonly PoolLayout[], monitors: number): EngineStep[] {
  const contents = [...wantedSteps(input), ...removalSteps(input)];
  return [
    step("sim.keys", "make keys", { name: "sim.keys", params: {} }, 0, [], 1),
    step("sim.quorum", "wait for the monitors' quorum", { name: "sim.quorum", params: { monitors } }, 1, [], DISKS_SERVE),
    ...pools.map((pool) => step(`sim.pool:${pool.name}`, `create pool ${pool.name}`, { name: "sim.pool", params: { ...pool } }, DISKS_SERVE, ["sim.quorum"])),
    ...contents,
    step("sim.health", "wait until healthy", { name: "sim.health", params: { hosts: input.hosts.length } }, ALL_SERVE, contents.map(({ id }) => id)),
  ];
}
