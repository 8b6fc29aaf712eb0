// Plans in PostgreSQL: storing one, making it the cluster's target by compare-and-set on its parent, and
// the executor epoch. What happens to its steps afterwards is in steps.ts.
import type { ClusterKey, OperationId, Plan, PlanId, PlanReport, PlanStepState, PlanStepStatus, StepId } from "@cynosure/model";
import { ControlPlaneError } from "@cynosure/model";
import type { PlanRecord, PlanStore, Transaction } from "../port.ts";
import type { Changes } from "./changes.ts";
import { type Database, statement } from "./database.ts";
import type { PlanFinisher } from "./plan-finisher.ts";
import type { StepEnqueuer } from "./step-enqueuer.ts";

interface PlanRow {
  readonly plan: Plan;
  readonly report: PlanReport;
  readonly operation_id: string;
  readonly status: string;
  readonly started_at_ms: string;
  readonly finished_at_ms: string | null;
}

interface StepRow {
  readonly step_id: string;
  readonly title: string;
  readonly status: string;
  readonly attempts: number;
  readonly waiting_on: string | null;
  readonly started_at_ms: string | null;
  readonly finished_at_ms: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

const COLUMNS = "p.plan, p.report, p.operation_id, p.status, p.started_at_ms, p.finished_at_ms";

const ensureClusterSql = statement("cluster.ensure", "insert into cynosure.cluster_states (cluster_key) values ($1) on conflict (cluster_key) do nothing");
const lockClusterSql = statement("cluster.lock", "select target_plan_id, epoch from cynosure.cluster_states where cluster_key = $1 for update");
const setTargetSql = statement("cluster.setTarget", "update cynosure.cluster_states set target_plan_id = $2 where cluster_key = $1");
const epochSql = statement("cluster.epoch", "select epoch from cynosure.cluster_states where cluster_key = $1");
const raiseSql = statement(
  "cluster.raise",
  "insert into cynosure.cluster_states as c (cluster_key, epoch) values ($1, 2) on conflict (cluster_key) do update set epoch = c.epoch + 1 returning epoch",
);
const statusSql = statement("plan.status", "select status, operation_id from cynosure.plans where id = $1");
const insertSql = statement(
  "plan.insert",
  `insert into cynosure.plans (id, cluster_key, parent_id, generation, operation_id, plan, report, status, started_at_ms)
   values ($1, $2, $3, $4, $5, $6, $7, 'Running', $8)`,
);
const insertStepsSql = statement(
  "plan.insertSteps",
  `insert into cynosure.plan_steps (plan_id, step_id, ordinal, title, depends_on, remaining, expected_ms, status)
   select $1, s.step_id, s.ordinal, s.title, array(select json_array_elements_text(s.depends_on)), s.remaining, s.expected_ms,
     case when s.remaining = 0 then 'ready' else 'pending' end
   from json_to_recordset($2::json) as s(step_id text, ordinal integer, title text, depends_on json, remaining integer, expected_ms double precision)`,
);
const startOperationSql = statement("plan.startOperation", "update cynosure.operations set status = 'Running', plan_id = $2 where id = $1 and finished_at_ms is null");
const getSql = statement("plan.get", `select ${COLUMNS} from cynosure.plans p where p.id = $1`);
const targetSql = statement(
  "plan.target",
  `select ${COLUMNS} from cynosure.cluster_states c join cynosure.plans p on p.id = c.target_plan_id where c.cluster_key = $1`,
);
const targetIdSql = statement("plan.targetId", "select target_plan_id from cynosure.cluster_states where cluster_key = $1");
const listSql = statement("plan.list", `select ${COLUMNS} from cynosure.plans p where p.cluster_key = $1 order by p.seq desc limit $2`);
const stepsSql = statement(
  "plan.steps",
  "select step_id, title, status, attempts, waiting_on, started_at_ms, finished_at_ms, error from cynosure.plan_steps where plan_id = $1 order by ordinal",
);

const toMs = (value: string | null): number | null => (value === null ? null : Number(value));

// Brands and closed string sets are re-applied: this adapter wrote every one of these values.
const toRecord = (row: PlanRow): PlanRecord => ({
  plan: row.plan,
  report: row.report,
  operationId: row.operation_id as OperationId,
  status: row.status as PlanRecord["status"],
  startedAtMs: Number(row.started_at_ms),
  finishedAtMs: toMs(row.finished_at_ms),
});

const toStepState = (row: StepRow): PlanStepState => ({
  stepId: row.step_id as StepId,
  title: row.title,
  status: row.status as PlanStepStatus,
  attempts: row.attempts,
  waitingOn: row.waiting_on,
  startedAtMs: toMs(row.started_at_ms),
  finishedAtMs: toMs(row.finished_at_ms),
  error: row.error,
});

/** Takes the row lock that serialises all planning and finishing of one cluster. */
export async function lockCluster(database: Database, cluster: ClusterKey, tx: Transaction): Promise<{ readonly targetPlanId: PlanId | null; readonly epoch: number }> {
  await database.run(ensureClusterSql, [cluster], tx);
  const [row] = await database.query<{ target_plan_id: string | null; epoch: number }>(lockClusterSql, [cluster], tx);
  if (row === undefined) throw new ControlPlaneError("InternalServerError", `The state of cluster ${cluster} vanished while it was being locked: try again.`);
  return { targetPlanId: row.target_plan_id as PlanId | null, epoch: row.epoch };
}

/** A step that names an unknown predecessor, or two steps with one id, would never finish: refused before it is stored. */
function assertSteps(plan: Plan): void {
  const ids = new Set(plan.steps.map((step) => step.id));
  const unknown = plan.steps.flatMap((step) => step.dependsOn.filter((id) => !ids.has(id)).map((id) => `${step.id} -> ${id}`));
  if (ids.size === plan.steps.length && unknown.length === 0) return;
  const reason = unknown.length > 0 ? `steps depend on steps that are not in it (${unknown.join(", ")})` : "two of its steps share an id";
  throw new ControlPlaneError("InternalServerError", `Plan ${plan.id} cannot run: ${reason}. This is a fault of the planner.`);
}

export interface PlanDependencies {
  readonly database: Database;
  readonly changes: Changes;
  readonly nowMs: () => number;
  readonly enqueuer: StepEnqueuer;
  readonly finisher: PlanFinisher;
}

export class PostgresPlans implements PlanStore {
  readonly #deps: PlanDependencies;

