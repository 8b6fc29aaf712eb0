// The table of plan steps in PostgreSQL: one statement per method of `StepTables`. What they add up to is in
// ../rules/step-rules.ts.
import type { ClusterKey, PlanId, StepFailure, StepId } from "@cynosure/model";
import { ControlPlaneError } from "@cynosure/model";
import type { PlanRecord } from "../port.ts";
import type { BegunStep, StepTables } from "../rules/plan-tables.ts";
import { CHANNEL } from "./changes.ts";
import { type Database, statement } from "./database.ts";

/** Tells watchers of the cluster in the same statement: begins and notes are frequent. */
const notifyCluster = (clusterKey: string): string => `pg_notify('${CHANNEL}', 'cluster:' || ${clusterKey})`;

const beginSql = statement(
  "step.begin",
  `update cynosure.plan_steps s set status = 'running', started_at_ms = coalesce(s.started_at_ms, $3)
   from cynosure.plans p where s.plan_id = $1 and s.step_id = $2 and s.status in ('ready', 'running') and p.id = s.plan_id and p.status = 'Running'
   returning s.attempts, s.started_at_ms, ${notifyCluster("p.cluster_key")}`,
);
/** A step of a plan that has ended and that nobody works on any more. */
const dropSql = statement(
  "step.drop",
  `update cynosure.plan_steps s set status = 'canceled', waiting_on = null, finished_at_ms = $3
   from cynosure.plans p where s.plan_id = $1 and s.step_id = $2 and s.status in ('ready', 'running') and p.id = s.plan_id and p.status <> 'Running'`,
);
const stateSql = statement("step.state", "select attempts, coalesce(started_at_ms, 0) as started_at_ms from cynosure.plan_steps where plan_id = $1 and step_id = $2");
const noteSql = statement(
  "step.note",
  `update cynosure.plan_steps s set waiting_on = $3, attempts = $4, last_cause = coalesce($5::json, last_cause)
   from cynosure.plans p where s.plan_id = $1 and s.step_id = $2 and s.status = 'running' and p.id = s.plan_id
   returning ${notifyCluster("p.cluster_key")}`,
);
const lockSql = statement(
  "step.lock",
  "select p.cluster_key from cynosure.plans p join cynosure.cluster_states c using (cluster_key) where p.id = $1 for update of c",
);
const doneSql = statement(
  "step.done",
  `update cynosure.plan_steps s set status = 'done', waiting_on = null, finished_at_ms = $3 from cynosure.plans p
   where s.plan_id = $1 and s.step_id = $2 and s.status in ('ready', 'running') and p.id = s.plan_id returning p.status as plan_status`,
);
const failSql = statement(
  "step.fail",
  `update cynosure.plan_steps s set status = 'failed', waiting_on = null, error = $4, finished_at_ms = $3 from cynosure.plans p
   where s.plan_id = $1 and s.step_id = $2 and s.status in ('ready', 'running') and p.id = s.plan_id returning p.status as plan_status`,
);
const releaseSql = statement(
  "step.release",
  `update cynosure.plan_steps set remaining = remaining - 1, status = case when remaining = 1 then 'ready' else status end
   where plan_id = $1 and status = 'pending' and $2 = any(depends_on) returning step_id, status`,
);
const openSql = statement("step.open", "select exists (select 1 from cynosure.plan_steps where plan_id = $1 and status in ('pending', 'ready', 'running')) as open");
const cancelSql = statement("step.cancel", "update cynosure.plan_steps set status = 'canceled', finished_at_ms = $2 where plan_id = $1 and status in ('pending', 'ready')");
const raiseSql = statement(
  "cluster.raise",
  "insert into cynosure.cluster_states as c (cluster_key, epoch) values ($1, 2) on conflict (cluster_key) do update set epoch = c.epoch + 1 returning epoch",
);

const unfinishedSql = statement(
  "step.unfinished",
  `select s.plan_id, s.step_id from cynosure.plans p join cynosure.plan_steps s on s.plan_id = p.id
   where p.status = 'Running' and s.status in ('ready', 'running') order by p.seq, s.ordinal limit $1`,
);

interface BegunRow {
  readonly attempts: number;
  readonly started_at_ms: string;
}

const toBegun = (row: BegunRow | undefined): BegunStep | null => (row === undefined ? null : { attempts: row.attempts, startedAtMs: Number(row.started_at_ms) });

export function stepTables(database: Database): StepTables {
  return {
    async lockClusterOf(plan, tx) {
      const [row] = await database.query<{ cluster_key: ClusterKey }>(lockSql, [plan], tx);
      return row?.cluster_key ?? null;
    },
    async beginStep(plan, step, nowMs) {
      return toBegun((await database.query<BegunRow>(beginSql, [plan, step, nowMs]))[0]);
    },
    async dropStep(plan, step, nowMs) {
      await database.run(dropSql, [plan, step, nowMs]);
    },
    async readStep(plan, step) {
      return toBegun((await database.query<BegunRow>(stateSql, [plan, step]))[0]);
    },
    async noteStep(plan, step, note) {
      await database.run(noteSql, [plan, step, note.waitingOn, note.attempts, causeOf(note.lastCause)]);
    },
    async endStep(plan, step, end, nowMs, tx) {
      const [row] =
        end.status === "done"
          ? await database.query<{ plan_status: PlanRecord["status"] }>(doneSql, [plan, step, nowMs], tx)
          : await database.query<{ plan_status: PlanRecord["status"] }>(failSql, [plan, step, nowMs, JSON.stringify(end.error)], tx);
      return row?.plan_status ?? null;
    },
    async releaseSuccessors(plan, step, tx) {
      const rows = await database.query<{ step_id: StepId; status: string }>(releaseSql, [plan, step], tx);
      return rows.map((row) => ({ stepId: row.step_id, isReady: row.status === "ready" }));
    },
    async hasOpenSteps(plan, tx) {
      return (await database.query<{ open: boolean }>(openSql, [plan], tx))[0]?.open === true;
    },
    async cancelSteps(plan, nowMs, tx) {
      await database.run(cancelSql, [plan, nowMs], tx);
    },
    raiseEpoch: (cluster, tx) => raiseEpoch(database, cluster, tx),
    async unfinishedSteps(limitMax) {
      const rows = await database.query<{ plan_id: PlanId; step_id: StepId }>(unfinishedSql, [limitMax]);
      return rows.map((row) => ({ planId: row.plan_id, stepId: row.step_id }));
    },
  };
}

const causeOf = (cause: StepFailure | undefined): string | null => (cause === undefined ? null : JSON.stringify(cause));

export async function raiseEpoch(database: Database, cluster: ClusterKey, tx?: Parameters<Database["query"]>[2]): Promise<number> {
  const [row] = await database.query<{ epoch: number }>(raiseSql, [cluster], tx);
  if (row === undefined) throw new ControlPlaneError("InternalServerError", `The epoch of cluster ${cluster} could not be raised: try again.`);
  return row.epoch;
}
