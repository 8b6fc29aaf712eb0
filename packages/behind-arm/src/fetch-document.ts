// Fetches JSON from one URL that an operator named: TLS against the system's or the pinned authorities only, no
// redirects, bounded in time and size. A redirect would let whoever answers choose whom to trust.
import { request } from "node:https";
import type { IncomingMessage } from "node:http";

export interface DocumentSource {
  readonly url: string;
  readonly caPem: string | null;
}

export type FetchDocument = (source: DocumentSource) => Promise<unknown>;

const TIMEOUT_MS_MAX = 30_000;
const DOCUMENT_BYTES_MAX = 1024 * 1024;

export const fetchDocument: FetchDocument = async ({ url, caPem }) => {
  const signal = AbortSignal.timeout(TIMEOUT_MS_MAX);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = request(url, { method: "GET", agent: false, headers: { accept: "application/json" }, signal, ...(caPem === null ? {} : { ca: caPem }) }, resolve);
    asked.once("error", (cause) => reject(new Error(`${url} cannot be read: ${cause.message}`, { cause })));
    asked.end();
  });
  const status = response.statusCode ?? 0;
  if (status !== 200) {
    response.destroy();
    throw new Error(`${url} answered ${status}${status >= 300 && status < 400 ? "; redirects are refused" : ""}`);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > DOCUMENT_BYTES_MAX) throw new Error(`${url} answered more than ${DOCUMENT_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8")) as unknown;
  } catch (cause) {
    throw new Error(`${url} answered no JSON`, { cause });
  }
};
