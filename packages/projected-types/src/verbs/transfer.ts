// Files to the engine: their bytes in the request, or read from a URL. Files from the engine are fetched at the native gateway,
// which streams them; the answer says where.
import { randomUUID } from "node:crypto";
import { Buffer } from "node:buffer";
import { ControlPlaneError } from "@cynosure/model";
import type { CatalogueOperation } from "@cynosure/projection";
import type { Context } from "../context.ts";
import { sendOrThrow } from "../context.ts";
import type { NativeId } from "../names/native-id.ts";
import { fillPath } from "../places/native-path.ts";
import type { ProjectedAnswer } from "../port.ts";
import { beginOperation, taskIdsOf } from "../tasks/begin.ts";
import type { Json } from "../wire/json.ts";

/** Of one upload in a request: Azure Resource Manager takes 4 MiB of JSON, of which base64 leaves three quarters. */
export const TRANSFER_CONTENT_BYTES_MAX = 3 * 1024 * 1024;

export async function runTransfer(context: Context, operation: CatalogueOperation, levels: readonly NativeId[], body: Json): Promise<ProjectedAnswer> {
  const path = fillPath(operation.path, levels);
  if (operation.method === "GET") return { status: 200, body: { method: "GET", path, remedy: "Fetch it at the cluster's native gateway, which streams it; listGatewayUsers tells the address." } };
  const { sourceUri, content, fileName, ...fields } = body;
  const bytes = await bytesOf(context, sourceUri, content);
  const name = typeof fileName === "string" && fileName !== "" ? fileName : typeof sourceUri === "string" ? (new URL(sourceUri).pathname.split("/").at(-1) ?? "file") : "file";
  const sent = operation.bodyKind === "multipart" ? multipart(fileField(operation, fields), name, fields, bytes) : { contentType: "application/octet-stream", bytes };
  const query = operation.bodyKind === "multipart" ? [] : Object.entries(fields).map(([field, value]) => [field, String(value)] as const);
  const answer = await sendOrThrow(context, operation, { levels, query, bytes: sent.bytes, headers: { "Content-Type": sent.contentType } });
  const taskIds = taskIdsOf(context.catalogue.engine, operation, answer);
  if (taskIds.length > 0) return { status: 202, operation: await beginOperation(context, { kind: "action", resourceId: context.cluster.id, taskIds, name: null }) };
  return answer.body === null || answer.body === "" ? { status: 204 } : { status: 200, body: answer.body };
}

async function bytesOf({ options }: Context, sourceUri: unknown, content: unknown): Promise<AsyncIterable<Uint8Array>> {
  if ((sourceUri === undefined) === (content === undefined)) throw new ControlPlaneError("InvalidRequestContent", "A file is given by 'sourceUri' (https) or by 'content' (base64): send one of them.", { target: "sourceUri" });
  if (sourceUri !== undefined) {
    if (typeof sourceUri !== "string" || !URL.canParse(sourceUri)) throw new ControlPlaneError("InvalidRequestContent", "'sourceUri' must be an https URL.", { target: "sourceUri" });
    if (options.openUrl === undefined) throw new ControlPlaneError("OperationNotAllowed", "This control plane reads no files from URLs. Send the file as 'content', or through the native gateway.", { target: "sourceUri" });
    return options.openUrl(sourceUri);
  }
  if (typeof content !== "string" || !/^[A-Za-z0-9+/]*={0,2}$/.test(content)) throw new ControlPlaneError("InvalidRequestContent", "'content' must be the file's bytes in base64.", { target: "content" });
  const bytes = Buffer.from(content, "base64");
  if (bytes.byteLength > TRANSFER_CONTENT_BYTES_MAX) throw new ControlPlaneError("RequestEntityTooLarge", `The file has ${bytes.byteLength} bytes, more than ${TRANSFER_CONTENT_BYTES_MAX}. Send it by 'sourceUri' or through the native gateway.`, { target: "content" });
  return once(bytes);
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

/** The one that the body does not fill. */
const fileField = (operation: CatalogueOperation, fields: Json): string => operation.bodyFields.find(({ name }) => fields[name] === undefined && /file|keytab|certificate|upload|content|body/i.test(name))?.name ?? operation.bodyFields.find(({ name }) => fields[name] === undefined)?.name ?? "file";

const quoted = (text: string): string => text.replaceAll(/[\r\n"\\]/g, (char) => encodeURIComponent(char));

function multipart(field: string, fileName: string, fields: Json, bytes: AsyncIterable<Uint8Array>): { readonly contentType: string; readonly bytes: AsyncIterable<Uint8Array> } {
  const boundary = `cynosure-${randomUUID()}`;
  const texts = Object.entries(fields).map(([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"\r\n\r\n${typeof value === "object" ? JSON.stringify(value) : String(value)}\r\n`);
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(field)}"; filename="${quoted(fileName)}"\r\nContent-Type: application/octet-stream\r\n\r\n`;
  async function* parts(): AsyncIterable<Uint8Array> {
    yield Buffer.from(`${texts.join("")}${head}`);
    yield* bytes;
    yield Buffer.from(`\r\n--${boundary}--\r\n`);
  }
  return { contentType: `multipart/form-data; boundary=${boundary}`, bytes: parts() };
}
