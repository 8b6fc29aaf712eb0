// Change notices: writers call `notify` in their transaction, waiters sleep on one LISTEN connection per
// process. A notice is only a hint to read again: while the connection is away, waiters wake every second.
import type { Pool, PoolClient } from "pg";
import { type NoticeTime, Notices } from "../notices.ts";
import type { ChangeWatch, Transaction } from "../port.ts";
import { type Database, statement } from "./database.ts";

export const CHANNEL = "cynosure_change";
const RECONNECT_MS = 250;

const systemTime: NoticeTime = {
  nowMs: () => performance.now(),
  after(ms, then) {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
};

const notifySql = statement("notify", `select pg_notify('${CHANNEL}', topic) from unnest($1::text[]) as topic`);

export class Changes {
  readonly #pool: Pool;
  readonly #database: Database;
  readonly #notices = new Notices({ time: systemTime, isConnected: () => this.#connection !== null });
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
    connection.on("notification", (message) => this.#notices.arrived(message.payload ?? ""));
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
    this.#notices.wakeAll();
  }

  /** Sent when the transaction commits; without one, at once. */
  async notify(topics: readonly string[], tx?: Transaction): Promise<void> {
    if (topics.length > 0) await this.#database.run(notifySql, [topics], tx);
  }

  wait(topic: string, timeoutMsMax: number, signal?: AbortSignal): Promise<void> {
    return this.#notices.wait(topic, timeoutMsMax, signal);
  }

  watch(topic: string): ChangeWatch {
    return this.#notices.watch(topic);
  }

  hear(listener: (topic: string | null) => void): () => void {
    return this.#notices.hear(listener);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#notices.close();
    const connection = this.#connection;
    this.#connection = null;
    connection?.removeAllListeners("notification");
    connection?.release(true);
    await Promise.resolve();
  }

  #lost(connection: PoolClient): void {
    if (this.#connection !== connection) return;
    this.#connection = null;
    connection.release(true);
    this.#notices.wakeAll();
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
