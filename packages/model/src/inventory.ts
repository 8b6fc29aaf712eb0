// Inventory: what was seen, partial and stale by design. Collected from ports and the store; the planner
// decides from it and never asks anything itself.
import type { ClusterKey, HostId } from "./ids.ts";
import type { HostReport } from "./host-plan.ts";

export type HostPower = "on" | "off" | "unknown";

/** A host as its substrate sees it. */
export interface SubstrateHost {
  readonly hostId: HostId;
  readonly index: number;
  readonly address: string;
  readonly size: string;
  readonly failureDomain: string;
  readonly power: HostPower;
  /** What was asked for last, where the substrate knows: a host that is off and should be on lost its power. */
  readonly wantedPower?: "on" | "off";
  readonly diskPaths: readonly string[];
  readonly diskSizeBytes: number;
}

export interface InventoryHost extends SubstrateHost {
  readonly joined: boolean;
  readonly report: HostReport | null;
  /** Highest host-plan generation ever published for this host. */
  readonly publishedGeneration: number;
}

export interface PublishedEndpoint {
  readonly name: string;
  readonly protocol: "nfs" | "s3" | "http";
  readonly hostId: HostId;
  /** Where a user connects. */
  readonly address: string;
  readonly port: number;
}

export interface EngineHealth {
  /** The engine's own word, for example HEALTH_OK. */
  readonly status: string;
  readonly ok: boolean;
  readonly checks: readonly { readonly code: string; readonly severity: string; readonly summary: string }[];
  readonly observedAtMs: number;
}

export interface Inventory {
  readonly clusterKey: ClusterKey;
  readonly collectedAtMs: number;
  readonly hosts: readonly InventoryHost[];
  readonly health: EngineHealth | null;
  readonly endpoints: readonly PublishedEndpoint[];
  /** What could not be seen, and why. */
  readonly gaps: readonly string[];
}
