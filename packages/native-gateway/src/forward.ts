// One authorised request on its way to the engine and the answer on its way back. Headers pass by name: nothing that signs in,
// names another URL or method, or frames a body is carried over. Bodies are streamed; what either side does not take is not read.
import { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { buffer } from "node:stream/consumers";
import { ControlPlaneError } from "@cynosure/model";
import { pourBody } from "@cynosure/native-client";
import type { ExchangeAnswer, StreamingNativeClient } from "@cynosure/native-client";
import type { LinkRewriter } from "./rewrite-links.ts";

/** Bodies up to here are held, so that they can be sent again after a new sign-in, and answered in one piece. */
export const HELD_BYTES_MAX = 64 * 1024;

const REQUEST_HEADERS: ReadonlySet<string> = new Set(["accept", "accept-language", "content-type", "content-encoding", "content-language", "content-md5", "content-disposition", "if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range", "range", "prefer", "user-agent", "x-tenant-name", "x-request-id"]);
/** Of the connection, or of the gateway's own sign-in at the engine: never the caller's. */
const WITHHELD: ReadonlySet<string> = new Set(["connection", "keep-alive", "proxy-authenticate", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "content-length", "set-cookie", "www-authenticate", "server", "alt-svc", "strict-transport-security", "access-control-allow-origin", "access-control-allow-credentials", "location"]);

/** One that may stand for the method: refused, because engines differ in whether they heed it. */
const METHOD_HEADERS = ["x-http-method-override", "x-http-method", "x-method-override"];

export function checkHeaders(request: IncomingMessage): void {
  const hosts = request.rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === "host").length;
  if (hosts > 1) throw new ControlPlaneError("InvalidParameter", "The request has more than one 'Host' header. Send one.", { target: "Host" });
  const found = METHOD_HEADERS.find((name) => request.headers[name] !== undefined);
  if (found !== undefined) throw new ControlPlaneError("InvalidParameter", `The header '${found}' would change the method. Send the request with the method that is meant.`, { target: found });
  if (request.headers.upgrade !== undefined) throw new ControlPlaneError("InvalidParameter", "The connection cannot be upgraded here. Leave out the 'Upgrade' header.", { target: "Upgrade" });
}

export function forwardedHeaders(request: IncomingMessage): string[] {
  const headers: string[] = [];
  for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) {
    const name = request.rawHeaders[at] ?? "";
    if (REQUEST_HEADERS.has(name.toLowerCase())) headers.push(name, request.rawHeaders[at + 1] ?? "");
  }
  const length = request.headers["content-length"];
  if (length !== undefined) headers.push("Content-Length", length);
  // Links are looked for in the text.
  headers.push("Accept-Encoding", "identity");
  return headers;
}

/** Null: none. Held when it is short and its length is stated. */
export async function requestBody(request: IncomingMessage): Promise<IncomingMessage | Buffer | null> {
  const length = request.headers["content-length"];
  if (length === undefined && request.headers["transfer-encoding"] === undefined) return null;
  if (length === undefined || Number(length) > HELD_BYTES_MAX) return request;
  return Number(length) === 0 ? null : buffer(request);
}

export interface Forwarded {
  readonly client: StreamingNativeClient;
  readonly method: string;
  /** Written by formatNativePath, with the query. */
  readonly target: string;
  readonly body: IncomingMessage | Buffer | null;
  readonly isRepeatable: boolean;
  readonly links: LinkRewriter;
  readonly publicBase: string;
}

export async function forward(request: IncomingMessage, response: ServerResponse, forwarded: Forwarded): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort(new Error("the client went away"));
  });
  const { client, method, target, body, isRepeatable } = forwarded;
  const answer = await client.stream({ method, target, headers: forwardedHeaders(request), body, isRepeatable, signal: gone.signal });
  if (answer.status === 401) {
    answer.body.destroy();
    throw new ControlPlaneError("ServiceUnavailable", "The engine did not accept the gateway's own sign-in, even a new one. Your own is right: tell the operator, and try again later.");
  }
  const location = answer.headers.location;
  if (location !== undefined && answer.status >= 300 && answer.status < 400 && method !== "GET" && method !== "HEAD") {
    // A client that follows would repeat the write as a GET, or twice.
    answer.body.destroy();
    throw new ControlPlaneError("InvalidResourceType", `The engine knows no '${target.split("?", 1)[0] ?? ""}' for ${method} and would redirect. Send it to the path that its documentation names, slash included.`);
  }
  await answerWith(request, response, answer, forwarded);
}

async function answerWith(request: IncomingMessage, response: ServerResponse, answer: ExchangeAnswer, { links, client, publicBase }: Forwarded): Promise<void> {
  const headers: string[] = [];
  for (let at = 0; at + 1 < answer.rawHeaders.length; at += 2) {
    const name = answer.rawHeaders[at] ?? "";
    if (!WITHHELD.has(name.toLowerCase())) headers.push(name, answer.rawHeaders[at + 1] ?? "");
  }
  const { location } = answer.headers;
  if (location !== undefined) headers.push("Location", location.startsWith(`${client.origin}/`) ? `${publicBase}${location.slice(client.origin.length)}` : location);
  headers.push("X-Content-Type-Options", "nosniff");
  if (!request.complete) headers.push("Connection", "close");
  const isJson = /[/+]json\b/i.test(answer.headers["content-type"] ?? "") && answer.headers["content-encoding"] === undefined && answer.status !== 206;
  const length = answer.headers["content-length"];
  if (request.method === "HEAD" || answer.status === 204 || answer.status === 304) {
    answer.body.resume();
    if (length !== undefined && request.method === "HEAD" && !isJson) headers.push("Content-Length", length);
    response.writeHead(answer.status, answer.statusText, headers).end();
    return;
  }
  if (length !== undefined && Number(length) <= HELD_BYTES_MAX) {
    const bytes = await buffer(answer.body);
    const sent = isJson ? Buffer.from(links.whole(bytes.toString("latin1")), "latin1") : bytes;
    response.writeHead(answer.status, answer.statusText, [...headers, "Content-Length", String(sent.byteLength)]).end(sent);
    return;
  }
  if (length !== undefined && !isJson) headers.push("Content-Length", length);
  response.writeHead(answer.status, answer.statusText, headers);
  // An answer that breaks off breaks off for the client too, so that it is not taken for whole.
  await (isJson ? pipeline(answer.body, links.stream(), response) : pourBody(answer, response)).catch(() => response.destroy());
}
