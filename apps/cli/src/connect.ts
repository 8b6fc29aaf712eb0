// Makes an Arm from the SDK: finds the control plane (nearest data directory, else what `login` stored),
// signs in with client credentials, trusts exactly the given certificate, and gives errors an exit code.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { ArmError, OperationCaller, cliVerbs } from "@cynosure/sdk";
import type { OperationId } from "@cynosure/sdk";
import type { Arm, ArmScope } from "./arm.ts";
import type { Credentials } from "./data-dir.ts";
import { credentialsFrom, findDataDir, parseObject, readControlPlaneRecord, readCredentials } from "./data-dir.ts";
import { CommandError, ExitCode, exitCodeForStatus } from "./exit-code.ts";

const SIGN_IN_TIMEOUT_MS_MAX = 15_000;
/** A token is asked for anew this long before it ends. */
const TOKEN_MARGIN_MS = 60_000;

export interface Connection {
  readonly endpoint: string;
  /** Certificate to trust; null: those of the machine. */
  readonly caPem: string | null;
  readonly credentials: Credentials;
  readonly scope: ArmScope;
  /** Set when it was found there: should this control plane end, another one of the directory is gone to. */
  readonly dataDir?: string;
}

/** What commands talk to, and why when there is nothing. */
export function findConnection(from: string): Connection {
  const dataDir = findDataDir(from);
  if (dataDir !== null) return connectionOf(dataDir);
  const stored = readLogin();
  if (stored !== null) return stored;
  throw new CommandError(ExitCode.unreachable, 'no control plane is known here; start one with "cynosure up", or sign in to one with "cynosure login --endpoint URL --client-id ID --client-secret SECRET"');
}

export function connectionOf(dataDir: string): Connection {
  const record = readControlPlaneRecord(dataDir);
  if (record === null) throw new CommandError(ExitCode.unreachable, `no control plane ever ran on ${dataDir}; start one with "cynosure up"`);
  return {
    endpoint: record.url,
    caPem: readFileSync(record.caPath, "utf8"),
    credentials: readCredentials(dataDir),
    scope: { subscriptionId: record.subscriptionId, resourceGroupName: record.resourceGroup, location: record.location },
    dataDir,
  };
}

export const loginPath = (): string => join(process.env["XDG_CONFIG_HOME"] ?? join(homedir(), ".config"), "cynosure", "login.json");

export function writeLogin(connection: Connection): string {
  const path = loginPath();
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const { endpoint, caPem, credentials, scope } = connection;
  writeFileSync(path, `${JSON.stringify({ endpoint, caPem, ...credentials, ...scope })}\n`, { mode: 0o600 });
  return path;
}

function readLogin(): Connection | null {
  const path = loginPath();
  if (!existsSync(path)) return null;
  const credentials = credentialsFrom(path);
  const { endpoint, caPem, subscriptionId, resourceGroupName, location } = parseObject(path);
  if (typeof endpoint !== "string" || typeof subscriptionId !== "string" || typeof resourceGroupName !== "string" || typeof location !== "string") {
    throw new CommandError(ExitCode.unreachable, `${path} is not complete; run "cynosure login" again`);
  }
  return { endpoint, caPem: typeof caPem === "string" ? caPem : null, credentials, scope: { subscriptionId, resourceGroupName, location } };
}

interface Token {
  readonly token: string;
  readonly expiresOnTimestamp: number;
}

/** OAuth 2.0 client credentials at the built-in issuer. */
export async function signIn(connection: Connection): Promise<Token> {
  const form = new URLSearchParams({ grant_type: "client_credentials", client_id: connection.credentials.clientId, client_secret: connection.credentials.clientSecret, scope: `${connection.endpoint}/.default` });
  const answer = await post(new URL("/adfs/oauth2/token", connection.endpoint), form.toString(), connection.caPem);
  const value: unknown = parseOrNull(answer.text);
  if (typeof value !== "object" || value === null) throw new CommandError(ExitCode.unreachable, `${connection.endpoint} answered ${answer.status} to a sign-in, without a token; is this a control plane?`);
  if ("access_token" in value && typeof value.access_token === "string") {
    const lifetimeSeconds = "expires_in" in value && typeof value.expires_in === "number" ? value.expires_in : 300;
    return { token: value.access_token, expiresOnTimestamp: Date.now() + lifetimeSeconds * 1000 };
  }
  const reason = "error_description" in value && typeof value.error_description === "string" ? value.error_description : `status ${answer.status}`;
  throw new CommandError(ExitCode.unreachable, `signing in to ${connection.endpoint} failed: ${reason}`, { code: "AuthenticationFailed" });
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // not JSON: the caller says so
  }
}

function post(url: URL, body: string, caPem: string | null): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const away = (cause: Error): void => reject(new CommandError(ExitCode.unreachable, `${url.origin} does not answer (${cause.message}); is the control plane running? "cynosure up" starts it`, { cause }));
    const outgoing = request(url, { method: "POST", timeout: SIGN_IN_TIMEOUT_MS_MAX, headers: { "content-type": "application/x-www-form-urlencoded", "content-length": Buffer.byteLength(body) }, ...(caPem === null ? {} : { ca: caPem }) }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }));
      response.on("error", away);
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error("no answer in time")));
    outgoing.on("error", away);
    outgoing.end(body);
  });
}

