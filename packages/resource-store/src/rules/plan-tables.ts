// What the rules of plans need of an adapter's tables: single reads and writes, each with one meaning. Every
// adapter writes these; what they add up to (who becomes ready, what an ended plan does) is written once,
// beside this file, so that the memory adapter of the tests runs the same rules as PostgreSQL.
import type { ClusterKey, OperationId, OperationKind, Plan, PlanId, PlanReport, ResourceKey, StepFailure, StepId } from "@cynosure/model";
import type { ClusterLock, PlanRecord, PlanStepStore, Transaction } from "../port.ts";

export type PlanEnd = { readonly status: "Succeeded" } | { readonly status: "Failed" | "Canceled"; readonly error: StepFailure };

export type StepEnd = { readonly status: "done" } | { readonly status: "failed"; readonly error: StepFailure };

export interface BegunStep {
  readonly attempts: number;
  readonly startedAtMs: number;
}

export interface LockedCluster extends ClusterLock {
  readonly targetPlanId: PlanId | null;
  readonly epoch: number;
}

export interface StartTables {
  /** Makes the cluster's row when there is none, and holds it until the transaction ends. */
  lockCluster(cluster: ClusterKey, tx: Transaction): Promise<LockedCluster>;
  planStatus(id: PlanId, tx: Transaction): Promise<{ readonly status: PlanRecord["status"]; readonly operationId: OperationId } | null>;
  /** The plan and its steps, `ready` without predecessors, else `pending`; it becomes the target of its cluster, whose row is there, and its operation runs. */
  insertPlan(plan: Plan, report: PlanReport, operationId: OperationId, nowMs: number, tx: Transaction): Promise<void>;
  /** Drops what ended beyond the newest of each (history.ts); never the target, never what runs. */
  dropHistory(cluster: ClusterKey, target: PlanId, nowMs: number, tx: Transaction): Promise<void>;
}

export interface StepTables {
  /** Holds the cluster of the plan; null when there is no such plan. */
  lockClusterOf(plan: PlanId, tx: Transaction): Promise<ClusterKey | null>;
  /** Ready or running step of a running plan: running from now on; null for any other. Watchers of the cluster are told. */
  beginStep(plan: PlanId, step: StepId, nowMs: number): Promise<BegunStep | null>;
  /** Cancels a ready or running step of a plan that has ended: nobody works on it any more. */
  dropStep(plan: PlanId, step: StepId, nowMs: number): Promise<void>;
  readStep(plan: PlanId, step: StepId): Promise<BegunStep | null>;
  /** Of a running step only. Watchers of the cluster are told. */
  noteStep(...of: Parameters<PlanStepStore["note"]>): Promise<void>;
  /** Ends a ready or running step; answers its plan's status, null when the step had ended before. */
  endStep(plan: PlanId, step: StepId, end: StepEnd, nowMs: number, tx: Transaction): Promise<PlanRecord["status"] | null>;
  /** Counts one predecessor less for each pending step behind `step`; answers all of them, and which became ready. */
  releaseSuccessors(plan: PlanId, step: StepId, tx: Transaction): Promise<readonly { readonly stepId: StepId; readonly isReady: boolean }[]>;
  /** Pending, ready or running. */
  hasOpenSteps(plan: PlanId, tx: Transaction): Promise<boolean>;
  /** Pending and ready ones. */
  cancelSteps(plan: PlanId, nowMs: number, tx: Transaction): Promise<void>;
  raiseEpoch(cluster: ClusterKey, tx: Transaction): Promise<number>;
  /** Ready or running steps of running plans, oldest plan first. */
  unfinishedSteps(limitMax: number): ReturnType<PlanStepStore["listUnfinished"]>;
}

export interface FinishTables {
  /** Ends a running plan; null when it is not running. */
  endPlan(id: PlanId, status: PlanEnd["status"], nowMs: number, tx: Transaction): Promise<{ readonly clusterKey: ClusterKey; readonly presence: string | null } | null>;
  /** Ends the operations of the plan that are open, and answers them. */
  endOperations(plan: PlanId, end: PlanEnd, nowMs: number, tx: Transaction): Promise<readonly { readonly kind: OperationKind; readonly resourceKey: ResourceKey }[]>;
  /** Of a resource that is not settled; its etag changes with it. */
  settleResource(key: ResourceKey, state: PlanEnd["status"], tx: Transaction): Promise<void>;
  /** The resource and everything below it. */
  removeTree(key: ResourceKey, tx: Transaction): Promise<void>;
  /** Where it is the target. */
  clearTarget(cluster: ClusterKey, plan: PlanId, tx: Transaction): Promise<void>;
  /** Runs `work`; when it throws, what it wrote is undone, and nothing else, and what it threw is answered. Throws when it cannot be undone. */
  undoably(tx: Transaction, work: () => Promise<void>): Promise<{ readonly thrown: unknown } | null>;
}

export interface PlanTables extends StartTables, StepTables, FinishTables {
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Queues the workflow of each step with the transaction. */
  enqueue(plan: PlanId, steps: readonly StepId[], tx: Transaction): Promise<void>;
  /** Tells watchers of these topics when the transaction commits. */
  notify(topics: readonly string[], tx: Transaction): Promise<void>;
}
