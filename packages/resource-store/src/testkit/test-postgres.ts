// One throw-away PostgreSQL per test process, on a unix socket in a temporary directory. It dies with the
// process that started it, also when that one is killed. The production launcher is in `machine`; only where
// the binaries are is asked of it.
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { locatePostgres } from "@cynosure/machine";
import { Client } from "pg";

const run = promisify(execFile);
const USER = "test";
const START_TIMEOUT_MS_MAX = 30_000;

export interface TestPostgres {
  /** Makes a database of its own, empty or as a copy of one that nobody is connected to, and answers its URL. */
  createDatabase(template?: string): Promise<string>;
  stop(): Promise<void>;
}

/** PostgreSQL refuses root: a user namespace in which we are nobody needs no other account and no chown. */
const asOrdinaryUser = (): readonly string[] =>
  process.getuid?.() === 0 ? ["unshare", "--user", "--map-user=65534", "--map-group=65534"] : [];

/** Where the kernel can do it, PostgreSQL is told to stop at once when we are gone. */
const dyingWithUs = (): readonly string[] => (process.platform === "linux" && existsSync("/usr/bin/setpriv") ? ["setpriv", "--pdeathsig", "QUIT"] : []);

const PREFIX = "cynosure-pg-";
const OWNER_FILE = "owner.pid";

/** A killed test run cannot tidy up after itself: the next one does. */
function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    try {
      const directory = join(tmpdir(), name);
      if (!isAlive(Number(readFileSync(join(directory, OWNER_FILE), "utf8")))) rmSync(directory, { recursive: true, force: true });
    } catch {
      // Not ours, or another run removes it right now.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function waitUntilReady(dataDir: string, log: () => string): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS_MAX;
  for (;;) {
    const pidFile = join(dataDir, "postmaster.pid");
    if (existsSync(pidFile) && readFileSync(pidFile, "utf8").split("\n")[7]?.trim() === "ready") return;
    if (performance.now() > deadline) throw new Error(`The test PostgreSQL did not start: ${log()}`);
    await sleep(10);
  }
}

// Nothing here outlives the process, so nothing is synced; the tests kill processes, not the machine.
const SETTINGS = ["fsync=off", "full_page_writes=off", "listen_addresses=", "max_connections=200", "shared_buffers=32MB", "jit=off", "io_method=sync", "autovacuum=off"];

export async function startTestPostgres(): Promise<TestPostgres> {
  removeAbandoned();
  const directory = mkdtempSync(join(tmpdir(), PREFIX));
  writeFileSync(join(directory, OWNER_FILE), String(process.pid));
  const dataDir = join(directory, "data");
  const { initdb: initdbPath, postgres } = locatePostgres();
  const [initdb = "", ...initdbArguments] = [...asOrdinaryUser(), initdbPath, "-D", dataDir, "-U", USER, "-A", "trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"];
  await run(initdb, initdbArguments, { cwd: "/" });
  const settings = [...SETTINGS, `unix_socket_directories=${directory}`].flatMap((setting) => ["-c", setting]);
  const [command = "", ...commandArguments] = [...asOrdinaryUser(), ...dyingWithUs(), postgres, "-D", dataDir, ...settings];
  const server = spawn(command, commandArguments, { cwd: "/", stdio: ["ignore", "ignore", "pipe"], detached: true });
  let log = "";
  server.stderr.on("data", (chunk: Buffer) => (log = `${log}${chunk.toString("utf8")}`.slice(-4_000)));
  server.unref();
  if ("unref" in server.stderr && typeof server.stderr.unref === "function") server.stderr.unref();
  const stopNow = (): void => {
    server.kill("SIGQUIT");
  };
  process.once("exit", stopNow);
  await waitUntilReady(dataDir, () => log);
  const urlOf = (database: string): string => `postgresql://${USER}@${encodeURIComponent(directory)}:5432/${database}`;
  let made = 0;
  return {
    async createDatabase(template) {
      const name = `test_${(made += 1)}`;
      const client = new Client({ connectionString: urlOf("postgres") });
      await client.connect();
      try {
        await client.query(`create database ${name}${template === undefined ? "" : ` template ${new URL(template).pathname.slice(1)}`}`);
      } finally {
        await client.end();
      }
      return urlOf(name);
    },
    async stop() {
      process.off("exit", stopNow);
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.ref();
      if (server.exitCode === null && server.kill("SIGINT")) await ended;
      rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

let shared: Promise<TestPostgres> | null = null;

/** The one PostgreSQL of this test process, started on first use and gone with the process. */
export function sharedTestPostgres(): Promise<TestPostgres> {
  shared ??= startTestPostgres();
  return shared;
}
