// Portal codes and sessions in PostgreSQL: a code is taken by the delete that finds it, so that of many who try, at
// whichever control plane of the database, one gets it.
import type { PortalCode, PortalLimits, PortalSession, PortalSessionStore, SignedInPrincipal } from "../portal-port.ts";
import type { Transaction } from "../port.ts";
import { type Database, type Statement, statement } from "./database.ts";

interface SessionRow {
  readonly session_sha256: string;
  readonly principal: SignedInPrincipal;
  readonly created_at_ms: string;
  readonly used_at_ms: string;
  readonly expires_at_ms: string;
}

const trim = (name: string, table: string, key: string): Statement =>
  statement(name, `delete from cynosure.${table} where principal_id = $1 and ${key} not in (select ${key} from cynosure.${table} where principal_id = $1 order by seq desc limit $2)`);
const forget = (name: string, table: string): Statement => statement(name, `delete from cynosure.${table} where expires_at_ms <= $1`);

const forgetCodesSql = forget("portal.forgetCodes", "portal_codes");
const insertCodeSql = statement("portal.insertCode", "insert into cynosure.portal_codes (code_sha256, principal_id, principal, expires_at_ms) values ($1, $2, $3, $4)");
const trimCodesSql = trim("portal.trimCodes", "portal_codes", "code_sha256");
const takeCodeSql = statement("portal.takeCode", "delete from cynosure.portal_codes where code_sha256 = $1 and expires_at_ms > $2 returning principal");
const forgetSessionsSql = forget("portal.forgetSessions", "portal_sessions");
const insertSql = statement(
  "portal.insert",
  "insert into cynosure.portal_sessions (session_sha256, principal_id, principal, created_at_ms, used_at_ms, expires_at_ms) values ($1, $2, $3, $4, $5, $6)",
);
const trimSessionsSql = trim("portal.trimSessions", "portal_sessions", "session_sha256");
const findSql = statement("portal.find", "select session_sha256, principal, created_at_ms, used_at_ms, expires_at_ms from cynosure.portal_sessions where session_sha256 = $1");
const useSql = statement("portal.use", "update cynosure.portal_sessions set used_at_ms = $2 where session_sha256 = $1 and used_at_ms < $2");
const removeSql = statement("portal.remove", "delete from cynosure.portal_sessions where session_sha256 = $1");

export class PostgresPortalSessions implements PortalSessionStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async insertCode({ codeSha256, principal, expiresAtMs }: PortalCode, limits: PortalLimits, tx: Transaction): Promise<void> {
    await this.#database.run(forgetCodesSql, [limits.nowMs], tx);
    await this.#database.run(insertCodeSql, [codeSha256, principal.id, JSON.stringify(principal), expiresAtMs], tx);
    await this.#database.run(trimCodesSql, [principal.id, limits.countMax], tx);
  }

  async takeCode(codeSha256: string, nowMs: number, tx: Transaction): Promise<SignedInPrincipal | null> {
    const [row] = await this.#database.query<{ principal: SignedInPrincipal }>(takeCodeSql, [codeSha256, nowMs], tx);
    return row?.principal ?? null;
  }

  async insert(session: PortalSession, limits: PortalLimits, tx: Transaction): Promise<void> {
    const { sessionSha256, principal, createdAtMs, usedAtMs, expiresAtMs } = session;
    await this.#database.run(forgetSessionsSql, [limits.nowMs], tx);
    await this.#database.run(insertSql, [sessionSha256, principal.id, JSON.stringify(principal), createdAtMs, usedAtMs, expiresAtMs], tx);
    await this.#database.run(trimSessionsSql, [principal.id, limits.countMax], tx);
  }

  async find(sessionSha256: string): Promise<PortalSession | null> {
    const [row] = await this.#database.query<SessionRow>(findSql, [sessionSha256]);
    if (row === undefined) return null;
    return { sessionSha256: row.session_sha256, principal: row.principal, createdAtMs: Number(row.created_at_ms), usedAtMs: Number(row.used_at_ms), expiresAtMs: Number(row.expires_at_ms) };
  }

  async noteUse(sessionSha256: string, usedAtMs: number): Promise<void> {
    await this.#database.run(useSql, [sessionSha256, usedAtMs]);
  }

  async remove(sessionSha256: string): Promise<boolean> {
    return (await this.#database.run(removeSql, [sessionSha256])) === 1;
  }
}
