// Substrate port: where hosts come from. Every method may be called again until it says done, is
// idempotent by deterministic names, and carries the caller's (generation, executorEpoch): an adapter
// that has seen a higher epoch for the cluster refuses with code StaleExecutor.
// Rules with their ids: docs/reference/substrate-contract.md.
import type {
  ClusterKey,
  EndpointLayout,
  HostDisk,
  HostId,
  HostImageRef,
  HostSizeOffer,
  InstallationId,
  PublishedEndpoint,
  StepResult,
  SubstrateHost,
  SubstrateName,
} from "@cynosure/model";

export interface SubstrateCall {
  readonly clusterKey: ClusterKey;
  readonly installationId: InstallationId;
  /** Generation of the plan that asks. */
  readonly generation: number;
  readonly executorEpoch: number;
  readonly signal?: AbortSignal;
}

/** What a new host needs to find the control plane and prove who it is. */
export interface HostBoot {
  readonly clusterKey: ClusterKey;
  readonly hostId: HostId;
  /** Single use, bound to the host; worthless after the first join. */
  readonly joinToken: string;
  /** PEM of the authority that signs the agent gateway's certificate. */
  readonly caPem: string;
  /** Where the agent dials: `unix:/run/…/gateway.sock` on the local substrate, `https://…` elsewhere. */
  readonly gatewayUrl: string;
}

export interface HostSpec {
  readonly hostId: HostId;
  readonly index: number;
  readonly size: string;
  readonly failureDomain: string;
  readonly disks: readonly HostDisk[];
  readonly image: HostImageRef;
  readonly boot: HostBoot;
}

export type PowerAction =
  | "off" // at once, as a power cut
  | "on"
  | "cutLink"
  | "restoreLink";

export interface Substrate {
  readonly name: SubstrateName;
  /** True when hosts are made up: every result shown must say SIMULATED. */
  readonly isSimulated: boolean;
  describeOffers(location: string): Promise<readonly HostSizeOffer[]>;
  ensureNetwork(call: SubstrateCall): Promise<StepResult>;
  /** Creates the host or completes a half-made one; `done` with its address once it exists and its agent was started. */
  ensureHost(call: SubstrateCall, host: HostSpec): Promise<StepResult<SubstrateHost>>;
  /** Removes the host and all it owns; done when it is gone, also when it never was. */
  destroyHost(call: SubstrateCall, hostId: HostId): Promise<StepResult>;
  destroyNetwork(call: SubstrateCall): Promise<StepResult>;
  power(call: SubstrateCall, hostId: HostId, action: PowerAction): Promise<StepResult>;
  /** Makes exactly these endpoints reachable for users; an empty list withdraws all. Addresses stay the same across restarts. */
  ensureEndpoints(call: SubstrateCall, endpoints: readonly EndpointLayout[]): Promise<StepResult<readonly PublishedEndpoint[]>>;
  /** What exists now. Never throws for a cluster it does not know: answers an empty list. */
  observe(clusterKey: ClusterKey): Promise<readonly SubstrateHost[]>;
}
