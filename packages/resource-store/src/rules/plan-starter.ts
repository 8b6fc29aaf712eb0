// The start of a plan: refused unless it follows from the cluster's target and nothing runs; then stored, made
// the target, its operation started and its first steps queued, in one transaction. The same for every adapter.
import type { OperationId, Plan, PlanReport } from "@cynosure/model";
import { ControlPlaneError } from "@cynosure/model";
import type { Transaction } from "../port.ts";
import { together } from "../together.ts";
import type { PlanFinisher } from "./plan-finisher.ts";
import type { PlanTables } from "./plan-tables.ts";

/** A step that names an unknown predecessor, or two steps with one id, would never finish: refused before it is stored. */
function assertSteps(plan: Plan): void {
  const ids = new Set(plan.steps.map((step) => step.id));
  const unknown = plan.steps.flatMap((step) => step.dependsOn.filter((id) => !ids.has(id)).map((id) => `${step.id} -> ${id}`));
  if (ids.size === plan.steps.length && unknown.length === 0) return;
  const reason = unknown.length > 0 ? `steps depend on steps that are not in it (${unknown.join(", ")})` : "two of its steps share an id";
  throw new ControlPlaneError("InternalServerError", `Plan ${plan.id} cannot run: ${reason}. This is a fault of the planner.`);
}

export class PlanStarter {
  readonly #tables: PlanTables;
  readonly #finisher: PlanFinisher;
  readonly #nowMs: () => number;

  constructor(tables: PlanTables, finisher: PlanFinisher, nowMs: () => number) {
    this.#tables = tables;
    this.#finisher = finisher;
    this.#nowMs = nowMs;
  }

  async start(plan: Plan, report: PlanReport, operationId: OperationId, tx: Transaction): Promise<void> {
    assertSteps(plan);
    await this.#requireTarget(plan, tx);
    const ready = plan.steps.filter((step) => step.dependsOn.length === 0).map((step) => step.id);
    await together(
      this.#tables.insertPlan(plan, report, operationId, this.#nowMs(), tx),
      // A first plan has nothing behind it.
      plan.parentId === null ? Promise.resolve() : this.#tables.dropHistory(plan.clusterKey, plan.id, this.#nowMs(), tx),
      this.#tables.enqueue(plan.id, ready, tx),
      this.#tables.notify([`cluster:${plan.clusterKey}`], tx),
    );
    if (plan.steps.length === 0) await this.#finisher.finish(plan.id, { status: "Succeeded" }, tx);
  }

  async #requireTarget(plan: Plan, tx: Transaction): Promise<void> {
    const { targetPlanId } = await this.#tables.lockCluster(plan.clusterKey, tx);
    if (targetPlanId !== plan.parentId) {
      throw new ControlPlaneError(
        "PlanParentIsNotTarget",
        `Plan ${plan.id} was made from ${plan.parentId ?? "nothing"}, but the cluster's target is ${targetPlanId ?? "none"}: plan again from the target.`,
      );
    }
    if (targetPlanId !== null) {
      const current = await this.#tables.planStatus(targetPlanId, tx);
      if (current?.status === "Running") {
        throw new ControlPlaneError(
          "AnotherOperationInProgress",
          `Operation ${current.operationId} is still changing the cluster: wait until it has finished, then try again.`,
        );
      }
    }
  }
}
