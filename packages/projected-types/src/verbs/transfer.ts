// Files to the engine: their bytes in the request, or read from a URL. Files from the engine are fetched at the native gateway,
// which streams them; the answer says where.
import { Buffer } from "node:buffer";
import { ControlPlaneError } from "@cynosure/model";
import type { CatalogueOperation, ProjectedType } from "@cynosure/projection";
import type { Context } from "../context.ts";
import { sendOrThrow } from "../context.ts";
import type { NativeId } from "../names/native-id.ts";
import { fillPath } from "../places/native-path.ts";
import type { ProjectedAnswer } from "../port.ts";
import { beginOperation, taskIdsOf } from "../tasks/begin.ts";
import type { Json } from "../wire/json.ts";
import { secretValues } from "../wire/secrets.ts";
import { multipart, splitBody } from "./body.ts";
import type { FilePart } from "./body.ts";

/** Of one upload in a request: Azure Resource Manager takes 4 MiB of JSON, of which base64 leaves three quarters. */
export const TRANSFER_CONTENT_BYTES_MAX = 3 * 1024 * 1024;

/** Of what a file is sent to. */
export interface TransferTarget {
  readonly type: ProjectedType | null;
  readonly levels: readonly NativeId[];
  /** The object, or the cluster where there is none. */
  readonly resourceId: string;
}

export async function runTransfer(context: Context, operation: CatalogueOperation, { type, levels, resourceId }: TransferTarget, body: Json): Promise<ProjectedAnswer> {
  if (operation.method === "GET") return { status: 200, body: { method: "GET", path: fillPath(operation.path, levels), remedy: "Fetch it at the cluster's native gateway, which streams it; listGatewayUsers tells the address." } };
  const { sourceUri, content, fileName, ...rest } = body;
  const { query, body: fields } = splitBody(operation, rest);
  const field = fileField(operation, fields);
  // Files may also stand as texts in the properties that the engine has for them.
  const isText = sourceUri === undefined && content === undefined && field === null;
  const file = isText ? null : { field: field ?? "file", fileName: fileNameOf(fileName, sourceUri), bytes: await bytesOf(context, sourceUri, content) };
  const answer = await sendOrThrow(context, operation, { levels, query, ...formOf(operation, fields, file) }, secretValues(type, fields));
  const taskIds = taskIdsOf(context.catalogue.engine, operation, answer);
  if (taskIds.length > 0) return { status: 202, operation: await beginOperation(context, { kind: "action", resourceId, taskIds, name: null }) };
  return answer.body === null || answer.body === "" ? { status: 204 } : { status: 200, body: answer.body };
}

const formOf = (operation: CatalogueOperation, fields: Json, file: FilePart | null): ReturnType<typeof multipart> =>
  operation.bodyKind === "multipart" || file === null ? multipart(fields, file) : { bytes: file.bytes, headers: { "Content-Type": "application/octet-stream" } };

function fileNameOf(fileName: unknown, sourceUri: unknown): string {
  if (typeof fileName === "string" && fileName !== "") return fileName;
  return typeof sourceUri === "string" && URL.canParse(sourceUri) ? (new URL(sourceUri).pathname.split("/").at(-1) ?? "file") : "file";
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

/** The one that the body does not fill; null when it fills them all. */
const fileField = (operation: CatalogueOperation, fields: Json): string | null => operation.bodyFields.find(({ name }) => fields[name] === undefined && /file|keytab|package|certificate|upload|content|body/i.test(name))?.name ?? operation.bodyFields.find(({ name }) => fields[name] === undefined)?.name ?? null;
