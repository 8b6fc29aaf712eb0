// A stand-in for the control plane as the portal meets it: the built pages under the same policy, the session, the
// stream of changes, and the ARM API over data in memory. On loopback, for looking and for tests.
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { readFileSync } from "node:fs";
import path from "node:path";
import { randomBytes } from "node:crypto";
import { routes, validate } from "@cynosure/contract";
import type { HandlerRequest, OperationId, Route } from "@cynosure/contract";
import { MockError, mockWorld, ownerName } from "./mock-handlers.ts";
import type { MockContext, MockWorld } from "./mock-handlers.ts";
import { mockEngineAnswer } from "./mock-engine.ts";
import { subscriptionId } from "./mock-fleet.ts";

const dist = path.join(import.meta.dirname, "../../dist");
const types: Readonly<Record<string, string>> = { ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html; charset=utf-8" };
export const signInCode = "mock-code-mock-code-mock-code-mock-code-mok";

const policy = (nonce: string): string => `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; connect-src 'self'; img-src 'self' data:; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

export interface MockServer {
  readonly url: string;
  readonly world: MockWorld;
  /** As if somebody else had changed it. */
  readonly tell: (id: string) => void;
  close(): Promise<void>;
}

interface Compiled {
  readonly route: Route;
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

const compiled: readonly Compiled[] = routes.map((route) => ({
  route,
  names: [...route.path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? ""),
  pattern: new RegExp(`^${route.path.replace("/{scope}", "(.*)").replaceAll(/\{[^}]+\}/g, "([^/]+)")}$`, "i"),
}));

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer); // a request without encoding hands out buffers
  const text = Buffer.concat(chunks).toString("utf8");
  return text === "" ? undefined : JSON.parse(text);
}

function sendJson(response: ServerResponse, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { "content-type": "application/json", "x-ms-request-id": "mock-request", ...headers });
  response.end(body === undefined ? "" : JSON.stringify(body));
}

function sendPage(url: URL, response: ServerResponse): void {
  const name = url.pathname.replace(/^\/portal\/?/, "");
  const isFile = /\.[a-z]+$/.test(name) && !name.includes("..");
  const nonce = randomBytes(16).toString("base64");
  const text = readFileSync(path.join(dist, isFile ? name : "index.html"));
  const type = types[path.extname(isFile ? name : "index.html")] ?? "application/octet-stream";
  response.writeHead(200, { "content-type": type, "content-security-policy": policy(nonce) });
  response.end(isFile ? text : text.toString("utf8").replaceAll("__CSP_NONCE__", nonce));
}

async function sendAnswer(world: MockWorld, url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, cluster = "", rest = ""] = /\/providers\/Cynosure\.Storage\/clusters\/([^/]+)\/(.+)$/i.exec(url.pathname) ?? [];
  const ofEngine = rest === "" ? undefined : mockEngineAnswer(request.method ?? "", decodeURIComponent(cluster), rest.split("/").map(decodeURIComponent));
  if (ofEngine !== undefined) return sendJson(response, 200, ofEngine);
  const match = compiled.map((each) => ({ ...each, found: each.route.method === request.method ? each.pattern.exec(url.pathname) : null })).find(({ found }) => found !== null);
  if (match?.found === undefined || match.found === null) throw new MockError(404, "InvalidResourceType", `There is no ${request.method ?? ""} ${url.pathname}.`);
  const { operationId } = match.route;
  const body = await readBody(request);
  const [issue] = validate(operationId, body);
  if (issue !== undefined) throw new MockError(400, "InvalidRequestContent", issue.message, issue.target);
  const handler = world.handlers[operationId];
  if (handler === undefined) throw new MockError(501, "NotImplemented", `The mock does not know ${operationId}.`);
  const found = match.found;
  const params = Object.fromEntries(match.names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? "")]));
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  // The route names the handler and so its request; a union of all handlers cannot be called otherwise.
  const call = handler as (asked: HandlerRequest<OperationId, MockContext>) => Promise<{ readonly status: number; readonly body?: unknown }>;
  const answer = await call({ params, query: Object.fromEntries(url.searchParams), body, context: { headers } } as HandlerRequest<OperationId, MockContext>);
  sendJson(response, answer.status, answer.body);
}

interface Following {
  readonly streams: Set<ServerResponse>;
}

function follow({ streams }: Following, response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write("event: hello\ndata: {}\n\n");
  streams.add(response);
  response.on("close", () => streams.delete(response));
}

async function answerSession(sessions: Set<string>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const cookie = /mock-session=(\w+)/.exec(request.headers.cookie ?? "")?.[1] ?? "";
  if (request.method === "POST") {
    const body = (await readBody(request)) as { readonly code?: string } | undefined; // only compared
    if (body?.code !== signInCode) throw new MockError(401, "InvalidCode", "The code is not known, or it was used before. Open a fresh address from `cynosure portal`.");
    const made = randomBytes(8).toString("hex");
    sessions.add(made);
    response.writeHead(204, { "set-cookie": `mock-session=${made}; HttpOnly; SameSite=Strict; Path=/` }).end();
    return;
  }
  if (!sessions.has(cookie)) throw new MockError(401, "NotSignedIn", "Nobody is signed in.");
  if (request.method === "DELETE") {
    sessions.delete(cookie);
    response.writeHead(204).end();
    return;
  }
  sendJson(response, 200, { principal: { id: "owner", displayName: ownerName, type: "ServicePrincipal", tenantId: "adfs" }, subscriptionId, location: "local", expiresAt: new Date(Date.now() + 28_800_000).toISOString() });
}

function sendError(response: ServerResponse, error: unknown): void {
  const known = error instanceof MockError ? error : new MockError(500, "InternalServerError", String(error));
  const { status, code, message, target } = known;
  sendJson(response, status, { error: { code, message, ...(target === undefined ? {} : { target }) } });
}

export async function startMockServer(port = 0): Promise<MockServer> {
  const following: Following = { streams: new Set() };
  const sessions = new Set<string>();
  const tell = (id: string): void => {
    for (const stream of following.streams) stream.write(`event: change\ndata: ${JSON.stringify({ id, kind: "cluster" })}\n\n`);
  };
  const world = mockWorld(tell);
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const isSession = url.pathname === "/portal/session";
    const isOwnPage = request.headers["x-cynosure-portal"] === "1";
    const answer = async (): Promise<void> => {
      if (isSession) return await answerSession(sessions, request, response);
      if (url.pathname.startsWith("/portal")) return sendPage(url, response);
      if (!isOwnPage) throw new MockError(401, "AuthenticationFailed", "The header that says own page is missing.");
      if (url.pathname.endsWith("/Cynosure.Storage/changes")) return follow(following, response);
      await sendAnswer(world, url, request, response);
    };
    answer().catch((error: unknown) => sendError(response, error));
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The mock server has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    world,
    tell,
    close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(() => resolve()); }),
  };
}
