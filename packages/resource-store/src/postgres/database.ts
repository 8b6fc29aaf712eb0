// The pool, transactions and named prepared statements of the PostgreSQL adapter. Statements are named so
// that PostgreSQL parses each once per connection (twice the read rate). No table is named here.
import { Pool } from "pg";
import type { ClientBase, PoolClient, QueryResultRow } from "pg";
import type { Transaction } from "../port.ts";
import { repeatably } from "../rules/transaction-attempts.ts";

/** One statement: the name is its identity on every connection, so a name is used for one text only. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

export const statement = (name: string, text: string): Statement => ({ name: `cyn.${name}`, text });

/** The adapter's own transaction: the port shows only `kind`. */
export interface PostgresTransaction extends Transaction {
  readonly client: ClientBase;
  /** Run after COMMIT returned, never after a rollback. */
  readonly afterCommit: (() => void)[];
}

/** The connection under a transaction of this adapter, for those who must write in it (the workflow enqueuer). */
export function transactionClient(tx: Transaction): ClientBase {
  if (!("client" in tx)) throw new TypeError("This transaction was not opened by the PostgreSQL store.");
  return (tx as PostgresTransaction).client; // checked by the line above; the adapter opens no other kind
}

export interface PoolOptions {
  readonly connectionsMax?: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string;
  readonly onError?: (error: Error) => void;
}

/** A pool whose lost connections are reported, never thrown at random: the next query reconnects. */
export function openPool(databaseUrl: string, options: PoolOptions = {}): Pool {
  const pool = new Pool({
    connectionString: databaseUrl,
    max: options.connectionsMax ?? 20,
    keepAlive: true,
    idleTimeoutMillis: 60_000,
    connectionTimeoutMillis: 30_000,
    application_name: options.applicationName ?? "cynosure",
  });
  const report = options.onError ?? ((): void => undefined);
  pool.on("error", report);
  pool.on("connect", (client) => client.on("error", report));
  return pool;
}

/** What the client library says, without a code, when a connection ended under a question. */
const LOST = /^(Connection terminated|Client has encountered a connection error|Client was closed|Query read timeout|timeout expired)/;
const CONNECTION_FAILURE = "08006";

/** A lost connection carries SQL's own code for it, so that callers tell a database that is away from a fault of ours. */
async function coded<T>(question: Promise<T>): Promise<T> {
  try {
    return await question;
  } catch (error) {
    if (!(error instanceof Error) || "code" in error || !LOST.test(error.message)) throw error;
    throw Object.assign(new Error(error.message, { cause: error }), { code: CONNECTION_FAILURE });
  }
}

export class Database {
  readonly pool: Pool;

  constructor(pool: Pool) {
    this.pool = pool;
  }

  async query<Row extends QueryResultRow>(what: Statement, values: readonly unknown[], tx?: Transaction): Promise<readonly Row[]> {
    const config = { name: what.name, text: what.text, values: [...values] };
    const result = tx === undefined ? await coded(this.pool.query<Row>(config)) : await coded(transactionClient(tx).query<Row>(config));
    return result.rows;
  }

  /** Number of rows the statement touched. */
  async run(what: Statement, values: readonly unknown[], tx?: Transaction): Promise<number> {
    const config = { name: what.name, text: what.text, values: [...values] };
    const result = tx === undefined ? await coded(this.pool.query(config)) : await coded(transactionClient(tx).query(config));
    return result.rowCount ?? 0;
  }

  /** Runs `work` in one transaction; it may run again after a deadlock, so it keeps no state of its own outside. */
  async transaction<T>(work: (tx: PostgresTransaction) => Promise<T>): Promise<T> {
    return coded(repeatably(() => this.#once(work)));
  }

  /** Joins the caller's transaction when there is one. */
  async within<T>(tx: Transaction | undefined, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return tx === undefined ? this.transaction(work) : work(tx);
  }

  async #once<T>(work: (tx: PostgresTransaction) => Promise<T>): Promise<T> {
    const client: PoolClient = await this.pool.connect();
    let broken: Error | undefined;
    try {
      await client.query("begin");
      const tx: PostgresTransaction = { kind: "transaction", client, afterCommit: [] };
      const result = await work(tx);
      const { command } = await client.query("commit");
      // PostgreSQL answers the commit of a failed transaction with a rollback, and with no error of its own.
      if (command !== "COMMIT") throw new Error("The transaction was not committed: one of its statements had failed and the failure was passed over.");
      for (const then of tx.afterCommit) then();
      return result;
    } catch (error) {
      await client.query("rollback").catch((cause: unknown) => {
        broken = cause instanceof Error ? cause : new Error("rollback failed");
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }
}
