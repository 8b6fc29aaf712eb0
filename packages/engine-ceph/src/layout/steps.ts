// What the engine must have done for a layout, in which order. A layout names every action; the planner
// leaves out what the parent plan has done already. Durations are those of the reference machine.
import type { EngineStep } from "@cynosure/model";
import type { LayoutDecisions, SnapshotParams } from "./action-params.ts";
import { foundingEntities, osdEntity } from "./keyrings.ts";
import { actionNames } from "./names.ts";
import { DASHBOARD_PORT } from "./paths.ts";
import type { Placement } from "./placement.ts";

export interface StepsInput extends LayoutDecisions {
  readonly placement: Placement;
}

type StepHead = Pick<EngineStep, "id" | "title" | "afterStage" | "expectedMs"> & Partial<Pick<EngineStep, "beforeStage" | "dependsOn">>;

const step = (name: string, head: StepHead, params: object): EngineStep => ({
  dependsOn: [],
  ...head,
  // Plain data of known shapes; the spread drops nothing but the interface.
  action: { name, params: { ...params } },
});

export function engineSteps(input: StepsInput): EngineStep[] {
  const { ensureKeys, quorum, pools, dashboard, objectGateway, awaitHealth } = actionNames;
  const entities = [...new Set([...foundingEntities(input.placement, input.osds).map((entity) => entity.name), ...input.osds.map(osdEntity)])];
  return [
    step(ensureKeys, { id: ensureKeys, title: "make the cluster's keys", afterStage: 0, beforeStage: 1, expectedMs: 100 }, { entities, osdIds: input.osds.map((osd) => osd.id) }),
    step(quorum, { id: quorum, title: "wait for the monitors to agree, register OSDs", afterStage: 1, beforeStage: 2, dependsOn: [ensureKeys], expectedMs: 1_200 }, { osds: input.osds }),
    // Before the OSDs start: placement groups are then made once, by OSDs that know their place.
    step(pools, { id: pools, title: "create pools and the file system", afterStage: 1, beforeStage: 2, dependsOn: [quorum], expectedMs: 700 }, { pools: input.pools }),
    // Before the managers start: they find module, address and user at their first look.
    step(dashboard, { id: dashboard, title: "set up the manager's dashboard", afterStage: 1, beforeStage: 2, dependsOn: [quorum], expectedMs: 300 }, { managers: input.placement.manager, port: DASHBOARD_PORT }),
    step(objectGateway, { id: objectGateway, title: "set up the object gateway's zone and the S3 user", afterStage: 2, beforeStage: 3, expectedMs: 3_500 }, { defaultPlacement: input.defaultPlacement }),
    ...fileSystemSteps(input),
    ...bucketSteps(input),
    ...snapshotSteps(input),
    ...quotaSteps(input),
    step(awaitHealth, { id: awaitHealth, title: "wait for HEALTH_OK", afterStage: 3, dependsOn: [pools], expectedMs: 2_000 }, { osdCount: input.osds.length, placementGroups: input.pools.reduce((sum, pool) => sum + pool.placementGroups, 0) }),
  ];
}

function fileSystemSteps({ fileSystems, removedFileSystems, removedSnapshots }: StepsInput): EngineStep[] {
  const { ensureFileSystem, removeFileSystem, pools } = actionNames;
  return [
    ...fileSystems.map((fileSystem) => step(ensureFileSystem, { id: `${ensureFileSystem}:${fileSystem.name}`, title: `create file system ${fileSystem.name}`, afterStage: 2, beforeStage: 3, dependsOn: [pools], expectedMs: 3_500 }, fileSystem)),
    // After the gateways have dropped the export; Ceph removes no subvolume that has snapshots.
    ...removedFileSystems.map((gone) => step(removeFileSystem, { id: `${removeFileSystem}:${gone.subvolume}`, title: `remove file system ${gone.name}`, afterStage: 3, dependsOn: removedSnapshots.filter(({ subvolume }) => subvolume === gone.subvolume).map(snapshotRemovalId), expectedMs: 500 }, gone)),
  ];
}

function bucketSteps({ buckets, removedBuckets }: StepsInput): EngineStep[] {
  const { ensureBucket, removeBucket, pools, objectGateway } = actionNames;
  return [
    ...buckets.map((bucket) => step(ensureBucket, { id: `${ensureBucket}:${bucket.name}`, title: `create bucket ${bucket.name}`, afterStage: 3, dependsOn: [pools, objectGateway], expectedMs: 300 }, bucket)),
    ...removedBuckets.map((gone) => step(removeBucket, { id: `${removeBucket}:${gone.name}`, title: `remove bucket ${gone.name}`, afterStage: 3, expectedMs: 1_000 }, gone)),
  ];
}

const snapshotRemovalId = ({ name, subvolume }: SnapshotParams): string => `${actionNames.removeSnapshot}:${subvolume}:${name}`;

/** The step that makes the file system of this subvolume. */
const makerOf = ({ fileSystems }: StepsInput, subvolume: string): string[] => fileSystems.filter((fileSystem) => fileSystem.subvolume === subvolume).map(({ name }) => `${actionNames.ensureFileSystem}:${name}`);

function snapshotSteps(input: StepsInput): EngineStep[] {
  const { makeSnapshot, removeSnapshot } = actionNames;
  return [
    ...input.snapshots.map((snapshot) => step(makeSnapshot, { id: `${makeSnapshot}:${snapshot.name}`, title: `make snapshot ${snapshot.name}`, afterStage: 3, dependsOn: makerOf(input, snapshot.subvolume), expectedMs: 300 }, snapshot)),
    ...input.removedSnapshots.map((gone) => step(removeSnapshot, { id: snapshotRemovalId(gone), title: `remove snapshot ${gone.name}`, afterStage: 3, expectedMs: 300 }, gone)),
  ];
}

function quotaSteps(input: StepsInput): EngineStep[] {
  const { setQuota, removeQuota } = actionNames;
  return [
    ...input.quotas.map((quota) => step(setQuota, { id: `${setQuota}:${quota.name}`, title: `set quota ${quota.name}`, afterStage: 3, dependsOn: makerOf(input, quota.subvolume), expectedMs: 600 }, quota)),
    ...input.removedQuotas.map((gone) => step(removeQuota, { id: `${removeQuota}:${gone.subvolume}:${gone.path}`, title: `remove quota ${gone.name}`, afterStage: 3, expectedMs: 600 }, gone)),
  ];
}
