// Principals and device codes of the memory store. For tests only.
import { type DeviceCodePoll, type DeviceCodeState, type DeviceCodeStore, type PendingDeviceCode, type PrincipalStore, SECRETS_PER_PRINCIPAL_MAX, type StoredPrincipal, type StoredSecret } from "../../principal-port.ts";
import type { Transaction } from "../../port.ts";
import { pollOf } from "../../rules/device-code-rules.ts";
import type { Connection } from "./connection.ts";
import type { MemoryTransaction } from "./memory-database.ts";
import { compareKeys } from "./resources.ts";
import { type DeviceCodeRow, frozenJson } from "./rows.ts";

export class MemoryPrincipals implements PrincipalStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get #rows() {
    return this.#connection.database.tables.principals;
  }

  get(name: string, tx?: Transaction): Promise<StoredPrincipal | null> {
    return this.#connection.read(tx, (own) => this.#rows.get(name, own) ?? null);
  }

  findByClientId(clientId: string): Promise<StoredPrincipal | null> {
    return this.#connection.read(undefined, () => this.#rows.list().find((row) => row.clientId === clientId) ?? null);
  }

  findByObjectId(objectId: string): Promise<StoredPrincipal | null> {
    return this.#connection.read(undefined, () => this.#rows.list().find((row) => row.objectId === objectId) ?? null);
  }

  list(request: { readonly afterName?: string; readonly limitMax: number }): Promise<readonly StoredPrincipal[]> {
    const { afterName = "" } = request;
    return this.#connection.read(undefined, () =>
      this.#rows
        .list()
        .filter((row) => compareKeys(row.name, afterName) > 0)
        .toSorted((a, b) => compareKeys(a.name, b.name))
        .slice(0, request.limitMax),
    );
  }

  ensure(principal: Omit<StoredPrincipal, "secrets">, tx: Transaction): Promise<{ readonly principal: StoredPrincipal; readonly created: boolean }> {
    return this.#connection.write(tx, (own) => {
      const current = this.#rows.get(principal.name, own);
      if (current !== undefined) return { principal: current, created: false };
      return { principal: this.#put({ ...principal, secrets: [] }, own), created: true };
    });
  }

  rename(objectId: string, displayName: string, tx: Transaction): Promise<void> {
    return this.#connection.write(tx, (own) => {
      const row = this.#rows.list(own).find((each) => each.objectId === objectId);
      if (row !== undefined) this.#put({ ...row, displayName }, own);
    });
  }

  addSecret(name: string, secret: StoredSecret, tx: Transaction): Promise<StoredPrincipal | null> {
    return this.#connection.write(tx, (own) => {
      const row = this.#rows.get(name, own);
      return row === undefined ? null : this.#put({ ...row, secrets: [...row.secrets, secret].slice(-SECRETS_PER_PRINCIPAL_MAX) }, own);
    });
  }

  remove(name: string, tx: Transaction): Promise<StoredPrincipal | null> {
    return this.#connection.write(tx, (own) => {
      const row = this.#rows.get(name, own);
      if (row === undefined) return null;
      const { deviceCodes } = this.#connection.database.tables;
      for (const code of deviceCodes.list(own).filter((each) => each.objectId === row.objectId)) deviceCodes.remove(code.deviceCodeSha256, own);
      this.#rows.remove(name, own);
      return row;
    });
  }

  #put(row: StoredPrincipal, tx: MemoryTransaction): StoredPrincipal {
    const stored = frozenJson(row);
    this.#rows.put(stored, tx);
    return stored;
  }
}

export class MemoryDeviceCodes implements DeviceCodeStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get #rows() {
    return this.#connection.database.tables.deviceCodes;
  }

  insert(code: PendingDeviceCode, limits: { readonly nowMs: number; readonly countMax: number }): Promise<boolean> {
    return this.#connection.write(undefined, (tx) => {
      for (const row of this.#rows.list(tx)) if (row.expiresAtMs <= limits.nowMs) this.#rows.remove(row.deviceCodeSha256, tx);
      const waiting = this.#rows.list(tx);
      if (waiting.length >= limits.countMax || waiting.some((row) => row.userCode === code.userCode || row.deviceCodeSha256 === code.deviceCodeSha256)) return false;
      this.#rows.put({ ...code, polledAtMs: null, attempts: 0, state: "pending", objectId: null }, tx);
      return true;
    });
  }

  poll(deviceCodeSha256: string, clientId: string, step: { readonly nowMs: number; readonly slowDownMs: number }): Promise<DeviceCodePoll | null> {
    return this.#connection.write(undefined, (tx) => {
      const row = this.#rows.get(deviceCodeSha256, tx);
      if (row === undefined || row.clientId !== clientId) return null;
      const poll = pollOf(row, step);
      if (poll.kind === "granted") this.#rows.remove(deviceCodeSha256, tx);
      else this.#rows.put({ ...row, polledAtMs: step.nowMs, intervalMs: poll.kind === "tooSoon" ? poll.intervalMs : row.intervalMs }, tx);
      return poll;
    });
  }

  findByUserCode(userCode: string, nowMs: number): Promise<{ readonly clientId: string; readonly state: DeviceCodeState } | null> {
    return this.#connection.read(undefined, () => {
      const row = this.#find(userCode);
      return row === undefined ? null : { clientId: row.clientId, state: row.expiresAtMs <= nowMs ? "expired" : row.state };
    });
  }

  beginAttempt(userCode: string, limits: { readonly nowMs: number; readonly attemptsMax: number }): Promise<boolean> {
    return this.#connection.write(undefined, (tx) => {
      const row = this.#waiting(userCode, limits.nowMs, tx);
      if (row === undefined) return false;
      const isOver = row.attempts >= limits.attemptsMax;
      this.#rows.put({ ...row, attempts: row.attempts + 1, state: isOver ? "denied" : row.state }, tx);
      return !isOver;
    });
  }

  decide(userCode: string, decision: { readonly objectId: string } | "denied", nowMs: number, tx: Transaction): Promise<boolean> {
    return this.#connection.write(tx, (own) => {
      const row = this.#waiting(userCode, nowMs, own);
      if (row === undefined) return false;
      const { principals } = this.#connection.database.tables;
      if (decision !== "denied" && !principals.list(own).some((each) => each.objectId === decision.objectId)) return false;
      this.#rows.put(decision === "denied" ? { ...row, state: "denied" } : { ...row, state: "granted", objectId: decision.objectId }, own);
      return true;
    });
  }

  #find(userCode: string, tx?: MemoryTransaction): DeviceCodeRow | undefined {
    return this.#rows.list(tx).find((row) => row.userCode === userCode);
  }

  #waiting(userCode: string, nowMs: number, tx: MemoryTransaction): DeviceCodeRow | undefined {
    const row = this.#find(userCode, tx);
    return row?.state === "pending" && row.expiresAtMs > nowMs ? row : undefined;
  }
}
