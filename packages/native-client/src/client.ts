// The client of one cluster's API: signs requests in, keeps connections, and bounds time, size and number. A cluster that
// is slow or away costs its own callers only. Which requests may be sent is decided by whoever calls.
import { Buffer } from "node:buffer";
import { setTimeout as pause } from "node:timers/promises";
import { Readable } from "node:stream";
import { ControlPlaneError } from "@cynosure/model";
import { Breaker } from "./breaker.ts";
import { CallerGone, NoAnswer, openWire } from "./exchange.ts";
import type { ExchangeAnswer, RawHeaders } from "./exchange.ts";
import { NATIVE_LIMITS } from "./limits.ts";
import type { NativeClientLimits } from "./limits.ts";
import { readBody } from "./read-body.ts";
import type { NativeAnswer, NativeClient, NativeEndpoint, NativeRequest, NativeTarget } from "./native-api.ts";

export interface NativeStreamRequest {
  readonly method: string;
  /** Path and query from the origin on, not from the base path: sent exactly as they are. */
  readonly target: string;
  /** Without anything that signs in; names and values in turn. */
  readonly headers: RawHeaders;
  readonly body: Readable | Uint8Array | null;
  /** False: a GET that changes something or hands out secrets, never sent twice. */
  readonly isRepeatable: boolean;
  readonly signal?: AbortSignal;
  readonly timeoutMsMax?: number;
}

export interface StreamingNativeClient extends NativeClient {
  /** Where the engine says its links are, as `https://10.0.0.1`. */
  readonly origin: string;
  /** The head of the answer as soon as it is there; its body is read by the caller, or destroyed. */
  stream(request: NativeStreamRequest): Promise<ExchangeAnswer>;
  close(): Promise<void>;
}

export interface NativeClientOptions {
  readonly endpoint: NativeEndpoint;
  readonly limits?: Partial<NativeClientLimits>;
  readonly log?: (event: string, facts: Readonly<Record<string, unknown>>) => void;
}

export function createNativeClient(options: NativeClientOptions): StreamingNativeClient {
  const limits = { ...NATIVE_LIMITS, ...options.limits };
  const { endpoint } = options;
  const wire = openWire(endpoint.origin, { caPem: endpoint.caPem, ...limits });
  const breaker = new Breaker({ name: endpoint.origin, ...limits, nowMs: () => performance.now() });
  const signIn = signInOnce(endpoint);
  let running = 0;

  const attempt = async (request: NativeStreamRequest): Promise<ExchangeAnswer> => {
    breaker.enter();
    try {
      const answer = await exchangeSignedIn(request);
      breaker.answered();
      return answer;
    } catch (error) {
      if (error instanceof CallerGone) breaker.withdrawn();
      else {
        breaker.unanswered();
        options.log?.("engine did not answer", { origin: endpoint.origin, method: request.method, reason: error instanceof Error ? error.message : String(error) });
      }
      throw error;
    }
  };

  const exchangeSignedIn = async (request: NativeStreamRequest): Promise<ExchangeAnswer> => {
    const target = targetOf(request, endpoint.basePath);
    const signed = await within(signIn.current(target), request.timeoutMsMax ?? limits.timeoutMsMax);
    const timing = { timeoutMsMax: request.timeoutMsMax ?? limits.timeoutMsMax, stallMsMax: limits.stallMsMax, signal: request.signal };
    const send = (headers: Readonly<Record<string, string>>): Promise<ExchangeAnswer> => wire.exchange({ ...request, ...timing, headers: [...withoutNames(request.headers, headers), ...Object.entries(headers).flat()] });
    const answer = await send(signed.headers);
    if (answer.status !== 401) return answer;
    const renewed = await within(signIn.renew(signed.generation, target), timing.timeoutMsMax);
    // The bytes of a stream are gone with the first try.
    if (request.body instanceof Readable) {
      answer.body.destroy();
      throw new ControlPlaneError("ServiceUnavailable", `The engine's API at ${endpoint.origin} asked for a new sign-in while a body was being sent. It has one now: send the request again.`);
    }
    answer.body.resume();
    return send(renewed);
  };

  const counted = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= limits.requestsMax) throw new ControlPlaneError("ServiceUnavailable", `${running} requests to the engine's API at ${endpoint.origin} are under way, which is the limit. Try again when some have ended.`);
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
    }
  };

  const withRetries = async <T>(method: string, isRepeatable: boolean, work: () => Promise<T>): Promise<T> => {
    const triesMax = method === "GET" && isRepeatable ? 1 + limits.retriesMax : 1;
    for (let tries = 1; ; tries += 1) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof NoAnswer) || error.isLate || tries >= triesMax) throw asOurs(error, endpoint.origin, method);
        await pause(limits.retryPauseMs * tries);
      }
    }
  };

  return {
    origin: endpoint.origin,
    send: (request) =>
      counted(() =>
        withRetries(request.method, request.isRepeatable !== false && !isOneTime(request.bytes), async () => {
          const timeoutMsMax = request.timeoutMsMax ?? limits.timeoutMsMax;
          const late = new AbortController();
          const timer = setTimeout(() => late.abort(), timeoutMsMax);
          timer.unref();
          const signal = request.signal === undefined ? late.signal : AbortSignal.any([late.signal, request.signal]);
          const asked = asStream(request, endpoint.basePath, signal, timeoutMsMax);
          try {
            return await readWhole(await attempt(asked), limits.answerBytesMax, request);
          } catch (error) {
            if (late.signal.aborted && !(error instanceof ControlPlaneError)) throw new NoAnswer(`no whole answer within ${timeoutMsMax} ms`, true, error);
            throw error;
          } finally {
            clearTimeout(timer);
            if (asked.body instanceof Readable) asked.body.destroy();
          }
        }),
      ),
    stream: (request) =>
      counted(async () => {
        const answer = await withRetries(request.method, request.isRepeatable && !(request.body instanceof Readable), () => attempt(request));
        // A stream counts for as long as it goes on.
        running += 1;
        answer.body.once("close", () => (running -= 1));
        return answer;
      }),
    close: () => Promise.resolve(wire.close()),
  };
}

