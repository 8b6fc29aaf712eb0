// The tables of plans and their ends in PostgreSQL: one statement per method of `PlanTables`. What they add up
// to is in ../rules; those of steps are in step-tables.ts.
import type { ClusterKey, OperationId, OperationKind, Plan, PlanId, PlanReport, ResourceKey } from "@cynosure/model";
import { ControlPlaneError } from "@cynosure/model";
import type { PlanRecord, Transaction } from "../port.ts";
import { ENDED_OPERATION_KEPT_MS, ENDED_OPERATIONS_KEPT_MAX, ENDED_PLANS_KEPT_MAX, YOUNG_OPERATIONS_KEPT_MAX } from "../rules/history.ts";
import type { FinishTables, LockedCluster, PlanEnd, StartTables } from "../rules/plan-tables.ts";
import { type Database, statement, transactionClient } from "./database.ts";
import { makeEtag } from "./resources.ts";

const lockClusterSql = statement("cluster.lock", "select target_plan_id, epoch, is_new from cynosure.lock_cluster($1)");
const statusSql = statement("plan.statusOf", "select status, operation_id from cynosure.plans where id = $1");
const insertSql = statement(
  "plan.insert",
  `with stored as (
     insert into cynosure.plans (id, cluster_key, parent_id, generation, operation_id, plan, report, status, started_at_ms)
     values ($1, $2, $3, $4, $5, $6, $7, 'Running', $8)),
   targeted as (update cynosure.cluster_states set target_plan_id = $1 where cluster_key = $2),
   started as (update cynosure.operations set status = 'Running', plan_id = $1 where id = $5 and finished_at_ms is null)
   insert into cynosure.plan_steps (plan_id, step_id, ordinal, title, depends_on, remaining, expected_ms, status)
   select $1, s.step_id, s.ordinal, s.title, array(select json_array_elements_text(s.depends_on)), s.remaining, s.expected_ms,
     case when s.remaining = 0 then 'ready' else 'pending' end
   from json_to_recordset($9::json) as s(step_id text, ordinal integer, title text, depends_on json, remaining integer, expected_ms double precision)`,
);
const dropPlansSql = statement(
  "plan.dropOld",
  `with old as (select id from cynosure.plans where cluster_key = $1 and status <> 'Running' and id <> $2 order by seq desc offset $3),
     steps as (delete from cynosure.plan_steps where plan_id in (select id from old))
   delete from cynosure.plans where id in (select id from old)`,
);
export const dropOperationsSql = statement(
  "operation.dropOld",
  `delete from cynosure.operations where id in
     (select id from (select id, finished_at_ms, row_number() over (order by seq desc) as place from cynosure.operations where cluster_key = $1 and finished_at_ms is not null) o
      where o.place > $3 or (o.place > $2 and o.finished_at_ms < $4))`,
);
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

interface ClusterLockRow {
  readonly target_plan_id: PlanId | null;
  readonly epoch: number;
  readonly is_new: boolean;
}

/** Takes the row lock that serialises all planning and finishing of one cluster. */
export async function lockCluster(database: Database, cluster: ClusterKey, tx: Transaction): Promise<LockedCluster> {
  const [row] = await database.query<ClusterLockRow>(lockClusterSql, [cluster], tx);
  if (row !== undefined) return { targetPlanId: row.target_plan_id, epoch: row.epoch, isNew: row.is_new };
  throw new ControlPlaneError("InternalServerError", `The state of cluster ${cluster} vanished while it was being locked: try again.`);
}

export function startTables(database: Database): StartTables {
  return {
    lockCluster: (cluster, tx) => lockCluster(database, cluster, tx),
    async planStatus(id, tx) {
      const [row] = await database.query<{ status: PlanRecord["status"]; operation_id: OperationId }>(statusSql, [id], tx);
      return row === undefined ? null : { status: row.status, operationId: row.operation_id };
    },
    insertPlan: (plan, report, operationId, nowMs, tx) => insertPlan(database, plan, { report, operationId, nowMs }, tx),
    async dropHistory(cluster, target, nowMs, tx) {
      await database.run(dropPlansSql, [cluster, target, ENDED_PLANS_KEPT_MAX], tx);
      await database.run(dropOperationsSql, [cluster, ENDED_OPERATIONS_KEPT_MAX, YOUNG_OPERATIONS_KEPT_MAX, nowMs - ENDED_OPERATION_KEPT_MS], tx);
    },
  };
}

async function insertPlan(database: Database, plan: Plan, of: { readonly report: PlanReport; readonly operationId: OperationId; readonly nowMs: number }, tx: Transaction): Promise<void> {
  const { report, operationId, nowMs } = of;
  const steps = plan.steps.map((step, ordinal) => ({
    step_id: step.id,
    ordinal,
    title: step.title,
    depends_on: [...new Set(step.dependsOn)],
    remaining: new Set(step.dependsOn).size,
    expected_ms: step.expectedMs,
  }));
  await database.run(
    insertSql,
    [plan.id, plan.clusterKey, plan.parentId, plan.generation, operationId, JSON.stringify(plan), JSON.stringify(report), nowMs, JSON.stringify(steps)],
    tx,
  );
}

export function finishTables(database: Database): FinishTables {
  return {
    async endPlan(id, status, nowMs, tx) {
      const [row] = await database.query<{ cluster_key: ClusterKey; presence: string | null }>(finishPlanSql, [id, status, nowMs], tx);
      return row === undefined ? null : { clusterKey: row.cluster_key, presence: row.presence };
    },
    async endOperations(plan, end: PlanEnd, nowMs, tx) {
      const error = end.status !== "Succeeded" ? JSON.stringify(end.error) : null;
      const rows = await database.query<{ kind: OperationKind; resource_key: ResourceKey }>(finishOperationsSql, [plan, end.status, error, nowMs], tx);
      return rows.map((row) => ({ kind: row.kind, resourceKey: row.resource_key }));
    },
    async settleResource(key, state, tx) {
      await database.run(setStateSql, [key, state, makeEtag()], tx);
    },
    async removeTree(key, tx) {
      await database.run(removeTreeSql, [key, `${key}/`, `${key}/\u{10FFFF}`], tx);
    },
    async clearTarget(cluster, plan, tx) {
      await database.run(clearTargetSql, [cluster, plan], tx);
    },
    async undoably(tx, work) {
      const client = transactionClient(tx);
      await client.query("savepoint plan_finished");
      try {
        await work();
        await client.query("release savepoint plan_finished");
        return null;
      } catch (thrown) {
        await client.query("rollback to savepoint plan_finished");
        return { thrown };
      }
    },
  };
}