export function connect(connection: Connection): Arm {
  let line = openLine(connection);
  const sendAny: Arm["sendAny"] = async (id, params, body, headers) => {
    try {
      return await sendOnce(line.caller, id, params, body, headers);
    } catch (error) {
      const known = asCommandError(error, line.connection.endpoint);
      const other = isGone(known) ? findOther(line.connection) : null;
      if (other === null) throw known;
      line = openLine(other);
      // What only reads is asked again at once; whether a write arrived, the one who wrote must look.
      if (!isRead(id)) throw known;
      return sendOnce(line.caller, id, params, body, headers).catch((second: unknown) => Promise.reject(asCommandError(second, other.endpoint)));
    }
  };
  return {
    get endpoint() {
      return line.connection.endpoint;
    },
    scope: connection.scope,
    sendAny,
    // The wire types of an operation's answer are those of the contract; the server checks its own answers.
    send: async (id, params, body) => (await sendAny(id, params, body, {})) as never,
    items: (id, params, options) => itemsOf(line, id, params, options),
    token: async () => (await line.currentToken()).token,
  };
}

/** All from one control plane: half a list from each of two is none. */
async function* itemsOf({ caller, connection }: Line, id: OperationId, params: Readonly<Record<string, string>>, options: { readonly pageSizeMax: number; readonly filter?: string }): AsyncGenerator<unknown> {
  try {
    yield* caller.list<unknown>(id, params, options);
  } catch (error) {
    throw asCommandError(error, connection.endpoint);
  }
}

interface Line {
  readonly connection: Connection;
  readonly caller: OperationCaller;
  readonly currentToken: () => Promise<Token>;
}

function openLine(connection: Connection): Line {
  let token: Token | null = null;
  const currentToken = async (): Promise<Token> => {
    if (token === null || token.expiresOnTimestamp - Date.now() < TOKEN_MARGIN_MS) token = await signIn(connection);
    return token;
  };
  const caller = new OperationCaller({
    endpoint: connection.endpoint,
    subscriptionId: connection.scope.subscriptionId,
    credential: { getToken: currentToken },
    credentialScopes: `${connection.endpoint}/.default`,
    userAgentPrefix: "cynosure-cli/0.1.0",
    retryOptions: { maxRetries: 2, retryDelayInMs: 200 },
    ...(connection.caPem === null ? {} : { tlsOptions: { ca: connection.caPem } }),
  });
  return { connection, caller, currentToken };
}

/** Nobody answered at all; a refusal has a status. */
const isGone = (error: unknown): boolean => error instanceof CommandError && error.exitCode === ExitCode.unreachable && error.httpStatus === undefined && error.code !== "AuthenticationFailed";

/** Another control plane of the same data directory that lives. */
function findOther({ dataDir, endpoint }: Connection): Connection | null {
  if (dataDir === undefined) return null;
  const found = connectionOf(dataDir);
  return found.endpoint === endpoint ? null : found;
}

const isRead = (id: OperationId): boolean => ["show", "list", "exists"].includes(kinds.get(id)?.verb ?? "");

const kinds = new Map(cliVerbs.map((verb) => [verb.operationId, verb]));

async function sendOnce(caller: OperationCaller, id: OperationId, params: Readonly<Record<string, string>>, body: unknown, headers: Readonly<Record<string, string>>): Promise<{ body: unknown; operationId: string | null }> {
  const kind = kinds.get(id);
  if (kind?.longRunning === true) {
    const poller = caller.begin<unknown>(id, params, body, { headers });
    await poller.submitted();
    return { body: undefined, operationId: operationIn(await poller.serialize()) };
  }
  if (kind?.pageable === true) {
    const value: unknown[] = [];
    for await (const item of caller.list<unknown>(id, params, { headers })) value.push(item);
    return { body: { value }, operationId: null };
  }
  if (kind?.verb === "exists") return { body: await caller.exists(id, params, { headers }), operationId: null };
  return { body: await caller.call<unknown>(id, params, body, { headers }), operationId: null };
}

/** The poller knows the operation's name after its first poll; where it will poll it knows at once. Null when there is nothing to wait for. */
function operationIn(serialized: string): string | null {
  return /\/operation(?:Statuses|Results)\/([^/?"]+)/i.exec(serialized)?.[1] ?? null;
}

function asCommandError(error: unknown, endpoint: string): unknown {
  if (error instanceof CommandError) return error;
  if (error instanceof ArmError) {
    const status = error.statusCode;
    const details = error.details.filter((detail) => detail.message !== error.message).map((detail) => `\n  ${detail.target === undefined ? "" : `${detail.target}: `}${detail.message}`);
    return new CommandError(status === undefined ? ExitCode.failed : exitCodeForStatus(status), error.message + details.join(""), { code: error.code, target: error.target, ...(status === undefined ? {} : { httpStatus: status }), cause: error });
  }
  // The transport's own errors (refused, reset, not trusted) carry a code and no status.
  if (error instanceof Error && "code" in error && typeof error.code === "string" && !(error instanceof TypeError)) {
    return new CommandError(ExitCode.unreachable, `${endpoint} does not answer (${error.message}); is the control plane running? "cynosure up" starts it`, { code: error.code, cause: error });
  }
  return error;
}
