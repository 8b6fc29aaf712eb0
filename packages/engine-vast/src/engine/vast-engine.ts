// The VAST engine behind the storage-engine port: the pure planner, and one small function per action, each over the
// management server of its cluster. Connections and sign-ins are kept per cluster until the server moves.
import type { EngineCall, StorageEngine } from "@cynosure/engine";
import { ControlPlaneError, failed, waiting, type ClusterKey, type EngineAction, type StepResult } from "@cynosure/model";
import { createNativeClient, type NativeEndpoint, type StreamingNativeClient } from "@cynosure/native-client";
import { vastPlanner } from "../layout/engine-planner.ts";
import { MANAGER_PASSWORD_SECRET, actionNames } from "../layout/names.ts";
import { ensureAddresses } from "./addresses.ts";
import type { Context } from "./context.ts";
import { createCluster } from "./create-cluster.ts";
import { discover } from "./discover.ts";
import { decommission } from "./decommission.ts";
import { refuseStale } from "./fence.ts";
import { awaitHealth, readHealth } from "./health.ts";
import { joinNodes } from "./join-nodes.ts";
import { installLicence } from "./licence.ts";
import { FIRST_USER, type ManagementServer, type VastEngineOptions } from "./management-server.ts";
import { readMetrics } from "./metrics.ts";
import { ensureObjectUser, readKeys } from "./object-user.ts";
import { removeQuota, setQuota } from "./quotas.ts";
import { signedInEndpoint, takeOver } from "./sign-in.ts";
import { makeSnapshot, removeSnapshot } from "./snapshots.ts";
import { stopUpgrade, upgradeCluster } from "./upgrade.ts";
import { ensureBucket, ensureFileSystem, removeBucket, removeFileSystem } from "./views.ts";
import { asStep, isPassing, vmsOver, type Vms } from "./vms.ts";

const LOCATE_AGAIN_MS = 300;

type Act = (context: Context, action: EngineAction) => Promise<StepResult>;

const actions: Readonly<Record<string, Act>> = {
  [actionNames.discover]: discover,
  [actionNames.cluster]: createCluster,
  [actionNames.nodes]: joinNodes,
  [actionNames.licence]: installLicence,
  [actionNames.addresses]: ensureAddresses,
  [actionNames.objectUser]: ensureObjectUser,
  [actionNames.ensureFileSystem]: ensureFileSystem,
  [actionNames.removeFileSystem]: removeFileSystem,
  [actionNames.ensureBucket]: ensureBucket,
  [actionNames.removeBucket]: removeBucket,
  [actionNames.makeSnapshot]: makeSnapshot,
  [actionNames.removeSnapshot]: removeSnapshot,
  [actionNames.setQuota]: setQuota,
  [actionNames.removeQuota]: removeQuota,
  [actionNames.awaitHealth]: awaitHealth,
  [actionNames.upgrade]: upgradeCluster,
  [actionNames.stopUpgrade]: stopUpgrade,
  [actionNames.decommission]: decommission,
};

const knownActions = [actionNames.takeOver, ...Object.keys(actions)];

export interface VastEngine extends StorageEngine {
  /** Ends kept connections. */
  close(): Promise<void>;
}

interface Kept {
  readonly server: ManagementServer;
  readonly password: string;
  readonly endpoint: NativeEndpoint;
  readonly client: StreamingNativeClient;
}

/** What answers for a cluster now, signed in with what its vault holds; null where nobody does or nobody has taken it over. */
function keepSignedIn(options: VastEngineOptions) {
  const kept = new Map<ClusterKey, Kept>();
  const { username } = options.firstUser ?? FIRST_USER;
  const open = (server: ManagementServer, password: string): Kept => {
    const endpoint = signedInEndpoint(server, { username, password });
    return { server, password, endpoint, client: createNativeClient({ endpoint }) };
  };
  return {
    async of(call: EngineCall, mayStart: boolean): Promise<Kept | null> {
      const [server, password] = [await options.locate(call, mayStart), await call.vault.readSecret(MANAGER_PASSWORD_SECRET)];
      const before = kept.get(call.clusterKey);
      if (before !== undefined && server !== null && before.server.origin === server.origin && before.server.caPem === server.caPem && before.password === password) return before;
      kept.delete(call.clusterKey);
      const now = server === null || password === null ? null : open(server, password);
      // Before anything is awaited: whoever asks meanwhile shares it.
      if (now !== null) kept.set(call.clusterKey, now);
      await before?.client.close();
      return now;
    },
    async close(): Promise<void> {
      for (const { client } of kept.values()) await client.close();
      kept.clear();
    },
  };
}

export function createVastEngine(options: VastEngineOptions): VastEngine {
  const signedIn = keepSignedIn(options);
  const nowMs = options.nowMs ?? Date.now;

  const performTakeOver = async (call: EngineCall): Promise<StepResult> => {
    const server = await options.locate(call, true);
    return server === null ? waiting("the management server to answer", LOCATE_AGAIN_MS) : takeOver(server, call, options.firstUser ?? FIRST_USER);
  };
  const performSignedIn = async (call: EngineCall, action: EngineAction, act: Act): Promise<StepResult> => {
    const found = await signedIn.of(call, true);
    return found === null ? waiting("the management server to answer", LOCATE_AGAIN_MS) : act({ vms: vmsOver(found.client), call, vault: call.vault, options }, action);
  };
  /** A look that meets silence sees nobody. */
  const look = async <T>(call: EngineCall, read: (vms: Vms) => Promise<T | null>): Promise<T | null> => {
    try {
      const found = await signedIn.of(call, false);
      return found === null ? null : await read(vmsOver(found.client));
    } catch (error) {
      if (isPassing(error)) return null;
      throw error;
    }
  };

  return {
    name: "vast",
    isSimulated: false,
    isEmulated: options.isEmulated,
    planner: vastPlanner,
    perform: async (call, action) => {
      const act = actions[action.name];
      if (act === undefined && action.name !== actionNames.takeOver) return failed("UnknownEngineAction", `The VAST engine has no action ${action.name}; it has ${knownActions.join(", ")}.`);
      const refused = await refuseStale(call);
      return refused ?? asStep(() => (act === undefined ? performTakeOver(call) : performSignedIn(call, action, act)));
    },
    observeHealth: (call) => look(call, (vms) => readHealth(vms, nowMs())),
    observeMetrics: (call) => look(call, (vms) => readMetrics(call, vms, nowMs())),
    readCredentials: async ({ vault }) => ({ s3: await readKeys(vault) }),
    nativeEndpoint: async (call) => (await signedIn.of(call, false))?.endpoint ?? null,
    benchmark: async (call, seconds) => {
      if (options.benchmark === undefined) throw new ControlPlaneError("OperationNotAllowed", "The VAST engine reaches the management server alone and moves no data: measure from a client of the cluster.");
      return options.benchmark(call, seconds);
    },
    close: () => signedIn.close(),
  };
}
