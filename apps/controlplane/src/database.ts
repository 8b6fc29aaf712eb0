// The one database: the operator's by DATABASE_URL, else the embedded PostgreSQL of the data directory, which
// runs in a session of its own and outlives a killed control plane. The embedded one is watched: when its
// process is gone it is started again at the same address, a bounded number of times.
import { join } from "node:path";
import type { Installation } from "@cynosure/machine";
import { isProcessAlive, startEmbeddedPostgres } from "@cynosure/machine";
import type { EmbeddedPostgres, EmbeddedPostgresOptions } from "@cynosure/machine";
import type { Clock } from "@cynosure/model";
import type { Log } from "./log.ts";
import { describeError } from "./log.ts";

const LOOK_EVERY_MS = 250;
/** A database that ends this often within the window is broken; starting it again for ever would only hide that. */
const RESTARTS_MAX = 10;
const WINDOW_MS = 10 * 60_000;
const PAUSE_MS_MAX = 8_000;

export interface DatabaseHandle {
  /** Holds the password: never print it. */
  readonly url: string;
  readonly isEmbedded: boolean;
  /** Stops the embedded server; leaves a foreign one alone. */
  stop(): Promise<void>;
}

export interface DatabaseOptions {
  readonly databaseUrl: string | null;
  readonly installation: Installation;
  readonly clock: Clock;
  readonly log: Log;
  /** The embedded server does not stay up: nothing can be done without a person. */
  readonly onGivenUp: (reason: Error) => void;
}

export async function openDatabase(options: DatabaseOptions): Promise<DatabaseHandle> {
  const { databaseUrl, installation } = options;
  if (databaseUrl !== null) return { url: databaseUrl, isEmbedded: false, stop: async () => {} };
  const settings = { dataDir: installation.postgresDir, installationId: installation.id, logFile: join(installation.logsDir, "postgres.log"), database: "cynosure" };
  const postgres = await startEmbeddedPostgres(settings);
  const guard = new PostgresGuard(options, settings, postgres);
  return { url: postgres.url, isEmbedded: true, stop: () => guard.stop() };
}

class PostgresGuard {
  readonly #options: DatabaseOptions;
  readonly #settings: EmbeddedPostgresOptions;
  readonly #stopping = new AbortController();
  readonly #watching: Promise<void>;
  #postgres: EmbeddedPostgres;
  #startedAtMs: number[] = [];

  constructor(options: DatabaseOptions, settings: EmbeddedPostgresOptions, postgres: EmbeddedPostgres) {
    this.#options = options;
    this.#postgres = postgres;
    // Everybody connected knows this address.
    this.#settings = { ...settings, port: postgres.connection.port };
    this.#watching = this.#watch();
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error("the control plane stops"));
    await this.#watching;
    await this.#postgres.stop();
  }

  async #watch(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#stopping;
    for (;;) {
      await clock.sleep(LOOK_EVERY_MS, signal).catch(() => {}); // an aborted sleep only means stop
      if (signal.aborted) return;
      if (!isProcessAlive(this.#postgres.process) && !(await this.#startAgain())) return;
    }
  }

  /** False when it is given up. */
  async #startAgain(): Promise<boolean> {
    const { clock, log, onGivenUp } = this.#options;
    const { signal } = this.#stopping;
    const goneAtMs = clock.now();
    let last: unknown = new Error("it ended again and again");
    for (let pauseMs = LOOK_EVERY_MS; !signal.aborted; pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX)) {
      this.#startedAtMs = [...this.#startedAtMs.filter((atMs) => clock.now() - atMs < WINDOW_MS), clock.now()];
      if (this.#startedAtMs.length > RESTARTS_MAX) {
        onGivenUp(new Error(`the embedded PostgreSQL did not stay up: ${RESTARTS_MAX} starts within ${WINDOW_MS / 60_000} minutes; its log is ${this.#settings.logFile}`, { cause: last }));
        return false;
      }
      try {
        this.#postgres = await startEmbeddedPostgres(this.#settings);
        log("PostgreSQL was gone and runs again", { awayMs: clock.now() - goneAtMs, pid: this.#postgres.process.pid });
        return true;
      } catch (error) {
        last = error;
        log("PostgreSQL does not start", describeError(error));
        await clock.sleep(pauseMs, signal).catch(() => {}); // an aborted sleep only means stop
      }
    }
    return true;
  }
}
