// Load in a closed loop: each connection sends its next request when it has the answer to the last. Latency is
// measured apart, below saturation and in fractions of a millisecond, which the load generator does not tell.
import autocannon from "autocannon";
import { connectPlainly } from "./plain-client.ts";

/** Fewer leave a server waiting, more only queue up before it. */
export const CONNECTIONS = 16;

export interface LoadRequest {
  readonly method: "GET" | "PUT";
  readonly path: string;
  readonly body?: string;
}

export interface LoadResult {
  readonly requestsPerSecond: number;
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
  return { requestsPerSecond: result.requests.total / result.duration, count: result.requests.total };
}

export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** One request after the other on one connection that is kept. */
export async function measureLatency(server: { readonly baseUrl: string; readonly token: string }, seconds: number, nextPath: () => string): Promise<Latency> {
  const client = await connectPlainly(server);
  const samples: number[] = [];
  const end = performance.now() + seconds * 1_000;
  while (performance.now() < end) {
    const path = nextPath();
    const begun = performance.now();
    const status = await client.get(path);
    if (status !== 200) throw new Error(`${server.baseUrl} answered ${status}`);
    samples.push(performance.now() - begun);
  }
  client.close();
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}
