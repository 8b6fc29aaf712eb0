// What the server needs to know of a route, whichever list it comes from (the generated contract, the front
// door, sign-in): how it is matched, who may call it, what it answers. Handlers never see Fastify.
import type { ApiVersionScope, Correlation, ManagedIdentityStamp, RequestPrincipal, SystemDataStamp, WriteCondition } from "@cynosure/arm-protocol";
import type { CallerSession } from "./authentication.ts";
import type { RoutePattern } from "./router.ts";

export interface RouteRequest {
  readonly method: string;
  readonly params: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Parsed JSON for routes that take it, the raw text for `form` routes, else undefined. */
  readonly body: unknown;
  readonly apiVersion: string;
  /** Null on open routes only. */
  readonly principal: RequestPrincipal | null;
  readonly condition: WriteCondition;
  readonly correlation: Correlation;
  readonly requestId: string;
  /** The URL as the client wrote it: what nextLink is built on (H7). */
  readonly requestUrl: string;
  readonly baseUrl: string;
  /** Only where a front door that is trusted sends them. */
  readonly systemData?: SystemDataStamp;
  readonly managedIdentity?: ManagedIdentityStamp;
  readonly session?: CallerSession;
  readonly isCallerValid?: () => Promise<boolean>;
}

export interface RouteAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Sent as it is instead of a body, for people: its content type is among the headers. */
  readonly text?: string;
  /** As `text`, for what is no text. Held whole: for what is small and kept anyway. */
  readonly bytes?: Uint8Array;
  /** As `text`, bit by bit and for as long as it likes: called once, asked for the next bit when the last one is sent, whose memory may be used
   *  again then. Its signal is aborted when the client has gone, did not read for STREAM_STALL_MS_MAX, or the server closes; then it must end. */
  readonly stream?: (signal: AbortSignal) => AsyncIterable<string | Uint8Array>;
}

/** May tell nothing of what exists: it is asked before the caller's right is. */
export type PermissionOf = (request: Pick<RouteRequest, "method" | "params">) => Promise<readonly string[]>;

export interface ServedRoute extends RoutePattern {
  /** `open`: no token, no api-version. */
  readonly access: "open" | "bearer";
  readonly takes: "json" | "form" | "nothing";
  /** Null on open routes. */
  readonly apiVersion: ApiVersionScope | null;
  /** What is authorised, for example `Cynosure.Storage/clusters/write`; all of them, where words of the path decide. Null on open routes. */
  readonly permission: string | PermissionOf | null;
  answer(request: RouteRequest): Promise<RouteAnswer>;
}
