// One HTTP request from its first byte to its answer: faults, prefixes and both forms of a last slash, sign-in, tenant, the
// operation, and the mark on every answer that says it is emulated.
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { dispatch, OPEN_PATHS } from "../operations/dispatch.ts";
import { authenticate, authorise } from "../sign-in/authenticate.ts";
import { notFound, ok, Refusal } from "./answer.ts";
import type { Answer } from "./answer.ts";
import type { Call, Principal, System } from "./call.ts";
import { control, CONTROL_PREFIX } from "./control.ts";
import type { Faults } from "./faults.ts";
import { openApiOf } from "./openapi.ts";
import { readBody } from "./read-body.ts";

/** Who asks before sign-in. */
const NOBODY: Principal = { username: "", userType: "SUPER_ADMIN", permissions: [] };
const VERSION = /^(?:v[1-7]|latest)$/;

export interface ListenerOptions {
  readonly system: System;
  readonly faults: Faults;
  readonly scheme: "http" | "https";
  readonly log: (line: string) => void;
}

export function createListener(options: ListenerOptions): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    void serve(options, request, response).catch((error: unknown) => {
      options.log(`${request.method ?? ""} ${request.url ?? ""}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      write(request, response, { status: 500, body: { detail: "The emulator itself failed: see its log." } });
    });
  };
}

async function serve(options: ListenerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const answer = await answerOf(options, request);
    if (answer === "drop") request.socket.destroy();
    else write(request, response, answer);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    write(request, response, error.answer);
  }
}

async function answerOf(options: ListenerOptions, request: IncomingMessage): Promise<Answer | "drop"> {
  const { system, faults } = options;
  const url = new URL(request.url ?? "/", "http://emulator");
  const { words, prefix } = wordsOf(url.pathname);
  const method = request.method === "HEAD" ? "GET" : (request.method ?? "GET");
  if (prefix === null) {
    if (words[0] !== CONTROL_PREFIX) throw notFound();
    return control(system, faults, { method, words: words.slice(1), body: await readBody(request) });
  }
  const path = `/${words.join("/")}/`;
  if (system.settings.delays.answerMs > 0) await sleep(system.settings.delays.answerMs);
  for (const fault of faults.takeForCall(method, path)) {
    if (fault.kind === "latency") await sleep(fault.latencyMs);
    else if (fault.kind === "drop") return "drop";
    else return { status: fault.status, body: { detail: "A fault on request." } };
  }
  const principal = OPEN_PATHS.has(words.join("/")) ? NOBODY : authenticate(system.store, request.headers.authorization, system.settings.nowMs());
  authorise(principal, method, words[0] ?? "login");
  if (words.length === 0) {
    if (method !== "GET" || url.searchParams.get("format") !== "openapi") throw notFound();
    return ok(openApiOf(system.document.facts));
  }
  const body = await readBody(request);
  const call: Call = { ...system, method, words, query: url.searchParams, body, base: `${options.scheme}://${request.headers.host ?? "localhost"}${prefix === "/api" ? "/api" : prefix}`, principal, tenant: tenantOf(system, request) };
  faults.enterCall(method, path);
  return dispatch(call);
}

/** `/api/latest/views/7` is `views`, `7` after `/api/latest`; null before what is outside the API. */
function wordsOf(pathname: string): { readonly words: readonly string[]; readonly prefix: string | null } {
  let words: readonly string[];
  try {
    words = pathname.split("/").filter((word) => word !== "").map(decodeURIComponent);
  } catch (cause) {
    throw new Refusal(400, { detail: `The path is not percent-encoded: ${cause instanceof Error ? cause.message : String(cause)}` });
  }
  const [first, second, ...rest] = words;
  if (first !== "api") return { words, prefix: null };
  return second !== undefined && VERSION.test(second) ? { words: rest, prefix: `/api/${second}` } : { words: words.slice(1), prefix: "/api" };
}

function tenantOf({ store }: System, request: IncomingMessage): Call["tenant"] {
  const name = request.headers["x-tenant-name"];
  if (typeof name !== "string" || name === "") return null;
  const row = store.rows("tenants").find((each) => each["name"] === name);
  if (row === undefined) throw new Refusal(400, { detail: `Tenant ${name} does not exist.` });
  return { id: Number(row.id), name };
}

function write(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  if (response.headersSent || response.destroyed) return;
  const text = answer.body === undefined ? "" : answer.contentType === undefined ? JSON.stringify(answer.body) : String(answer.body);
  const bytes = Buffer.from(text);
  const headers: Record<string, string | number> = { "x-emulated": "vms" };
  if (answer.body !== undefined) Object.assign(headers, { "content-type": answer.contentType ?? "application/json" });
  if (answer.status !== 204) headers["content-length"] = bytes.length;
  if (answer.status === 401) headers["www-authenticate"] = 'Basic realm="api"';
  response.writeHead(answer.status, headers);
  response.end(request.method === "HEAD" || answer.status === 204 ? undefined : bytes);
}
