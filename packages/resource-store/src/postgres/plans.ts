// Plans in PostgreSQL: reading them, the cluster's target and the executor epoch. How a plan starts is in
// ../rules/plan-starter.ts, what happens to its steps afterwards in ../rules/step-rules.ts.
import { noContents } from "@cynosure/model";
import type { ClusterKey, OperationId, Plan, PlanId, PlanReport, PlanStepState, PlanStepStatus, StepFailure, StepId } from "@cynosure/model";
import type { PlanRecord, PlanStore, Transaction } from "../port.ts";
import type { PlanFinisher } from "../rules/plan-finisher.ts";
import type { PlanStarter } from "../rules/plan-starter.ts";
import { type Database, statement } from "./database.ts";
import { raiseEpoch } from "./step-tables.ts";

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

const epochSql = statement("cluster.epoch", "select epoch from cynosure.cluster_states where cluster_key = $1");
const statusSql = statement("plan.status", "select status from cynosure.plans where id = $1");
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
  // A plan stored before a collection was known wants nothing of it.
  plan: { ...row.plan, policy: { ...noContents, ...row.plan.policy } },
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

export class PostgresPlans implements PlanStore {
  readonly #database: Database;
  readonly #starter: PlanStarter;
  readonly #finisher: PlanFinisher;

  constructor(database: Database, starter: PlanStarter, finisher: PlanFinisher) {
    this.#database = database;
    this.#starter = starter;
    this.#finisher = finisher;
  }

  start(plan: Plan, report: PlanReport, operationId: OperationId, tx: Transaction): Promise<void> {
    return this.#starter.start(plan, report, operationId, tx);
  }

  cancel(id: PlanId, reason: StepFailure, tx: Transaction): Promise<boolean> {
    return this.#finisher.cancel(id, reason, tx);
  }

  async get(id: PlanId, tx?: Transaction): Promise<PlanRecord | null> {
    const [row] = await this.#database.query<PlanRow>(getSql, [id], tx);
    return row === undefined ? null : toRecord(row);
  }

  async status(id: PlanId, tx?: Transaction): Promise<PlanRecord["status"] | null> {
    const [row] = await this.#database.query<{ status: PlanRecord["status"] }>(statusSql, [id], tx);
    return row?.status ?? null;
  }

  async target(cluster: ClusterKey, tx?: Transaction): Promise<PlanRecord | null> {
    const [row] = await this.#database.query<PlanRow>(targetSql, [cluster], tx);
    return row === undefined ? null : toRecord(row);
  }

  async targetId(cluster: ClusterKey, tx?: Transaction): Promise<PlanId | null> {
    const [row] = await this.#database.query<{ target_plan_id: string | null }>(targetIdSql, [cluster], tx);
    return (row?.target_plan_id ?? null) as PlanId | null;
  }

  async list(cluster: ClusterKey, limitMax: number): Promise<readonly PlanRecord[]> {
    return (await this.#database.query<PlanRow>(listSql, [cluster, limitMax])).map(toRecord);
  }

  async stepStates(id: PlanId, tx?: Transaction): Promise<readonly PlanStepState[]> {
    return (await this.#database.query<StepRow>(stepsSql, [id], tx)).map(toStepState);
  }

  async epoch(cluster: ClusterKey, tx?: Transaction): Promise<number> {
    const [row] = await this.#database.query<{ epoch: number }>(epochSql, [cluster], tx);
    return row?.epoch ?? 1;
  }

  raiseEpoch(cluster: ClusterKey, tx?: Transaction): Promise<number> {
    return raiseEpoch(this.#database, cluster, tx);
  }
}
