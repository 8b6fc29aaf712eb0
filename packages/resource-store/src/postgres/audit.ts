// Audit rows, their chain and its anchors in PostgreSQL. Appending is one insert in the request's transaction;
// sealing is a transaction of its own under an advisory lock, so that requests never wait for it.
import type { AuditAnchorRow, AuditChainEntry, AuditListRequest, AuditStore, LinkRows, ListedAuditRow, NumberedAuditRow, PositionListRequest, SealOutcome } from "../audit-port.ts";
import type { AuditRow, Transaction } from "../port.ts";
import { type Database, statement } from "./database.ts";

/** Any number that no other program on the database uses; held by whoever seals, until its transaction ends. */
const SEAL_LOCK = 7_306_482_115_003;
/** Lists begin here: a row put in by hand may have any number. */
const FIRST = Number.MIN_SAFE_INTEGER;

export const AUDIT_COLUMNS = "at_ms, principal, correlation_id, action, resource_id, before_sha256, after_sha256";

const appendSql = statement(
  "audit.append",
  `insert into cynosure.audit (${AUDIT_COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7)`,
);
const rowColumns = "a.seq, a.at_ms, a.principal, a.correlation_id, a.action, a.resource_id, a.before_sha256, a.after_sha256";
const chainColumns = "position, seq, at_ms, row_sha256, previous_sha256, sha256";
const anchorColumns = "position, installation_id, sha256, count, at_ms, public_key, signature";

const listSql = statement(
  "audit.list",
  `select ${rowColumns}, c.position from cynosure.audit a left join cynosure.audit_chain c on c.seq = a.seq
   where a.seq > $1 and ($2::bigint is null or a.at_ms >= $2) and ($3::bigint is null or a.at_ms <= $3)
     and ($4::text is null or lower(a.resource_id) = lower($4)) and ($5::text is null or a.correlation_id = $5) and ($6::text is null or a.principal = $6)
   order by a.seq limit $7`,
);
const listChainSql = statement("audit.chain", `select ${chainColumns} from cynosure.audit_chain where position > $1 order by position limit $2`);
const headSql = statement("audit.head", `select ${chainColumns} from cynosure.audit_chain order by position desc limit 1`);
const hasWaitingSql = statement("audit.waiting", `select seq from cynosure.audit where not sealed order by seq limit 1`); // the order keeps PostgreSQL on the partial index, whatever its statistics say
const takeTurnSql = statement("audit.turn", `select pg_try_advisory_xact_lock($1) as taken`);
const waitingSql = statement("audit.take", `select ${rowColumns} from cynosure.audit a where not a.sealed order by a.seq limit $1`);
// A row whose mark was taken away by hand is in the chain already: it gets its mark back and no second place.
const knownSql = statement("audit.known", `select seq from cynosure.audit_chain where seq = any($1::bigint[])`);
const linkSql = statement(
  "audit.link",
  `insert into cynosure.audit_chain (${chainColumns}) select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[])`,
);
const markSql = statement("audit.mark", `update cynosure.audit set sealed = true where seq = any($1::bigint[])`);
const listAnchorsSql = statement("audit.anchors", `select ${anchorColumns} from cynosure.audit_anchors where position > $1 order by position limit $2`);
const lastAnchorSql = statement("audit.lastAnchor", `select ${anchorColumns} from cynosure.audit_anchors order by position desc limit 1`);
const putAnchorSql = statement(
  "audit.putAnchor",
  `insert into cynosure.audit_anchors (${anchorColumns}) select $1, $2, $3, $4, $5, $6, $7
   where exists (select 1 from cynosure.audit_chain where position = $1 and sha256 = $3) on conflict (position) do nothing`,
);

/** PostgreSQL hands 64-bit numbers out as text; ours stay far below 2^53. */
interface AuditTableRow {
  readonly seq: string;
  readonly at_ms: string;
  readonly principal: string;
  readonly correlation_id: string;
  readonly action: string;
  readonly resource_id: string;
  readonly before_sha256: string | null;
  readonly after_sha256: string | null;
}
interface ChainTableRow {
  readonly position: string;
  readonly seq: string;
  readonly at_ms: string;
  readonly row_sha256: string;
  readonly previous_sha256: string;
  readonly sha256: string;
}
interface AnchorTableRow {
  readonly position: string;
  readonly installation_id: string;
  readonly sha256: string;
  readonly count: string;
  readonly at_ms: string;
  readonly public_key: string;
  readonly signature: string;
}

