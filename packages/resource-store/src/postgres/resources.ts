// Resources in PostgreSQL: point reads, keyset lists and compare-and-set writes. The etag is made here on
// every write. What a resource means is the resource providers' affair.
import { randomUUID } from "node:crypto";
import type { ResourceKey } from "@cynosure/model";
import type { ListRequest, ProvisioningState, PutCondition, PutOutcome, ResourceStore, StoredResource, SystemData, Transaction } from "../port.ts";
import { accessPrefix, accessTopics } from "../rules/access-rows.ts";
import { isAllowed } from "../rules/write-conditions.ts";
import type { Changes } from "./changes.ts";
import { type Database, type Statement, statement } from "./database.ts";
import { GatheredReads } from "./gathered-reads.ts";

export interface ResourceRow {
  readonly key: string;
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly parent_key: string;
  readonly subscription_id: string;
  readonly location: string | null;
  readonly tags: Record<string, string>;
  readonly properties: Record<string, unknown>;
  readonly system_data: SystemData;
  readonly provisioning_state: string;
  readonly etag: string;
}

export const COLUMNS = "key, id, type, name, parent_key, subscription_id, location, tags, properties, system_data, provisioning_state, etag";

export const getSql = statement("resource.get", `select ${COLUMNS} from cynosure.resources where key = $1`);
const getManySql = statement("resource.getMany", `select ${COLUMNS} from cynosure.resources where key = any($1::text[])`);
const lockSql = statement("resource.lock", `select ${COLUMNS} from cynosure.resources where key = $1 for update`);
const holdSql = statement("resource.hold", `select ${COLUMNS} from cynosure.resources where key = $1 for share`);
const enterSql = statement("resource.enter", `select ${COLUMNS} from cynosure.enter_resource($1)`);
const lockOutSql = statement("resource.lockOut", `select ${COLUMNS} from cynosure.lock_out_resource($1)`);
const insertSql = statement(
  "resource.insert",
  `insert into cynosure.resources (${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict (key) do nothing`,
);
const updateSql = statement(
  "resource.update",
  `update cynosure.resources set id = $2, type = $3, name = $4, parent_key = $5, subscription_id = $6, location = $7,
     tags = $8, properties = $9, system_data = $10, provisioning_state = $11, etag = $12 where key = $1`,
);
const replaceSql = statement("resource.replace", `${updateSql.text} and etag = $13`);
const removeSql = statement("resource.remove", "delete from cynosure.resources where key = $1 or (key >= $2 and key < $3) returning key");

export const makeEtag = (): string => randomUUID();

// The brand and the closed string sets are re-applied here: this adapter wrote every one of these values.
export const toResource = (row: ResourceRow): StoredResource => ({
  key: row.key as ResourceKey,
  id: row.id,
  type: row.type,
  name: row.name,
  parentKey: row.parent_key as ResourceKey,
  subscriptionId: row.subscription_id,
  location: row.location,
  tags: row.tags,
  properties: row.properties,
  systemData: row.system_data,
  provisioningState: row.provisioning_state as ProvisioningState,
  etag: row.etag,
});

/** Rows by key, gathered: `one` for a single key, `many` for a list of them, both with a column `key`. */
export function gatheredRows<Row extends { readonly key: string }>(database: Database, one: Statement, many: Statement): GatheredReads<Row> {
  return new GatheredReads<Row>({
    read: async (keys) => {
      const rows = keys.length === 1 ? await database.query<Row>(one, keys) : await database.query<Row>(many, [keys]);
      return new Map(rows.map((row) => [row.key, row]));
    },
  });
}

