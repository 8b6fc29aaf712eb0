// Buckets through the S3 interface of the gateway on this host, signed with the key that lies on this host.
// The placement target goes along as LocationConstraint; a bucket that exists with another one is refused.
import { readFile } from "node:fs/promises";
import { AwsClient } from "aws4fetch";
import { ZONE_NAME } from "../layout/names.ts";
import * as paths from "../layout/paths.ts";
import { hostPath } from "./host-place.ts";
import { HostRequestError } from "./host-request-error.ts";
import { readFields, readText } from "./payload.ts";

const userFile = hostPath(paths.S3_USER_FILE);

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const ENDPOINT = /^http:\/\/[0-9]{1,3}(\.[0-9]{1,3}){3}:[0-9]{2,5}$/;
const PLACEMENT = /^[a-z]+-[0-9]$/;
const REQUEST_TIMEOUT_MS = 5_000;

async function openClient(): Promise<AwsClient> {
  let text: string;
  try {
    text = await readFile(userFile, "utf8");
  } catch (error) {
    throw new HostRequestError("HostFileMissing", `${userFile} is not on this host; it runs no object gateway or its host plan has not arrived`, error);
  }
  // Written by this package's layout: one user with one key.
  const { data } = JSON.parse(text) as { data: { keys: [{ access_key: string; secret_key: string }] } };
  const [key] = data.keys;
  return new AwsClient({ accessKeyId: key.access_key, secretAccessKey: key.secret_key, service: "s3", region: ZONE_NAME, retries: 0 });
}

async function send(client: AwsClient, method: string, url: string, body: string | null, signal: AbortSignal): Promise<{ status: number; text: string }> {
  try {
    const response = await client.fetch(url, { method, ...(body === null ? {} : { body }), signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]) });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    throw new HostRequestError("S3Unreachable", `${method} ${url} got no answer`, error);
  }
}

const refused = (what: string, { status, text }: { status: number; text: string }): HostRequestError =>
  new HostRequestError(status >= 500 ? "S3Unreachable" : "S3Refused", `${what}: the object gateway answered ${status} ${/<Code>([^<]*)/.exec(text)?.[1] ?? ""}`);

export async function serveS3(payload: unknown, signal: AbortSignal): Promise<unknown> {
  const fields = readFields(payload, ["operation", "endpoint", "bucket", "placement"]);
  const operation = readText(fields, "operation", /^(ensureBucket|headBucket|deleteBucket)$/);
  const bucket = readText(fields, "bucket", BUCKET);
  const url = `${readText(fields, "endpoint", ENDPOINT)}/${bucket}`;
  const client = await openClient();
  if (operation === "deleteBucket") {
    const answer = await send(client, "DELETE", url, null, signal);
    if (answer.status !== 204 && answer.status !== 404) throw refused(`Bucket ${bucket} could not be deleted`, answer);
    return { exists: false };
  }
  const head = await send(client, "HEAD", url, null, signal);
  if (operation === "headBucket") return { exists: head.status === 200 };
  if (head.status === 200) return { exists: true };
  if (head.status !== 404) throw refused(`Bucket ${bucket} could not be looked up`, head);
  const placement = readText(fields, "placement", PLACEMENT);
  const answer = await send(client, "PUT", url, `<CreateBucketConfiguration><LocationConstraint>${ZONE_NAME}:${placement}</LocationConstraint></CreateBucketConfiguration>`, signal);
  if (answer.status !== 200) throw refused(`Bucket ${bucket} could not be created`, answer);
  return { exists: true };
}
