// The Ceph engine behind the storage-engine port: the pure planner, and one small function per action.
import type { EngineBenchmark, EngineCall, EngineCredentials, StorageEngine } from "@cynosure/engine";
import { failed, type EngineAction, type StepResult } from "@cynosure/model";
import { cephPlanner } from "../layout/engine-planner.ts";
import { S3_ACCESS_KEY_SECRET, S3_SECRET_KEY_SECRET, actionNames } from "../layout/names.ts";
import { benchmark } from "./benchmark.ts";
import { readHealth } from "./cluster-status.ts";
import { ensureFileSystem, removeFileSystem } from "./file-systems.ts";
import { ensureDashboard } from "./dashboard.ts";
import { awaitHealth } from "./health.ts";
import { ensureKeys } from "./keys.ts";
import { nativeEndpoint } from "./native-endpoint.ts";
import { ensureBucket, ensureObjectGateway, removeBucket } from "./objects.ts";
import { readMetrics } from "./metrics.ts";
import { ensurePools } from "./pools.ts";
import { formQuorum } from "./quorum.ts";
import { removeQuota, setQuota } from "./quotas.ts";
import { makeSnapshot, removeSnapshot } from "./snapshots.ts";

const actions: Readonly<Record<string, (call: EngineCall, action: EngineAction) => Promise<StepResult>>> = {
  [actionNames.ensureKeys]: ensureKeys,
  [actionNames.quorum]: formQuorum,
  [actionNames.pools]: ensurePools,
  [actionNames.dashboard]: ensureDashboard,
  [actionNames.objectGateway]: ensureObjectGateway,
  [actionNames.ensureFileSystem]: ensureFileSystem,
  [actionNames.removeFileSystem]: removeFileSystem,
  [actionNames.makeSnapshot]: makeSnapshot,
  [actionNames.removeSnapshot]: removeSnapshot,
  [actionNames.setQuota]: setQuota,
  [actionNames.removeQuota]: removeQuota,
  [actionNames.ensureBucket]: ensureBucket,
  [actionNames.removeBucket]: removeBucket,
  [actionNames.awaitHealth]: awaitHealth,
};

async function readCredentials({ vault }: EngineCall): Promise<EngineCredentials> {
  const [accessKeyId, secretAccessKey] = [await vault.readSecret(S3_ACCESS_KEY_SECRET), await vault.readSecret(S3_SECRET_KEY_SECRET)];
  return { s3: accessKeyId === null || secretAccessKey === null ? null : { accessKeyId, secretAccessKey } };
}

export function createCephEngine(): StorageEngine {
  return {
    name: "ceph",
    isSimulated: false,
    isEmulated: false,
    planner: cephPlanner,
    perform: async (call, action) => {
      const act = actions[action.name];
      return act === undefined ? failed("UnknownEngineAction", `the Ceph engine has no action ${action.name}; it has ${Object.keys(actions).join(", ")}`) : act(call, action);
    },
    observeHealth: readHealth,
    observeMetrics: readMetrics,
    readCredentials,
    nativeEndpoint,
    benchmark: (call, seconds): Promise<EngineBenchmark> => benchmark(call, seconds),
  };
}
