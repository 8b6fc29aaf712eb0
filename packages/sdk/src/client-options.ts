// What a client is made of: where the server is, who is calling, and how to trust it.
import type { TokenCredential } from "@azure/core-auth";
import type { Agent, HttpClient, PipelineRetryOptions, TlsSettings } from "@azure/core-rest-pipeline";
import type { AbortSignalLike } from "@azure/abort-controller";

export interface CynosureClientOptions {
  /** Base URL of the ARM endpoint, for example https://127.0.0.1:8443. */
  readonly endpoint: string;
  readonly subscriptionId: string;
  /** Who is calling. Null in the portal: the session cookie of the browser says it, and no token is sent. */
  readonly credential: TokenCredential | null;
  /** What tokens are asked for; the audience of public Azure when absent. */
  readonly credentialScopes?: string | readonly string[];
  /** Certificates to trust besides the machine's own, as in `{ ca: pem }`; Node only. */
  readonly tlsOptions?: TlsSettings;
  /** Connection agent; Node only. */
  readonly agent?: Agent;
  readonly retryOptions?: PipelineRetryOptions;
  /** Replaces the transport, for tests and browsers. */
  readonly httpClient?: HttpClient;
  /** Put in front of the user agent, for example `cynosure-cli/0.1.0`. */
  readonly userAgentPrefix?: string;
  /** How long to wait between polls when the server does not say. */
  readonly pollingIntervalMs?: number;
}

export interface RequestOptions {
  readonly abortSignal?: AbortSignalLike;
  /** Added to the request: If-Match, If-None-Match, Accept-Language. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Longest wait for one answer. */
  readonly timeoutMsMax?: number;
}

export interface LongRunningOptions extends RequestOptions {
  readonly pollingIntervalMs?: number;
  /** A poller's `serialize()` from before, to go on with the same operation. */
  readonly resumeFrom?: string;
}

export interface ListOptions extends RequestOptions {
  /** Most items per page. */
  readonly pageSizeMax?: number;
  /** `$filter` of the list; which ones there are is part of its description. */
  readonly filter?: string;
}
