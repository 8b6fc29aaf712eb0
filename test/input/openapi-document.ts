// The generated OpenAPI 3 documents as the walk reads them: operations, parameters, schemas, and a strict
// validator for answers. Knows nothing of how the server is built.
import { readFileSync } from "node:fs";
import { Ajv2019 } from "ajv/dist/2019.js";
import addFormats from "ajv-formats";

export interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly readOnly?: boolean;
}

interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

interface Document {
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string; readonly parameters?: readonly Parameter[]; readonly requestBody?: Content; readonly responses: Readonly<Record<string, Content>> }>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>>; readonly parameters: Readonly<Record<string, Parameter>> };
}

export interface DocumentedOperation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly apiVersion: string;
  readonly parameters: readonly Parameter[];
  readonly body: Schema | null;
  /** Statuses the document names, `default` left out. */
  readonly statuses: readonly number[];
  /** What is wrong with an answer of this status, or null when it is as documented. */
  checkAnswer(status: number, body: unknown): string | null;
  /** One flat object schema: references followed, `allOf` merged, open string unions closed to what they name. */
  flatten(schema: Schema): Schema;
}

const root = new URL("../../spec/openapi/", import.meta.url);
export const documents: readonly string[] = ["Cynosure.Storage/2026-12-01/openapi3.json", "Cynosure.FrontDoor/2021-04-01/openapi3.json"];

const lastWord = (reference: string): string => reference.slice(reference.lastIndexOf("/") + 1);

const without = (schema: Schema, key: keyof Schema): Schema => Object.fromEntries(Object.entries(schema).filter(([name]) => name !== key));

function flattenIn(document: Document, schema: Schema): Schema {
  let flat: Schema = schema;
  if (schema.$ref !== undefined) {
    const found = document.components.schemas[lastWord(schema.$ref)];
    if (found === undefined) throw new Error(`the document has no ${schema.$ref}`);
    flat = { ...flattenIn(document, found), ...without(schema, "$ref") };
  }
  if (flat.anyOf !== undefined) {
    const closed = flat.anyOf.map((each) => flattenIn(document, each)).find((each) => each.enum !== undefined);
    flat = { ...closed, ...without(flat, "anyOf") };
  }
  if (flat.allOf !== undefined) {
    const { allOf, ...own } = flat;
    flat = [...allOf.map((each) => flattenIn(document, each)), own].reduce<Schema>(
      (merged, each) => ({
        ...merged,
        ...each,
        ...(merged.properties === undefined && each.properties === undefined ? {} : { properties: { ...merged.properties, ...each.properties } }),
        ...(merged.required === undefined && each.required === undefined ? {} : { required: [...(merged.required ?? []), ...(each.required ?? [])] }),
      }),
      {},
    );
  }
  return flat;
}

/** Where a value stands (a property, an item, a whole answer) nothing may be beside what the document names. */
function closed(schema: Schema): object {
  const inside = opened(schema);
  const isObject = schema.$ref !== undefined || schema.allOf !== undefined || schema.properties !== undefined;
  return isObject ? { ...inside, unevaluatedProperties: false } : inside;
}

function opened(schema: Schema): object {
  const { properties, items, additionalProperties, allOf, ...rest } = schema;
  return {
    ...rest,
    ...(allOf === undefined ? {} : { allOf: allOf.map(opened) }),
    ...(properties === undefined ? {} : { properties: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, closed(each)])) }),
    ...(items === undefined ? {} : { items: closed(items) }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: typeof additionalProperties === "boolean" ? additionalProperties : closed(additionalProperties) }),
  };
}

export function readDocument(file: string): readonly DocumentedOperation[] {
  // Written by the generator, whose shape is OpenAPI 3.0.
  const document = JSON.parse(readFileSync(new URL(file, root), "utf8")) as Document;
  const ajv = new Ajv2019({ strict: false, allErrors: true });
  addFormats.default(ajv, ["date-time", "uri", "uuid", "int32", "int64", "double"]);
  ajv.addFormat("arm-id", /^\/[^\s]*$/);
  ajv.addSchema({ $id: "doc", components: { schemas: Object.fromEntries(Object.entries(document.components.schemas).map(([name, schema]) => [name, opened(schema)])) } });
  const rebased = (value: object): object => JSON.parse(JSON.stringify(value).replaceAll('"#/components/', '"doc#/components/')) as object;
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): DocumentedOperation => {
      const parameters = (operation.parameters ?? []).map((parameter) => (parameter.$ref === undefined ? parameter : (document.components.parameters[lastWord(parameter.$ref)] ?? parameter)));
      const schemas = Object.entries(operation.responses).flatMap(([status, response]) => {
        const schema = response.content?.["application/json"]?.schema;
        return schema === undefined ? [] : [[status, ajv.compile(rebased(closed(schema)))] as const];
      });
      const validators = new Map(schemas);
      const statuses = Object.keys(operation.responses).filter((status) => status !== "default").map(Number);
      return {
        id: operation.operationId,
        method: method.toUpperCase(),
        path,
        apiVersion: document.info.version,
        parameters,
        body: operation.requestBody?.content?.["application/json"]?.schema ?? null,
        statuses,
        flatten: (schema) => flattenIn(document, schema),
        checkAnswer: (status, body) => {
          if (!statuses.includes(status) && status < 400) return `status ${status} is not in the document (${statuses.join(", ")})`;
          const validator = validators.get(statuses.includes(status) ? String(status) : "default");
          if (validator === undefined) return body === undefined ? null : "has a body that the document does not name";
          return validator(body) ? null : ajv.errorsText(validator.errors);
        },
      };
    }),
  );
}
