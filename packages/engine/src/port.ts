// Storage engine port: the effect half of an engine. The pure half, `planner`, is data in and data out.
// Everything an engine does to a running cluster goes through the host channel to an agent, so it works
// where the control plane cannot reach the hosts.
import type {
  ClusterKey,
  ClusterPolicy,
  EngineAction,
  EngineHealth,
  EngineLayout,
  EngineMetrics,
  EngineName,
  EnginePlanner,
  HostId,
  HostResponse,
  PublishedEndpoint,
  StepResult,
} from "@cynosure/model";
import type { NativeEndpoint } from "@cynosure/native-client";

/** Sends bounded requests to agents; the answer is the agent's, or code HostUnreachable after `timeoutMsMax`. */
export interface HostChannel {
  request(hostId: HostId, kind: string, payload: unknown, timeoutMsMax: number): Promise<HostResponse>;
}

/** Values an engine keeps for its cluster. Secrets are sealed at rest; outputs are plain and may be shown. */
export interface EngineVault {
  /** Creates the secret once and returns what is stored: callers race safely. */
  ensureSecret(name: string, create: () => string): Promise<string>;
  readSecret(name: string): Promise<string | null>;
  putOutput(name: string, value: string): Promise<void>;
  readOutput(name: string): Promise<string | null>;
}

export interface EngineCall {
  readonly clusterKey: ClusterKey;
  readonly generation: number;
  readonly executorEpoch: number;
  readonly policy: ClusterPolicy;
  readonly layout: EngineLayout;
  /** Addresses on the cluster network. */
  readonly addresses: Readonly<Record<HostId, string>>;
  readonly channel: HostChannel;
  readonly vault: EngineVault;
  /** Where the layout's endpoints answer on this machine; those not published yet are not among them. */
  publishedEndpoints(): Promise<readonly PublishedEndpoint[]>;
  readonly signal?: AbortSignal;
}

/** What signs a user in to one protocol of the cluster; returned by POST actions only. */
export interface EngineCredentials {
  readonly s3: { readonly accessKeyId: string; readonly secretAccessKey: string } | null;
}

/** Rates of one run that read and wrote at the same time, in units of 1,000,000 bytes per second. */
export interface EngineBenchmark {
  readonly readMBps: number;
  readonly writeMBps: number;
  readonly seconds: number;
  /** What the data went through, for people: "rbd image, librbd on host-3". */
  readonly path: string;
}

export interface StorageEngine {
  readonly name: EngineName;
  readonly isSimulated: boolean;
  /** It speaks the real engine's protocol to a server that stands in for the real one; no data is behind it. */
  readonly isEmulated: boolean;
  readonly planner: EnginePlanner;
  /** Performs one action of a layout, idempotently; unknown names fail with code UnknownEngineAction. */
  perform(call: EngineCall, action: EngineAction): Promise<StepResult>;
  /** The engine's own word on its health; null when nobody answers. */
  observeHealth(call: EngineCall): Promise<EngineHealth | null>;
  /** Rates and fill by the engine's own account; null when nobody answers. */
  observeMetrics(call: EngineCall): Promise<EngineMetrics | null>;
  readCredentials(call: EngineCall): Promise<EngineCredentials>;
  /** Where the engine's own management API of this cluster answers; null where it has none, or not yet. */
  nativeEndpoint(call: EngineCall): Promise<NativeEndpoint | null>;
  /** Reads and writes scratch data at the same time for `seconds` (1 to 30) and removes it again. */
  benchmark(call: EngineCall, seconds: number): Promise<EngineBenchmark>;
}
