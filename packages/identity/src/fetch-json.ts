// One JSON document from an issuer: bounded in time and size, no redirects, TLS trust as configured.
import { request as requestHttp } from "node:http";
import type { IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";

export interface FetchJsonOptions {
  /** Certificates to trust instead of the machine's, as PEM. */
  readonly caPem: string | null;
  readonly timeoutMsMax: number;
  readonly bytesMax: number;
}

export type FetchJson = (url: URL) => Promise<unknown>;

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Keys that came over a wire anybody may write on prove nothing; within one machine there is no wire. */
export const isTrustworthyUrl = (url: URL): boolean => url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.test(url.hostname));

export function createFetchJson({ caPem, timeoutMsMax, bytesMax }: FetchJsonOptions): FetchJson {
  return (url) =>
    new Promise((resolve, reject) => {
      if (!isTrustworthyUrl(url)) {
        reject(new Error(`${url.href} is not https`));
        return;
      }
      const open = url.protocol === "https:" ? requestHttps : requestHttp;
      const outgoing = open(url, { headers: { accept: "application/json" }, agent: false, signal: AbortSignal.timeout(timeoutMsMax), ...(caPem === null ? {} : { ca: caPem }) }, (response) => {
        readJson(response, url, bytesMax).then(resolve, (error: unknown) => {
          outgoing.destroy();
          reject(error instanceof Error ? error : new Error(String(error)));
        });
      });
      outgoing.on("error", reject);
      outgoing.end();
    });
}

async function readJson(response: IncomingMessage, url: URL, bytesMax: number): Promise<unknown> {
  if (response.statusCode !== 200) throw new Error(`${url.href} answered ${response.statusCode ?? 0}`);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) throw new Error(`${url.href} answered more than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}
