// Wire types and the Handlers interface: one TypeScript type per schema, one typed method per operation.
import type { ContractModel, ContractOperation } from "./contract-model.ts";
import type { ContractProperty, ContractSchema } from "./contract-schema.ts";
import { docComment, typescriptFile } from "./generated-file.ts";
import type { GeneratedFile } from "./generated-file.ts";

function typeText(schema: ContractSchema): string {
  switch (schema.kind) {
    case "reference":
      return schema.name;
    case "array": {
      const items = typeText(schema.items);
      return `readonly ${items.includes("|") || items.startsWith("readonly ") ? `(${items})` : items}[]`;
    }
    case "map":
      return `Readonly<Record<string, ${typeText(schema.values)}>>`;
    case "enum":
      return schema.values.map((value) => JSON.stringify(value)).join(" | ");
    case "scalar":
      return schema.type === "integer" ? "number" : schema.type;
    case "object":
      return "Readonly<Record<string, never>>";
    case "any":
      return "JsonValue";
  }
}

function propertyText(name: string, property: ContractProperty, nullable: boolean): string {
  const notes = [property.readOnly ? "Read-only." : "", property.createOnly ? "Cannot be changed after creation." : "", property.default === undefined ? "" : `Default: ${JSON.stringify(property.default)}.`];
  const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
  const type = typeText(property.schema) + (nullable && !property.readOnly ? " | null" : "");
  return `${docComment([property.description, ...notes].join(" "), "  ")}  readonly ${key}${property.required ? "" : "?"}: ${type};\n`;
}

function declaration(name: string, schema: ContractSchema, nullable: boolean): string {
  if (schema.kind !== "object") return `${docComment("description" in schema ? schema.description : "")}export type ${name} = ${typeText(schema)};\n`;
  const properties = Object.entries(schema.properties).map(([key, property]) => propertyText(key, property, nullable));
  return `${docComment(schema.description)}export interface ${name} {\n${properties.join("")}}\n`;
}

/** Schemas below a PATCH body: null removes a property there (RFC 7396). */
export function mergePatchSchemas(model: ContractModel): Set<string> {
  const found = new Set<string>();
  const visit = (schema: ContractSchema | undefined): void => {
    if (schema?.kind === "reference" && !found.has(schema.name) && schema.name.endsWith("Update")) {
      found.add(schema.name);
      visit(model.schemas[schema.name]);
    }
    if (schema?.kind === "object") for (const property of Object.values(schema.properties)) visit(property.schema);
  };
  for (const operation of model.operations) if (operation.verb === "update" && operation.requestSchema !== null) visit({ kind: "reference", name: operation.requestSchema });
  return found;
}

export function emitTypes(model: ContractModel, path: string): GeneratedFile {
  const patches = mergePatchSchemas(model);
  const types = Object.entries(model.schemas).map(([name, schema]) => declaration(name, schema, patches.has(name)));
  const json = "/** Any JSON value. */\nexport type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };\n";
  return typescriptFile(path, `\nexport const apiVersion = ${JSON.stringify(model.apiVersion)};\n\n${json}\n${types.join("\n")}`);
}

function resultText(operation: ContractOperation): string {
  const variants = Object.entries(operation.responseSchemas).map(([status, schema]) => {
    const parts = [`readonly status: ${status}`];
    if (schema !== null) parts.push(`readonly body: ${schema}`);
    if (operation.longRunning !== null) parts.push(`readonly operation${status === "202" ? "" : "?"}: OperationReference`);
    if (operation.pageable) parts.push("readonly skipToken?: string");
    parts.push("readonly headers?: ResponseHeaders");
    return `{ ${parts.join("; ")} }`;
  });
  return variants.map((variant) => `\n      | ${variant}`).join("");
}

function operationTypeText(operation: ContractOperation): string {
  const params = operation.pathParameters.map(({ name }) => `readonly ${name}: string`);
  return `${docComment(operation.description, "  ")}  ${operation.operationId}: {
    params: { ${params.join("; ")} };
    body: ${operation.requestSchema ?? "undefined"};
    result:${resultText(operation)};
  };\n`;
}

export function emitHandlers(model: ContractModel, path: string): GeneratedFile {
  const names = new Set(model.operations.flatMap((operation) => [operation.requestSchema, ...Object.values(operation.responseSchemas)]).filter((name) => name !== null));
  const body = `
import type { ${[...names].sort().join(", ")} } from "./types.ts";

/** Names the record of a long-running write; http-server makes the poll URLs from it. */
export interface OperationReference {
  readonly operationId: string;
  readonly location: string;
  readonly retryAfterSeconds?: number;
}

export type ResponseHeaders = Readonly<Record<string, string>>;

/** Query parameters as sent, names in lower case: the api-version is checked before a handler runs. */
export type QueryParameters = Readonly<Record<string, string | undefined>>;

/** Parameters, body and possible answers of each operation. Errors are thrown, never returned. */
export interface OperationTypes {
${model.operations.map(operationTypeText).join("\n")}}

export type OperationId = keyof OperationTypes;

export interface HandlerRequest<Id extends OperationId, Context> {
  readonly params: OperationTypes[Id]["params"];
  readonly query: QueryParameters;
  readonly body: OperationTypes[Id]["body"];
  readonly context: Context;
}

export type HandlerResult<Id extends OperationId> = OperationTypes[Id]["result"];

export type Handler<Id extends OperationId, Context> = (request: HandlerRequest<Id, Context>) => Promise<HandlerResult<Id>>;

/** One typed method per operation: implemented by the server and by every mock. */
export type Handlers<Context> = { readonly [Id in OperationId]: Handler<Id, Context> };
`;
  return typescriptFile(path, body);
}
