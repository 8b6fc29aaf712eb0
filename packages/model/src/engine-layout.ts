// The pure half of a storage engine: which daemons go on which hosts and which engine actions the change
// needs. The planner turns it into steps; it never knows what a monitor or a pool is.
import type { HostId } from "./ids.ts";
import type { Rng } from "./clock.ts";
import type { ClusterPolicy } from "./policy.ts";
import type { DaemonSpec, HostFile } from "./host-plan.ts";

/** A host as the planner sees it while laying out: its place, not its address. */
export interface LayoutHost {
  readonly hostId: HostId;
  /** 0-based, never reused within a cluster. */
  readonly index: number;
  readonly failureDomain: string;
  readonly diskPaths: readonly string[];
  readonly diskSizeBytes: number;
}

/** A pool as wanted: what `plan` shows and what the engine must create exactly so. */
export interface PoolLayout {
  readonly name: string;
  readonly purpose: string;
  readonly scheme:
    | { readonly kind: "replication"; readonly copies: number; readonly copiesMin: number }
    | { readonly kind: "erasureCoding"; readonly dataChunks: number; readonly codingChunks: number; readonly chunksMin: number };
  readonly placementGroups: number;
}

/** One typed, idempotent thing the engine is asked to do; `params` is JSON and holds no secret. */
export interface EngineAction {
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export interface EngineStep {
  /** Unique in the layout, for example `ceph.quorum`. */
  readonly id: string;
  readonly title: string;
  readonly action: EngineAction;
  /** Every host must have converged through this stage first; 0 = before any host plan is published. */
  readonly afterStage: number;
  /** This stage of the hosts may not be published before the action is done. */
  readonly beforeStage?: number;
  readonly dependsOn: readonly string[];
  /** Declared duration on the reference machine: the plan's critical path is made of these. */
  readonly expectedMs: number;
}

/** A port that people use, published by the substrate. `name` is stable: `nfs-1`, `s3-2`. */
export interface EndpointLayout {
  readonly name: string;
  readonly protocol: "nfs" | "s3" | "http";
  readonly hostId: HostId;
  readonly port: number;
  /** Where one of several serves and the others stand by: the one that answers GET of this path with 2xx is who is meant. */
  readonly servesAt?: string;
}

export interface EngineLayout {
  readonly daemons: Readonly<Record<HostId, readonly DaemonSpec[]>>;
  readonly files: Readonly<Record<HostId, readonly HostFile[]>>;
  /** Number of host-plan stages the engine uses. */
  readonly stages: number;
  /** Declared duration of each stage on one host, index 0 = stage 1. */
  readonly stageExpectedMs: readonly number[];
  readonly pools: readonly PoolLayout[];
  readonly steps: readonly EngineStep[];
  readonly endpoints: readonly EndpointLayout[];
  readonly imageName: string;
}

export interface EngineLayoutInput {
  readonly policy: ClusterPolicy;
  readonly hosts: readonly LayoutHost[];
  /** The layout of the target plan this one changes; null for the first. */
  readonly parent: EngineLayout | null;
  readonly rng: Rng;
}

/** Why an engine cannot lay out a policy: which property, the reason, the remedy. Becomes a 400 with a target. */
export interface LayoutProblem {
  /** JSON path below the resource, for example `properties.hosts.count`. */
  readonly target: string;
  readonly message: string;
}

export type EngineLayoutResult = { readonly ok: true; readonly layout: EngineLayout } | { readonly ok: false; readonly problems: readonly LayoutProblem[] };

/** Pure. The composition root hands each engine's function to the planner by engine name. */
export interface EnginePlanner {
  readonly hostCount: { readonly min: number; readonly max: number };
  layout(input: EngineLayoutInput): EngineLayoutResult;
}
