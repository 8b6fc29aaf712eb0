// Bounded requests from the control plane: taken by long poll, given to the handler of their kind,
// answered. They never start daemons. Handlers are loaded at the first request, so that a host that is
// asked nothing stays small; a request of an executor that was replaced is refused.
import type { HostRequest, HostResponse } from "@cynosure/model";
import { clientLimits, createBackOff, GatewayRefusal } from "./gateway-client.ts";
import type { GatewayClient } from "./gateway-client.ts";
import { describeError } from "./state-holder.ts";

export type HostHandler = (payload: unknown, signal: AbortSignal) => Promise<unknown>;
export type HostHandlers = Readonly<Record<string, HostHandler>>;

export const requestLimits = { atOnceMax: 8, timeoutMsMax: 600_000, answerCharsMax: 4_000_000 } as const;

export interface RequestLoopOptions {
  readonly client: GatewayClient;
  readonly loadHandlers: () => Promise<HostHandlers>;
  /** Epoch of the plan in force. */
  readonly executorEpoch: () => number;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Runs until the signal aborts; rejects with GatewayRefusal when the identity is not accepted. */
export async function runRequestLoop(options: RequestLoopOptions): Promise<void> {
  const backOff = createBackOff();
  const running = new Set<Promise<void>>();
  let newestEpoch = 0;
  while (!options.signal.aborted) {
    if (running.size >= requestLimits.atOnceMax) await Promise.race(running);
    try {
      const { body } = await options.client.call({ method: "GET", path: "/v1/requests", timeoutMs: clientLimits.pollMsMax, signal: options.signal });
      backOff.succeeded();
      for (const request of readRequests(body)) {
        newestEpoch = Math.max(newestEpoch, request.executorEpoch, options.executorEpoch());
        const isStale = request.executorEpoch < newestEpoch;
        const work = (isStale ? Promise.resolve(staleAnswer(request, newestEpoch)) : handle(options, request)).then((response) => answer(options, request, response));
        running.add(work);
        void work.finally(() => running.delete(work));
      }
    } catch (error) {
      if (options.signal.aborted) return;
      if (error instanceof GatewayRefusal && (error.status === 401 || error.status === 403)) throw error;
      await backOff.failed(options.signal);
    }
  }
}

const staleAnswer = (request: HostRequest, newestEpoch: number): HostResponse => ({
  ok: false,
  error: { code: "StaleExecutor", message: `request ${request.id} is of epoch ${String(request.executorEpoch)}, this host has seen ${String(newestEpoch)}: another control plane has taken over` },
});

function readRequests(body: unknown): readonly HostRequest[] {
  const list = typeof body === "object" && body !== null && "requests" in body && Array.isArray(body.requests) ? (body.requests as readonly unknown[]) : [];
  return list.filter(isRequest);
}

function isRequest(value: unknown): value is HostRequest {
  if (typeof value !== "object" || value === null) return false;
  return "id" in value && typeof value.id === "string" && "kind" in value && typeof value.kind === "string" && "executorEpoch" in value && typeof value.executorEpoch === "number" && "timeoutMsMax" in value && typeof value.timeoutMsMax === "number";
}

async function handle(options: RequestLoopOptions, request: HostRequest): Promise<HostResponse> {
  const timeoutMs = Math.min(request.timeoutMsMax, requestLimits.timeoutMsMax);
  const expired = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([expired, options.signal]);
  try {
    const handlers = await options.loadHandlers();
    const handler = Object.hasOwn(handlers, request.kind) ? handlers[request.kind] : undefined;
    if (handler === undefined) return failure("UnknownRequestKind", `this host has no handler for ${request.kind}; its image or agent is older than the control plane`);
    const value = await Promise.race([handler(request.payload, signal), rejectOn(signal)]);
    const text = JSON.stringify(value ?? null);
    if (text.length > requestLimits.answerCharsMax) return failure("AnswerTooLarge", `${request.kind} answered ${String(text.length)} characters, the limit is ${String(requestLimits.answerCharsMax)}`);
    return { ok: true, value: value ?? null };
  } catch (error) {
    if (expired.aborted) return failure("TimedOut", `${request.kind} did not finish in ${String(timeoutMs)} ms`);
    const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "HandlerFailed";
    return failure(code, `${request.kind}: ${error instanceof Error ? error.message : describeError(error)}`.slice(0, 8000));
  }
}

const failure = (code: string, message: string): HostResponse => ({ ok: false, error: { code: code.slice(0, 200), message } });

const rejectOn = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => {
      reject(new Error("aborted"));
    }, { once: true });
  });

/** Tried for as long as somebody can still be waiting. */
async function answer(options: RequestLoopOptions, request: HostRequest, response: HostResponse): Promise<void> {
  const backOff = createBackOff();
  const endMs = Date.now() + Math.min(request.timeoutMsMax, requestLimits.timeoutMsMax);
  do {
    try {
      await options.client.call({ method: "POST", path: `/v1/requests/${encodeURIComponent(request.id)}/response`, body: response, timeoutMs: clientLimits.callMsMax, signal: options.signal });
      return;
    } catch (error) {
      if (options.signal.aborted || error instanceof GatewayRefusal) {
        options.log(`the answer to ${request.kind} was not delivered: ${describeError(error)}`);
        return;
      }
      await backOff.failed(options.signal);
    }
  } while (Date.now() < endMs);
}
