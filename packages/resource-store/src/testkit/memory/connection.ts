// One control plane's connection to the memory database: where faults strike, where a failed transaction
// stays failed, and where its waiters hear of changes. For tests only.
import { ControlPlaneError } from "@cynosure/model";
import { Notices } from "../../notices.ts";
import type { Transaction } from "../../port.ts";
import { repeatably } from "../../rules/transaction-attempts.ts";
import type { MemoryDatabase, MemoryTransaction } from "./memory-database.ts";

export interface StoreFaults {
  /** May throw: then nothing of the transaction was done. */
  beforeCommit?(): void;
  /** May throw: then all of it was done, and the caller does not know. */
  afterCommit?(): void;
  /** False: every call throws as it does while PostgreSQL is away. */
  isReachable?(): boolean;
}

const away = (): Error => Object.assign(new Error("connect ECONNREFUSED: the database is away"), { code: "ECONNREFUSED" });

export class Connection {
  readonly database: MemoryDatabase;
  readonly notices: Notices;
  readonly #faults: StoreFaults;
  readonly #stop: () => void;

  constructor(database: MemoryDatabase, faults: StoreFaults = {}) {
    this.database = database;
    this.#faults = faults;
    const { clock } = database;
    this.notices = new Notices({ isConnected: () => this.#isReachable(), time: { nowMs: () => clock.now(), after: (ms, then) => after(ms, then, database) } });
    this.#stop = database.onCommit((topics) => this.#heard(topics));
  }

  /** Reads: in the transaction when there is one, else what has been committed. */
  async read<T>(tx: Transaction | undefined, work: (tx: MemoryTransaction | undefined) => T): Promise<T> {
    await Promise.resolve();
    return this.#call(tx, work);
  }

  /** Writes: in the transaction when there is one, else at once, waiting for nobody. For rows that no transaction of another writes. */
  async write<T>(tx: Transaction | undefined, work: (tx: MemoryTransaction) => T): Promise<T> {
    await Promise.resolve();
    if (tx !== undefined) return this.#call(tx, () => work(tx as MemoryTransaction)); // as in #call
    const own = this.database.begin();
    const result = this.#call(own, () => work(own));
    this.#commit(own);
    return result;
  }

  /** Writes of rows that transactions of others write too: in turn with them. */
  inTransaction<T>(tx: Transaction | undefined, work: (tx: MemoryTransaction) => T): Promise<T> {
    return tx === undefined ? this.transaction((own) => this.write(own, work)) : this.write(tx, work);
  }

  transaction<T>(work: (tx: MemoryTransaction) => Promise<T>): Promise<T> {
    return repeatably(() => {
      const tx = this.database.begin();
      return this.database.inTurn(tx, () => this.#once(tx, work));
    });
  }

  /** What a savepoint does: `work` as a whole or not at all; answers what it threw. */
  async undoably(tx: Transaction, work: () => Promise<void>): Promise<{ readonly thrown: unknown } | null> {
    const own = tx as MemoryTransaction; // as in #call
    const layers = new Map([...own.layers].map(([table, layer]) => [table, new Map(layer)]));
    const topics = new Set(own.topics);
    try {
      await work();
      this.#assertSound(own); // as RELEASE SAVEPOINT fails in a failed transaction
      return null;
    } catch (thrown) {
      if (!this.#isReachable()) throw (own.failure = away()); // nobody is there to go back to the savepoint
      Object.assign(own, { layers, topics, failure: null });
      return { thrown };
    }
  }

  /** From here on nothing may be asked in the transaction; it is committed or undone when its work returns. */
  conclude(tx: Transaction, holds: boolean): void {
    this.#call(tx, () => undefined);
    (tx as MemoryTransaction).concluded = holds ? "committed" : "undone"; // as in #call
  }

  close(): void {
    this.#stop();
    this.notices.close();
  }

  async #once<T>(tx: MemoryTransaction, work: (tx: MemoryTransaction) => Promise<T>): Promise<T> {
    try {
      if (!this.#isReachable()) throw away();
      const result = await work(tx);
      if (tx.failure !== null) throw new Error("The transaction was not committed: one of its statements had failed and the failure was passed over.", { cause: tx.failure });
      if (tx.concluded !== "undone") this.#commit(tx);
      return result;
    } finally {
      tx.isOpen = false;
    }
  }

  #commit(tx: MemoryTransaction): void {
    if (!this.#isReachable()) throw away();
    this.#faults.beforeCommit?.();
    this.database.commit(tx);
    this.#faults.afterCommit?.();
  }

  #call<T>(tx: Transaction | undefined, work: (tx: MemoryTransaction | undefined) => T): T {
    const own = tx as MemoryTransaction | undefined; // opened by a store on this database; there is no other kind beside it
    if (own !== undefined && (!own.isOpen || own.concluded !== null)) throw new Error("The transaction has ended.");
    if (own !== undefined) this.#assertSound(own);
    try {
      if (!this.#isReachable()) throw away();
      return work(own);
    } catch (error) {
      if (own !== undefined && isFailedStatement(error)) own.failure = error;
      throw error;
    }
  }

  #assertSound(tx: MemoryTransaction): void {
    if (tx.failure !== null) throw Object.assign(new Error("The transaction has failed and can only be undone.", { cause: tx.failure }), { code: "25P02" });
  }

  #isReachable(): boolean {
    return this.#faults.isReachable?.() ?? true;
  }

  /** A notice that cannot arrive means a lost connection: its waiters read again, as they do when LISTEN is cut. */
  #heard(topics: ReadonlySet<string>): void {
    if (!this.#isReachable()) this.notices.wakeAll();
    else for (const topic of topics) this.notices.arrived(topic);
  }
}

/** What the database refused fails the transaction; what our own rules refused leaves it sound. */
const isFailedStatement = (error: unknown): error is Error => error instanceof Error && !(error instanceof ControlPlaneError);

/** As PostgreSQL refuses a second row with the same key. */
export function duplicate(table: string, key: string): Error {
  return Object.assign(new Error(`duplicate key value violates unique constraint "${table}_pkey": ${key}`), { code: "23505" });
}

function after(ms: number, then: () => void, { clock }: MemoryDatabase): () => void {
  const callOff = new AbortController();
  clock.sleep(ms, callOff.signal).then(then, () => undefined);
  return () => callOff.abort(new Error("no longer waited for"));
}
