// The listener: Fastify over TLS. Owns transport limits and the headers every answer carries (H4); what a
// request means is decided in the pipeline. Nothing a client sends may end in a 5xx of ours.
import { randomUUID } from "node:crypto";
import { Buffer } from "node:buffer";
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { TLSSocket } from "node:tls";
import Fastify from "fastify";
import type { Duplex } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { correlationHeaders, formatErrorBody, readCorrelation } from "@cynosure/arm-protocol";
import { ControlPlaneError } from "@cynosure/model";
import { challenge } from "./authentication.ts";
import { mapError } from "./error-mapping.ts";
import { BODY_BYTES_MAX } from "./request-body.ts";
import { createPipeline } from "./request-pipeline.ts";
import type { PipelineOptions, RequestTrace } from "./request-pipeline.ts";
import type { RouteAnswer } from "./route.ts";
import { STREAM_STALL_MS_MAX, streamInto } from "./stream-answer.ts";

/** Answers larger than this are dropped by ARM (T2); lists page long before. */
export const RESPONSE_BYTES_MAX = 8 * 1024 * 1024;
/** Of one code unit of a string: short answers need not be counted. */
const UTF8_BYTES_MAX = 3;
/** ARM gives up after 60 s (T1): we answer before that. */
export const HANDLER_TIMEOUT_MS_MAX = 55_000;
const REQUEST_TIMEOUT_MS_MAX = 60_000;
/** All messages are English (H6). */
const MESSAGE_LANGUAGE = "en-US";
const HEADER_BYTES_MAX = 32 * 1024;
/** Up to here headers are read, so that the refusal knows the request it answers; beyond, the bytes are cut off. */
const HEADER_BYTES_READ_MAX = 2 * HEADER_BYTES_MAX;

export interface RequestLogEntry {
  readonly requestId: string;
  readonly correlationId: string;
  readonly clientRequestId: string | null;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
  readonly principalId: string | null;
  /** The trace the request belongs to, as its caller says (H13). */
  readonly traceId: string | null;
  /** Set for errors that are ours. */
  readonly error?: unknown;
}

export interface HttpServerOptions extends PipelineOptions {
  readonly tls: {
    readonly keyPem: string;
    readonly certificatePem: string;
    /** Clients are asked for a certificate; which one is trusted is for `authenticate` to say, so that a refusal is an answer and no broken handshake. */
    readonly asksForClientCertificate?: boolean;
  };
  /** Where to listen, when that is not the public URL. */
  readonly listenOn?: { readonly host: string; readonly port: number };
  /** Base of the challenge: where to sign in. */
  readonly issuer: string;
  readonly log: (entry: RequestLogEntry) => void;
  /** Name this front door has in `x-ms-routing-request-id` (H5). A provider behind another front door gives none. */
  readonly routingName?: string;
  /** Asked of every request first; true: it answers it, body and all, and nothing here looks at it. */
  readonly takesRaw?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Shorter in tests. */
  readonly handlerTimeoutMsMax?: number;
  /** Shorter in tests. */
  readonly streamStallMsMax?: number;
}

export interface HttpServer {
  /** For in-process requests in tests and for composition. */
  readonly app: FastifyInstance;
  /** Listens on `listenOn`, else on the host and port of `baseUrl`. */
  listen(): Promise<void>;
  close(): Promise<void>;
}

