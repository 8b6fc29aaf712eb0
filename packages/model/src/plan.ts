// Plan: an immutable, parented, stored value. It becomes the cluster's target plan by one compare-and-set
// on its parent; the executor then runs its steps and decides nothing.
import type { ClusterKey, HostId, PlanId, StepId } from "./ids.ts";
import type { EngineAction, EngineLayout, EndpointLayout } from "./engine-layout.ts";
import type { HostDisk, HostPlan } from "./host-plan.ts";
import type { ClusterPolicy } from "./policy.ts";

export type PlanStepAction =
  | { readonly kind: "network.ensure" }
  | { readonly kind: "host.ensure"; readonly hostId: HostId }
  | { readonly kind: "host.join"; readonly hostId: HostId }
  /** Publish the host plan as of `stage` under `generation` and wait for the agent's report. */
  | { readonly kind: "host.converge"; readonly hostId: HostId; readonly stage: number; readonly generation: number }
  | { readonly kind: "engine.act"; readonly action: EngineAction }
  | { readonly kind: "endpoints.ensure"; readonly endpoints: readonly EndpointLayout[] }
  | { readonly kind: "endpoints.remove" }
  | { readonly kind: "host.destroy"; readonly hostId: HostId }
  | { readonly kind: "network.destroy" }
  /** Removes what the store holds of the cluster's inside: secrets, host plans, outputs. */
  | { readonly kind: "cluster.forget" };

export interface PlanStep {
  readonly id: StepId;
  /** For people: "start monitors on host-1". */
  readonly title: string;
  readonly action: PlanStepAction;
  readonly dependsOn: readonly StepId[];
  /** Declared duration; the critical path of the plan is the longest chain of these. */
  readonly expectedMs: number;
  /** How often `retry` may be answered before the step fails. */
  readonly attemptsMax: number;
  /** The step fails when it has not finished this long after it started. */
  readonly timeoutMsMax: number;
}

/** What a host of the plan is: enough to create it and to derive its host plan at every stage. */
export interface PlannedHost {
  readonly hostId: HostId;
  readonly index: number;
  readonly size: string;
  readonly failureDomain: string;
  readonly disks: readonly HostDisk[];
  /** Full host plan; `hostPlanAtStage` cuts it down. Its generation is that of the last stage. */
  readonly hostPlan: HostPlan;
}

export interface Plan {
  readonly id: PlanId;
  readonly parentId: PlanId | null;
  readonly clusterKey: ClusterKey;
  /** Counts the plans of the cluster from 1. */
  readonly generation: number;
  readonly createdBy: string;
  readonly comment: string;
  readonly policy: ClusterPolicy;
  readonly hosts: Readonly<Record<HostId, PlannedHost>>;
  readonly layout: EngineLayout;
  readonly steps: readonly PlanStep[];
}

/** The planner's account of itself, kept apart from the plan. */
export interface PlanReport {
  readonly steps: readonly { readonly step: string; readonly outcome: string; readonly waitingOn: string | null }[];
}

export interface Finding {
  /** Stable rule id, for example `CHK-03`. */
  readonly rule: string;
  readonly severity: "fatal" | "degraded";
  readonly message: string;
  readonly target: string;
}

export type PlanStepStatus = "pending" | "ready" | "running" | "done" | "failed" | "canceled";

/** The step as the store shows it while the plan runs. */
export interface PlanStepState {
  readonly stepId: StepId;
  readonly title: string;
  readonly status: PlanStepStatus;
  readonly attempts: number;
  readonly waitingOn: string | null;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}
