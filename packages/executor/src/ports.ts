// What the executor is given from outside: the adapters by name, and how a new host finds the control plane.
import type { ClusterKey, EngineName, HostId, SubstrateName } from "@cynosure/model";
import type { StorageEngine } from "@cynosure/engine";
import type { Substrate } from "@cynosure/substrate";

export interface StepPorts {
  readonly substrates: Partial<Readonly<Record<SubstrateName, Substrate>>>;
  readonly engines: Partial<Readonly<Record<EngineName, StorageEngine>>>;
  /** Where an agent of this host dials and whom it trusts. */
  readonly gatewayBoot: (cluster: ClusterKey, host: HostId) => { readonly caPem: string; readonly gatewayUrl: string };
  /** A fresh unguessable token. Default: 32 random bytes. */
  readonly createJoinToken?: () => string;
  /** A fresh identifier for a request to an agent. Default: a random UUID. */
  readonly createRequestId?: () => string;
}
