// What the ARM endpoint needs to serve an engine's own API; filled in by the composition root.
import type { ResourceId } from "@cynosure/arm-protocol";
import type { Authorize } from "@cynosure/http-server";
import type { ClusterKey } from "@cynosure/model";
import type { ProjectedEngine, ProjectedTypes } from "@cynosure/projected-types";
import type { Catalogue } from "@cynosure/projection";
import type { Store } from "@cynosure/resource-store";

export interface NativeApis {
  /** Null: the cluster's engine has no API of its own, or none yet. */
  open(cluster: ClusterKey): Promise<ProjectedEngine | null>;
  /** Of the document this release holds: for what is asked before a cluster's own is known. */
  catalogueOf(engine: Catalogue["engine"]): Catalogue;
}

export interface ProjectedRoutesOptions {
  readonly projected: ProjectedTypes;
  readonly native: NativeApis;
  readonly store: Pick<Store, "resources" | "appendAudit" | "transaction">;
  /** Throws ResourceGroupNotFound. */
  requireGroup(id: ResourceId): Promise<void>;
  /** Asked for what an operation of the engine needs besides the right to invoke anything. */
  readonly authorize: Authorize;
  readonly locations: readonly string[];
  /** Smallest Retry-After of this deployment; 10 by contract. */
  readonly retryAfterSecondsMin?: number;
  nowMs(): number;
}