const toRow = (row: AuditTableRow): NumberedAuditRow => ({
  seq: Number(row.seq),
  atMs: Number(row.at_ms),
  principal: row.principal,
  correlationId: row.correlation_id,
  action: row.action,
  resourceId: row.resource_id,
  beforeSha256: row.before_sha256,
  afterSha256: row.after_sha256,
});
const toEntry = (row: ChainTableRow): AuditChainEntry => ({
  position: Number(row.position),
  seq: Number(row.seq),
  atMs: Number(row.at_ms),
  rowSha256: row.row_sha256,
  previousSha256: row.previous_sha256,
  sha256: row.sha256,
});
const toAnchor = (row: AnchorTableRow): AuditAnchorRow => ({
  installationId: row.installation_id,
  position: Number(row.position),
  sha256: row.sha256,
  count: Number(row.count),
  atMs: Number(row.at_ms),
  publicKey: row.public_key,
  signature: row.signature,
});

/** In the order of `AUDIT_COLUMNS`. */
export const auditValues = (row: AuditRow): readonly unknown[] => [row.atMs, row.principal, row.correlationId, row.action, row.resourceId, row.beforeSha256, row.afterSha256];

export async function appendAudit(database: Database, row: AuditRow, tx: Transaction): Promise<void> {
  await database.run(appendSql, auditValues(row), tx);
}

export class PostgresAudit implements AuditStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async list(request: AuditListRequest): Promise<readonly ListedAuditRow[]> {
    const { afterSeq = FIRST, fromMs = null, toMs = null, resourceId = null, correlationId = null, principal = null, limitMax } = request;
    const rows = await this.#database.query<AuditTableRow & { position: string | null }>(listSql, [afterSeq, fromMs, toMs, resourceId, correlationId, principal, limitMax]);
    return rows.map((row) => ({ ...toRow(row), position: row.position === null ? null : Number(row.position) }));
  }

  async listChain({ afterPosition = FIRST, limitMax }: PositionListRequest): Promise<readonly AuditChainEntry[]> {
    return (await this.#database.query<ChainTableRow>(listChainSql, [afterPosition, limitMax])).map(toEntry);
  }

  async chainHead(tx?: Transaction): Promise<AuditChainEntry | null> {
    const [head] = await this.#database.query<ChainTableRow>(headSql, [], tx);
    return head === undefined ? null : toEntry(head);
  }

  async seal(limitMax: number, link: LinkRows): Promise<SealOutcome> {
    // At rest this is all that is asked.
    if ((await this.#database.query(hasWaitingSql, [])).length === 0) return { sealedCount: 0, hasTurn: true };
    return this.#database.transaction(async (tx) => {
      const [turn] = await this.#database.query<{ taken: boolean }>(takeTurnSql, [SEAL_LOCK], tx);
      if (turn?.taken !== true) return { sealedCount: 0, hasTurn: false };
      // Each statement sees what is committed when it begins: also what the sealer before us did.
      const rows = (await this.#database.query<AuditTableRow>(waitingSql, [limitMax], tx)).map(toRow);
      const seqs = rows.map((row) => row.seq);
      const known = new Set((await this.#database.query<{ seq: string }>(knownSql, [seqs], tx)).map(({ seq }) => Number(seq)));
      const entries = link(await this.chainHead(tx), rows.filter((row) => !known.has(row.seq)));
      await this.#database.run(
        linkSql,
        [entries.map((entry) => entry.position), entries.map((entry) => entry.seq), entries.map((entry) => entry.atMs), entries.map((entry) => entry.rowSha256), entries.map((entry) => entry.previousSha256), entries.map((entry) => entry.sha256)],
        tx,
      );
      await this.#database.run(markSql, [seqs], tx);
      return { sealedCount: rows.length, hasTurn: true };
    });
  }

  async listAnchors({ afterPosition = FIRST, limitMax }: PositionListRequest): Promise<readonly AuditAnchorRow[]> {
    return (await this.#database.query<AnchorTableRow>(listAnchorsSql, [afterPosition, limitMax])).map(toAnchor);
  }

  async lastAnchor(): Promise<AuditAnchorRow | null> {
    const [anchor] = await this.#database.query<AnchorTableRow>(lastAnchorSql, []);
    return anchor === undefined ? null : toAnchor(anchor);
  }

  async putAnchor(anchor: AuditAnchorRow): Promise<boolean> {
    const { position, installationId, sha256, count, atMs, publicKey, signature } = anchor;
    return (await this.#database.run(putAnchorSql, [position, installationId, sha256, count, atMs, publicKey, signature])) === 1;
  }
}