export function createHttpServer(options: HttpServerOptions): HttpServer {
  const answering = new WeakMap<object, ServerResponse>();
  const app = Fastify({
    // A request without Host is answered by us: Node's own refusal has no body.
    https: {
      key: options.tls.keyPem,
      cert: options.tls.certificatePem,
      maxHeaderSize: HEADER_BYTES_READ_MAX,
      requireHostHeader: false,
      ...(options.tls.asksForClientCertificate === true ? { requestCert: true, rejectUnauthorized: false } : {}),
    },
    bodyLimit: BODY_BYTES_MAX,
    // A request that is taken raw may go on for hours; the others are timed one by one.
    requestTimeout: options.takesRaw === undefined ? REQUEST_TIMEOUT_MS_MAX : 0,
    forceCloseConnections: true,
    logger: false,
    exposeHeadRoutes: false,
    genReqId: () => randomUUID(),
    frameworkErrors: (error, request, reply) => void sendError(options, request, reply, asOurs(error), newTrace()),
    clientErrorHandler: (error, socket) => refuseBytes(error, socket, answering.get(socket)),
  }) as unknown as FastifyInstance; // the https variant differs in its server type only
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error, request, reply) => sendError(options, request, reply, asOurs(error), newTrace()));

  const pipeline = createPipeline(options);
  const handlerTimeoutMsMax = options.handlerTimeoutMsMax ?? HANDLER_TIMEOUT_MS_MAX;
  const handle = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const trace = newTrace();
    try {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      checkTransport(request);
      const answer = await withTimeout(pipeline({ method: request.method, url: request.raw.url ?? "/", headers: flatHeaders(request), body, requestId: request.id, clientCertificate: options.tls.asksForClientCertificate === true ? clientCertificateOf(request.raw.socket) : null }, trace), handlerTimeoutMsMax);
      if (answer.stream !== undefined || answer.bytes !== undefined) return send(options, request, reply, { status: answer.status, headers: answer.headers ?? {}, text: undefined, trace, bytes: answer.bytes, stream: answer.stream });
      const text = answer.text ?? (answer.body === undefined ? undefined : JSON.stringify(answer.body));
      if (text !== undefined && text.length * UTF8_BYTES_MAX > RESPONSE_BYTES_MAX && Buffer.byteLength(text) > RESPONSE_BYTES_MAX) throw new Error(`answer of ${text.length} characters is over the limit of ${RESPONSE_BYTES_MAX} bytes`);
      return send(options, request, reply, { status: answer.status, headers: answer.headers ?? {}, text, trace });
    } catch (error) {
      return sendError(options, request, reply, asOurs(error), trace);
    }
  };
  app.route({ method: ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS", "TRACE"], url: "*", handler: handle });
  // Methods the router of the framework does not know come here; the pipeline answers 405.
  app.setNotFoundHandler(handle);
  if (options.takesRaw !== undefined) serveRawFirst(app, options.takesRaw);
  app.server.on("request", (request: IncomingMessage, response: ServerResponse) => answering.set(request.socket, response));
  // An expectation other than 100-continue: Node would answer 417 without a body.
  app.server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => app.server.emit("request", request, response));

  return {
    app,
    listen: async () => {
      await app.listen(options.listenOn ?? placeOf(options.baseUrl));
    },
    close: () => app.close(),
  };
}

/** Before the framework: it would read the body whole. */
function serveRawFirst(app: FastifyInstance, takesRaw: NonNullable<HttpServerOptions["takesRaw"]>): void {
  const { server } = app;
  const framework = server.listeners("request");
  server.removeAllListeners("request");
  server.headersTimeout = REQUEST_TIMEOUT_MS_MAX;
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    if (takesRaw(request, response)) return;
    if (!request.complete) timeBody(request, () => server.emit("clientError", Object.assign(new Error("the request did not arrive in time"), { code: "ERR_HTTP_REQUEST_TIMEOUT" }), request.socket));
    for (const listener of framework) Reflect.apply(listener, server, [request, response]);
  });
}

function timeBody(request: IncomingMessage, late: () => void): void {
  const timer = setTimeout(late, REQUEST_TIMEOUT_MS_MAX);
  timer.unref();
  for (const event of ["end", "close"]) request.once(event, () => clearTimeout(timer));
}

function placeOf(baseUrl: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(baseUrl);
  return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port === "" ? 443 : port) };
}

/** DER. Read from each request's connection: what was trusted when the connection was made may not be any more. */
const clientCertificateOf = (socket: Duplex): Uint8Array | null => (socket instanceof TLSSocket ? (socket.getPeerX509Certificate()?.raw ?? null) : null);

