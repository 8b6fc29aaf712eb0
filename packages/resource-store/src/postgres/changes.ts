// Change notices: writers call `notify` in their transaction, waiters sleep on one LISTEN connection per
// process. A notice is only a hint to read again: while the connection is away, waiters wake every second.
import type { Pool, PoolClient } from "pg";
import type { ChangeWatch, Transaction } from "../port.ts";
import { type Database, statement } from "./database.ts";

export const CHANNEL = "cynosure_change";
/** Bound of one wait while notices cannot arrive. */
const POLL_MS = 1_000;
const RECONNECT_MS = 250;
/** A reader without a watch that looked just before the notice and waits just after it should not sleep through it. */
const RECENT_MS = 50;
const RECENT_DELAY_MS = 5;
const RECENT_TOPICS_MAX = 1_000;

const notifySql = statement("notify", `select pg_notify('${CHANNEL}', topic) from unnest($1::text[]) as topic`);

export class Changes {
  readonly #pool: Pool;
  readonly #database: Database;
  readonly #waiters = new Map<string, Set<() => void>>();
  readonly #watches = new Map<string, Set<() => void>>();
  readonly #recent = new Map<string, number>();
  #connection: PoolClient | null = null;
  #retry: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(database: Database) {
    this.#database = database;
    this.#pool = database.pool;
  }

  async open(): Promise<void> {
    const connection = await this.#pool.connect();
    const lost = (): void => this.#lost(connection);
    connection.on("error", lost);
    connection.on("end", lost);
    connection.on("notification", (message) => this.#arrived(message.payload ?? ""));
    try {
      await connection.query(`listen ${CHANNEL}`);
    } catch (error) {
      connection.release(true);
      throw error;
    }
    if (this.#isClosed) {
      connection.release(true);
      return;
    }
    this.#connection = connection;
    // Whatever was missed while away: let everybody read again.
    this.#wakeAll();
  }

  /** Sent when the transaction commits; without one, at once. */
  async notify(topics: readonly string[], tx?: Transaction): Promise<void> {
    if (topics.length > 0) await this.#database.run(notifySql, [topics], tx);
  }

  wait(topic: string, timeoutMsMax: number, signal?: AbortSignal): Promise<void> {
    const recent = performance.now() - (this.#recent.get(topic) ?? Number.NEGATIVE_INFINITY) < RECENT_MS;
    return this.#sleep(topic, recent ? Math.min(RECENT_DELAY_MS, timeoutMsMax) : timeoutMsMax, signal);
  }

  watch(topic: string): ChangeWatch {
    let isChanged = false;
    const mark = (): void => {
      isChanged = true;
    };
    const forget = add(this.#watches, topic, mark);
    return {
      wait: async (timeoutMsMax, signal) => {
        if (!isChanged) await this.#sleep(topic, timeoutMsMax, signal);
        isChanged = false;
      },
      close: forget,
    };
  }

  async #sleep(topic: string, timeoutMsMax: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true || this.#isClosed || timeoutMsMax <= 0) return;
    const bound = this.#connection === null ? Math.min(POLL_MS, timeoutMsMax) : timeoutMsMax;
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", finish);
        forget();
        resolve();
      };
      const timer = setTimeout(finish, bound);
      signal?.addEventListener("abort", finish, { once: true });
      const forget = add(this.#waiters, topic, finish);
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#wakeAll();
    const connection = this.#connection;
    this.#connection = null;
    connection?.removeAllListeners("notification");
    connection?.release(true);
    await Promise.resolve();
  }

  #arrived(topic: string): void {
    this.#recent.delete(topic);
    this.#recent.set(topic, performance.now());
    if (this.#recent.size > RECENT_TOPICS_MAX) {
      const oldest = this.#recent.keys().next();
      if (oldest.done !== true) this.#recent.delete(oldest.value);
    }
    this.#wake(topic);
  }

  #wake(topic: string): void {
    for (const listener of [...(this.#watches.get(topic) ?? []), ...(this.#waiters.get(topic) ?? [])]) listener();
  }

  #wakeAll(): void {
    for (const topic of new Set([...this.#watches.keys(), ...this.#waiters.keys()])) this.#wake(topic);
  }

  #lost(connection: PoolClient): void {
    if (this.#connection !== connection) return;
    this.#connection = null;
    connection.release(true);
    this.#wakeAll();
    this.#reopenLater();
  }

  #reopenLater(): void {
    if (this.#isClosed) return;
    this.#retry = setTimeout(() => {
      this.open().catch(() => this.#reopenLater());
    }, RECONNECT_MS);
    this.#retry.unref();
  }
}

type Listeners = Map<string, Set<() => void>>;

/** Answers how to take the listener away again. */
function add(listeners: Listeners, topic: string, listener: () => void): () => void {
  const ofTopic = listeners.get(topic) ?? new Set<() => void>();
  ofTopic.add(listener);
  listeners.set(topic, ofTopic);
  return () => {
    ofTopic.delete(listener);
    if (ofTopic.size === 0 && listeners.get(topic) === ofTopic) listeners.delete(topic);
  };
}
