// HTTP to the agent gateway over TLS with node:https alone: the agent's process stays small. Connections
// are kept alive; every call is bounded in time and size. What answers mean is decided by the callers.
import { Agent, request as httpsRequest } from "node:https";
import type { RequestOptions } from "node:https";
import type { GatewayAddress } from "./boot-file.ts";

/** Name in the gateway's certificate, on the unix socket and on TCP alike. */
export const gatewayServerName = "agent-gateway.cynosure.internal";

export const clientLimits = { pollMsMax: 40_000, callMsMax: 15_000, answerBytesMax: 16 * 1024 * 1024 } as const;

export interface ClientCredentials {
  readonly caPem: string;
  readonly keyPem?: string;
  readonly certificatePem?: string;
}

export interface GatewayAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** The gateway refused: `code` is its own word, for example `PlaceholderUnresolved`. */
export class GatewayRefusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = "GatewayRefusal";
    this.status = status;
    this.code = code;
  }
}

export interface GatewayCall {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: unknown;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface GatewayClient {
  /** Answers 2xx; rejects with GatewayRefusal for 4xx and any other error when the gateway is away. */
  call(call: GatewayCall): Promise<GatewayAnswer>;
  close(): void;
}

export function createGatewayClient(address: GatewayAddress, credentials: ClientCredentials): GatewayClient {
  const agent = new Agent({
    keepAlive: true, maxSockets: 6, ca: credentials.caPem, servername: gatewayServerName, minVersion: "TLSv1.3", maxCachedSessions: 4,
    ...(credentials.keyPem === undefined || credentials.certificatePem === undefined ? {} : { key: credentials.keyPem, cert: credentials.certificatePem }),
  });
  const target: RequestOptions = "socketPath" in address ? { socketPath: address.socketPath } : { host: address.host, port: address.port };
  return {
    call: (call) => send(call, { ...target, agent, servername: gatewayServerName, headers: {} }),
    close: () => {
      agent.destroy();
    },
  };
}

async function send(call: GatewayCall, options: RequestOptions): Promise<GatewayAnswer> {
  const text = call.body === undefined ? null : JSON.stringify(call.body);
  const answer = await new Promise<GatewayAnswer>((resolve, reject) => {
    const headers = text === null ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
    const request = httpsRequest({ ...options, method: call.method, path: call.path, headers, ...(call.signal === undefined ? {} : { signal: call.signal }) }, (response) => {
      const parts: Buffer[] = [];
      let sizeBytes = 0;
      response.on("data", (part: Buffer) => {
        sizeBytes += part.length;
        if (sizeBytes > clientLimits.answerBytesMax) request.destroy(new Error("the gateway's answer is over the limit"));
        else parts.push(part);
      });
      response.on("error", reject);
      response.on("end", () => {
        try {
          const got = Buffer.concat(parts).toString("utf8");
          resolve({ status: response.statusCode ?? 0, body: got === "" ? null : (JSON.parse(got) as unknown) });
        } catch (error) {
          reject(error instanceof Error ? error : new Error("unreadable answer"));
        }
      });
    });
    // A gateway that is frozen answers nothing: the connection is given up and made anew.
    const timer = setTimeout(() => request.destroy(new Error(`no answer to ${call.path.split("?")[0] ?? ""} in ${String(call.timeoutMs)} ms`)), call.timeoutMs);
    request.on("close", () => {
      clearTimeout(timer);
    });
    request.on("error", reject);
    request.end(text ?? undefined);
  });
  if (answer.status >= 200 && answer.status < 300) return answer;
  const { code, message } = readError(answer.body);
  if (answer.status >= 500) throw new Error(`the gateway is not able to answer: ${message}`);
  throw new GatewayRefusal(answer.status, code, message);
}

function readError(body: unknown): { code: string; message: string } {
  const outer = typeof body === "object" && body !== null && "error" in body ? body.error : null;
  const code = typeof outer === "object" && outer !== null && "code" in outer && typeof outer.code === "string" ? outer.code : "Unknown";
  const message = typeof outer === "object" && outer !== null && "message" in outer && typeof outer.message === "string" ? outer.message : "no reason given";
  return { code, message };
}

/** Waits between attempts: 0.2 s doubling to 5 s; reset by success. */
export interface BackOff {
  failed(signal: AbortSignal): Promise<void>;
  succeeded(): void;
}

export function createBackOff(firstMs = 200, lastMs = 5000): BackOff {
  let nextMs = firstMs;
  return {
    failed: async (signal) => {
      const waitMs = nextMs;
      nextMs = Math.min(lastMs, nextMs * 2);
      await pause(waitMs, signal);
    },
    succeeded: () => {
      nextMs = firstMs;
    },
  };
}

/** Resolves after the time or when the signal aborts, whichever is first. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener("abort", finish);
  });
