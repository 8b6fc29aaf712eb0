// Principals of the built-in issuer in PostgreSQL, each read with its (at most two) secrets in one statement.
import { type PrincipalKind, type PrincipalStore, SECRETS_PER_PRINCIPAL_MAX, type StoredPrincipal, type StoredSecret } from "../principal-port.ts";
import type { Transaction } from "../port.ts";
import { type Database, statement } from "./database.ts";

interface PrincipalRow {
  readonly object_id: string;
  readonly client_id: string;
  readonly name: string;
  readonly display_name: string;
  readonly kind: string;
  readonly created_at_ms: string;
  readonly secrets: readonly StoredSecret[];
}

const SELECT = `select p.object_id, p.client_id, p.name, p.display_name, p.kind, p.created_at_ms,
    (select coalesce(json_agg(json_build_object('id', s.id, 'hash', s.hash, 'createdAtMs', s.created_at_ms, 'expiresAtMs', s.expires_at_ms) order by s.seq), '[]')
     from cynosure.principal_secrets s where s.object_id = p.object_id) as secrets
  from cynosure.service_principals p`;

const getSql = statement("principal.get", `${SELECT} where p.name = $1`);
const byClientSql = statement("principal.byClient", `${SELECT} where p.client_id = $1`);
const byObjectSql = statement("principal.byObject", `${SELECT} where p.object_id = $1`);
const listSql = statement("principal.list", `${SELECT} where p.name > $1 order by p.name limit $2`);
// Taken before its secrets are read, so that two who add one see each other's.
const lockSql = statement("principal.lock", "select object_id from cynosure.service_principals where name = $1 for update");
const insertSql = statement(
  "principal.insert",
  "insert into cynosure.service_principals (object_id, client_id, name, display_name, kind, created_at_ms) values ($1, $2, $3, $4, $5, $6) on conflict (name) do nothing",
);
const renameSql = statement("principal.rename", "update cynosure.service_principals set display_name = $2 where object_id = $1");
const addSecretSql = statement("principal.addSecret", "insert into cynosure.principal_secrets (object_id, id, hash, created_at_ms, expires_at_ms) values ($1, $2, $3, $4, $5)");
const trimSecretsSql = statement(
  "principal.trimSecrets",
  "delete from cynosure.principal_secrets where object_id = $1 and seq not in (select seq from cynosure.principal_secrets where object_id = $1 order by seq desc limit $2)",
);
const removeSql = statement("principal.remove", "delete from cynosure.service_principals where object_id = $1");

const toPrincipal = (row: PrincipalRow): StoredPrincipal => ({
  objectId: row.object_id,
  clientId: row.client_id,
  name: row.name,
  displayName: row.display_name,
  kind: row.kind as PrincipalKind, // written by this adapter alone
  createdAtMs: Number(row.created_at_ms),
  secrets: row.secrets,
});

export class PostgresPrincipals implements PrincipalStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  get(name: string, tx?: Transaction): Promise<StoredPrincipal | null> {
    return this.#one(getSql, name, tx);
  }

  findByClientId(clientId: string): Promise<StoredPrincipal | null> {
    return this.#one(byClientSql, clientId);
  }

  findByObjectId(objectId: string): Promise<StoredPrincipal | null> {
    return this.#one(byObjectSql, objectId);
  }

  async list(request: { readonly afterName?: string; readonly limitMax: number }): Promise<readonly StoredPrincipal[]> {
    const rows = await this.#database.query<PrincipalRow>(listSql, [request.afterName ?? "", request.limitMax]);
    return rows.map(toPrincipal);
  }

  async ensure(principal: Omit<StoredPrincipal, "secrets">, tx: Transaction): Promise<{ readonly principal: StoredPrincipal; readonly created: boolean }> {
    // What was removed between the two statements is made in the next round.
    for (;;) {
      const { objectId, clientId, name, displayName, kind, createdAtMs } = principal;
      const written = await this.#database.run(insertSql, [objectId, clientId, name, displayName, kind, createdAtMs], tx);
      const stored = await this.#hold(name, tx);
      if (stored !== null) return { principal: stored, created: written === 1 };
    }
  }

  async rename(objectId: string, displayName: string, tx: Transaction): Promise<void> {
    await this.#database.run(renameSql, [objectId, displayName], tx);
  }

  async addSecret(name: string, secret: StoredSecret, tx: Transaction): Promise<StoredPrincipal | null> {
    const held = await this.#hold(name, tx);
    if (held === null) return null;
    await this.#database.run(addSecretSql, [held.objectId, secret.id, secret.hash, secret.createdAtMs, secret.expiresAtMs], tx);
    await this.#database.run(trimSecretsSql, [held.objectId, SECRETS_PER_PRINCIPAL_MAX], tx);
    return this.get(name, tx);
  }

  async remove(name: string, tx: Transaction): Promise<StoredPrincipal | null> {
    const held = await this.#hold(name, tx);
    if (held !== null) await this.#database.run(removeSql, [held.objectId], tx);
    return held;
  }

  /** The principal, which nobody else changes before `tx` ends. */
  async #hold(name: string, tx: Transaction): Promise<StoredPrincipal | null> {
    return (await this.#database.run(lockSql, [name], tx)) === 0 ? null : this.get(name, tx);
  }

  async #one(sql: typeof getSql, value: string, tx?: Transaction): Promise<StoredPrincipal | null> {
    const [row] = await this.#database.query<PrincipalRow>(sql, [value], tx);
    return row === undefined ? null : toPrincipal(row);
  }
}
