// Inventory: what was seen, partial and stale by design. Collected from ports and the store; the planner
// decides from it and never asks anything itself.
import type { ClusterKey, HostId } from "./ids.ts";
import type { HostReport } from "./host-plan.ts";
import type { ProtectionPolicy } from "./policy.ts";

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
  /** What was asked for last, where the substrate knows; absent means up. */
  readonly link?: "up" | "cut";
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

/** Fill of one pool of user data. `usableBytes` counts what is there; the room for more is shared with other pools. */
export interface PoolFill {
  readonly name: string;
  readonly kind: "fileSystem" | "bucket";
  readonly protection: ProtectionPolicy;
  readonly usedBytes: number;
  readonly usableBytes: number;
}

/** Rates and fill of a cluster at one moment. Rates in units of 1,000,000 bytes per second and operations per second; bytes on disk with copies and coding. */
export interface MetricsSample {
  readonly observedAtMs: number;
  readonly readMBps: number;
  readonly writeMBps: number;
  readonly readOps: number;
  readonly writeOps: number;
  readonly usedBytes: number;
  readonly rawBytes: number;
  /** Absent where the engine does not tell. */
  readonly latency?: EngineLatency;
}

/**
 * Mean latency at the moment of a sample. What was timed differs by engine: `request` is a whole operation as clients
 * wait for it; `diskCommit` is the making durable of a write in one storage daemon, without network and copies.
 */
export interface EngineLatency {
  readonly of: "request" | "diskCommit";
  /** Null where the engine does not time it. */
  readonly readMs: number | null;
  readonly writeMs: number | null;
}

export interface EngineMetrics extends MetricsSample {
  readonly byProtection: readonly PoolFill[];
}

export type ClusterFill = Pick<EngineMetrics, "usedBytes" | "rawBytes" | "byProtection">;

/** What was measured of a cluster, oldest sample first; its fill as it was seen last, null until then. */
export interface KeptMetrics {
  readonly samples: readonly MetricsSample[];
  readonly fill: ClusterFill | null;
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
