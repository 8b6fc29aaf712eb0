// Steps of a running plan: the only writer is the executor. Completing a step releases its successors and
// queues them in the same transaction, so a kill between the two cannot exist (docs/rfd/0002).
import type { ClusterKey, PlanId, StepFailure, StepId } from "@cynosure/model";
import type { PlanStepStore, Transaction } from "../port.ts";
import { CHANNEL, type Changes } from "./changes.ts";
import { type Database, statement } from "./database.ts";
import type { PlanFinisher } from "./plan-finisher.ts";
import type { CrashPoint, StepEnqueuer } from "./step-enqueuer.ts";

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
// The plan's status is read after the lock was taken, never with it: only then is it the last committed one.
const doneSql = statement(
  "step.done",
  `update cynosure.plan_steps s set status = 'done', waiting_on = null, finished_at_ms = $3 from cynosure.plans p
   where s.plan_id = $1 and s.step_id = $2 and s.status in ('ready', 'running') and p.id = s.plan_id returning p.status as plan_status`,
);
const releaseSql = statement(
  "step.release",
  `update cynosure.plan_steps set remaining = remaining - 1, status = case when remaining = 1 then 'ready' else status end
   where plan_id = $1 and status = 'pending' and $2 = any(depends_on) returning step_id, status`,
);
const openSql = statement("step.open", "select exists (select 1 from cynosure.plan_steps where plan_id = $1 and status in ('pending', 'ready', 'running')) as open");
const failSql = statement(
  "step.fail",
  `update cynosure.plan_steps s set status = 'failed', waiting_on = null, error = $3, finished_at_ms = $4 from cynosure.plans p
   where s.plan_id = $1 and s.step_id = $2 and s.status in ('ready', 'running') and p.id = s.plan_id returning p.status as plan_status`,
);
const cancelSql = statement("step.cancel", "update cynosure.plan_steps set status = 'canceled', finished_at_ms = $2 where plan_id = $1 and status in ('pending', 'ready')");
const fenceSql = statement("step.fence", "update cynosure.cluster_states set epoch = epoch + 1 where cluster_key = $1");
const unfinishedSql = statement(
  "step.unfinished",
  `select s.plan_id, s.step_id from cynosure.plans p join cynosure.plan_steps s on s.plan_id = p.id
   where p.status = 'Running' and s.status in ('ready', 'running') order by p.seq, s.ordinal limit $1`,
);

export interface StepDependencies {
  readonly database: Database;
  readonly changes: Changes;
  readonly nowMs: () => number;
  readonly enqueuer: StepEnqueuer;
  readonly finisher: PlanFinisher;
  readonly crashPoint: CrashPoint;
}

export class PostgresSteps implements PlanStepStore {
  readonly #deps: StepDependencies;

  constructor(deps: StepDependencies) {
    this.#deps = deps;
  }

  async begin(plan: PlanId, step: StepId): Promise<{ readonly proceed: boolean; readonly attempts: number; readonly startedAtMs: number }> {
    const { database, nowMs } = this.#deps;
    const [row] = await database.query<{ attempts: number; started_at_ms: string }>(beginSql, [plan, step, nowMs()]);
    if (row !== undefined) return { proceed: true, attempts: row.attempts, startedAtMs: Number(row.started_at_ms) };
    await database.run(dropSql, [plan, step, nowMs()]);
    const [state] = await database.query<{ attempts: number; started_at_ms: string }>(stateSql, [plan, step]);
    return { proceed: false, attempts: state?.attempts ?? 0, startedAtMs: Number(state?.started_at_ms ?? 0) };
  }

  async note(plan: PlanId, step: StepId, note: { waitingOn: string | null; attempts: number; lastCause?: StepFailure }): Promise<void> {
    const cause = note.lastCause === undefined ? null : JSON.stringify(note.lastCause);
    await this.#deps.database.run(noteSql, [plan, step, note.waitingOn, note.attempts, cause]);
  }

  async complete(plan: PlanId, step: StepId): Promise<void> {
    const { database, changes, nowMs, enqueuer, finisher, crashPoint } = this.#deps;
    await database.transaction(async (tx) => {
      const cluster = await this.#lockClusterOf(plan, tx);
      if (cluster === null) return;
      const [ended] = await database.query<{ plan_status: string }>(doneSql, [plan, step, nowMs()], tx);
      if (ended === undefined) return;
      crashPoint("complete.afterDone");
      if (ended.plan_status === "Running") {
        const released = await database.query<{ step_id: StepId; status: string }>(releaseSql, [plan, step], tx);
        await enqueuer.enqueue(plan, released.filter((row) => row.status === "ready").map((row) => row.step_id), tx);
        crashPoint("complete.afterEnqueue");
        // Whoever still waits for a predecessor or was just released keeps the plan open without asking.
        const isOpen = released.length > 0 || (await database.query<{ open: boolean }>(openSql, [plan], tx))[0]?.open === true;
        if (!isOpen) await finisher.finish(plan, { status: "Succeeded" }, tx);
      }
      await changes.notify([`cluster:${cluster}`], tx);
      crashPoint("complete.beforeCommit");
    });
    crashPoint("complete.afterCommit");
  }

  async fail(plan: PlanId, step: StepId, error: StepFailure): Promise<void> {
    const { database, changes, nowMs, finisher, crashPoint } = this.#deps;
    await database.transaction(async (tx) => {
      const cluster = await this.#lockClusterOf(plan, tx);
      if (cluster === null) return;
      const [ended] = await database.query<{ plan_status: string }>(failSql, [plan, step, JSON.stringify(error), nowMs()], tx);
      if (ended === undefined) return;
      if (ended.plan_status === "Running") {
        await database.run(cancelSql, [plan, nowMs()], tx);
        // Steps still under way elsewhere stop at their next call: every port refuses the old epoch.
        await database.run(fenceSql, [cluster], tx);
        await finisher.finish(plan, { status: "Failed", error }, tx);
      }
      await changes.notify([`cluster:${cluster}`], tx);
      crashPoint("fail.beforeCommit");
    });
    crashPoint("fail.afterCommit");
  }

  async listUnfinished(limitMax: number): Promise<readonly { readonly planId: PlanId; readonly stepId: StepId }[]> {
    const rows = await this.#deps.database.query<{ plan_id: PlanId; step_id: StepId }>(unfinishedSql, [limitMax]);
    return rows.map((row) => ({ planId: row.plan_id, stepId: row.step_id }));
  }

  /** Every writer of a plan's steps holds the cluster's lock; it exists since the plan was started. */
  async #lockClusterOf(plan: PlanId, tx: Transaction): Promise<ClusterKey | null> {
    const [row] = await this.#deps.database.query<{ cluster_key: ClusterKey }>(lockSql, [plan], tx);
    return row?.cluster_key ?? null;
  }
}
