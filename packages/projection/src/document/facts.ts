// From an OpenAPI 3 document to its facts. Total: whatever the document holds, this answers; what it cannot read it
// leaves out, so that an operation is never lost for a wrong schema.
import type { ApiField, NativeMethod } from "../catalogue.ts";
import { NATIVE_METHODS } from "./api-document.ts";
import type { ApiAnswer, ApiBody, ApiDocument, ApiOperation } from "./api-document.ts";
import { answerShape, fieldOf, fieldsOf, isObject, resolve } from "./schema-fields.ts";
import type { Json } from "./schema-fields.ts";

export const isApiDocument = (document: unknown): document is ApiDocument => isObject(document) && document["facts"] === 1 && Array.isArray(document["operations"]);

/** Throws only for what is no object with paths at all. */
export function factsOf(document: unknown): ApiDocument {
  if (isApiDocument(document)) return document;
  if (!isObject(document) || !isObject(document["paths"])) throw new Error("The document has no `paths`: it is no OpenAPI document. Give the engine's own document, as JSON.");
  const operations: ApiOperation[] = [];
  for (const [path, item] of Object.entries(document["paths"])) {
    if (!isObject(item)) continue;
    for (const method of NATIVE_METHODS) {
      const operation = item[method.toLowerCase()];
      if (isObject(operation)) operations.push(operationOf(document, { method, path, item, operation }));
    }
  }
  return { facts: 1, operations: operations.toSorted((a, b) => (a.path === b.path ? NATIVE_METHODS.indexOf(a.method) - NATIVE_METHODS.indexOf(b.method) : a.path < b.path ? -1 : 1)) };
}

interface Raw {
  readonly method: NativeMethod;
  readonly path: string;
  readonly item: Json;
  readonly operation: Json;
}

function operationOf(document: Json, { method, path, item, operation }: Raw): ApiOperation {
  const parameters = [item["parameters"], operation["parameters"]].flatMap((list) => (Array.isArray(list) ? list : [])).map((each) => resolve(document, each));
  const query: ApiField[] = [];
  for (const parameter of parameters) {
    if (parameter["in"] === "query" && typeof parameter["name"] === "string") query.push(fieldOf(document, parameter["name"], parameter["schema"] ?? parameter, parameter["required"] === true));
  }
  const responses = isObject(operation["responses"]) ? operation["responses"] : {};
  return { method, path, query, body: bodyOf(document, operation["requestBody"]), answer: answerOf(document, responses), statuses: Object.keys(responses).toSorted() };
}

const isJson = (type: string): boolean => type === "*/*" || /json/i.test(type);

function bodyOf(document: Json, requestBody: unknown): ApiBody | null {
  const content = resolve(document, requestBody)["content"];
  if (!isObject(content)) return null;
  const types = Object.keys(content);
  const json = types.find(isJson);
  const multipart = types.find((type) => type.startsWith("multipart/") || type === "application/x-www-form-urlencoded");
  const chosen = multipart ?? json ?? types[0];
  if (chosen === undefined) return null;
  const kind = chosen === multipart ? "multipart" : chosen === json ? "json" : "binary";
  const media = content[chosen];
  return { kind, fields: kind === "binary" || !isObject(media) ? [] : fieldsOf(document, media["schema"]) };
}

/** Of the first success. */
function answerOf(document: Json, responses: Json): ApiAnswer {
  const success = Object.keys(responses).filter((code) => /^2/.test(code)).toSorted();
  for (const code of success) {
    const content = resolve(document, responses[code])["content"];
    if (!isObject(content)) continue;
    const type = Object.keys(content).find(isJson) ?? Object.keys(content)[0];
    const media = type === undefined ? undefined : content[type];
    if (type === undefined || !isObject(media)) continue;
    return { ...answerShape(document, media["schema"]), contentType: type };
  }
  return { isList: false, fields: [], contentType: null };
}
