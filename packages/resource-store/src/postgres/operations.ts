// Operations in PostgreSQL. How far an operation has come is never stored: it follows from the steps of
// its plan, weighted by their declared durations.
import type { ClusterKey, Operation, OperationCaller, OperationId, OperationKind, OperationStatus, PlanId, ResourceKey } from "@cynosure/model";
import { isTerminal } from "@cynosure/model";
import type { OperationStore, Transaction } from "../port.ts";
import { ENDED_OPERATION_KEPT_MS, ENDED_OPERATIONS_KEPT_MAX, YOUNG_OPERATIONS_KEPT_MAX } from "../rules/history.ts";
import { percentComplete } from "../rules/write-conditions.ts";
import { together } from "../together.ts";
import type { Changes } from "./changes.ts";
import { type Database, statement } from "./database.ts";
import { dropOperationsSql } from "./plan-tables.ts";

interface OperationRow {
  readonly id: string;
  readonly kind: string;
  readonly resource_key: string;
  readonly resource_id: string;
  readonly cluster_key: string;
  readonly location: string;
  readonly plan_id: string | null;
  readonly status: string;
  readonly started_at_ms: string;
  readonly finished_at_ms: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly started_by: OperationCaller | null;
  readonly progress: number | null;
}

const SELECT = `select o.id, o.kind, o.resource_key, o.resource_id, o.cluster_key, o.location, o.plan_id, o.status,
    o.started_at_ms, o.finished_at_ms, o.error, o.started_by, p.progress
  from cynosure.operations o left join lateral (
    select sum(greatest(expected_ms, 1)) filter (where status = 'done') / sum(greatest(expected_ms, 1)) as progress
    from cynosure.plan_steps s where s.plan_id = o.plan_id) p on true`;

export const OPERATION_COLUMNS = "id, kind, resource_key, resource_id, cluster_key, location, plan_id, status, started_at_ms, finished_at_ms, error, started_by";

const insertSql = statement(
  "operation.insert",
  `insert into cynosure.operations (${OPERATION_COLUMNS})
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
);
const getSql = statement("operation.get", `${SELECT} where o.id = $1`);
const listOpenSql = statement("operation.listOpen", `${SELECT} where o.cluster_key = $1 and o.finished_at_ms is null order by o.seq`);
const listSql = statement("operation.list", `${SELECT} where o.cluster_key = $1 order by o.seq desc limit $2`);
const updateSql = statement(
  "operation.update",
  `update cynosure.operations set status = $2, plan_id = coalesce($3, plan_id), error = case when $4::boolean then $5::json else error end,
     finished_at_ms = coalesce($6, finished_at_ms) where id = $1 returning cluster_key`,
);

// Brands and closed string sets are re-applied: this adapter wrote every one of these values.
const toOperation = (row: OperationRow): Operation => ({
  id: row.id as OperationId,
  kind: row.kind as OperationKind,
  resourceKey: row.resource_key as ResourceKey,
  resourceId: row.resource_id,
  clusterKey: row.cluster_key as ClusterKey,
  location: row.location,
  planId: row.plan_id as PlanId | null,
  status: row.status as OperationStatus,
  percentComplete: percentComplete(row.status as OperationStatus, row.progress),
  startedAtMs: Number(row.started_at_ms),
  finishedAtMs: row.finished_at_ms === null ? null : Number(row.finished_at_ms),
  error: row.error,
  ...(row.started_by === null ? {} : { startedBy: row.started_by }),
});

/** In the order of the columns that an insert names. */
export const operationValues = (o: Operation): readonly unknown[] => [o.id, o.kind, o.resourceKey, o.resourceId, o.clusterKey, o.location, o.planId, o.status, o.startedAtMs, o.finishedAtMs, o.error === null ? null : JSON.stringify(o.error), o.startedBy === undefined ? null : JSON.stringify(o.startedBy)];

export class PostgresOperations implements OperationStore {
  readonly #database: Database;
  readonly #changes: Changes;
  readonly #nowMs: () => number;

  constructor(database: Database, changes: Changes, nowMs: () => number) {
    this.#database = database;
    this.#changes = changes;
    this.#nowMs = nowMs;
  }

  async insert(operation: Operation, tx: Transaction): Promise<void> {
    await together(this.#database.run(insertSql, operationValues(operation), tx), this.#changes.notify([`cluster:${operation.clusterKey}`], tx));
  }

  async get(id: OperationId, tx?: Transaction): Promise<Operation | null> {
    const [row] = await this.#database.query<OperationRow>(getSql, [id], tx);
    return row === undefined ? null : toOperation(row);
  }

  async listOpen(cluster: ClusterKey, tx?: Transaction): Promise<readonly Operation[]> {
    return (await this.#database.query<OperationRow>(listOpenSql, [cluster], tx)).map(toOperation);
  }

  async list(cluster: ClusterKey, limitMax: number): Promise<readonly Operation[]> {
    return (await this.#database.query<OperationRow>(listSql, [cluster, limitMax])).map(toOperation);
  }

  async update(
    id: OperationId,
    change: { status: OperationStatus; planId?: PlanId; error?: { code: string; message: string } | null; finishedAtMs?: number },
    tx: Transaction,
  ): Promise<void> {
    const error = change.error === undefined || change.error === null ? null : JSON.stringify(change.error);
    const finishedAtMs = change.finishedAtMs ?? (isTerminal(change.status) ? this.#nowMs() : null);
    const rows = await this.#database.query<{ cluster_key: string }>(
      updateSql,
      [id, change.status, change.planId ?? null, change.error !== undefined, error, finishedAtMs],
      tx,
    );
    await this.#changes.notify(rows.map((row) => `cluster:${row.cluster_key}`), tx);
  }

  async dropEnded(cluster: ClusterKey, tx: Transaction): Promise<void> {
    await this.#database.run(dropOperationsSql, [cluster, ENDED_OPERATIONS_KEPT_MAX, YOUNG_OPERATIONS_KEPT_MAX, this.#nowMs() - ENDED_OPERATION_KEPT_MS], tx);
  }
}
