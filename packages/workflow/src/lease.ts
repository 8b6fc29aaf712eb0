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
/** A peer whose session is there but has asked nothing for this long is stopped or hung: it would hold its steps for ever. */
export const SILENT_MS_MAX = 8_000;
/** Longer without a look of ours, and it may have been us who slept. */
const LOOK_MS_MAX = 3_000;
const END_SESSION_MS_MAX = 2_000;

const LEASE_NAME = "cynosure lease ";
/** What `openPool` is to be told: a takeover ends the sessions of the process that is gone. */
export const sessionNameOf = (processName: string): string => `cynosure ${processName}`;
/** A process takes a new executor id for each lease: its own name, a dot and a number. */
const processOf = (executorId: string): string => executorId.replace(/\.\d+$/, "");

const peersSql = `select pid, substr(application_name, ${LEASE_NAME.length + 1}) as executor_id, coalesce(state_change, backend_start)::text as asked_at
  from pg_stat_activity where datname = current_database() and usename = current_user and application_name like '${LEASE_NAME}%' and pid <> pg_backend_pid()`;
const endSessionSql = `select pg_terminate_backend($1, ${END_SESSION_MS_MAX})`;
// A process that holds another lease by now is alive and knows that it lost this one.
const endProcessSql = `select pg_terminate_backend(s.pid, ${END_SESSION_MS_MAX}) from pg_stat_activity s
  where s.datname = current_database() and s.usename = current_user and s.application_name = $1 and s.pid <> pg_backend_pid()
  and not exists (select 1 from pg_stat_activity l where l.datname = s.datname and (l.application_name = $2 or l.application_name like $2 || '.%'))`;

export interface LeaseEvents {
  readonly onLost: (reason: Error) => void;
  readonly onStepsQueued: () => void;
  /** A peer was silent for too long and its lease has been ended. */
  readonly onPeerSilent?: (executorId: string) => void;
}

export class Lease {
  readonly executorId: string;
  readonly #client: Client;
  readonly #events: LeaseEvents;
  #state: "held" | "lost" | "released" = "held";
  /** When each peer was last seen to have asked something, by our own clock. */
  #heard = new Map<string, { readonly askedAt: string; readonly atMs: number }>();
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #asked: Promise<unknown> = Promise.resolve();
  #confirming: Promise<void> | null = null;

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
      application_name: `${LEASE_NAME}${executorId}`,
    });
    await client.connect();
    const lease = new Lease(client, executorId, events);
    try {
      const { rows } = await client.query<{ locked: boolean }>(lockSql, [executorId]);
      if (rows[0]?.locked !== true) throw new Error(`Executor id ${executorId} is in use by another control plane: every process needs its own.`);
      await client.query(`listen ${WAKE_CHANNEL}`);
      return lease;
    } catch (error) {
      await lease.release();
      throw error;
    }
  }

  get isHeld(): boolean {
    return this.#state === "held";
  }

  /** An answer proves that the session, and with it the lock, was there when it was given. */
  confirm(): Promise<void> {
    // All who ask before the next question is put share its answer: it is younger than whatever they read before.
    this.#confirming ??= this.#asked.then(async () => {
      this.#confirming = null;
      if (!this.isHeld) throw new Error("the lease is lost");
      await this.#ask("select 1", []);
    });
    return this.#confirming;
  }

  /**
   * Runs `takeOver` for every executor that has begun steps and whose lock is free, holding its lock meanwhile.
   * Also the heartbeat: no answer means the lease is lost.
   */
  async visitDeadPeers(takeOver: (executorId: string, workflowIds: readonly string[]) => Promise<void>): Promise<void> {
    await this.#endSilentPeers();
    const { rows } = await this.#ask<{ executor_id: string }>(ownersSql, [STEP_QUEUE, APPLICATION_VERSION, this.executorId]);
    for (const { executor_id: peer } of rows) {
      const attempt = await this.#ask<{ locked: boolean }>(lockSql, [peer]);
      if (attempt.rows[0]?.locked !== true) continue;
      try {
        // Whatever it has under way in the database ends here: a stopped process may hold the very rows we need.
        await this.#ask(endProcessSql, [sessionNameOf(processOf(peer)), `${LEASE_NAME}${processOf(peer)}`]);
        const held = await this.#ask<{ workflow_uuid: string }>(heldSql, [STEP_QUEUE, peer]);
        await takeOver(peer, held.rows.map((row) => row.workflow_uuid));
      } finally {
        await this.#ask(unlockSql, [peer]);
      }
    }
  }

  /** The lock of a process that stands still is not free; its session has to go first. */
  async #endSilentPeers(): Promise<void> {
    const { rows } = await this.#ask<{ pid: number; executor_id: string; asked_at: string }>(peersSql, []);
    const nowMs = performance.now();
    const hasSlept = nowMs - this.#lookedAtMs > LOOK_MS_MAX;
    this.#lookedAtMs = nowMs;
    const heard = new Map(rows.map((peer) => {
      const before = this.#heard.get(peer.executor_id);
      return [peer.executor_id, !hasSlept && before?.askedAt === peer.asked_at ? before : { askedAt: peer.asked_at, atMs: nowMs }];
    }));
    this.#heard = heard;
    for (const peer of rows) {
      if (nowMs - (heard.get(peer.executor_id)?.atMs ?? nowMs) < SILENT_MS_MAX) continue;
      await this.#ask(endSessionSql, [peer.pid]);
      this.#events.onPeerSilent?.(peer.executor_id);
    }
  }

  async release(): Promise<void> {
    if (this.#state === "held") this.#state = "released";
    await this.#client.end().catch(() => undefined);
  }

  /** One question at a time: the connection has no queue of its own. */
  #ask<Row extends Record<string, unknown>>(text: string, values: unknown[]): Promise<{ readonly rows: Row[] }> {
    const answer = this.#asked.then(() => this.#query<Row>(text, values));
    this.#asked = answer.catch(() => undefined);
    return answer;
  }

  async #query<Row extends Record<string, unknown>>(text: string, values: unknown[]): Promise<{ readonly rows: Row[] }> {
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
