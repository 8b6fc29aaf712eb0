// The end of a plan: its status, the operations it served, their resources and the planning of what was
// queued meanwhile, all in the transaction that completed or failed the last step. The same for every adapter.
import type { ClusterKey, OperationKind, PlanId, ResourceKey, StepFailure } from "@cynosure/model";
import type { Transaction } from "../port.ts";
import type { PlanEnd, PlanTables } from "./plan-tables.ts";

/** Called in the finishing transaction, with the cluster locked: plans queued operations. */
export type OnPlanFinished = (tx: Transaction, cluster: ClusterKey) => Promise<void>;

export interface FinisherOptions {
  readonly nowMs: () => number;
  readonly onPlanFinished: OnPlanFinished;
  readonly onHookError: (error: unknown) => void;
}

export class PlanFinisher {
  readonly #tables: PlanTables;
  readonly #options: FinisherOptions;

  constructor(tables: PlanTables, options: FinisherOptions) {
    this.#tables = tables;
    this.#options = options;
  }

  /** The caller holds the cluster's lock. */
  async finish(planId: PlanId, end: PlanEnd, tx: Transaction): Promise<void> {
    const nowMs = this.#options.nowMs();
    const plan = await this.#tables.endPlan(planId, end.status, nowMs, tx);
    if (plan === null) return;
    // However it ended: a call of this plan that is still on its way (late, repeated, of a step that failed elsewhere)
    // must not meet the next plan's work, such as the removal of a host that the same name has again.
    await this.#tables.raiseEpoch(plan.clusterKey, tx);
    const operations = await this.#tables.endOperations(planId, end, nowMs, tx);
    for (const operation of operations) await this.#settleResource(operation, end, tx);
    // A removed cluster has no target: the same name starts again from nothing.
    if (end.status === "Succeeded" && plan.presence === "absent") await this.#tables.clearTarget(plan.clusterKey, planId, tx);
    await this.#runHook(plan.clusterKey, tx);
    await this.#tables.notify([`cluster:${plan.clusterKey}`, `plan:${planId}`], tx);
  }

  /**
   * Ends a running plan because a user wants no more of it; false when it does not run. As after a failure: nothing
   * that has not begun begins, and what has begun hears of it and meets the raised epoch at its next call. The caller
   * holds the cluster's lock.
   */
  async cancel(planId: PlanId, reason: StepFailure, tx: Transaction): Promise<boolean> {
    const status = await this.#tables.planStatus(planId, tx);
    if (status?.status !== "Running") return false;
    await this.#tables.cancelSteps(planId, this.#options.nowMs(), tx);
    await this.finish(planId, { status: "Canceled", error: reason }, tx);
    return true;
  }

  async #settleResource(operation: { readonly kind: OperationKind; readonly resourceKey: ResourceKey }, end: PlanEnd, tx: Transaction): Promise<void> {
    if (end.status === "Succeeded" && operation.kind === "delete") await this.#tables.removeTree(operation.resourceKey, tx);
    else await this.#tables.settleResource(operation.resourceKey, end.status, tx);
  }

  /** A hook that throws must not keep the plan from finishing: its writes are undone and the error is reported. */
  async #runHook(cluster: ClusterKey, tx: Transaction): Promise<void> {
    const failure = await this.#tables.undoably(tx, () => this.#options.onPlanFinished(tx, cluster));
    if (failure !== null) this.#options.onHookError(failure.thrown);
  }
}
