// Portal codes and sessions of the memory store. For tests only.
import type { PortalCode, PortalLimits, PortalSession, PortalSessionStore, SignedInPrincipal } from "../../portal-port.ts";
import type { Transaction } from "../../port.ts";
import type { Connection } from "./connection.ts";
import type { MemoryTransaction } from "./memory-database.ts";
import { frozenJson } from "./rows.ts";
import type { Table } from "./table.ts";

interface Kept {
  readonly seq: number;
  readonly principal: SignedInPrincipal;
  readonly expiresAtMs: number;
}

export class MemoryPortalSessions implements PortalSessionStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get #tables() {
    return this.#connection.database.tables;
  }

  insertCode(code: PortalCode, limits: PortalLimits, tx: Transaction): Promise<void> {
    const { portalCodes } = this.#tables;
    return this.#connection.write(tx, (own) => {
      portalCodes.put({ ...frozenJson(code), seq: this.#connection.database.nextSeq() }, own);
      endOldest(portalCodes, (row) => row.codeSha256, code.principal, limits, own);
    });
  }

  takeCode(codeSha256: string, nowMs: number, tx: Transaction): Promise<SignedInPrincipal | null> {
    const { portalCodes } = this.#tables;
    return this.#connection.write(tx, (own) => {
      const row = portalCodes.get(codeSha256, own);
      if (row === undefined || row.expiresAtMs <= nowMs) return null;
      portalCodes.remove(codeSha256, own);
      return row.principal;
    });
  }

  insert(session: PortalSession, limits: PortalLimits, tx: Transaction): Promise<void> {
    const { portalSessions } = this.#tables;
    return this.#connection.write(tx, (own) => {
      portalSessions.put({ ...frozenJson(session), seq: this.#connection.database.nextSeq() }, own);
      endOldest(portalSessions, (row) => row.sessionSha256, session.principal, limits, own);
    });
  }

  find(sessionSha256: string): Promise<PortalSession | null> {
    return this.#connection.read(undefined, () => {
      const row = this.#tables.portalSessions.get(sessionSha256);
      if (row === undefined) return null;
      const { sessionSha256: digest, principal, createdAtMs, usedAtMs, expiresAtMs } = row;
      return { sessionSha256: digest, principal, createdAtMs, usedAtMs, expiresAtMs };
    });
  }

  noteUse(sessionSha256: string, usedAtMs: number): Promise<void> {
    return this.#connection.write(undefined, (own) => {
      const row = this.#tables.portalSessions.get(sessionSha256, own);
      if (row !== undefined && row.usedAtMs < usedAtMs) this.#tables.portalSessions.put({ ...row, usedAtMs }, own);
    });
  }

  remove(sessionSha256: string): Promise<boolean> {
    return this.#connection.write(undefined, (own) => this.#tables.portalSessions.remove(sessionSha256, own));
  }
}

function endOldest<Row extends Kept>(table: Table<Row>, keyOf: (row: Row) => string, principal: SignedInPrincipal, limits: PortalLimits, tx: MemoryTransaction): void {
  for (const row of table.list(tx)) if (row.expiresAtMs <= limits.nowMs) table.remove(keyOf(row), tx);
  const ofPrincipal = table.list(tx).filter((row) => row.principal.id === principal.id).toSorted((a, b) => b.seq - a.seq);
  for (const row of ofPrincipal.slice(limits.countMax)) table.remove(keyOf(row), tx);
}
