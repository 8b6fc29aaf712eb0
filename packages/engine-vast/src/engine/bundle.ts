// Bringing the bundle of an upgrade to the cluster: from a URL that the cluster reads itself, or from a file that is sent. What
// the cluster has already is not sent again: it is asked by digest first.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Bundle } from "../layout/action-params.ts";
import type { Row } from "./rows.ts";
import { VmsRefusal, type Vms } from "./vms.ts";

const BOUNDARY = "cynosure-bundle";
/** A bundle has some gigabytes. */
const UPLOAD_MS_MAX = 3_600_000;
/** 424: the data of this digest is not there. */
const MISSING_STATUS = 424;

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

async function* multipart(path: string): AsyncIterable<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="build_package"; filename="${basename(path).replaceAll('"', "")}"\r\nContent-Type: application/octet-stream\r\n\r\n`);
  for await (const part of createReadStream(path) as AsyncIterable<Uint8Array>) yield part; // no encoding is set, so parts are bytes
  yield encoder.encode(`\r\n--${BOUNDARY}--\r\n`);
}

async function isThere(vms: Vms, cluster: string, sha256: string): Promise<boolean> {
  const request = { method: "POST", path: `/clusters/${cluster}/should_upload/`, json: { bundle_sha256: sha256 } };
  const answer = await vms.ask(request);
  if (answer.status === MISSING_STATUS) return false;
  if (answer.status >= 300) throw new VmsRefusal(request, answer);
  return typeof answer.body === "object" && answer.body !== null && "all_data_exist" in answer.body && answer.body.all_data_exist === true;
}

/** The answer that names the task which prepares it; null when all of it is there. */
export async function sendBundle(vms: Vms, cluster: string, bundle: Bundle): Promise<Row | null> {
  if (bundle.kind === "url") return vms.send({ method: "POST", path: `/clusters/${cluster}/upload_from_s3/`, json: { s3_url: bundle.url } });
  if (await isThere(vms, cluster, await digestOf(bundle.path))) return null;
  return vms.send({ method: "POST", path: `/clusters/${cluster}/upload_bundle/`, headers: { "Content-Type": `multipart/form-data; boundary=${BOUNDARY}` }, bytes: multipart(bundle.path), timeoutMsMax: UPLOAD_MS_MAX });
}
