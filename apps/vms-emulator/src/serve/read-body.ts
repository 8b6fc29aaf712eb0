// What came with a call, bounded: JSON and forms are read; of uploads the names of their parts are kept, and the bytes let go.
import type { IncomingMessage } from "node:http";
import { Refusal } from "./answer.ts";
import type { Row } from "../state/store.ts";

export const JSON_BYTES_MAX = 8 * 1024 * 1024;
/** Of an upload, where the names of its parts are looked for. */
const UPLOAD_BYTES_KEPT = 64 * 1024;

export async function readBody(request: IncomingMessage): Promise<Row> {
  const type = (request.headers["content-type"] ?? "").toLowerCase();
  const isUpload = type.startsWith("multipart/") || /octet-stream|parquet|csv/.test(type);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (!isUpload && bytes > JSON_BYTES_MAX) throw new Refusal(413, { detail: `The body is over the limit of ${JSON_BYTES_MAX} bytes.` });
    if (!isUpload || bytes - chunk.length < UPLOAD_BYTES_KEPT) chunks.push(chunk);
  }
  const content = Buffer.concat(chunks);
  if (isUpload) return Object.fromEntries([...content.toString("latin1").matchAll(/name="([^"]{1,100})"/g)].map(([, name]) => [name, "(uploaded)"]));
  return content.length === 0 ? {} : parse(content.toString(), type);
}

function parse(text: string, type: string): Row {
  if (type.startsWith("application/x-www-form-urlencoded")) return Object.fromEntries(new URLSearchParams(text));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Refusal(400, { detail: `JSON parse error - ${cause instanceof Error ? cause.message : String(cause)}` });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Row; // any object is one
  // Bulk operations take a list as it is.
  return Array.isArray(value) ? { items: value } : {};
}
