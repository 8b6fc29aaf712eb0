// The document as clients fetch it (`GET /api/?format=openapi`), written from the stored facts: the same operations and fields,
// none of the vendor's words.
import type { ApiDocument, ApiField } from "@cynosure/projection";

export function openApiOf(document: ApiDocument): unknown {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { method, path, query, body, answer, statuses } of document.operations) {
    const inPath = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => ({ name, in: "path", required: true, schema: { type: "string" } }));
    const object = objectOf(answer.fields);
    const content = answer.contentType === null ? {} : { content: { [answer.contentType]: { schema: answer.isList ? { type: "array", items: object } : object } } };
    const first = statuses.find((status) => status.startsWith("2"));
    (paths[path] ??= {})[method.toLowerCase()] = {
      parameters: [...inPath, ...query.map((field) => ({ name: field.name, in: "query", required: field.isRequired, schema: schemaOf(field) }))],
      ...(body === null ? {} : { requestBody: { content: { [MEDIA[body.kind]]: { schema: objectOf(body.fields) } } } }),
      responses: Object.fromEntries(statuses.map((status) => [status, { description: "", ...(status === first ? content : {}) }])),
    };
  }
  return { openapi: "3.0.3", info: { title: "EMULATED management API, from facts of the document", version: "1.0" }, paths };
}

const MEDIA = { json: "application/json", multipart: "multipart/form-data", binary: "application/octet-stream" } as const;

const objectOf = (fields: readonly ApiField[]): unknown => {
  const required = fields.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  return { type: "object", properties: Object.fromEntries(fields.map((field) => [field.name, schemaOf(field)])), ...(required.length > 0 ? { required } : {}) };
};

function schemaOf({ type, itemType, enum: values, isNullable }: ApiField): unknown {
  const one = (kind: string | undefined): Record<string, unknown> => (kind === undefined || kind === "any" ? {} : { type: kind });
  const choices = values === undefined ? {} : { enum: values };
  return { ...one(type), ...(type === "array" ? { items: { ...one(itemType), ...choices } } : choices), ...(isNullable === true ? { nullable: true } : {}) };
}
