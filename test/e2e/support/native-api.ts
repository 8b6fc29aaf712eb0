// The engine's own API as a user of the product reaches it: through the native gateway of a running control plane.
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import { join } from "node:path";
import type { Home } from "./cynosure.ts";

export interface NativeAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly authorization: string;
  readonly body?: unknown;
}

const TIMEOUT_MS_MAX = 30_000;

/** Sends under the authority of that installation; the answer's body is parsed where it is JSON. */
export async function ask(home: Home, { method, url, authorization, body }: Asked): Promise<NativeAnswer> {
  const ca = readFileSync(join(home.dir, "pki", "ca.pem"), "utf8");
  const sent = body === undefined ? "" : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, ca, signal: AbortSignal.timeout(TIMEOUT_MS_MAX), headers: { authorization, ...(sent === "" ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(sent) }) } }, (response) => {
      text(response)
        .then((answered) => resolve({ status: response.statusCode ?? 0, body: answered === "" ? null : (JSON.parse(answered) as unknown) }))
        .catch(reject);
    });
    outgoing.on("error", reject).end(sent);
  });
}
