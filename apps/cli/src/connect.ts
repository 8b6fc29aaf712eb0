// Makes an Arm from the SDK: finds the control plane (nearest data directory, else what `login` stored),
// signs in as it says there, trusts exactly the given certificate, and gives errors an exit code.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { ArmError, OperationCaller, cliVerbs } from "@cynosure/sdk";
import type { OperationId } from "@cynosure/sdk";
import type { Arm, ArmScope } from "./arm.ts";
import { credentialsFrom, findDataDir, parseObject, readControlPlaneRecord, readCredentials } from "./data-dir.ts";
import { CommandError, ExitCode, exitCodeForStatus } from "./exit-code.ts";
import { signIn } from "./sign-in.ts";
import type { SignInTarget, Token } from "./sign-in.ts";

/** A token is asked for anew this long before it ends. */
const TOKEN_MARGIN_MS = 60_000;

export interface Connection extends SignInTarget {
  readonly scope: ArmScope;
  /** Set when it was found there: should this control plane end, another one of the directory is gone to. */
  readonly dataDir?: string;
  /** Of the data directory it was found in. */
  readonly installationId?: string;
}

/** What commands talk to, and why when there is nothing. */
export function findConnection(from: string): Connection {
  const dataDir = findDataDir(from);
  const stored = readLogin();
  if (dataDir !== null) {
    const own = connectionOf(dataDir);
    // Whoever signed in to this installation acts as that principal, also where the directory's own secret could be read.
    return stored !== null && stored.installationId === own.installationId ? { ...own, credentials: stored.credentials } : own;
  }
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
    installationId: record.installationId,
  };
}

export const loginPath = (): string => join(process.env["XDG_CONFIG_HOME"] ?? join(homedir(), ".config"), "cynosure", "login.json");

export function writeLogin(connection: Connection): string {
  const path = loginPath();
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const { endpoint, caPem, credentials, scope, installationId } = connection;
  // Removed first: a file that is there would keep the mode it has.
  rmSync(path, { force: true });
  writeFileSync(path, `${JSON.stringify({ endpoint, caPem, ...credentials, ...scope, installationId })}\n`, { mode: 0o600 });
  return path;
}

/** From here on the data directory's own principal is meant; what was remembered for other endpoints stays. */
export function forgetLogin(from: string): void {
  const dataDir = findDataDir(from);
  const stored = readLogin();
  if (dataDir !== null && stored?.installationId !== undefined && stored.installationId === connectionOf(dataDir).installationId) rmSync(loginPath());
}

function readLogin(): Connection | null {
  const path = loginPath();
  if (!existsSync(path)) return null;
  const { endpoint, caPem, subscriptionId, resourceGroupName, location, token, expiresOnTimestamp, installationId } = parseObject(path);
  const credentials = typeof token === "string" && typeof expiresOnTimestamp === "number" ? { token, expiresOnTimestamp } : credentialsFrom(path);
  if (typeof endpoint !== "string" || typeof subscriptionId !== "string" || typeof resourceGroupName !== "string" || typeof location !== "string") {
    throw new CommandError(ExitCode.unreachable, `${path} is not complete; run "cynosure login" again`);
  }
  return { endpoint, caPem: typeof caPem === "string" ? caPem : null, credentials, scope: { subscriptionId, resourceGroupName, location }, ...(typeof installationId === "string" ? { installationId } : {}) };
}

export function connect(connection: Connection): Arm {
  const lines = openLines(connection);
  const sendAny: Arm["sendAny"] = (id, params, body, headers) => lines.send(isRead(id), (caller) => sendOnce(caller, id, params, body, headers));
  return {
    get endpoint() {
      return lines.current().connection.endpoint;
    },
    scope: connection.scope,
    sendAny,
    // The wire types of an operation's answer are those of the contract; the server checks its own answers.
    send: async (id, params, body) => (await sendAny(id, params, body, {})) as never,
    items: (id, params, options) => itemsOf(lines.current(), id, params, options),
    token: async () => (await lines.current().currentToken()).token,
  };
}

/** The control plane that is spoken to, and another one of its data directory should it end. */
export interface Lines {
  current(): Line;
  /** What only reads is asked again at once; whether a write arrived, the one who wrote must look. */
  send<T>(isRead: boolean, work: (caller: OperationCaller) => Promise<T>): Promise<T>;
}

export function openLines(connection: Connection): Lines {
  let line = openLine(connection);
  return {
    current: () => line,
    send: async (isReading, work) => {
      try {
        return await work(line.caller);
      } catch (error) {
        const known = asCommandError(error, line.connection.endpoint);
        const other = isGone(known) ? findOther(line.connection) : null;
        if (other === null) throw known;
        line = openLine(other);
        if (!isReading) throw known;
        return work(line.caller).catch((second: unknown) => Promise.reject(asCommandError(second, other.endpoint)));
      }
    },
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

export interface Line {
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
function findOther({ dataDir, endpoint, credentials }: Connection): Connection | null {
  // A person's token is of one control plane.
  if (dataDir === undefined || "token" in credentials) return null;
  const found = connectionOf(dataDir);
  return found.endpoint === endpoint ? null : { ...found, credentials };
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
export function operationIn(serialized: string): string | null {
  return /\/operation(?:Statuses|Results)\/([^/?"]+)/i.exec(serialized)?.[1] ?? null;
}

export function asCommandError(error: unknown, endpoint: string): unknown {
  if (error instanceof CommandError) return error;
  if (error instanceof ArmError) {
    const status = error.statusCode;
    const details = error.details.filter((detail) => !error.message.includes(detail.message)).map((detail) => `\n  ${detail.target === undefined ? "" : `${detail.target}: `}${detail.message}`);
    return new CommandError(status === undefined ? ExitCode.failed : exitCodeForStatus(status), error.message + details.join(""), { code: error.code, target: error.target, ...(status === undefined ? {} : { httpStatus: status }), cause: error });
  }
  // The transport's own errors (refused, reset, not trusted) carry a code and no status.
  if (error instanceof Error && "code" in error && typeof error.code === "string" && !(error instanceof TypeError)) {
    return new CommandError(ExitCode.unreachable, `${endpoint} does not answer (${error.message}); is the control plane running? "cynosure up" starts it`, { code: error.code, cause: error });
  }
  return error;
}
