// What an engine takes besides the path: a query, and a body as JSON or as a form with files.
import { randomUUID } from "node:crypto";
import { Buffer } from "node:buffer";
import type { CatalogueOperation } from "@cynosure/projection";
import type { Asked } from "../context.ts";
import type { Json } from "../wire/json.ts";
import { keyQuery } from "./key-values.ts";

export type Query = readonly (readonly [name: string, value: string])[];

/** Of the engine's own operation: what its document asks for in the query goes there, everything else into the body. */
export function splitBody(operation: CatalogueOperation, values: Json): { readonly query: Query; readonly body: Json } {
  const takes = new Set(operation.bodyFields.map(({ name }) => name));
  const asked = new Set(operation.queryParameters.map(({ name }) => name));
  const isQuery = (name: string): boolean => operation.method === "GET" || (asked.has(name) && !takes.has(name));
  const entries = Object.entries(values);
  return { query: entries.filter(([name]) => isQuery(name)).flatMap(([name, value]) => asQuery(name, value)), body: Object.fromEntries(entries.filter(([name]) => !isQuery(name))) };
}

/** A list is the parameter repeated. */
function asQuery(name: string, value: unknown): Query {
  if (value === null) return [];
  if (Array.isArray(value)) return value.flatMap((each) => asQuery(name, each));
  return keyQuery({ [name]: typeof value === "object" ? JSON.stringify(value) : String(value) });
}

/** Nothing is sent where there is nothing to send. */
export function sentBody(operation: CatalogueOperation, body: Json): Pick<Asked, "json" | "bytes" | "headers"> {
  if (operation.method === "GET" || (Object.keys(body).length === 0 && operation.bodyKind === null)) return {};
  return operation.bodyKind === "multipart" ? multipart(body, null) : { json: body };
}

export interface FilePart {
  readonly field: string;
  readonly fileName: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

const FILE_FIELD = /(?:^|_)(?:file|keytab)$/i;
const quoted = (text: string): string => text.replaceAll(/[\r\n"\\]/g, (char) => encodeURIComponent(char));

/** A form: texts, files whose text stands in a property, and one whose bytes come as they like. */
export function multipart(fields: Json, file: FilePart | null): Required<Pick<Asked, "bytes" | "headers">> {
  const boundary = `cynosure-${randomUUID()}`;
  const head = (name: string, fileName: string | null): string => `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"${fileName === null ? "" : `; filename="${quoted(fileName)}"\r\nContent-Type: application/octet-stream`}\r\n\r\n`;
  const texts = Object.entries(fields).map(([name, value]) => `${head(name, FILE_FIELD.test(name) ? name : null)}${typeof value === "object" ? JSON.stringify(value) : String(value)}\r\n`);
  async function* parts(): AsyncIterable<Uint8Array> {
    yield Buffer.from(texts.join(""));
    if (file !== null) {
      yield Buffer.from(head(file.field, file.fileName));
      yield* file.bytes;
      yield Buffer.from("\r\n");
    }
    yield Buffer.from(`--${boundary}--\r\n`);
  }
  return { bytes: parts(), headers: { "Content-Type": `multipart/form-data; boundary=${boundary}` } };
}

/** Of a request to ARM, what is the engine's: everything but ARM's own parameters. */
const OWN_PARAMETERS = new Set(["api-version", "$top", "$skiptoken", "page", "page_size"]);

export const nativeQuery = (query: Readonly<Record<string, string>>): Query => Object.entries(query).filter(([name]) => !OWN_PARAMETERS.has(name) && !name.startsWith("$"));

export const unknownParameter = (query: Readonly<Record<string, string>>): string | undefined => Object.keys(query).find((name) => name.startsWith("$") && !OWN_PARAMETERS.has(name));
