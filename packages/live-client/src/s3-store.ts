// Objects over S3, in a bucket that is the client's own. A write counts once the gateway answered 2xx; both the
// signature (SHA-256) and Content-MD5 cover the body, so the gateway itself refuses bytes that changed on the way.
import { createHash } from "node:crypto";
import { AwsClient } from "aws4fetch";
import type { S3Target } from "@cynosure/model";
import { checksumOf } from "./checked-bytes.ts";
import type { ObjectStore } from "./object-store.ts";

/** As S3 clients do: a gateway that lives is waited for; a dead connection is the relay's to break off. */
const CALL_MS_MAX = 60_000;
const LIST_KEYS_MAX = 1_000;
const REMOVED_AT_ONCE_MAX = 16;

interface Answer {
  readonly status: number;
  readonly bytes: Buffer;
}

const keysOf = (listing: string): readonly string[] => [...listing.matchAll(/<Key>([^<]*)<\/Key>/g)].map((found) => found[1] ?? "");

export function openS3Store({ endpoints, bucket, s3Keys }: Omit<S3Target, "protocol">): ObjectStore {
  const client = new AwsClient({ ...s3Keys, service: "s3", region: "us-east-1", retries: 0 });
  let turn = 0;
  const call = async (method: "GET" | "PUT" | "DELETE", path: string, signal: AbortSignal, allowed: readonly number[] = [], body?: Buffer): Promise<Answer> => {
    const endpoint = endpoints[turn % endpoints.length];
    if (endpoint === undefined) throw new Error("there is no endpoint to connect to");
    const sums = body === undefined ? {} : { headers: { "X-Amz-Content-Sha256": checksumOf(body), "Content-MD5": createHash("md5").update(body).digest("base64") }, body: new Uint8Array(body) };
    const response = await client.fetch(`http://${endpoint.address}:${endpoint.port}/${bucket}${path}`, { method, signal: AbortSignal.any([signal, AbortSignal.timeout(CALL_MS_MAX)]), ...sums });
    const bytes = Buffer.from(await response.arrayBuffer());
    if (response.ok || allowed.includes(response.status)) return { status: response.status, bytes };
    throw new Error(`${endpoint.name}: ${method} answered ${response.status} ${/<Code>([^<]*)/.exec(bytes.toString("utf8"))?.[1] ?? ""}`.trim());
  };
  const removeAll = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      const { status, bytes } = await call("GET", `?list-type=2&max-keys=${LIST_KEYS_MAX}`, signal, [404]);
      const keys = status === 404 ? [] : keysOf(bytes.toString("utf8"));
      if (keys.length === 0) return;
      for (let from = 0; from < keys.length; from += REMOVED_AT_ONCE_MAX) await Promise.all(keys.slice(from, from + REMOVED_AT_ONCE_MAX).map((key) => call("DELETE", `/${key}`, signal, [404])));
    }
  };
  return {
    async prepare(signal) {
      // 409: it is there already, and ours.
      await call("PUT", "", signal, [409]);
      await removeAll(signal);
    },
    async write(name, bytes, signal) {
      await call("PUT", `/${name}`, signal, [], bytes);
    },
    async read(name, signal) {
      const { status, bytes } = await call("GET", `/${name}`, signal, [404]);
      return status === 404 ? null : bytes;
    },
    async remove(name, signal) {
      await call("DELETE", `/${name}`, signal, [404]);
    },
    async clear(signal) {
      await removeAll(signal);
      await call("DELETE", "", signal, [404]);
    },
    reset() {
      turn += 1;
    },
  };
}
