// A write with its audit row and its operation as one statement: they stand or fall together, and each statement
// less of a transaction is a twentieth of what a write costs.
import type { PutOutcome, RecordedChange, StoredResource, Transaction } from "../port.ts";
import { AUDIT_COLUMNS, auditValues } from "./audit.ts";
import { CHANNEL } from "./changes.ts";
import { type Database, type Statement, statement } from "./database.ts";
import { OPERATION_COLUMNS, operationValues } from "./operations.ts";
import { COLUMNS, columns, lockSql, makeEtag, toResource, type ResourceRow } from "./resources.ts";

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

const bare = (name: string, change: string): Statement => statement(name, `with changed as (${change}), audited as (${audited}) select key from changed`);
const withOperation = (name: string, change: string): Statement =>
  statement(name, `with changed as (${change}), audited as (${audited}), begun as (${begun}) select cluster_key, pg_notify('${CHANNEL}', 'cluster:' || cluster_key) from begun`);

const statements = {
  mustNotExist: { bare: bare("change.insert", inserted), withOperation: withOperation("change.insertBegin", inserted) },
  etag: { bare: bare("change.replace", replaced(BARE_ETAG)), withOperation: withOperation("change.replaceBegin", replaced(ETAG_AFTER_OPERATION)) },
};

export async function recordChange(database: Database, { resource, condition, audit, operation }: RecordedChange, tx: Transaction): Promise<PutOutcome> {
  const stored: StoredResource = { ...resource, etag: makeEtag() };
  const values = [...columns(stored), ...auditValues(audit), ...(operation === null ? [] : operationValues(operation)), ...(condition.kind === "etag" ? [condition.etag] : [])];
  const written = await database.query(statements[condition.kind][operation === null ? "bare" : "withOperation"], values, tx);
  if (written.length === 1) return { ok: true, resource: stored, created: condition.kind === "mustNotExist" };
  const [row] = await database.query<ResourceRow>(lockSql, [resource.key], tx);
  return { ok: false, current: row === undefined ? null : toResource(row) };
}