/** What HTTP itself asks of a request, refused by us so that the refusal has our envelope. */
function checkTransport(request: FastifyRequest): void {
  if (request.raw.httpVersion === "1.1" && (request.headers.host ?? "") === "") throw new ControlPlaneError("InvalidParameter", "The request has no 'Host' header. HTTP/1.1 requires one; send the host and port of this service.", { target: "Host" });
  const headerBytes = request.raw.rawHeaders.reduce((sum, text) => sum + text.length, 0);
  if (headerBytes > HEADER_BYTES_MAX) throw new ControlPlaneError("InvalidParameter", `The headers of the request are ${headerBytes} bytes long; at most ${HEADER_BYTES_MAX} are accepted. Send fewer or shorter ones.`, { target: "headers" });
  const { expect } = request.headers;
  if (expect !== undefined && expect.toLowerCase() !== "100-continue") throw new ControlPlaneError("InvalidParameter", "The 'Expect' header asks for something that is not served. Leave it out, or send '100-continue'.", { target: "Expect" });
}

/** Framework refusals in our words. */
function asOurs(error: unknown): unknown {
  if (error instanceof ControlPlaneError) return error;
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") {
    return new ControlPlaneError("RequestEntityTooLarge", `The request body is larger than the limit of ${BODY_BYTES_MAX} bytes. Send less in one request.`, { cause: error });
  }
  if (code.startsWith("FST_ERR_CTP")) return new ControlPlaneError("UnsupportedMediaType", "The content type or length of the request is not acceptable. Send 'Content-Type: application/json' and a right Content-Length.", { target: "Content-Type", cause: error });
  if (code === "FST_ERR_BAD_URL" || code === "FST_ERR_MAX_PARAM_LENGTH") return new ControlPlaneError("InvalidParameter", "The request URL is not valid: it holds a percent sign that starts no valid escape, or is too long.", { target: "url", cause: error });
  return error;
}

async function withTimeout<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new ControlPlaneError("GatewayTimeout", `The request was not answered within ${timeoutMs} ms. Try again; a write may have happened and may be repeated as it is.`)), timeoutMs);
    timer.unref();
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function flatHeaders(request: FastifyRequest): Record<string, string | undefined> {
  const flat: Record<string, string | undefined> = {};
  for (const name in request.headers) {
    const value = request.headers[name];
    flat[name] = Array.isArray(value) ? value.join(",") : value;
  }
  return flat;
}

const newTrace = (): RequestTrace => ({ principalId: null, headers: {} });

function sendError(options: HttpServerOptions, request: FastifyRequest, reply: FastifyReply, error: unknown, trace: RequestTrace): FastifyReply {
  const mapped = mapError(error, request.id, request.raw.url ?? "/");
  // H6: messages are in one language, whichever was asked for; codes are no language.
  const headers: Record<string, string> = { ...mapped.headers, "content-language": MESSAGE_LANGUAGE };
  if (mapped.status === 401) headers["www-authenticate"] = challenge(options.issuer, mapped.body.error.code);
  if (mapped.status === 405 && mapped.body.error.target !== undefined) headers["allow"] = mapped.body.error.target;
  return send(options, request, reply, { status: mapped.status, headers, text: JSON.stringify(mapped.body), trace, ...(mapped.status === 500 ? { error } : {}) });
}

interface Outgoing {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string | undefined;
  readonly trace: RequestTrace;
  readonly bytes?: Uint8Array | undefined;
  readonly stream?: RouteAnswer["stream"];
  readonly error?: unknown;
}

