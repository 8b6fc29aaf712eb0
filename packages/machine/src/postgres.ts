// The embedded PostgreSQL of one installation: made once, started or adopted, stopped. It runs in its own
// session and survives the control plane; the next control plane adopts it by its postmaster.pid.
// Not here: DATABASE_URL (the composition root decides), schema (resource-store).
import { chownSync, existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import type { InstallationId } from "@cynosure/model";
import { withExclusive } from "./exclusive.ts";
import { checkSocketPath } from "./installation.ts";
import { choosePostgresRunner, locatePostgres } from "./postgres-binaries.ts";
import type { PostgresRunner } from "./postgres-binaries.ts";
import { identifyProcess, isProcessAlive, spawnDetached, stopProcess } from "./process.ts";
import type { ProcessIdentity } from "./process.ts";
import { runOrThrow } from "./run.ts";

export interface EmbeddedPostgresOptions {
  /** For example `.cynosure/postgres`; its parent must exist. The password is kept beside it in `<dataDir>.password`. */
  readonly dataDir: string;
  readonly installationId: InstallationId;
  readonly logFile: string;
  /** Listen on a unix socket in this directory instead of 127.0.0.1; at most 90 bytes. */
  readonly socketDir?: string;
  /** TCP port on 127.0.0.1; default: a free one, which an adopted server keeps. */
  readonly port?: number;
  /** Made when absent. */
  readonly database?: string;
  readonly connectionsMax?: number;
}

export interface PostgresConnection {
  /** 127.0.0.1, or the directory of the unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

export interface EmbeddedPostgres {
  readonly connection: PostgresConnection;
  /** Holds the password: never print it. */
  readonly url: string;
  readonly process: ProcessIdentity;
  /** It was running before us. */
  readonly adopted: boolean;
  readonly version: string;
  stop(): Promise<void>;
}

const USER = "cynosure";
const INITDB_ARGS = ["-U", USER, "-A", "scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-instructions"];
const START_TIMEOUT_MS_MAX = 60_000;
/** Longer than the 15 s for which orphans of a killed postmaster were seen to hold its lock. */
const RESTART_TIMEOUT_MS_MAX = 30_000;
const UNIX_SOCKET_PORT = 5432;

/** Starts the installation's PostgreSQL, or adopts the one already running on this data directory. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  if (options.socketDir !== undefined) checkSocketPath(join(options.socketDir, `.s.PGSQL.${UNIX_SOCKET_PORT}`));
  const binaries = locatePostgres();
  const dataDir = join(realpathSync(dirname(options.dataDir)), basename(options.dataDir));
  return withExclusive(dataDir, { timeoutMsMax: START_TIMEOUT_MS_MAX }, async () => {
    const password = readOrCreatePassword(dataDir);
    const running = readPostmaster(dataDir);
    if (running !== null) return connect(await waitUntilReady(dataDir, running.process, options.logFile), password, options, true);
    const runner = await choosePostgresRunner(binaries, dirname(dataDir));
    if (!existsSync(join(dataDir, "PG_VERSION"))) await initialise(runner, dataDir, password);
    return connect(await startServer(runner, dataDir, options), password, options, false);
  });
}

/** Stops the PostgreSQL of a data directory whoever started it. True when one was running. */
export async function stopEmbeddedPostgres(dataDir: string): Promise<boolean> {
  const running = existsSync(dataDir) ? readPostmaster(realpathSync(dataDir)) : null;
  if (running === null) return false;
  // SIGINT is PostgreSQL's fast shutdown: sessions end, everything is flushed.
  await stopProcess(running.process, { signal: "SIGINT", timeoutMsMax: 30_000 });
  return true;
}

function readOrCreatePassword(dataDir: string): string {
  const file = `${dataDir}.password`;
  if (existsSync(file)) return readFileSync(file, "utf8").trim();
  if (existsSync(join(dataDir, "PG_VERSION"))) throw new Error(`${file} is missing but ${dataDir} exists: restore the file, or start with --fresh to forget the data`);
  const password = randomBytes(24).toString("base64url");
  writeFileSync(`${file}.new`, `${password}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return password;
}

async function initialise(runner: PostgresRunner, dataDir: string, password: string): Promise<void> {
  // Built aside and renamed: a data directory either is complete or is not there.
  const fresh = `${dataDir}.new`;
  const passwordFile = `${dataDir}.initial-password`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (runner.owner !== null) for (const path of [fresh, passwordFile]) chownSync(path, runner.owner.uid, runner.owner.gid);
  try {
    const { initdb } = runner.binaries;
    const [command = initdb, ...rest] = [...runner.prefix, initdb, ...INITDB_ARGS, "-D", fresh, `--pwfile=${passwordFile}`];
    await runOrThrow([command, ...rest], { cwd: "/" });
  } finally {
    rmSync(passwordFile, { force: true });
  }
  rmSync(dataDir, { recursive: true, force: true });
  renameSync(fresh, dataDir);
}

interface Postmaster {
  readonly process: ProcessIdentity;
  readonly port: number;
  readonly socketDir: string;
  readonly isReady: boolean;
}

/** The server that runs on this data directory. A stale file, or a pid now used by something else, is none. */
function readPostmaster(dataDir: string): Postmaster | null {
  let lines: string[];
  try {
    lines = readFileSync(join(dataDir, "postmaster.pid"), "utf8").split("\n");
  } catch {
    return null;
  }
  const pid = Number(lines[0]);
  const identity = Number.isInteger(pid) && pid > 0 ? identifyProcess(pid) : null;
  if (identity === null || !worksIn(pid, dataDir)) return null;
  return { process: identity, port: Number(lines[3]), socketDir: lines[4]?.trim() ?? "", isReady: lines[7]?.trim() === "ready" };
}

/** A postmaster's working directory is its data directory: that no other process imitates by accident. */
function worksIn(pid: number, dataDir: string): boolean {
  try {
    return realpathSync(`/proc/${pid}/cwd`) === realpathSync(dataDir);
  } catch {
    return false;
  }
}

async function startServer(runner: PostgresRunner, dataDir: string, options: EmbeddedPostgresOptions): Promise<Postmaster> {
  const deadline = performance.now() + RESTART_TIMEOUT_MS_MAX;
  for (;;) {
    // Left by a killed postmaster: readPostmaster found nobody behind it.
    rmSync(join(dataDir, "postmaster.pid"), { force: true });
    const port = options.socketDir === undefined ? (options.port ?? (await findFreePort())) : UNIX_SOCKET_PORT;
    const argv = [...runner.prefix, runner.binaries.postgres, "-D", dataDir, ...serverSettings(options, port)];
    const logStart = existsSync(options.logFile) ? statSync(options.logFile).size : 0;
    try {
      const [command = runner.binaries.postgres, ...rest] = argv;
      const identity = await spawnDetached({ argv: [command, ...rest], installationId: options.installationId, logFile: options.logFile });
      return await waitUntilReady(dataDir, identity, options.logFile);
    } catch (cause) {
      const said = readFileSync(options.logFile).subarray(logStart).toString("utf8").trim();
      // Orphans of a killed postmaster hold its shared memory for some seconds; a free port may be taken before we bind it.
      const mayPass = /lock file|shared memory|address already in use|could not (bind|create)/i.test(said);
      if (!mayPass || performance.now() >= deadline) throw new Error(`PostgreSQL did not start on ${dataDir}: ${said.split("\n").slice(-6).join("\n") || String(cause)}; its log is ${options.logFile}`, { cause });
      await sleep(500);
    }
  }
}

/** Small on purpose: one control plane of one machine, with every COMMIT still on disk before it returns. */
function serverSettings(options: EmbeddedPostgresOptions, port: number): string[] {
  const settings: Record<string, string> = {
    cluster_name: `cyn-${options.installationId}`,
    listen_addresses: options.socketDir === undefined ? "127.0.0.1" : "",
    unix_socket_directories: options.socketDir ?? "",
    unix_socket_permissions: "0700",
    port: String(port),
    max_connections: String(options.connectionsMax ?? 100),
    shared_buffers: "24MB",
    wal_buffers: "1MB",
    work_mem: "2MB",
    maintenance_work_mem: "32MB",
    max_wal_size: "256MB",
    min_wal_size: "32MB",
    wal_level: "minimal",
    max_wal_senders: "0",
    max_worker_processes: "2",
    max_parallel_workers: "0",
    max_parallel_workers_per_gather: "0",
    max_parallel_maintenance_workers: "0",
    autovacuum_max_workers: "1",
    autovacuum_worker_slots: "1",
    max_logical_replication_workers: "0",
    io_method: "sync",
    jit: "off",
    huge_pages: "off",
    synchronous_commit: "on",
    // A control plane that vanished without a word must lose its session locks soon.
    tcp_keepalives_idle: "5",
    tcp_keepalives_interval: "2",
    tcp_keepalives_count: "3",
    log_timezone: "UTC",
    timezone: "UTC",
    log_min_messages: "warning",
    log_checkpoints: "off",
  };
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (address !== null && typeof address === "object" ? resolve(address.port) : reject(new Error("no free port on 127.0.0.1"))));
    });
  });
}

async function waitUntilReady(dataDir: string, identity: ProcessIdentity, logFile: string): Promise<Postmaster> {
  const deadline = performance.now() + START_TIMEOUT_MS_MAX;
  for (;;) {
    const postmaster = readPostmaster(dataDir);
    if (postmaster?.isReady === true) return postmaster;
    if (!isProcessAlive(identity)) throw new Error(`the PostgreSQL process ended; its log is ${logFile}`);
    if (performance.now() >= deadline) throw new Error(`PostgreSQL is not ready after ${START_TIMEOUT_MS_MAX} ms; its log is ${logFile}`);
    await sleep(10);
  }
}

async function connect(postmaster: Postmaster, password: string, options: EmbeddedPostgresOptions, adopted: boolean): Promise<EmbeddedPostgres> {
  const database = options.database ?? "cynosure";
  const host = postmaster.socketDir === "" ? "127.0.0.1" : postmaster.socketDir;
  const connection: PostgresConnection = { host, port: postmaster.port, user: USER, password, database };
  const client = new Client({ ...connection, database: "postgres", connectionTimeoutMillis: 10_000 });
  await client.connect();
  let version: string;
  try {
    const known = await client.query<{ version: string; exists: boolean }>("select current_setting('server_version') as version, exists (select from pg_database where datname = $1) as exists", [database]);
    version = known.rows[0]?.version ?? "unknown";
    if (known.rows[0]?.exists !== true) await client.query(`create database ${client.escapeIdentifier(database)}`);
  } finally {
    await client.end();
  }
  const secret = encodeURIComponent(password);
  const url = postmaster.socketDir === "" ? `postgresql://${USER}:${secret}@127.0.0.1:${connection.port}/${database}` : `postgresql://${USER}:${secret}@${encodeURIComponent(host)}:${connection.port}/${database}`;
  return {
    connection,
    url,
    process: postmaster.process,
    adopted,
    version,
    stop: async () => {
      await stopProcess(postmaster.process, { signal: "SIGINT", timeoutMsMax: 30_000 });
    },
  };
}
