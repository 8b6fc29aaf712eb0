// Audit rows, their chain and its anchors in memory. Transactions run one after the other, so sealing needs
// no lock. For tests only.
import type { AuditAnchorRow, AuditChainEntry, AuditListRequest, AuditStore, LinkRows, ListedAuditRow, PositionListRequest, SealOutcome } from "../../audit-port.ts";
import type { AuditRow, Transaction } from "../../port.ts";
import type { Connection } from "./connection.ts";
import type { MemoryTransaction } from "./memory-database.ts";
import { type AuditTableRow, frozenJson } from "./rows.ts";

const bySeq = (a: { readonly seq: number }, b: { readonly seq: number }): number => a.seq - b.seq;
const byPosition = (a: { readonly position: number }, b: { readonly position: number }): number => a.position - b.position;

export class MemoryAudit implements AuditStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  append(row: AuditRow, tx: Transaction): Promise<void> {
    const { database } = this.#connection;
    return this.#connection.write(tx, (own) => database.tables.audit.put({ seq: database.nextSeq(), row: frozenJson(row), position: null }, own));
  }

  list({ afterSeq = -Infinity, fromMs, toMs, resourceId, correlationId, principal, limitMax }: AuditListRequest): Promise<readonly ListedAuditRow[]> {
    const isWanted = ({ seq, row }: AuditTableRow): boolean =>
      seq > afterSeq &&
      (fromMs === undefined || row.atMs >= fromMs) &&
      (toMs === undefined || row.atMs <= toMs) &&
      (resourceId === undefined || row.resourceId.toLowerCase() === resourceId.toLowerCase()) &&
      (correlationId === undefined || row.correlationId === correlationId) &&
      (principal === undefined || row.principal === principal);
    return this.#connection.read(undefined, () =>
      this.#connection.database.tables.audit.list().filter(isWanted).toSorted(bySeq).slice(0, limitMax).map(({ seq, row, position }) => ({ seq, ...row, position })),
    );
  }

  listChain({ afterPosition = -Infinity, limitMax }: PositionListRequest): Promise<readonly AuditChainEntry[]> {
    return this.#connection.read(undefined, () => this.#chain().filter(({ position }) => position > afterPosition).slice(0, limitMax));
  }

  chainHead(): Promise<AuditChainEntry | null> {
    return this.#connection.read(undefined, () => this.#chain().at(-1) ?? null);
  }

  seal(limitMax: number, link: LinkRows): Promise<SealOutcome> {
    return this.#connection.inTransaction(undefined, (tx) => {
      const { audit, auditChain } = this.#connection.database.tables;
      const rows = audit.list(tx).filter(({ position }) => position === null).toSorted(bySeq).slice(0, limitMax);
      const entries = link(this.#chain(tx).at(-1) ?? null, rows.map(({ seq, row }) => ({ seq, ...row })));
      for (const [index, entry] of entries.entries()) {
        auditChain.put(frozenJson(entry), tx);
        const row = rows[index];
        if (row !== undefined) audit.put({ ...row, position: entry.position }, tx);
      }
      return { sealedCount: entries.length, hasTurn: true };
    });
  }

  listAnchors({ afterPosition = -Infinity, limitMax }: PositionListRequest): Promise<readonly AuditAnchorRow[]> {
    return this.#connection.read(undefined, () => this.#anchors().filter(({ position }) => position > afterPosition).slice(0, limitMax));
  }

  lastAnchor(): Promise<AuditAnchorRow | null> {
    return this.#connection.read(undefined, () => this.#anchors().at(-1) ?? null);
  }

  putAnchor(anchor: AuditAnchorRow): Promise<boolean> {
    return this.#connection.inTransaction(undefined, (tx) => {
      const { auditChain, auditAnchors } = this.#connection.database.tables;
      const key = String(anchor.position);
      if (auditChain.get(key, tx)?.sha256 !== anchor.sha256 || auditAnchors.get(key, tx) !== undefined) return false;
      auditAnchors.put(frozenJson(anchor), tx);
      return true;
    });
  }

  #chain(tx?: MemoryTransaction): AuditChainEntry[] {
    return this.#connection.database.tables.auditChain.list(tx).toSorted(byPosition);
  }

  #anchors(): AuditAnchorRow[] {
    return this.#connection.database.tables.auditAnchors.list().toSorted(byPosition);
  }
}
