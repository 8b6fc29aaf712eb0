// Control planes as processes of their own (the real program, rung d) on one database and one data directory,
// with what a test needs to hurt them: signals for each, a PostgreSQL it may stop, and looks from outside, at
// the database, the simulated world and the ARM endpoint. Nothing of the processes' inside is reached for.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { listControlPlanes, openInstallation, startEmbeddedPostgres, stopEmbeddedPostgres } from "@cynosure/machine";
import type { ControlPlaneRecord, EmbeddedPostgres } from "@cynosure/machine";
import { installationId } from "@cynosure/model";
import { openPool } from "@cynosure/resource-store";

const root = new URL("../..", import.meta.url).pathname;
const main = join(root, "apps", "controlplane", "src", "main.ts");
/** As often as the public limits let one client ask for ever (25 reads a second), so that waiting is never part of what is measured. */
const POLL_MS = 50;
const READY_MS_MAX = 60_000;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Null when it was not JSON. */
  readonly body: Readonly<Record<string, unknown>> | null;
}

export interface LogEntry {
  readonly event: string;
  readonly [fact: string]: unknown;
}

export class ControlPlane {
  readonly name: string;
  readonly child: ChildProcess;
  readonly record: ControlPlaneRecord;
  readonly ended: Promise<number | null>;
  readonly #logPath: string;
  readonly #agent: Agent;
  #token: string | null = null;

  constructor(name: string, child: ChildProcess, record: ControlPlaneRecord, ended: Promise<number | null>, logPath: string) {
    this.name = name;
    this.child = child;
    this.record = record;
    this.ended = ended;
    this.#logPath = logPath;
    this.#agent = new Agent({ keepAlive: true, ca: readFileSync(record.caPath) });
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    process.kill(this.pid, signal);
    if (signal === "SIGKILL" || signal === "SIGTERM") await this.ended;
  }

  log(event: string): readonly LogEntry[] {
    return readFileSync(this.#logPath, "utf8").split("\n").flatMap((line) => {
      if (!line.startsWith("{")) return [];
      const entry = JSON.parse(line) as LogEntry; // written by the control plane's log
      return entry.event === event ? [entry] : [];
    });
  }

  logText(): string {
    return readFileSync(this.#logPath, "utf8");
  }

  async arm(method: string, path: string, body?: unknown): Promise<Answer> {
    this.#token ??= await this.#signIn();
    const text = body === undefined ? "" : JSON.stringify(body);
    const headers = { authorization: `Bearer ${this.#token}`, ...(body === undefined ? {} : { "content-type": "application/json" }) };
    for (;;) {
      const answer = await this.#send(method, `${path}?api-version=2026-12-01`, text, headers);
      // Polling at this pace goes over the public limits; every client waits when it is told to, and nothing was done.
      if (answer.status !== 429) return answer;
      await sleep(Number(answer.headers["retry-after"]) * 1_000);
    }
  }

  async #signIn(): Promise<string> {
    const credentials = JSON.parse(readFileSync(join(this.record.caPath, "..", "..", "credentials.json"), "utf8")) as { clientId: string; clientSecret: string }; // written by the control plane
    const form = new URLSearchParams({ grant_type: "client_credentials", client_id: credentials.clientId, client_secret: credentials.clientSecret, scope: `${this.record.url}/.default` });
    const { body } = await this.#send("POST", "/adfs/oauth2/token", form.toString(), { "content-type": "application/x-www-form-urlencoded" });
    return String(body?.["access_token"]);
  }

  #send(method: string, path: string, text: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const outgoing = request(new URL(path, this.record.url), { method, agent: this.#agent, timeout: 20_000, headers: { ...headers, "content-length": String(Buffer.byteLength(text)) } }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parse(Buffer.concat(chunks).toString("utf8")) }));
      });
      outgoing.on("timeout", () => outgoing.destroy(new Error(`${this.name} did not answer ${method} ${path} in time`)));
      outgoing.on("error", reject);
      outgoing.end(text);
    });
  }
}

function parse(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>; // callers check the fields they name
  } catch {
    return null;
  }
}

/** What a look at the simulated world shows, as far as the test asks. */
export interface WorldCluster {
  readonly executorEpoch: number;
  readonly hosts: Readonly<Record<string, { readonly startedAtMs: number }>>;
  readonly endpoints: readonly { readonly name: string }[];
}

