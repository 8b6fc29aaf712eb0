// What resource providers are made of; filled in by the composition root. Only ports and plain functions:
// no adapter is named here.
import type { EngineBenchmark, EngineCredentials, StorageEngine } from "@cynosure/engine";
import type { ClusterKey, Clock, EngineName, InstallationId, LiveClients, Rng, SubstrateName } from "@cynosure/model";
import type { ResourceId } from "@cynosure/arm-protocol";
import type { Operation as NamedOperation } from "@cynosure/contract";
import type { Store, StoredNativeOperation, Transaction } from "@cynosure/resource-store";
import type { Substrate } from "@cynosure/substrate";

export interface EngineOffer {
  readonly planner: StorageEngine["planner"];
  readonly isSimulated: boolean;
  /** Absent: it is not. */
  readonly isEmulated?: boolean;
  /** Newest first; the first is the default. */
  readonly versions: readonly string[];
}

export type SubstrateOffer = Pick<Substrate, "isSimulated" | "describeOffers" | "observe" | "power">;

export interface LocationConfig {
  readonly name: string;
  readonly displayName: string;
  /** The first is what sizing answers with. */
  readonly substrates: readonly SubstrateName[];
  readonly defaultEngine: EngineName;
}

export interface ResourceProvidersConfig {
  readonly installationId: InstallationId;
  readonly locations: readonly LocationConfig[];
}

/** What stands above a cluster: the front door's own registry, or ARM's word where it is ARM that calls. */
export interface ParentScopes {
  /** Throws ResourceGroupNotFound. */
  requireGroup(id: ResourceId, tx?: Transaction): Promise<void>;
  /** The same, and the group stays until the transaction ends. */
  holdGroup(id: ResourceId, tx: Transaction): Promise<void>;
}

/** What a look at the machine found, in the words of the room that looks. */
export interface MachineFinding {
  readonly id: string;
  readonly severity: "ok" | "info" | "warning" | "error" | "unknown";
  readonly message: string;
  readonly remedy: string | null;
}

export interface ResourceProvidersOptions {
  readonly store: Store;
  readonly parents: ParentScopes;
  readonly engines: Readonly<Partial<Record<EngineName, EngineOffer>>>;
  readonly substrates: Readonly<Partial<Record<SubstrateName, SubstrateOffer>>>;
  readonly clock: Clock;
  readonly rng: Rng;
  /** Unguessable: names operations. */
  readonly newId: () => string;
  readonly config: ResourceProvidersConfig;
  readCredentials(clusterKey: ClusterKey): Promise<EngineCredentials>;
  /** Of clusters on the local substrate. */
  readonly liveClients: LiveClients;
  examineMachine(): Promise<readonly MachineFinding[]>;
  runBenchmark(clusterKey: ClusterKey, seconds: number): Promise<EngineBenchmark>;
  /** Writes that an engine goes on with by itself; null: there is none of that id. Absent where no engine has an API of its own. */
  readonly readNativeOperation?: (id: string) => Promise<NativeOperation | null>;
  /** What roles can name of the engines' own APIs; asked when it is shown. */
  readonly engineOperations?: () => readonly NamedOperation[];
}

/** As it is now. */
export interface NativeOperation {
  readonly operation: StoredNativeOperation;
  readonly percentComplete: number;
  /** What the write itself would have answered; null for nothing. */
  readonly result: unknown;
}

/** Per type and cluster; the plan of a cluster names each of them. */
export const CHILDREN_COUNT_MAX = 500;
