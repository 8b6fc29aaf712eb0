// The end of a plan: its status, the operations it served, their resources and the planning of what was
// queued meanwhile, all in the transaction that completed or failed the last step.
import type { ClusterKey, OperationKind, PlanId, ResourceKey, StepFailure } from "@cynosure/model";
import type { Transaction } from "../port.ts";
import type { Changes } from "./changes.ts";
import { type Database, statement, transactionClient } from "./database.ts";
import { makeEtag } from "./resources.ts";

/** Called in the finishing transaction, with the cluster locked: plans queued operations. */
export type OnPlanFinished = (tx: Transaction, cluster: ClusterKey) => Promise<void>;

export type PlanEnd = { readonly status: "Succeeded" } | { readonly status: "Failed"; readonly error: StepFailure };

interface EndedOperation {
  readonly kind: string;
  readonly resource_key: string;
}

const finishPlanSql = statement(
  "finish.plan",
  "update cynosure.plans set status = $2, finished_at_ms = $3 where id = $1 and status = 'Running' returning cluster_key, plan -> 'policy' ->> 'presence' as presence",
);
const finishOperationsSql = statement(
  "finish.operations",
  "update cynosure.operations set status = $2, error = $3, finished_at_ms = $4 where plan_id = $1 and finished_at_ms is null returning kind, resource_key",
);
const setStateSql = statement(
  "finish.resource",
  "update cynosure.resources set provisioning_state = $2, etag = $3 where key = $1 and provisioning_state not in ('Succeeded', 'Failed', 'Canceled')",
);
const removeTreeSql = statement("finish.removeTree", "delete from cynosure.resources where key = $1 or (key >= $2 and key < $3)");
const clearTargetSql = statement("finish.clearTarget", "update cynosure.cluster_states set target_plan_id = null where cluster_key = $1 and target_plan_id = $2");

export class PlanFinisher {
  readonly #database: Database;
  readonly #changes: Changes;
  readonly #nowMs: () => number;
  readonly #onPlanFinished: OnPlanFinished;
  readonly #onHookError: (error: unknown) => void;

  constructor(database: Database, changes: Changes, options: { nowMs: () => number; onPlanFinished: OnPlanFinished; onHookError: (error: unknown) => void }) {
    this.#database = database;
    this.#changes = changes;
    this.#nowMs = options.nowMs;
    this.#onPlanFinished = options.onPlanFinished;
    this.#onHookError = options.onHookError;
  }

  /** The caller holds the cluster's lock. */
  async finish(planId: PlanId, end: PlanEnd, tx: Transaction): Promise<void> {
    const nowMs = this.#nowMs();
    const [plan] = await this.#database.query<{ cluster_key: ClusterKey; presence: string | null }>(finishPlanSql, [planId, end.status, nowMs], tx);
    if (plan === undefined) return;
    const error = end.status === "Failed" ? JSON.stringify(end.error) : null;
    const operations = await this.#database.query<EndedOperation>(finishOperationsSql, [planId, end.status, error, nowMs], tx);
    for (const operation of operations) await this.#settleResource(operation, end, tx);
    // A removed cluster has no target: the same name starts again from nothing.
    if (end.status === "Succeeded" && plan.presence === "absent") await this.#database.run(clearTargetSql, [plan.cluster_key, planId], tx);
    await this.#runHook(plan.cluster_key, tx);
    await this.#changes.notify([`cluster:${plan.cluster_key}`, `plan:${planId}`], tx);
  }

  async #settleResource(operation: EndedOperation, end: PlanEnd, tx: Transaction): Promise<void> {
    const key = operation.resource_key as ResourceKey; // written by this adapter
    if (end.status === "Succeeded" && (operation.kind as OperationKind) === "delete") {
      await this.#database.run(removeTreeSql, [key, `${key}/`, `${key}/\u{10FFFF}`], tx);
    } else {
      await this.#database.run(setStateSql, [key, end.status, makeEtag()], tx);
    }
  }

  /** A hook that throws must not keep the plan from finishing: its writes are undone and the error is reported. */
  async #runHook(cluster: ClusterKey, tx: Transaction): Promise<void> {
    const client = transactionClient(tx);
    await client.query("savepoint plan_finished");
    try {
      await this.#onPlanFinished(tx, cluster);
      await client.query("release savepoint plan_finished");
    } catch (error) {
      await client.query("rollback to savepoint plan_finished");
      this.#onHookError(error);
    }
  }
}
