// Records as objects over S3. A write counts once the gateway answered 2xx; both the signature (SHA-256) and
// Content-MD5 cover the body, so the gateway itself refuses bytes that changed on the way.
import { createHash } from "node:crypto";
import { AwsClient } from "aws4fetch";
import { sha256 } from "../../../apps/cli/src/verification/seeded-file.ts";
import type { RecordStore } from "./records.ts";

/** As S3 clients do: a gateway that lives is waited for; a dead connection is the relay's to break off. */
const CALL_MS_MAX = 60_000;

export function openS3Store(endpoint: { readonly address: string; readonly port: number }, bucket: string, keys: { readonly accessKeyId: string; readonly secretAccessKey: string }): RecordStore {
  const client = new AwsClient({ ...keys, service: "s3", region: "us-east-1", retries: 0 });
  const call = async (method: "GET" | "PUT", name: string, body?: Buffer): Promise<Buffer> => {
    const sums = body === undefined ? {} : { headers: { "X-Amz-Content-Sha256": sha256(body), "Content-MD5": createHash("md5").update(body).digest("base64") }, body: new Uint8Array(body) };
    const answer = await client.fetch(`http://${endpoint.address}:${endpoint.port}/${bucket}/fire-${name}`, { method, signal: AbortSignal.timeout(CALL_MS_MAX), ...sums });
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (!answer.ok) throw new Error(`${method} answered ${answer.status} ${/<Code>([^<]*)/.exec(bytes.toString("utf8"))?.[1] ?? ""}`);
    return bytes;
  };
  return {
    async write(name, bytes) {
      await call("PUT", name, bytes);
    },
    read: (name) => call("GET", name),
    reset: () => {},
  };
}
