// Resources and operations of the memory store. For tests only.
import type { ClusterKey, Operation, OperationId, PlanId, ResourceKey } from "@cynosure/model";
import { isTerminal } from "@cynosure/model";
import type { ListRequest, OperationStore, PutCondition, PutOutcome, ResourceStore, StoredResource, Transaction } from "../../port.ts";
import { accessPrefix, accessTopics } from "../../rules/access-rows.ts";
import { isAllowed, percentComplete } from "../../rules/write-conditions.ts";
import { type Connection, duplicate } from "./connection.ts";
import { dropEndedOperations } from "./history.ts";
import type { MemoryTransaction } from "./memory-database.ts";
import { frozenJson } from "./rows.ts";

/** As PostgreSQL's collation "C": by the bytes of UTF-8. */
export const compareKeys = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** As the adapter's range scan: from the prefix on, up to the last code point behind it. */
export const isUnder = (key: string, prefix: string): boolean => compareKeys(key, prefix) >= 0 && compareKeys(key, `${prefix}\u{10FFFF}`) < 0;

const matches = (row: StoredResource, request: ListRequest): boolean =>
  (request.type === undefined || row.type === request.type) &&
  (request.parentKey === undefined || row.parentKey === request.parentKey) &&
  (request.keyPrefix === undefined || isUnder(row.key, request.keyPrefix)) &&
  (request.nameKey === undefined || row.name.toLowerCase() === request.nameKey) &&
  (request.afterKey === undefined || compareKeys(row.key, request.afterKey) > 0);

const announce = (keys: readonly ResourceKey[], own: MemoryTransaction): void => accessTopics(keys).forEach((topic) => own.topics.add(topic));

export class MemoryResources implements ResourceStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get(key: ResourceKey, tx?: Transaction): Promise<StoredResource | null> {
    return this.#connection.read(tx, (own) => this.#connection.database.tables.resources.get(key, own) ?? null);
  }

  /** Transactions run in turn here: what one has read stays. */
  hold(key: ResourceKey, tx: Transaction): Promise<StoredResource | null> {
    return this.get(key, tx);
  }

  lock(key: ResourceKey, tx: Transaction): Promise<StoredResource | null> {
    return this.get(key, tx);
  }

  enter(key: ResourceKey, tx: Transaction): Promise<StoredResource | null> {
    return this.get(key, tx);
  }

  lockOut(key: ResourceKey, tx: Transaction): Promise<StoredResource | null> {
    return this.get(key, tx);
  }

  list(request: ListRequest, tx?: Transaction): Promise<readonly StoredResource[]> {
    return this.#connection.read(tx, (own) =>
      this.#connection.database.tables.resources
        .list(own)
        .filter((row) => matches(row, request))
        .toSorted((a, b) => compareKeys(a.key, b.key))
        .slice(0, request.limitMax),
    );
  }

  put(resource: Omit<StoredResource, "etag">, condition: PutCondition, tx?: Transaction): Promise<PutOutcome> {
    const { tables, newEtag } = this.#connection.database;
    return this.#connection.inTransaction(tx, (own): PutOutcome => {
      const current = tables.resources.get(resource.key, own) ?? null;
      if (!isAllowed(condition, current)) return { ok: false, current };
      const stored = frozenJson({ ...resource, etag: newEtag() });
      tables.resources.put(stored, own);
      announce([stored.key], own);
      return { ok: true, resource: stored, created: current === null };
    });
  }

  remove(key: ResourceKey, tx?: Transaction): Promise<boolean> {
    const { resources } = this.#connection.database.tables;
    return this.#connection.inTransaction(tx, (own) => {
      const hanging = resources.list(own).filter((row) => isUnder(row.key, accessPrefix(key)));
      for (const row of hanging) resources.remove(row.key, own);
      announce([key, ...hanging.map((row) => row.key)], own);
      return resources.remove(key, own);
    });
  }
}

export class MemoryOperations implements OperationStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  insert(operation: Operation, tx: Transaction): Promise<void> {
    const { tables, nextSeq } = this.#connection.database;
    return this.#connection.write(tx, (own) => {
      if (tables.operations.get(operation.id, own) !== undefined) throw duplicate("operations", operation.id);
      tables.operations.put({ seq: nextSeq(), operation: frozenJson(operation) }, own);
      own.topics.add(`cluster:${operation.clusterKey}`);
    });
  }

  get(id: OperationId, tx?: Transaction): Promise<Operation | null> {
    return this.#connection.read(tx, (own) => {
      const row = this.#connection.database.tables.operations.get(id, own);
      return row === undefined ? null : this.#shown(row.operation, own);
    });
  }

  listOpen(cluster: ClusterKey, tx?: Transaction): Promise<readonly Operation[]> {
    return this.#connection.read(tx, (own) => this.#ofCluster(cluster, own).filter((each) => each.finishedAtMs === null));
  }

  list(cluster: ClusterKey, limitMax: number): Promise<readonly Operation[]> {
    return this.#connection.read(undefined, () => this.#ofCluster(cluster).toReversed().slice(0, limitMax));
  }

  update(id: OperationId, change: Parameters<OperationStore["update"]>[1], tx: Transaction): Promise<void> {
    const { tables, clock } = this.#connection.database;
    return this.#connection.write(tx, (own) => {
      const row = tables.operations.get(id, own);
      if (row === undefined) return;
      const { operation } = row;
      const finishedAtMs = change.finishedAtMs ?? (isTerminal(change.status) ? clock.now() : operation.finishedAtMs);
      const error = change.error === undefined ? operation.error : change.error;
      tables.operations.put({ ...row, operation: frozenJson({ ...operation, status: change.status, planId: change.planId ?? operation.planId, error, finishedAtMs }) }, own);
      own.topics.add(`cluster:${operation.clusterKey}`);
    });
  }

  dropEnded(cluster: ClusterKey, tx: Transaction): Promise<void> {
    const { database } = this.#connection;
    return this.#connection.write(tx, (own) => dropEndedOperations(database, cluster, database.clock.now(), own));
  }

  #ofCluster(cluster: ClusterKey, tx?: MemoryTransaction): readonly Operation[] {
    const rows = this.#connection.database.tables.operations.list(tx, cluster).toSorted((a, b) => a.seq - b.seq);
    return rows.map((row) => this.#shown(row.operation, tx));
  }

  #shown(operation: Operation, tx?: MemoryTransaction): Operation {
    const progress = operation.planId === null ? null : this.#progress(operation.planId, tx);
    return { ...operation, percentComplete: percentComplete(operation.status, progress) };
  }

  #progress(plan: PlanId, tx?: MemoryTransaction): number | null {
    const steps = this.#connection.database.tables.steps.list(tx, plan).map((step) => ({ ...step, weight: Math.max(step.expectedMs, 1) }));
    const all = steps.reduce((sum, step) => sum + step.weight, 0);
    return all === 0 ? null : steps.filter((step) => step.status === "done").reduce((sum, step) => sum + step.weight, 0) / all;
  }
}
