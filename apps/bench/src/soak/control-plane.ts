// The product under soak: a real control-plane process on the simulated rung with its own PostgreSQL, in a data
// directory of its own, and a client that signs in as the CLI does.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { request } from "node:https";
import { CynosureClient } from "@cynosure/sdk";
import { CONTROL_PLANE_NODE_FLAGS, openInstallation, startEmbeddedPostgres, type Installation } from "@cynosure/machine";
import { checkoutDir } from "../cynosure-cli.ts";

const READY_TIMEOUT_MS_MAX = 120_000;
const STOP_TIMEOUT_MS_MAX = 60_000;

export interface SoakedControlPlane {
  readonly pid: number;
  readonly installation: Installation;
  readonly client: CynosureClient;
  readonly scope: { readonly resourceGroup: string; readonly location: string };
  /** Of its PostgreSQL; holds the password. */
  readonly databaseUrl: string;
  /** Lines the process logged as errors. */
  readonly troubles: () => readonly string[];
  /** Resolves with what it said last should it end on its own. */
  readonly ended: Promise<string>;
  /** As an orderly stop does. */
  stop(): Promise<void>;
}

interface Announced {
  readonly url: string;
  readonly caPath: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly location: string;
}

export async function startControlPlane(dataDir: string): Promise<SoakedControlPlane> {
  const logsDir = join(dataDir, "logs");
  mkdirSync(logsDir, { recursive: true, mode: 0o700 });
  const logPath = join(logsDir, "control-plane.log");
  const log = openSync(logPath, "a", 0o600);
  // As `cynosure up` starts it.
  const main = join(checkoutDir, "apps", "controlplane", "src", "main.ts");
  const child = spawn(process.execPath, [...CONTROL_PLANE_NODE_FLAGS, main, "--data-dir", dataDir, "--rung", "d", "--own-hosts"], { env: { ...process.env, CYNOSURE_HOME: dataDir, DATABASE_URL: "" }, stdio: ["ignore", log, log, "ipc"] });
  closeSync(log);
  await untilReady(child, logPath);
  const installation = openInstallation({ homeDir: dataDir, makesRuntimeDir: false });
  // Adopts the server that runs there; it goes on when we end.
  const postgres = await startEmbeddedPostgres({ dataDir: installation.postgresDir, installationId: installation.id, logFile: join(installation.logsDir, "postgres.log"), database: "cynosure" });
  // Written by the control plane; these fields are its contract.
  const announced = JSON.parse(readFileSync(installation.controlPlaneFile, "utf8")) as Announced;
  const gone = once(child, "exit");
  return {
    pid: child.pid ?? 0,
    installation,
    client: connect(announced, dataDir),
    scope: { resourceGroup: announced.resourceGroup, location: announced.location },
    databaseUrl: postgres.url,
    troubles: () => troublesIn(logPath),
    ended: gone.then(() => `the control plane ended with ${child.exitCode ?? child.signalCode}: ${lastLine(logPath)}`),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS_MAX);
      await gone;
      clearTimeout(late);
    },
  };
}

async function untilReady(child: ChildProcess, logPath: string): Promise<void> {
  const ready = Promise.withResolvers<void>();
  child.on("message", (message) => {
    if (typeof message === "object" && message !== null && "kind" in message && message.kind === "ready") ready.resolve();
  });
  child.once("exit", () => ready.reject(new Error(`the control plane ended before it was ready: ${lastLine(logPath)}`)));
  const late = setTimeout(() => ready.reject(new Error(`the control plane was not ready after ${READY_TIMEOUT_MS_MAX} ms: ${lastLine(logPath)}`)), READY_TIMEOUT_MS_MAX);
  try {
    await ready.promise;
  } catch (error) {
    child.kill("SIGTERM");
    throw error;
  } finally {
    clearTimeout(late);
  }
}

const lines = (logPath: string): readonly string[] => readFileSync(logPath, "utf8").trimEnd().split("\n");
const lastLine = (logPath: string): string => lines(logPath).at(-1) ?? "";
/** Requests that were refused are the client's affair and show as failed turns. */
const troublesIn = (logPath: string): readonly string[] => lines(logPath).filter((line) => /"event":"(?:error|unhandled rejection|given up|failed)"/.test(line)).map((line) => line.slice(0, 500));

function connect(announced: Announced, dataDir: string): CynosureClient {
  const ca = readFileSync(announced.caPath, "utf8");
  // Written by the control plane, for clients on this machine.
  const { clientId, clientSecret } = JSON.parse(readFileSync(join(dataDir, "credentials.json"), "utf8")) as { clientId: string; clientSecret: string };
  const form = new URLSearchParams({ grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret, scope: `${announced.url}/.default` }).toString();
  let held: { readonly token: string; readonly expiresOnTimestamp: number } | null = null;
  const getToken = async (): Promise<{ token: string; expiresOnTimestamp: number }> => {
    if (held === null || held.expiresOnTimestamp - Date.now() < 60_000) held = await signIn(new URL("/adfs/oauth2/token", announced.url), form, ca);
    return held;
  };
  return new CynosureClient({ endpoint: announced.url, subscriptionId: announced.subscriptionId, credential: { getToken }, credentialScopes: `${announced.url}/.default`, tlsOptions: { ca }, retryOptions: { maxRetries: 0 } });
}

function signIn(url: URL, form: string, ca: string): Promise<{ readonly token: string; readonly expiresOnTimestamp: number }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: "POST", ca, headers: { "content-type": "application/x-www-form-urlencoded" } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        // Shape of RFC 6749; anything else leaves the token undefined and the next call refused.
        const answer = JSON.parse(Buffer.concat(chunks).toString("utf8")) as { access_token?: string; expires_in?: number };
        if (answer.access_token === undefined) reject(new Error(`signing in failed with status ${response.statusCode}`));
        else resolve({ token: answer.access_token, expiresOnTimestamp: Date.now() + (answer.expires_in ?? 300) * 1_000 });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(form);
  });
}
