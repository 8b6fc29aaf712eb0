// The pool, transactions and named prepared statements of the PostgreSQL adapter. Statements are named so
// that PostgreSQL parses each once per connection (twice the read rate). Statements that are asked for together
// are sent together: in a transaction they run in the order of asking, so only those whose answer
// decides about the next one have to be waited for. No table is named here.
import type { Writable } from "node:stream";
import { Pool } from "pg";
import type { ClientBase, PoolClient, QueryResult, QueryResultRow } from "pg";
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
  /** From its end on nothing may be asked in it: the connection is somebody else's. */
  isOpen: boolean;
  /** Under way before its work has returned (`commitWith`). */
  commit?: Promise<QueryResult>;
  /** Its last statement has undone it on purpose, and its work goes on to say so. */
  isUndone?: boolean;
}

/** The connection under a transaction of this adapter, for those who must write in it (the workflow enqueuer). */
export function transactionClient(tx: Transaction): ClientBase {
  if (!("client" in tx)) throw new TypeError("This transaction was not opened by the PostgreSQL store.");
  const own = tx as PostgresTransaction; // checked by the line above; the adapter opens no other kind
  if (!own.isOpen) throw new Error("The transaction has ended: something went on in it that nobody waited for.");
  return own.client;
}

/** Its last statement has undone it on purpose: its work returns and nothing was done. */
export function undone(tx: Transaction): void {
  (tx as PostgresTransaction).isUndone = true; // the adapter opens no other kind
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
    // One that nobody needed for so long is given back: each costs PostgreSQL 3 to 8 MiB.
    idleTimeoutMillis: 10_000,
    connectionTimeoutMillis: 30_000,
    // A statement is sent without waiting for the answer to the one before it.
    pipeline: true,
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

/** What is asked of one connection in one turn leaves in one write: each write costs about as much as a statement. */
function gatherWrites(client: ClientBase): void {
  // Not in the library's types; a client without it just writes more often.
  const stream = (client as unknown as { readonly connection?: { readonly stream?: Writable } }).connection?.stream;
  if (stream === undefined || stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

export class Database {
  readonly pool: Pool;

  constructor(pool: Pool) {
    this.pool = pool;
  }

  async query<Row extends QueryResultRow>(what: Statement, values: readonly unknown[], tx?: Transaction): Promise<readonly Row[]> {
    return (await this.#ask<Row>(what, values, tx)).rows;
  }

  /** Number of rows the statement touched. */
  async run(what: Statement, values: readonly unknown[], tx?: Transaction): Promise<number> {
    return (await this.#ask(what, values, tx)).rowCount ?? 0;
  }

  #ask<Row extends QueryResultRow>(what: Statement, values: readonly unknown[], tx?: Transaction): Promise<QueryResult<Row>> {
    const config = { name: what.name, text: what.text, values: [...values] };
    if (tx === undefined) return coded(this.pool.query<Row>(config));
    const client = transactionClient(tx);
    gatherWrites(client);
    return coded(client.query<Row>(config));
  }

  /** Runs `work` in one transaction; it may run again after a deadlock, so it keeps no state of its own outside. */
  async transaction<T>(work: (tx: PostgresTransaction) => Promise<T>): Promise<T> {
    return coded(repeatably(() => this.#once(work)));
  }

  /** Joins the caller's transaction when there is one. */
  async within<T>(tx: Transaction | undefined, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return tx === undefined ? this.transaction(work) : work(tx);
  }

  /** `last` asks for all that is left to ask in the transaction before it returns; the commit goes to the database with it. A statement that fails undoes the
   *  transaction, as one that is waited for does; what `last` makes of that failure is its answer. */
  async commitWith<T>(tx: Transaction, last: () => Promise<T>): Promise<T> {
    const client = transactionClient(tx);
    const own = tx as PostgresTransaction; // as transactionClient has checked
    const answer = last();
    own.isOpen = false;
    own.commit = client.query("commit");
    // Waited for, also when the answer is a failure: only then is the connection free. How it ended is judged at the transaction's end.
    await Promise.allSettled([answer, own.commit]);
    return answer;
  }

  async #once<T>(work: (tx: PostgresTransaction) => Promise<T>): Promise<T> {
    const client: PoolClient = await this.pool.connect();
    const tx: PostgresTransaction = { kind: "transaction", client, afterCommit: [], isOpen: true };
    let broken: Error | undefined;
    try {
      gatherWrites(client);
      const begun = client.query("begin");
      // Goes out with the first statement, which fails when this did.
      begun.catch(() => undefined);
      const result = await work(tx);
      tx.isOpen = false;
      await begun;
      const { command } = await (tx.commit ?? client.query("commit"));
      // PostgreSQL answers the commit of a failed transaction with a rollback, and with no error of its own.
      if (command !== "COMMIT" && tx.isUndone !== true) throw new Error("The transaction was not committed: one of its statements had failed and the failure was passed over.");
      if (tx.isUndone !== true) for (const then of tx.afterCommit) then();
      return result;
    } catch (error) {
      tx.isOpen = false;
      await (tx.commit ?? client.query("rollback")).catch((cause: unknown) => {
        broken = cause instanceof Error ? cause : new Error("rollback failed");
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }
}
