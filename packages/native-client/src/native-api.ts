// How an engine's own API is reached: what an engine tells of it, and the client that everybody here speaks through.
import type { Buffer } from "node:buffer";

/** Where the API of one cluster answers. Holds no secret that outlives a call of `headers`. */
export interface NativeEndpoint {
  /** `https://127.0.0.1:41234`: reachable from the control plane. */
  readonly origin: string;
  /** What stands before the document's paths, `/api/latest` or ``; no slash at its end. */
  readonly basePath: string;
  /** Where the engine hands out its API document, below the base path, query included; absent: it hands out none. */
  readonly documentPath?: string;
  /** PEM of the authority that signed its certificate; null for plain HTTP or a public authority. */
  readonly caPem: string | null;
  /**
   * Signs a request in. `isRefused`: the last ones were answered 401, get new ones. `target`: what will be asked, for APIs
   * that want more than a sign-in of it (a version per operation); what is answered here stands in place of a header of the same name.
   */
  headers(isRefused: boolean, target?: NativeTarget): Promise<Readonly<Record<string, string>>>;
}

/** `path` from the base path on, without a query. */
export interface NativeTarget {
  readonly method: string;
  readonly path: string;
}

/** Where an answer of a stated length is put. */
export interface AnswerMemory {
  take(bytes: number): Buffer;
}

export interface NativeRequest {
  readonly method: string;
  /** Below the base path, as the document writes it with values filled in and percent-encoded: `/views/7/`. */
  readonly path: string;
  readonly query?: readonly (readonly [name: string, value: string])[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is, instead of `json`. */
  readonly bytes?: AsyncIterable<Uint8Array> | Uint8Array;
  readonly timeoutMsMax?: number;
  /** False for a GET that changes something or hands out secrets: never sent twice. */
  readonly isRepeatable?: boolean;
  readonly signal?: AbortSignal;
  /** A JSON answer of 200 comes as `bytes`, for whoever passes most of it on. */
  readonly isUnparsed?: boolean;
  /** For `bytes`; absent: new memory for each answer. */
  readonly memory?: AnswerMemory;
}

export interface NativeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed when the answer is JSON, else its text; null where there are `bytes`. */
  readonly body: unknown;
  /** UTF-8, as it came. */
  readonly bytes?: Buffer;
}

/** Bounded in size and time; a breaker per cluster refuses at once while its engine does not answer. Throws ControlPlaneError where no HTTP answer came. */
export interface NativeClient {
  send(request: NativeRequest): Promise<NativeAnswer>;
}
