// One request and the head of its answer over a pooled HTTP/1.1 connection; both bodies are streams. Knows nothing of
// signing in, retries or breakers. What went wrong before an answer came is told by one of three errors.
import http from "node:http";
import https from "node:https";
import type { Readable } from "node:stream";
import { withInlets } from "./inlet.ts";

/** Header names and values in turn, as on the wire: order, case and repetition are kept. */
export type RawHeaders = readonly string[];

export interface Exchange {
  readonly method: string;
  /** Path and query from the origin on, sent exactly as they are. */
  readonly target: string;
  readonly headers: RawHeaders;
  readonly body: Readable | Uint8Array | null;
  readonly timeoutMsMax: number;
  readonly stallMsMax: number;
  readonly signal: AbortSignal | undefined;
}

export interface ExchangeAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly rawHeaders: RawHeaders;
  /** Names in lower case. */
  readonly headers: http.IncomingHttpHeaders;
  readonly body: http.IncomingMessage;
}

/** No answer came; `isLate`: not in time. */
export class NoAnswer extends Error {
  readonly isLate: boolean;
  constructor(message: string, isLate: boolean, cause?: unknown) {
    super(message, { cause });
    this.name = "NoAnswer";
    this.isLate = isLate;
  }
}

/** The caller went away, or its own body broke off: nothing is learnt of the engine. */
export class CallerGone extends Error {
  constructor(cause?: unknown) {
    super("The caller ended the request.", { cause });
    this.name = "CallerGone";
  }
}

export interface Wire {
  exchange(request: Exchange): Promise<ExchangeAnswer>;
  close(): void;
}

export function openWire(origin: string, options: { readonly caPem: string | null; readonly connectionsMax: number; readonly idleMsMax: number }): Wire {
  const url = new URL(origin);
  const isTls = url.protocol === "https:";
  const pool = { keepAlive: true, maxSockets: options.connectionsMax, maxFreeSockets: options.connectionsMax, timeout: options.idleMsMax, scheduling: "lifo" } as const;
  const agent = withInlets(isTls ? new https.Agent({ ...pool, ...(options.caPem === null ? {} : { ca: options.caPem }) }) : new http.Agent(pool));
  const place = { protocol: url.protocol, hostname: url.hostname.replace(/^\[|\]$/g, ""), port: url.port === "" ? (isTls ? 443 : 80) : Number(url.port), agent };
  const ask = isTls ? https.request : http.request;
  return {
    exchange: (request) => exchangeOver((init) => ask({ ...place, ...init }), url.host, request),
    close: () => agent.destroy(),
  };
}

function exchangeOver(ask: (init: http.RequestOptions) => http.ClientRequest, host: string, request: Exchange): Promise<ExchangeAnswer> {
  return new Promise((resolve, reject) => {
    if (request.signal?.aborted === true) return reject(new CallerGone(request.signal.reason));
    const outgoing = ask({ method: request.method, path: request.target, headers: framed(request, host), timeout: request.stallMsMax, setDefaultHeaders: false });
    let answered = false;
    const giveUp = (error: Error): void => {
      outgoing.destroy(error);
      settle(() => reject(error));
    };
    const late = setTimeout(() => giveUp(new NoAnswer(`no answer within ${request.timeoutMsMax} ms`, true)), request.timeoutMsMax);
    const settle = (end: () => void): void => {
      clearTimeout(late);
      end();
    };
    const gone = (): void => giveUp(new CallerGone(request.signal?.reason));
    request.signal?.addEventListener("abort", gone, { once: true });
    outgoing.once("close", () => request.signal?.removeEventListener("abort", gone));
    outgoing.once("timeout", () => outgoing.destroy(new NoAnswer(`no byte moved for ${request.stallMsMax} ms`, true)));
    outgoing.on("error", (error) => {
      // After the head has come, the answer's own stream tells of its end.
      if (!answered) settle(() => reject(error instanceof NoAnswer || error instanceof CallerGone ? error : new NoAnswer(error.message, false, error)));
    });
    outgoing.once("response", (incoming) => {
      answered = true;
      settle(() => resolve({ status: incoming.statusCode ?? 0, statusText: incoming.statusMessage ?? "", rawHeaders: incoming.rawHeaders, headers: incoming.headers, body: incoming }));
    });
    sendBody(request.body, outgoing);
  });
}

function sendBody(body: Exchange["body"], outgoing: http.ClientRequest): void {
  if (body === null) return void outgoing.end();
  if (body instanceof Uint8Array) return void outgoing.end(body);
  // Bytes are read from the caller only as fast as the engine takes them. A caller's body is not destroyed with the request: an answer may still go its way.
  const incoming = body;
  const broken = (cause?: unknown): void => {
    if (!incoming.readableEnded) outgoing.destroy(new CallerGone(cause));
  };
  incoming.once("error", broken);
  incoming.once("close", broken);
  outgoing.once("close", () => {
    incoming.off("close", broken);
    incoming.unpipe(outgoing);
  });
  incoming.pipe(outgoing);
}

/** Ours alone say where the body ends, whatever the caller wrote: two opinions are how requests are smuggled. */
function framed(request: Exchange, host: string): string[] {
  const headers = ["Host", host, "Connection", "keep-alive"];
  let length: string | null = null;
  for (let at = 0; at + 1 < request.headers.length; at += 2) {
    const name = request.headers[at] ?? "";
    const value = request.headers[at + 1] ?? "";
    const lower = name.toLowerCase();
    if (lower === "content-length") length = value;
    else if (lower !== "host" && lower !== "connection" && lower !== "transfer-encoding") headers.push(name, value);
  }
  if (request.body instanceof Uint8Array) headers.push("Content-Length", String(request.body.byteLength));
  else if (request.body === null) {
    if (request.method !== "GET" && request.method !== "HEAD" && request.method !== "DELETE") headers.push("Content-Length", "0");
  } else if (length === null) headers.push("Transfer-Encoding", "chunked");
  else headers.push("Content-Length", length);
  return headers;
}