  constructor(deps: PlanDependencies) {
    this.#deps = deps;
  }

  async start(plan: Plan, report: PlanReport, operationId: OperationId, tx: Transaction): Promise<void> {
    const { database, changes, enqueuer, finisher, nowMs } = this.#deps;
    assertSteps(plan);
    await this.#becomeTarget(plan, tx);
    await database.run(
      insertSql,
      [plan.id, plan.clusterKey, plan.parentId, plan.generation, operationId, JSON.stringify(plan), JSON.stringify(report), nowMs()],
      tx,
    );
    const steps = plan.steps.map((step, ordinal) => ({
      step_id: step.id,
      ordinal,
      title: step.title,
      depends_on: [...new Set(step.dependsOn)],
      remaining: new Set(step.dependsOn).size,
      expected_ms: step.expectedMs,
    }));
    await database.run(insertStepsSql, [plan.id, JSON.stringify(steps)], tx);
    await database.run(startOperationSql, [operationId, plan.id], tx);
    const ready = plan.steps.filter((step) => step.dependsOn.length === 0).map((step) => step.id);
    await enqueuer.enqueue(plan.id, ready, tx);
    if (plan.steps.length === 0) await finisher.finish(plan.id, { status: "Succeeded" }, tx);
    await changes.notify([`cluster:${plan.clusterKey}`], tx);
  }

  async #becomeTarget(plan: Plan, tx: Transaction): Promise<void> {
    const { database } = this.#deps;
    const { targetPlanId } = await lockCluster(database, plan.clusterKey, tx);
    if (targetPlanId !== plan.parentId) {
      throw new ControlPlaneError(
        "PlanParentIsNotTarget",
        `Plan ${plan.id} was made from ${plan.parentId ?? "nothing"}, but the cluster's target is ${targetPlanId ?? "none"}: plan again from the target.`,
      );
    }
    if (targetPlanId !== null) {
      const [current] = await database.query<{ status: string; operation_id: string }>(statusSql, [targetPlanId], tx);
      if (current?.status === "Running") {
        throw new ControlPlaneError(
          "AnotherOperationInProgress",
          `Operation ${current.operation_id} is still changing the cluster: wait until it has finished, then try again.`,
        );
      }
    }
    await database.run(setTargetSql, [plan.clusterKey, plan.id], tx);
  }

  async get(id: PlanId, tx?: Transaction): Promise<PlanRecord | null> {
    const [row] = await this.#deps.database.query<PlanRow>(getSql, [id], tx);
    return row === undefined ? null : toRecord(row);
  }

  async status(id: PlanId, tx?: Transaction): Promise<PlanRecord["status"] | null> {
    const [row] = await this.#deps.database.query<{ status: PlanRecord["status"] }>(statusSql, [id], tx);
    return row?.status ?? null;
  }

  async target(cluster: ClusterKey, tx?: Transaction): Promise<PlanRecord | null> {
    const [row] = await this.#deps.database.query<PlanRow>(targetSql, [cluster], tx);
    return row === undefined ? null : toRecord(row);
  }

  async targetId(cluster: ClusterKey, tx?: Transaction): Promise<PlanId | null> {
    const [row] = await this.#deps.database.query<{ target_plan_id: string | null }>(targetIdSql, [cluster], tx);
    return (row?.target_plan_id ?? null) as PlanId | null;
  }

  async list(cluster: ClusterKey, limitMax: number): Promise<readonly PlanRecord[]> {
    return (await this.#deps.database.query<PlanRow>(listSql, [cluster, limitMax])).map(toRecord);
  }

  async stepStates(id: PlanId, tx?: Transaction): Promise<readonly PlanStepState[]> {
    return (await this.#deps.database.query<StepRow>(stepsSql, [id], tx)).map(toStepState);
  }

  async epoch(cluster: ClusterKey, tx?: Transaction): Promise<number> {
    const [row] = await this.#deps.database.query<{ epoch: number }>(epochSql, [cluster], tx);
    return row?.epoch ?? 1;
  }

  async raiseEpoch(cluster: ClusterKey, tx?: Transaction): Promise<number> {
    const [row] = await this.#deps.database.query<{ epoch: number }>(raiseSql, [cluster], tx);
    if (row === undefined) throw new ControlPlaneError("InternalServerError", `The epoch of cluster ${cluster} could not be raised: try again.`);
    return row.epoch;
  }
}
