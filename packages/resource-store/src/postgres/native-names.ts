// Names of engine objects in PostgreSQL. One scope is written by one transaction at a time, so that what a name replaces is
// gone before it is written, whoever else writes.
import { NATIVE_NAMES_COUNT_MAX, type NativeNameScope, type NativeNameStore, type StoredNativeName } from "../native-name-port.ts";
import type { Transaction } from "../port.ts";
import { together } from "../together.ts";
import { type Database, statement } from "./database.ts";

interface NameRow {
  readonly name: string;
  readonly native_id: string;
  readonly guid: string | null;
}

const IN_SCOPE = "cluster_key = $1 and arm_type = $2 and parents = $3";
/** Of PostgreSQL's locks with two numbers, the first for names of engine objects: the number of their migration. */
const NAMES_LOCK = 12;

const lockSql = statement("nativeNames.lock", `select pg_advisory_xact_lock(${NAMES_LOCK}, hashtext($1 || chr(10) || $2 || chr(10) || $3))`);
const clearSql = statement("nativeNames.clear", `delete from cynosure.native_names where ${IN_SCOPE} and (name_key = $4 or native_id = $5)`);
const insertSql = statement(
  "nativeNames.insert",
  `insert into cynosure.native_names (cluster_key, arm_type, parents, name_key, name, native_id, guid)
   select $1, $2, $3, $4, $5, $6, $7 where (select count(*) from cynosure.native_names where ${IN_SCOPE}) < ${NATIVE_NAMES_COUNT_MAX}`,
);
const listSql = statement("nativeNames.list", `select name, native_id, guid from cynosure.native_names where ${IN_SCOPE} order by name_key`);
const findSql = statement("nativeNames.find", `select name, native_id, guid from cynosure.native_names where ${IN_SCOPE} and name_key = $4`);
const removeSql = statement("nativeNames.remove", `delete from cynosure.native_names where ${IN_SCOPE} and name_key = $4`);

const toName = (row: NameRow): StoredNativeName => ({ name: row.name, nativeId: row.native_id, guid: row.guid });
const valuesOf = ({ cluster, armType, parents }: NativeNameScope): readonly string[] => [cluster, armType, parents];

export class PostgresNativeNames implements NativeNameStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async list(scope: NativeNameScope): Promise<readonly StoredNativeName[]> {
    return (await this.#database.query<NameRow>(listSql, valuesOf(scope))).map(toName);
  }

  async find(scope: NativeNameScope, name: string): Promise<StoredNativeName | null> {
    const [row] = await this.#database.query<NameRow>(findSql, [...valuesOf(scope), name.toLowerCase()]);
    return row === undefined ? null : toName(row);
  }

  async put(scope: NativeNameScope, { name, nativeId, guid }: StoredNativeName, tx?: Transaction): Promise<void> {
    const values = valuesOf(scope);
    const nameKey = name.toLowerCase();
    await this.#database.within(tx, (own) =>
      together(
        this.#database.run(lockSql, values, own),
        this.#database.run(clearSql, [...values, nameKey, nativeId], own),
        this.#database.run(insertSql, [...values, nameKey, name, nativeId, guid], own),
      ),
    );
  }

  async remove(scope: NativeNameScope, name: string, tx?: Transaction): Promise<boolean> {
    return (await this.#database.run(removeSql, [...valuesOf(scope), name.toLowerCase()], tx)) === 1;
  }
}
