// The lease of one control plane: a session advisory lock under its executor id. The same connection hears
// that steps were queued and looks for dead peers, so one lost connection means one thing: we no longer
// own our work. What follows from that is decided by `onLost`.
import { Client } from "pg";
import { APPLICATION_VERSION, STEP_QUEUE, SYSTEM_SCHEMA, WAKE_CHANNEL } from "./step-workflow.ts";

const lockSql = "select pg_try_advisory_lock(hashtextextended($1, 7306482)) as locked";
const unlockSql = "select pg_advisory_unlock(hashtextextended($1, 7306482))";
const ownersSql = `select distinct executor_id from ${SYSTEM_SCHEMA}.workflow_status where status = 'PENDING' and queue_name = $1 and application_version = $2 and executor_id <> $3`;
const heldSql = `select workflow_uuid from ${SYSTEM_SCHEMA}.workflow_status where status = 'PENDING' and queue_name = $1 and executor_id = $2`;

/** A server that does not answer within this has lost us as surely as one that hung up. */
const ANSWER_MS_MAX = 10_000;

export interface LeaseEvents {
  readonly onLost: (reason: Error) => void;
  readonly onStepsQueued: () => void;
}

export class Lease {
  readonly executorId: string;
  readonly #client: Client;
  readonly #events: LeaseEvents;
  #state: "held" | "lost" | "released" = "held";

  private constructor(client: Client, executorId: string, events: LeaseEvents) {
    this.#client = client;
    this.executorId = executorId;
    this.#events = events;
    client.on("error", (error) => this.#lost(error));
    client.on("end", () => this.#lost(new Error("the database closed the connection")));
    client.on("notification", () => this.#events.onStepsQueued());
  }

  static async take(databaseUrl: string, executorId: string, events: LeaseEvents): Promise<Lease> {
    const client = new Client({
      connectionString: databaseUrl,
      keepAlive: true,
      keepAliveInitialDelayMillis: 2_000,
      connectionTimeoutMillis: 30_000,
      query_timeout: ANSWER_MS_MAX,
      application_name: `cynosure lease ${executorId}`,
    });
    await client.connect();
    const lease = new Lease(client, executorId, events);
    const { rows } = await client.query<{ locked: boolean }>(lockSql, [executorId]);
    if (rows[0]?.locked !== true) throw new Error(`Executor id ${executorId} is in use by another control plane: every process needs its own.`);
    await client.query(`listen ${WAKE_CHANNEL}`);
    return lease;
  }

  get isHeld(): boolean {
    return this.#state === "held";
  }

  /**
   * Runs `takeOver` for every executor that has begun steps and whose lock is free, holding its lock meanwhile.
   * Also the heartbeat: no answer means the lease is lost.
   */
  async visitDeadPeers(takeOver: (executorId: string, workflowIds: readonly string[]) => Promise<void>): Promise<void> {
    const { rows } = await this.#ask<{ executor_id: string }>(ownersSql, [STEP_QUEUE, APPLICATION_VERSION, this.executorId]);
    for (const { executor_id: peer } of rows) {
      const attempt = await this.#ask<{ locked: boolean }>(lockSql, [peer]);
      if (attempt.rows[0]?.locked !== true) continue;
      try {
        const held = await this.#ask<{ workflow_uuid: string }>(heldSql, [STEP_QUEUE, peer]);
        await takeOver(peer, held.rows.map((row) => row.workflow_uuid));
      } finally {
        await this.#ask(unlockSql, [peer]);
      }
    }
  }

  async release(): Promise<void> {
    if (this.#state === "held") this.#state = "released";
    await this.#client.end().catch(() => undefined);
  }

  async #ask<Row extends Record<string, unknown>>(text: string, values: unknown[]): Promise<{ readonly rows: Row[] }> {
    try {
      return await this.#client.query<Row>(text, values);
    } catch (cause) {
      const error = new Error("the database does not answer", { cause });
      this.#lost(error);
      throw error;
    }
  }

  #lost(reason: Error): void {
    if (this.#state !== "held") return;
    this.#state = "lost";
    const message = `This control plane lost its lease (${reason.message}): it stops, and another one goes on with its steps.`;
    this.#events.onLost(new Error(message, { cause: reason }));
  }
}
