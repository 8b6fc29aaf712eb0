// Change notices: writers call `notify` in their transaction, waiters sleep on one LISTEN connection per
// process. A notice is only a hint to read again: while the connection is away, waiters wake every second.
import type { Pool, PoolClient } from "pg";
import type { Transaction } from "../port.ts";
import { type Database, statement } from "./database.ts";

export const CHANNEL = "cynosure_change";
/** Bound of one wait while notices cannot arrive. */
const POLL_MS = 1_000;
const RECONNECT_MS = 250;
/** A reader that looked just before the notice and waits just after it must not sleep through it. */
const RECENT_MS = 50;
const RECENT_DELAY_MS = 5;
const RECENT_TOPICS_MAX = 1_000;

const notifySql = statement("notify", `select pg_notify('${CHANNEL}', topic) from unnest($1::text[]) as topic`);

export class Changes {
  readonly #pool: Pool;
  readonly #database: Database;
  readonly #waiters = new Map<string, Set<() => void>>();
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
    for (const topic of [...this.#waiters.keys()]) this.#wake(topic);
  }

  /** Sent when the transaction commits; without one, at once. */
  async notify(topics: readonly string[], tx?: Transaction): Promise<void> {
    if (topics.length > 0) await this.#database.run(notifySql, [topics], tx);
  }

  async wait(topic: string, timeoutMsMax: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true || this.#isClosed || timeoutMsMax <= 0) return;
    const recent = performance.now() - (this.#recent.get(topic) ?? Number.NEGATIVE_INFINITY) < RECENT_MS;
    const bound = recent ? RECENT_DELAY_MS : this.#connection === null ? POLL_MS : timeoutMsMax;
    await new Promise<void>((resolve) => {
      const waiters = this.#waiters.get(topic) ?? new Set<() => void>();
      const finish = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", finish);
        waiters.delete(finish);
        if (waiters.size === 0 && this.#waiters.get(topic) === waiters) this.#waiters.delete(topic);
        resolve();
      };
      const timer = setTimeout(finish, Math.min(bound, timeoutMsMax));
      signal?.addEventListener("abort", finish, { once: true });
      waiters.add(finish);
      this.#waiters.set(topic, waiters);
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    for (const topic of [...this.#waiters.keys()]) this.#wake(topic);
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
    for (const waiter of [...(this.#waiters.get(topic) ?? [])]) waiter();
  }

  #lost(connection: PoolClient): void {
    if (this.#connection !== connection) return;
    this.#connection = null;
    connection.release(true);
    for (const topic of [...this.#waiters.keys()]) this.#wake(topic);
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
