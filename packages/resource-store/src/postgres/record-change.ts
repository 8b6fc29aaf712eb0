// A write with its audit row and its operation as one statement, what queues its planning, and the commit, sent at once: each statement
// less of a transaction is a twentieth of what a write costs, and each way to the database about as much.
import type { PutOutcome, RecordedChange, StoredResource, Transaction } from "../port.ts";
import { PLANNING, planningOf } from "../rules/planning-work.ts";
import { together } from "../together.ts";
import { AUDIT_COLUMNS, auditValues } from "./audit.ts";
import { CHANNEL } from "./changes.ts";
import { type Database, type Statement, statement, undone } from "./database.ts";
import { OPERATION_COLUMNS, operationValues } from "./operations.ts";
import { COLUMNS, columns, getSql, makeEtag, toResource, type ResourceRow } from "./resources.ts";
import type { StepEnqueuer } from "./step-enqueuer.ts";

/** Of the parameters, by position; inside a select PostgreSQL has no column to take their types from. */
const RESOURCE_TYPES = ["text", "text", "text", "text", "text", "text", "text", "json", "json", "json", "text", "text"];
const AUDIT_TYPES = ["bigint", "text", "text", "text", "text", "text", "text"];
const OPERATION_TYPES = ["text", "text", "text", "text", "text", "text", "text", "text", "bigint", "bigint", "json", "json"];

const typed = (types: readonly string[], from: number): string => types.map((type, index) => `$${from + index}::${type}`).join(", ");

const AUDIT_FROM = RESOURCE_TYPES.length + 1;
const OPERATION_FROM = AUDIT_FROM + AUDIT_TYPES.length;
const BARE_ETAG = OPERATION_FROM;
const ETAG_AFTER_OPERATION = OPERATION_FROM + OPERATION_TYPES.length;

const inserted = `insert into cynosure.resources (${COLUMNS}) values (${typed(RESOURCE_TYPES, 1)}) on conflict (key) do nothing returning key`;
const replaced = (etagAt: number): string =>
  `update cynosure.resources set (${COLUMNS}) = row (${typed(RESOURCE_TYPES, 1)}) where key = $1::text and etag = $${etagAt}::text returning key`;
const audited = `insert into cynosure.audit (${AUDIT_COLUMNS}) select ${typed(AUDIT_TYPES, AUDIT_FROM)} from changed`;
const begun = `insert into cynosure.operations (${OPERATION_COLUMNS}) select ${typed(OPERATION_TYPES, OPERATION_FROM)} from changed returning cluster_key`;

/** Divides by zero where nothing was changed: that undoes what is asked behind it too. */
const HOLDS = "1 / (select count(*) from changed)";
const bare = (name: string, change: string): Statement => statement(name, `with changed as (${change}), audited as (${audited}) select ${HOLDS}`);
const withOperation = (name: string, change: string): Statement =>
  statement(name, `with changed as (${change}), audited as (${audited}), begun as (${begun}) select ${HOLDS}, pg_notify('${CHANNEL}', 'cluster:' || max(cluster_key)) from begun`);
const DIVISION_BY_ZERO = "22012";

const statements = {
  mustNotExist: { bare: bare("change.insert", inserted), withOperation: withOperation("change.insertBegin", inserted) },
  etag: { bare: bare("change.replace", replaced(BARE_ETAG)), withOperation: withOperation("change.replaceBegin", replaced(ETAG_AFTER_OPERATION)) },
};

export interface RecorderOptions {
  readonly database: Database;
  readonly enqueuer: StepEnqueuer;
}

/** The change, the planning it waits for and the commit reach the database in one write. */
export async function recordChange({ database, enqueuer }: RecorderOptions, { resource, condition, audit, operation, isPlannedNext }: RecordedChange, tx: Transaction): Promise<PutOutcome> {
  const stored: StoredResource = { ...resource, etag: makeEtag() };
  const values = [...columns(stored), ...auditValues(audit), ...(operation === null ? [] : operationValues(operation)), ...(condition.kind === "etag" ? [condition.etag] : [])];
  const change = statements[condition.kind][operation === null ? "bare" : "withOperation"];
  const planning = operation !== null && isPlannedNext ? await enqueuer.statementsOf(planningOf(operation.id), PLANNING) : [];
  try {
    await database.commitWith(tx, () => together(database.query(change, values, tx), enqueuer.ask(planning, tx)));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === DIVISION_BY_ZERO)) throw error;
    undone(tx);
    const [row] = await database.query<ResourceRow>(getSql, [resource.key]);
    return { ok: false, current: row === undefined ? null : toResource(row) };
  }
  return { ok: true, resource: stored, created: condition.kind === "mustNotExist" };
}