/** One prepared statement per combination of filters. */
export function listQuery(request: ListRequest): { readonly name: string; readonly text: string; readonly values: readonly unknown[] } {
  const values: unknown[] = [];
  const where: string[] = [];
  const used: string[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  if (request.type !== undefined) {
    where.push(`type = ${bind(request.type)}`);
    used.push("type");
  }
  if (request.parentKey !== undefined) {
    where.push(`parent_key = ${bind(request.parentKey)}`);
    used.push("parent");
  }
  if (request.keyPrefix !== undefined) {
    const prefix = bind(request.keyPrefix);
    where.push(`key >= ${prefix} and key < ${bind(`${request.keyPrefix}\u{10FFFF}`)}`);
    used.push("prefix");
  }
  if (request.nameKey !== undefined) {
    where.push(`lower(name) = ${bind(request.nameKey)}`);
    used.push("name");
  }
  if (request.afterKey !== undefined) {
    where.push(`key > ${bind(request.afterKey)}`);
    used.push("after");
  }
  const condition = where.length === 0 ? "" : ` where ${where.join(" and ")}`;
  const text = `select ${COLUMNS} from cynosure.resources${condition} order by key limit ${bind(request.limitMax)}`;
  return { ...statement(`resource.list.${used.join("-")}`, text), values };
}

export class PostgresResources implements ResourceStore {
  readonly #database: Database;
  readonly #changes: Changes;
  readonly #reads: GatheredReads<ResourceRow>;

  constructor(database: Database, changes: Changes) {
    this.#database = database;
    this.#changes = changes;
    this.#reads = gatheredRows(database, getSql, getManySql);
  }

  async get(key: ResourceKey, tx?: Transaction): Promise<StoredResource | null> {
    const row = tx === undefined ? await this.#reads.get(key) : (await this.#database.query<ResourceRow>(getSql, [key], tx))[0];
    return row === undefined || row === null ? null : toResource(row);
  }

  hold(key: ResourceKey, tx: Transaction): Promise<StoredResource | null> {
    return this.#one(holdSql, key, tx);
  }

  lock(key: ResourceKey, tx: Transaction): Promise<StoredResource | null> {
    return this.#one(lockSql, key, tx);
  }

  enter(key: ResourceKey, tx: Transaction): Promise<StoredResource | null> {
    return this.#one(enterSql, key, tx);
  }

  lockOut(key: ResourceKey, tx: Transaction): Promise<StoredResource | null> {
    return this.#one(lockOutSql, key, tx);
  }

  async #one(what: Statement, key: ResourceKey, tx: Transaction): Promise<StoredResource | null> {
    const [row] = await this.#database.query<ResourceRow>(what, [key], tx);
    return row === undefined ? null : toResource(row);
  }

  async list(request: ListRequest, tx?: Transaction): Promise<readonly StoredResource[]> {
    const query = listQuery(request);
    const rows = await this.#database.query<ResourceRow>(query, query.values, tx);
    return rows.map(toResource);
  }

  async put(resource: Omit<StoredResource, "etag">, condition: PutCondition, tx?: Transaction): Promise<PutOutcome> {
    return this.#database.within(tx, async (open) => {
      const outcome = (await this.#putUnread(resource, condition, open)) ?? (await this.#putRead(resource, condition, open));
      if (outcome.ok) await this.#changes.notify(accessTopics([outcome.resource.key]), open);
      return outcome;
    });
  }

  /** What most writes are: nothing is read when the condition holds. Null when it does not, or says too little. */
  async #putUnread(resource: Omit<StoredResource, "etag">, condition: PutCondition, open: Transaction): Promise<PutOutcome | null> {
    if (condition.kind !== "mustNotExist" && condition.kind !== "etag") return null;
    const stored: StoredResource = { ...resource, etag: makeEtag() };
    const written = condition.kind === "etag" ? await this.#database.run(replaceSql, [...columns(stored), condition.etag], open) : await this.#database.run(insertSql, columns(stored), open);
    return written === 1 ? { ok: true, resource: stored, created: condition.kind === "mustNotExist" } : null;
  }

  async #putRead(resource: Omit<StoredResource, "etag">, condition: PutCondition, open: Transaction): Promise<PutOutcome> {
    // An insert that loses a race falls through to the update; an update whose row vanished goes back to the insert.
    for (;;) {
      const current = await this.lock(resource.key, open);
      if (!isAllowed(condition, current)) return { ok: false, current };
      const stored: StoredResource = { ...resource, etag: makeEtag() };
      const written = await this.#database.run(current === null ? insertSql : updateSql, columns(stored), open);
      if (written === 1) return { ok: true, resource: stored, created: current === null };
    }
  }

  async remove(key: ResourceKey, tx?: Transaction): Promise<boolean> {
    const prefix = accessPrefix(key);
    const rows = await this.#database.query<{ key: ResourceKey }>(removeSql, [key, prefix, `${prefix}\u{10FFFF}`], tx);
    const removed = rows.map((row) => row.key);
    await this.#changes.notify(accessTopics(removed), tx);
    return removed.includes(key);
  }
}

/** In the order of `COLUMNS`. */
export const columns = (r: StoredResource): readonly unknown[] => [
  r.key,
  r.id,
  r.type,
  r.name,
  r.parentKey,
  r.subscriptionId,
  r.location,
  JSON.stringify(r.tags),
  JSON.stringify(r.properties),
  JSON.stringify(r.systemData),
  r.provisioningState,
  r.etag,
];
