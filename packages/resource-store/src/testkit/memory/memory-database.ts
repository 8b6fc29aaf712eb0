// The durable part of the memory store: what several control planes of one simulated world share and what
// survives each of them. Transactions run one after the other; whoever reads without one sees what has been
// committed. For tests only. Nothing here knows real time or chance: every run takes the same turns.
import { AsyncLocalStorage } from "node:async_hooks";
import type { Clock } from "@cynosure/model";
import type { Transaction } from "../../port.ts";
import { Leases } from "./leases.ts";
import { createTables, type Tables } from "./rows.ts";
import { StepQueue } from "./step-queue.ts";
import type { Committing } from "./table.ts";

export interface MemoryTransaction extends Transaction {
  layers: Map<Committing, Map<string, unknown>>;
  /** Told to watchers at the commit, each topic once. */
  topics: Set<string>;
  isOpen: boolean;
  /** Nothing may be asked in it any more; undone, nothing of it is kept. */
  concluded: "committed" | "undone" | null;
  /** What failed in it: like PostgreSQL's, it can only be undone from then on. */
  failure: Error | null;
}

export interface MemoryDatabaseOptions {
  /** Stored times, and how long waiters wait. */
  readonly clock: Clock;
  /** Made for every write of a resource; counted when not given. */
  readonly newEtag?: () => string;
}

export interface MemoryDatabase {
  readonly queue: StepQueue;
  readonly leases: Leases;
  readonly tables: Tables;
  readonly clock: Clock;
  newEtag(): string;
  /** The next value of the database's one sequence. Like a sequence it does not go back with a transaction. */
  nextSeq(): number;
  /** Called with the topics of each commit. Answers how to stop. */
  onCommit(listener: (topics: ReadonlySet<string>) => void): () => void;
  begin(): MemoryTransaction;
  commit(tx: MemoryTransaction): void;
  /** Runs `work` when every transaction asked for before it has ended. */
  inTurn<T>(tx: MemoryTransaction, work: () => Promise<T>): Promise<T>;
}

/** The transaction the running code is inside of: another one opened there would wait for itself. */
const inside = new AsyncLocalStorage<MemoryTransaction>();

export function createMemoryDatabase({ clock, newEtag }: MemoryDatabaseOptions): MemoryDatabase {
  let seq = 0;
  let etags = 0;
  let lastTurn: Promise<unknown> = Promise.resolve();
  const tables = createTables();
  const listeners = new Set<(topics: ReadonlySet<string>) => void>();
  const begin = (): MemoryTransaction => ({ kind: "transaction", layers: new Map(), topics: new Set(), isOpen: true, concluded: null, failure: null });
  const nextSeq = (): number => (seq += 1);
  const commit = (tx: MemoryTransaction): void => {
    // As PostgreSQL's trigger announces them.
    for (const key of tx.layers.get(tables.resources)?.keys() ?? []) tx.topics.add(`resource:${key}`);
    for (const table of tx.layers.keys()) table.commit(tx);
    tx.isOpen = false;
    for (const listener of [...listeners]) listener(tx.topics);
    if (tx.layers.has(tables.queue)) queue.committed();
  };
  const queue: StepQueue = new StepQueue({ table: tables.queue, nextSeq, begin, commit });
  return {
    queue,
    leases: new Leases(),
    tables,
    clock,
    newEtag: newEtag ?? (() => `etag-${(etags += 1)}`),
    nextSeq,
    begin,
    commit,
    onCommit(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    inTurn(tx, work) {
      if (inside.getStore()?.isOpen === true) {
        return Promise.reject(new Error("A transaction was opened inside another one: pass the open one on, else the two wait for each other."));
      }
      const turn = lastTurn.then(() => inside.run(tx, work));
      lastTurn = turn.catch(() => undefined);
      return turn;
    },
  };
}
