// Names of engine objects, and writes that engines go on with by themselves, in the memory store. For tests only.
import { NATIVE_NAMES_COUNT_MAX, type NativeNameScope, type NativeNameStore, type NativeOperationStore, type StoredNativeName, type StoredNativeOperation } from "../../native-name-port.ts";
import type { Transaction } from "../../port.ts";
import { NATIVE_OPERATION_KEPT_MS, NATIVE_OPERATION_UNENDED_KEPT_MS } from "../../rules/native-operation-rules.ts";
import type { Connection } from "./connection.ts";
import type { MemoryTransaction } from "./memory-database.ts";
import { frozenJson, nativeNameKey, type NativeNameRow } from "./rows.ts";

const toName = ({ name, nativeId, guid }: NativeNameRow): StoredNativeName => ({ name, nativeId, guid });

export class MemoryNativeNames implements NativeNameStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  list(scope: NativeNameScope): Promise<readonly StoredNativeName[]> {
    return this.#connection.read(undefined, () => this.#of(scope).toSorted((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1)).map(toName));
  }

  find(scope: NativeNameScope, name: string): Promise<StoredNativeName | null> {
    return this.#connection.read(undefined, () => {
      const row = this.#names.get(nativeNameKey({ ...scope, name }));
      return row === undefined ? null : toName(row);
    });
  }

  put({ cluster, armType, parents }: NativeNameScope, { name, nativeId, guid }: StoredNativeName, tx?: Transaction): Promise<void> {
    const row: NativeNameRow = { cluster, armType, parents, name, nativeId, guid };
    return this.#connection.inTransaction(tx, (own) => {
      for (const other of this.#of(row, own)) if (other.nativeId === nativeId) this.#names.remove(nativeNameKey(other), own);
      const isNew = this.#names.get(nativeNameKey(row), own) === undefined;
      if (isNew && this.#of(row, own).length >= NATIVE_NAMES_COUNT_MAX) return;
      this.#names.put(frozenJson(row), own);
    });
  }

  remove(scope: NativeNameScope, name: string, tx?: Transaction): Promise<boolean> {
    return this.#connection.inTransaction(tx, (own) => this.#names.remove(nativeNameKey({ ...scope, name }), own));
  }

  get #names() {
    return this.#connection.database.tables.nativeNames;
  }

  #of(scope: NativeNameScope, tx?: MemoryTransaction): readonly NativeNameRow[] {
    return this.#names.list(tx, scope.cluster).filter((row) => row.armType === scope.armType && row.parents === scope.parents);
  }
}

export class MemoryNativeOperations implements NativeOperationStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  add(operation: StoredNativeOperation, tx?: Transaction): Promise<void> {
    return this.#connection.inTransaction(tx, (own) => {
      const { startedAtMs: nowMs } = operation;
      for (const { id, startedAtMs, finishedAtMs } of this.#operations.list(own)) {
        const isOld = finishedAtMs === null ? startedAtMs <= nowMs - NATIVE_OPERATION_UNENDED_KEPT_MS : finishedAtMs <= nowMs - NATIVE_OPERATION_KEPT_MS;
        if (isOld) this.#operations.remove(id, own);
      }
      this.#operations.put(frozenJson(operation), own);
    });
  }

  get(id: string): Promise<StoredNativeOperation | null> {
    return this.#connection.read(undefined, () => this.#operations.get(id) ?? null);
  }

  finish(id: string, end: Parameters<NativeOperationStore["finish"]>[1], tx?: Transaction): Promise<boolean> {
    return this.#connection.inTransaction(tx, (own) => {
      const operation = this.#operations.get(id, own);
      if (operation === undefined || operation.finishedAtMs !== null) return false;
      this.#operations.put(frozenJson({ ...operation, ...end }), own);
      return true;
    });
  }

  get #operations() {
    return this.#connection.database.tables.nativeOperations;
  }
}