/** Signing in asks the engine too, and may hang like anything else. */
function within<T>(work: Promise<T>, timeoutMsMax: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new NoAnswer(`no sign-in within ${timeoutMsMax} ms`, true)), timeoutMsMax);
    late.unref();
    work.then(resolve, reject).finally(() => clearTimeout(late));
  });
}

const isOneTime = (bytes: NativeRequest["bytes"]): boolean => bytes !== undefined && !(bytes instanceof Uint8Array);

interface SignIn {
  /** Each request gets headers of its own: an engine may want more of one operation than of another. */
  current(target: NativeTarget): Promise<{ readonly headers: Readonly<Record<string, string>>; readonly generation: number }>;
  renew(seen: number, target: NativeTarget): Promise<Readonly<Record<string, string>>>;
}

/** Many requests are refused at once when a sign-in ends; one new one serves them all. */
function signInOnce(endpoint: NativeEndpoint): SignIn {
  let generation = 0;
  let renewing: Promise<unknown> | null = null;
  return {
    current: async (target) => {
      if (renewing !== null) await renewing;
      const seen = generation;
      return { headers: await endpoint.headers(false, target), generation: seen };
    },
    renew: async (seen, target) => {
      if (renewing === null && seen === generation) {
        const renewed = endpoint.headers(true, target).finally(() => {
          generation += 1;
          renewing = null;
        });
        renewing = renewed;
        return renewed;
      }
      if (renewing !== null) await renewing;
      return endpoint.headers(false, target);
    },
  };
}

/** Without the base path and the query: what an endpoint is told of a request. */
function targetOf({ method, target }: NativeStreamRequest, basePath: string): NativeTarget {
  const path = target.split("?", 1)[0] ?? "";
  return { method, path: path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : path };
}

/** Names and values in turn, without those that stand in `others`. */
function withoutNames(headers: readonly string[], others: Readonly<Record<string, string>>): readonly string[] {
  const taken = new Set(Object.keys(others).map((name) => name.toLowerCase()));
  return headers.filter((_, at) => !taken.has((headers[at - (at % 2)] ?? "").toLowerCase()));
}

function asStream(request: NativeRequest, basePath: string, signal: AbortSignal, timeoutMsMax: number): NativeStreamRequest {
  const query = request.query === undefined || request.query.length === 0 ? "" : `?${request.query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join("&")}`;
  const headers = ["Accept", "application/json", ...Object.entries(request.headers ?? {}).flat()];
  const hasJson = request.json !== undefined;
  const bytes = hasJson ? Buffer.from(JSON.stringify(request.json)) : request.bytes;
  if (hasJson) headers.push("Content-Type", "application/json");
  const body = bytes === undefined ? null : bytes instanceof Uint8Array ? bytes : Readable.from(bytes, { objectMode: false });
  return { method: request.method, target: `${basePath}${request.path}${query}`, headers, body, isRepeatable: true, signal, timeoutMsMax };
}

async function readWhole(answer: ExchangeAnswer, bytesMax: number, { isUnparsed = false, memory }: NativeRequest): Promise<NativeAnswer> {
  const mayBeBytes = isUnparsed && answer.status === 200 && isJson(answer.headers["content-type"] ?? "");
  const whole = await readBody(answer, bytesMax, mayBeBytes ? memory : undefined);
  const headers = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : (value ?? "")]));
  if (mayBeBytes) return { status: answer.status, headers, body: null, bytes: whole };
  return { status: answer.status, headers, body: parsed(whole.toString("utf8"), headers["content-type"] ?? "") };
}

const isJson = (contentType: string): boolean => /[/+]json\b/i.test(contentType);

function parsed(text: string, contentType: string): unknown {
  if (text === "") return null;
  if (!isJson(contentType)) return text;
  try {
    return JSON.parse(text);
  } catch {
    // Whatever it calls it: the caller sees what came.
    return text;
  }
}

function asOurs(error: unknown, origin: string, method: string): unknown {
  if (error instanceof NoAnswer) {
    const repeat = method === "GET" ? "Try again." : "It may have acted on the request: look before you repeat it.";
    return new ControlPlaneError(error.isLate ? "GatewayTimeout" : "ServiceUnavailable", `The engine's API at ${origin} did not answer (${error.message}). ${repeat}`, { cause: error });
  }
  if (error instanceof CallerGone) return new ControlPlaneError("GatewayTimeout", `The request to the engine's API at ${origin} was ended by its caller. Send it again if it is still wanted.`, { cause: error });
  return error;
}
