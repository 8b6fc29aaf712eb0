// A small ARM endpoint of one cluster whose engine is the real document of one: it answers `getParity`, keeps objects of any
// projected type in memory, and records what it was asked. A write of a type named in `asynchronous` goes on for some polls.
import type { IncomingMessage, ServerResponse } from "node:http";
import { parityToWire } from "@cynosure/projected-routes/testkit";
import { buildCatalogue } from "@cynosure/projection";
import facts from "@cynosure/projection/documents/vast.json" with { type: "json" };
import { openLoopbackServers } from "./loopback-servers.ts";

const SUBSCRIPTION_ID = "00000000-0000-4000-8000-000000000001";
const CLUSTER = `/subscriptions/${SUBSCRIPTION_ID}/resourceGroups/quickstart/providers/Cynosure.Storage/clusters/west`;
const STATUSES = `/subscriptions/${SUBSCRIPTION_ID}/providers/Cynosure.Storage/locations/local/operationStatuses`;
const POLLS = ["Running", "Running"];
const PAGE_SIZE = 2;

export const vastCatalogue = buildCatalogue("vast", facts);

export interface AskedRequest {
  readonly method: string;
  /** Below the cluster, decoded. */
  readonly words: readonly string[];
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface EngineArmServer {
  readonly endpoint: string;
  readonly caPem: string;
  readonly scope: { readonly subscriptionId: string; readonly resourceGroupName: string; readonly location: string };
  /** All but tokens and `getParity`. */
  readonly asked: AskedRequest[];
  /** Types whose writes the engine goes on with. */
  readonly asynchronous: Set<string>;
  /** What the next writes that go on end with. */
  failure: { readonly code: string; readonly message: string } | null;
  /** What a success of a write that goes on leaves undone. */
  readonly warnings: string[];
  /** Answers of actions by their last word. */
  readonly answers: Map<string, { readonly status?: number; readonly contentType?: string; readonly body: unknown }>;
  close(): void;
}

export async function startEngineArmServer(): Promise<EngineArmServer> {
  const servers = await openLoopbackServers();
  const objects = new Map<string, Record<string, unknown>>();
  const polls = new Map<string, string[]>();
  const parity = parityToWire(vastCatalogue);
  const server = { asked: [] as AskedRequest[], asynchronous: new Set<string>(), warnings: [] as string[], failure: null as EngineArmServer["failure"], answers: new Map<string, { status?: number; contentType?: string; body: unknown }>() };

  const send = (response: ServerResponse, status: number, body?: unknown, headers: Readonly<Record<string, string>> = {}): void => void response.writeHead(status, { "content-type": "application/json", ...headers }).end(body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body));
  const refuse = (response: ServerResponse, status: number, code: string, message: string): void => send(response, status, { error: { code, message } });

  function answer(request: IncomingMessage, text: string, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", "https://x");
    if (url.pathname.endsWith("/oauth2/token")) return send(response, 200, { access_token: "t", expires_in: 600 });
    if (request.headers.authorization !== "Bearer t") return refuse(response, 401, "AuthenticationFailed", "no token");
    if (url.searchParams.get("api-version") === null) return refuse(response, 400, "MissingApiVersionParameter", "no api-version");
    if (url.pathname.startsWith(STATUSES)) return poll(url.pathname.slice(STATUSES.length + 1), response);
    if (!url.pathname.startsWith(`${CLUSTER}/`)) return refuse(response, 404, "ResourceNotFound", `there is nothing at ${url.pathname}`);
    const words = url.pathname.slice(CLUSTER.length + 1).split("/").map(decodeURIComponent);
    const body: unknown = text === "" ? undefined : JSON.parse(text);
    if (words[0] === "getParity") return send(response, 200, parity);
    const query = Object.fromEntries([...url.searchParams].filter(([name]) => name !== "api-version"));
    const method = request.method ?? "";
    server.asked.push({ method, words, query, body });
    if (method === "POST") return act(words, response);
    if (method === "GET" && words.length % 2 === 1) return list(words, url, response);
    return object(method, words, body, response);
  }

  function act(words: readonly string[], response: ServerResponse): void {
    const { status = 200, contentType = "application/json", body } = server.answers.get(words.at(-1) ?? "") ?? { status: 204, body: undefined };
    if (server.asynchronous.has(words[0] ?? "")) return goOn("action", response);
    send(response, status, body, { "content-type": contentType });
  }

  function list(words: readonly string[], url: URL, response: ServerResponse): void {
    const all = [...objects].filter(([key]) => key.startsWith(`${words.join("/")}/`)).map(([, each]) => each);
    const at = Number(url.searchParams.get("$skipToken") ?? 0);
    const next = new URL(url);
    next.searchParams.set("$skipToken", String(at + PAGE_SIZE));
    send(response, 200, { value: all.slice(at, at + PAGE_SIZE), ...(at + PAGE_SIZE < all.length ? { nextLink: `https://${response.req.headers.host ?? ""}${next.pathname}${next.search}` } : {}) });
  }

  function object(method: string, words: readonly string[], body: unknown, response: ServerResponse): void {
    const key = words.join("/");
    const before = objects.get(key);
    if (before === undefined && method !== "PUT") return refuse(response, 404, "ResourceNotFound", `${key} is not there`);
    if (method === "GET") return send(response, 200, before);
    if (method === "DELETE") objects.delete(key);
    else {
      const given = (body as { readonly properties: Record<string, unknown> }).properties; // the command sends it so
      const known = (before?.["properties"] ?? { id: objects.size + 1 }) as Record<string, unknown>; // stored here
      objects.set(key, { id: `${CLUSTER}/${key}`, name: words.at(-1), type: `Cynosure.Storage/clusters/${words.filter((_, at) => at % 2 === 0).join("/")}`, properties: { ...known, ...given, name: words.at(-1) } });
    }
    if (server.asynchronous.has(words[0] ?? "")) return goOn(method, response, objects.get(key));
    send(response, method === "DELETE" ? 204 : before === undefined ? 201 : 200, objects.get(key));
  }

  function goOn(method: string, response: ServerResponse, body?: unknown): void {
    const id = `op-${polls.size + 1}`;
    polls.set(id, [...POLLS, server.failure === null ? "Succeeded" : "Failed"]);
    send(response, method === "PUT" ? 201 : 202, body, { "azure-asyncoperation": `https://${response.req.headers.host ?? ""}${STATUSES}/${id}?api-version=2026-12-01`, "retry-after": "0" });
  }

  function poll(id: string, response: ServerResponse): void {
    const left = polls.get(id) ?? [];
    const status = left.length > 1 ? left.shift() : left[0];
    send(response, 200, { name: id, status, percentComplete: status === "Running" ? 50 : 100, ...(status === "Failed" ? { error: server.failure } : {}), ...(status === "Succeeded" && server.warnings.length > 0 ? { properties: { warnings: server.warnings } } : {}) }, { "retry-after": "0" });
  }

  const endpoint = await servers.listen((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => answer(request, Buffer.concat(chunks).toString("utf8"), response));
  });
  return Object.assign(server, { endpoint, caPem: servers.caPem, scope: { subscriptionId: SUBSCRIPTION_ID, resourceGroupName: "quickstart", location: "local" }, close: () => servers.closeAll() });
}
