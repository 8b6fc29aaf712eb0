// The product under soak: a real control-plane process on the simulated rung with its own PostgreSQL, in a data
// directory of its own, and a client that signs in as the CLI does.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { request } from "node:https";
import { CynosureClient } from "@cynosure/sdk";
import { openInstallation, startEmbeddedPostgres, type Installation } from "@cynosure/machine";
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
  readonly troubles: readonly string[];
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
  const child = spawn(process.execPath, [join(checkoutDir, "apps", "controlplane", "src", "main.ts"), "--data-dir", dataDir, "--rung", "d", "--own-hosts"], { env: { ...process.env, CYNOSURE_HOME: dataDir, DATABASE_URL: "" }, stdio: ["ignore", "pipe", "pipe"] });
  const troubles: string[] = [];
  const said = followLog(child, join(dataDir, "soak-control-plane.log"), troubles);
  await untilReady(child, said.ready);
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
    troubles,
    ended: gone.then(() => `the control plane ended with ${child.exitCode ?? child.signalCode}: ${said.last()}`),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS_MAX);
      await gone;
      clearTimeout(late);
    },
  };
}

async function untilReady(child: ChildProcess, ready: Promise<void>): Promise<void> {
  const late = AbortSignal.timeout(READY_TIMEOUT_MS_MAX);
  await Promise.race([
    ready,
    once(child, "exit", { signal: late }).then(() => {
      throw new Error("the control plane ended before it was ready");
    }),
  ]).catch((error: unknown) => {
    child.kill("SIGTERM");
    throw error;
  });
}

/** Keeps the log on disk, not here: what grows must be the product, not its judge. */
function followLog(child: ChildProcess, path: string, troubles: string[]): { readonly ready: Promise<void>; readonly last: () => string } {
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  const file = createWriteStream(path);
  let last = "";
  const follow = (stream: NodeJS.ReadableStream | null): void => {
    if (stream === null) return;
    createInterface({ input: stream }).on("line", (line) => {
      last = line;
      file.write(`${line}\n`);
      if (/"(?:event|what|message)":"ready"|"ready"/.test(line)) resolve();
      if (/"error"|"unhandled rejection"/.test(line) && troubles.length < 100) troubles.push(line.slice(0, 500));
    });
  };
  follow(child.stdout);
  follow(child.stderr);
  return { ready, last: () => last };
}

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
