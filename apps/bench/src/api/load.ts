// Load in a closed loop: each connection sends its next request when it has the answer to the last.
import autocannon from "autocannon";

/** Fewer leave a server waiting, more only queue up before it. */
export const CONNECTIONS = 16;

export interface LoadRequest {
  readonly method: "GET" | "PUT";
  readonly path: string;
  readonly body?: string;
}

export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly latencyMs: { readonly p50: number; readonly p99: number };
  readonly count: number;
}

export interface LoadOptions {
  readonly baseUrl: string;
  readonly token: string;
  readonly seconds: number;
  /** Called for each request, so that no two are alike. */
  readonly next: () => LoadRequest;
  readonly expectedStatus: readonly number[];
}

/** Throws when any answer is not what was expected: a fast refusal is no result. */
export async function runLoad({ baseUrl, token, seconds, next, expectedStatus }: LoadOptions): Promise<LoadResult> {
  const wrong = new Map<number, number>();
  const result = await autocannon({
    url: baseUrl,
    connections: CONNECTIONS,
    duration: seconds,
    headers: { "content-type": "application/json", ...(token === "" ? {} : { authorization: `Bearer ${token}` }) },
    requests: [
      {
        setupRequest: (request) => ({ ...request, ...next() }),
        onResponse: (status) => {
          if (!expectedStatus.includes(status)) wrong.set(status, (wrong.get(status) ?? 0) + 1);
        },
      },
    ],
  });
  if (wrong.size > 0 || result.errors > 0) throw new Error(`${baseUrl} answered what was not expected: ${JSON.stringify([...wrong])}, ${result.errors} connection errors`);
  return { requestsPerSecond: result.requests.total / result.duration, latencyMs: { p50: result.latency.p50, p99: result.latency.p99 }, count: result.requests.total };
}