export class Rig {
  readonly dir = mkdtempSync(join(tmpdir(), "cynosure-two-"));
  readonly home = join(this.dir, "home");
  readonly #isEmbedded: boolean;
  readonly #settings = { dataDir: join(this.dir, "database"), installationId: installationId("7e577e57"), logFile: join(this.dir, "database.log") };
  #postgres: EmbeddedPostgres | null = null;
  #pool: ReturnType<typeof openPool> | null = null;
  #started = 0;
  readonly #all: ControlPlane[] = [];

  constructor(kind: "oneDatabase" | "embedded") {
    this.#isEmbedded = kind === "embedded";
    openInstallation({ homeDir: this.home });
  }

  async startDatabase(): Promise<void> {
    this.#postgres = await startEmbeddedPostgres({ ...this.#settings, ...(this.#postgres === null ? {} : { port: this.#postgres.connection.port }) });
  }

  /** `stop` is PostgreSQL's own fast shutdown, `kill` the SIGKILL of its first process. */
  async endDatabase(how: "stop" | "kill"): Promise<void> {
    if (this.#postgres === null) throw new Error("the database was never started");
    if (how === "stop") await this.#postgres.stop();
    else process.kill(this.#postgres.process.pid, "SIGKILL");
  }

  async query<Row extends Record<string, unknown>>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    // It connects again by itself; what it says of a database we have just ended is no news.
    this.#pool ??= openPool(this.#postgres?.url ?? "", { connectionsMax: 2, applicationName: "test" });
    return (await this.#pool.query<Row>(text, [...values])).rows;
  }

  async startControlPlane(): Promise<ControlPlane> {
    const name = `control-plane-${(this.#started += 1)}`;
    const logPath = join(this.dir, `${name}.log`);
    const log = openSync(logPath, "a");
    const env = { ...process.env, ...(this.#isEmbedded ? {} : { DATABASE_URL: this.#postgres?.url ?? "" }) };
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main, "--data-dir", this.home, "--rung", "d"], { cwd: "/", env, stdio: ["ignore", log, log, "ipc"] });
    closeSync(log);
    const ended = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
    const ready = new Promise<void>((resolve, reject) => {
      child.on("message", (message) => {
        if (typeof message === "object" && message !== null && "kind" in message && message.kind === "ready") resolve();
      });
      void ended.then((code) => reject(new Error(`${name} ended with ${code} while starting:\n${readFileSync(logPath, "utf8").slice(-4_000)}`)));
    });
    await within(READY_MS_MAX, `${name} to be ready`, ready);
    child.disconnect();
    const record = listControlPlanes(this.home).find((each) => each.pid === child.pid);
    if (record === undefined) throw new Error(`${name} is ready but left no record`);
    const controlPlane = new ControlPlane(name, child, record, ended, logPath);
    this.#all.push(controlPlane);
    return controlPlane;
  }

  /** The record clients go to first. */
  leaderName(): string {
    return (JSON.parse(readFileSync(join(this.home, "control-plane.json"), "utf8")) as ControlPlaneRecord).processName; // written by the control plane
  }

  world(): Readonly<Record<string, WorldCluster>> {
    return (JSON.parse(readFileSync(join(this.home, "simulated-world.json"), "utf8")) as { clusters: Record<string, WorldCluster> }).clusters; // written by the simulated world
  }

  worldText(): string {
    return readFileSync(join(this.home, "simulated-world.json"), "utf8");
  }

  /** Of the PostgreSQL that the product itself runs. */
  embeddedPid(): number {
    return Number(readFileSync(join(this.home, "postgres", "postmaster.pid"), "utf8").split("\n")[0]);
  }

  async close(): Promise<void> {
    for (const each of this.#all) if (each.isAlive) await each.kill("SIGKILL");
    await this.#pool?.end();
    await this.#postgres?.stop();
    await stopEmbeddedPostgres(join(this.home, "postgres"));
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Polls a condition; the bound is for a loaded machine unless it is the promise under test. */
export async function eventually<T>(what: string, msMax: number, look: () => Promise<T | null>): Promise<T> {
  const deadline = performance.now() + msMax;
  for (;;) {
    const seen = await look();
    if (seen !== null) return seen;
    if (performance.now() > deadline) throw new Error(`waited ${msMax} ms for ${what}`);
    await sleep(POLL_MS);
  }
}

async function within<T>(msMax: number, what: string, work: Promise<T>): Promise<T> {
  const over = new AbortController();
  try {
    return await Promise.race([work, sleep(msMax, undefined, { signal: over.signal }).then(() => Promise.reject(new Error(`waited ${msMax} ms for ${what}`)))]);
  } finally {
    over.abort();
  }
}
