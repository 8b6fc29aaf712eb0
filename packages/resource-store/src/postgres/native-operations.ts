// Writes that engines go on with by themselves, in PostgreSQL. Adding one drops those that are known long enough.
import type { ClusterKey } from "@cynosure/model";
import type { NativeOperationStore, StoredNativeOperation } from "../native-name-port.ts";
import type { Transaction } from "../port.ts";
import { NATIVE_OPERATION_KEPT_MS, NATIVE_OPERATION_UNENDED_KEPT_MS } from "../rules/native-operation-rules.ts";
import { type Database, statement } from "./database.ts";

interface OperationRow {
  readonly id: string;
  readonly cluster_key: ClusterKey;
  readonly location: string;
  readonly resource_id: string;
  readonly kind: StoredNativeOperation["kind"];
  readonly task_ids: readonly string[];
  readonly name: StoredNativeOperation["name"];
  readonly started_at_ms: string;
  readonly finished_at_ms: string | null;
  readonly status: StoredNativeOperation["status"];
  readonly error: StoredNativeOperation["error"];
  readonly warnings: readonly string[];
}

const COLUMNS = "id, cluster_key, location, resource_id, kind, task_ids, name, started_at_ms, finished_at_ms, status, error, warnings";
const addSql = statement(
  "nativeOperations.add",
  `with ended as (delete from cynosure.native_operations where finished_at_ms <= $8::bigint - ${NATIVE_OPERATION_KEPT_MS}),
     unended as (delete from cynosure.native_operations where finished_at_ms is null and started_at_ms <= $8::bigint - ${NATIVE_OPERATION_UNENDED_KEPT_MS})
   insert into cynosure.native_operations (${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
);
const getSql = statement("nativeOperations.get", `select ${COLUMNS} from cynosure.native_operations where id = $1`);
const finishSql = statement(
  "nativeOperations.finish",
  "update cynosure.native_operations set status = $2, error = $3, warnings = $4, finished_at_ms = $5 where id = $1 and finished_at_ms is null",
);

const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));

const toOperation = (row: OperationRow): StoredNativeOperation => ({
  id: row.id,
  cluster: row.cluster_key,
  location: row.location,
  resourceId: row.resource_id,
  kind: row.kind,
  taskIds: row.task_ids,
  name: row.name,
  startedAtMs: Number(row.started_at_ms),
  finishedAtMs: row.finished_at_ms === null ? null : Number(row.finished_at_ms),
  status: row.status,
  error: row.error,
  warnings: row.warnings,
});

export class PostgresNativeOperations implements NativeOperationStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async add(operation: StoredNativeOperation, tx?: Transaction): Promise<void> {
    const { id, cluster, location, resourceId, kind, taskIds, name, startedAtMs, finishedAtMs, status, error, warnings } = operation;
    await this.#database.run(addSql, [id, cluster, location, resourceId, kind, json(taskIds), json(name), startedAtMs, finishedAtMs, status, json(error), json(warnings)], tx);
  }

  async get(id: string): Promise<StoredNativeOperation | null> {
    const [row] = await this.#database.query<OperationRow>(getSql, [id]);
    return row === undefined ? null : toOperation(row);
  }

  async finish(id: string, end: Parameters<NativeOperationStore["finish"]>[1], tx?: Transaction): Promise<boolean> {
    return (await this.#database.run(finishSql, [id, end.status, json(end.error), json(end.warnings), end.finishedAtMs], tx)) === 1;
  }
}