function send(options: HttpServerOptions, request: FastifyRequest, reply: FastifyReply, outgoing: Outgoing): FastifyReply {
  const correlation = readCorrelation(flatHeaders(request), request.id);
  const entry: RequestLogEntry = {
    requestId: request.id,
    correlationId: correlation.correlationId,
    clientRequestId: correlation.clientRequestId,
    method: request.method,
    path: (request.raw.url ?? "").split("?", 1)[0] ?? "",
    status: outgoing.status,
    durationMs: reply.elapsedTime,
    principalId: outgoing.trace.principalId,
    traceId: traceIdOf(request.headers["traceparent"]),
    ...(outgoing.error === undefined ? {} : { error: outgoing.error }),
  };
  options.log(entry);
  const routing = options.routingName === undefined ? {} : { "x-ms-routing-request-id": routingRequestId(options.routingName) };
  // What the throttle says comes last: on a 429 its wait is the right one.
  void reply.code(outgoing.status).headers({ ...outgoing.headers, ...outgoing.trace.headers, ...correlationHeaders(correlation, request.id), ...routing, "strict-transport-security": "max-age=31536000", "x-content-type-options": "nosniff" });
  if (!("cache-control" in outgoing.headers)) void reply.header("cache-control", "no-cache");
  if (outgoing.stream !== undefined) {
    // The framework would keep bits that the maker uses again.
    const head = reply.hijack();
    head.raw.writeHead(head.statusCode, head.getHeaders() as OutgoingHttpHeaders); // set above, as texts
    void streamInto(head.raw, outgoing.stream, { stallMsMax: options.streamStallMsMax ?? STREAM_STALL_MS_MAX, onError: (error) => options.log({ ...entry, error }) });
    return head;
  }
  if (outgoing.bytes !== undefined) return reply.send(Buffer.from(outgoing.bytes.buffer, outgoing.bytes.byteOffset, outgoing.bytes.byteLength));
  if (outgoing.text === undefined) return reply.send();
  if (!("content-type" in outgoing.headers)) void reply.header("content-type", "application/json; charset=utf-8");
  return reply.send(outgoing.text);
}

/** As the public cloud writes it: where, when, and an id of its own. */
const routingRequestId = (name: string): string => `${name.toUpperCase()}:${new Date().toISOString().replace(/[-:]|\.\d+/g, "")}:${randomUUID()}`;

/** W3C trace context; whatever else a client writes there is no trace. */
function traceIdOf(header: string | string[] | undefined): string | null {
  return typeof header === "string" ? (/^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/.exec(header)?.[1] ?? null) : null;
}

/**
 * Bytes that are no HTTP request. When a whole request came before them on the connection, its answer is on
 * its way and must not be overtaken: the client would take the refusal for the answer to what is being done.
 */
function refuseBytes(error: Error, socket: Duplex, last: ServerResponse | undefined): void {
  if (last !== undefined && last.req.complete && !last.writableFinished) {
    if (!last.headersSent) last.setHeader("connection", "close");
    last.once("close", () => socket.destroy());
    return;
  }
  if (socket.writable && (error as NodeJS.ErrnoException).code !== "ECONNRESET") socket.end(rawBadRequest(isHead(error))); // Node's own errors carry a code
  else socket.destroy();
}

/** The parser gave up before there was a method; the bytes it had still tell. */
const isHead = (error: object): boolean => "rawPacket" in error && Buffer.isBuffer(error.rawPacket) && error.rawPacket.subarray(0, 5).toString("latin1") === "HEAD ";

/** For bytes that are no HTTP request: there is no reply object to speak through. */
function rawBadRequest(headOnly: boolean): string {
  const body = JSON.stringify(formatErrorBody({ code: "InvalidRequestContent", message: `The bytes received are not a valid HTTP/1.1 request, or its headers are over ${HEADER_BYTES_READ_MAX} bytes. Mend the request and send it again.`, target: "request" }));
  const requestId = randomUUID();
  const head = ["HTTP/1.1 400 Bad Request", "Content-Type: application/json; charset=utf-8", `Content-Length: ${Buffer.byteLength(body)}`, `x-ms-request-id: ${requestId}`, `x-ms-correlation-request-id: ${requestId}`, `Date: ${new Date().toUTCString()}`, "Connection: close"];
  return `${head.join("\r\n")}\r\n\r\n${headOnly ? "" : body}`;
}
