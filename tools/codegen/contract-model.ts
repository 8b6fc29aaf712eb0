// The contract as the generator sees it: operations and flat, self-contained schemas, read from the
// OpenAPI 2 documents (only they say what is long-running, paged, secret or create-only). Every emitter
// works from this model; none reads OpenAPI itself.
import type { CommonTypes } from "./common-types.ts";
import { readSchema } from "./contract-schema.ts";
import type { ContractSchema } from "./contract-schema.ts";
import type { OpenApi2Document, OpenApiOperation, OpenApiParameter } from "./openapi.ts";

export type Verb = "read" | "list" | "checkExistence" | "createOrUpdate" | "update" | "delete" | "action";

export interface PathParameter {
  readonly name: string;
  readonly description: string;
  readonly pattern?: string;
  readonly lengthMin?: number;
  readonly lengthMax?: number;
}

export interface ContractOperation {
  readonly operationId: string;
  readonly group: string;
  readonly description: string;
  readonly method: string;
  readonly path: string;
  readonly namespace: string;
  readonly resourceType: string;
  readonly verb: Verb;
  readonly action: string | null;
  readonly permission: string;
  readonly apiVersions: readonly string[];
  readonly pathParameters: readonly PathParameter[];
  readonly longRunning: { readonly finalStateVia: "azure-async-operation" | "location" } | null;
  readonly pageable: boolean;
  readonly requestSchema: string | null;
  /** Status code to schema name; null = no body. Errors are left out: every operation may answer an error body. */
  readonly responseSchemas: Readonly<Record<string, string | null>>;
}

export interface ContractModel {
  readonly apiVersion: string;
  readonly operations: readonly ContractOperation[];
  readonly schemas: Readonly<Record<string, ContractSchema>>;
}

const methods = ["get", "head", "put", "patch", "post", "delete"];
export const localName = (ref: string): string => ref.replace(/^.*\//, "").replace(/^.*\./, "");

/** Segments after the last `providers/NAMESPACE`, type segments only: clusters/{c}/hosts/{h} gives clusters/hosts. */
function resourceTypeOf(path: string): { namespace: string; type: string; endsInType: boolean } {
  const segments = path.split("/").filter((segment) => segment !== "");
  const provider = segments.lastIndexOf("providers");
  const namespace = provider < 0 ? "Microsoft.Resources" : (segments[provider + 1] ?? "");
  const rest = provider < 0 ? segments : segments.slice(provider + 2);
  const types = rest.filter((segment) => !segment.startsWith("{"));
  return { namespace, type: types.join("/"), endsInType: rest.at(-1)?.startsWith("{") === false };
}

function verbOf(method: string, endsInType: boolean): Verb {
  switch (method) {
    case "get":
      return endsInType ? "list" : "read";
    case "head":
      return "checkExistence";
    case "put":
      return "createOrUpdate";
    case "patch":
      return "update";
    case "delete":
      return "delete";
    default:
      return "action";
  }
}

const permissionSuffix: Readonly<Record<Exclude<Verb, "action">, string>> = {
  read: "read",
  list: "read",
  checkExistence: "read",
  createOrUpdate: "write",
  update: "write",
  delete: "delete",
};

function resolveParameters(operation: OpenApiOperation, document: OpenApi2Document, commonTypes: Readonly<Record<string, CommonTypes>>): OpenApiParameter[] {
  return operation.parameters.map((parameter) => {
    if (!("$ref" in parameter) || parameter.$ref === undefined) return parameter as OpenApiParameter; // not a reference, hence the thing itself
    const name = parameter.$ref.replace(/^.*#\/parameters\//, "");
    const file = /\/(v[0-9]+\/[a-z]+\.json)#/.exec(parameter.$ref)?.[1];
    const found = file === undefined ? document.parameters?.[name] : commonTypes[file]?.parameters[name];
    if (found === undefined) throw new Error(`${operation.operationId} refers to the unknown parameter ${parameter.$ref}`);
    return found;
  });
}

function readPathParameters(path: string, parameters: readonly OpenApiParameter[]): PathParameter[] {
  const names = [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? "");
  return names.map((name) => {
    const parameter = parameters.find((candidate) => candidate.in === "path" && candidate.name === name);
    if (parameter === undefined) throw new Error(`${path} has no parameter for {${name}}`);
    const { description = "", pattern, minLength, maxLength } = parameter;
    return {
      name,
      description,
      ...(pattern === undefined ? {} : { pattern }),
      ...(minLength === undefined ? {} : { lengthMin: minLength }),
      ...(maxLength === undefined ? {} : { lengthMax: maxLength }),
    };
  });
}

function readOperation(document: OpenApi2Document, commonTypes: Readonly<Record<string, CommonTypes>>, path: string, method: string, operation: OpenApiOperation): ContractOperation {
  const { namespace, type, endsInType } = resourceTypeOf(path);
  const verb = verbOf(method, endsInType);
  const action = verb === "action" ? (type.split("/").at(-1) ?? "") : null;
  const ownType = action === null ? type : type.split("/").slice(0, -1).join("/");
  const parameters = resolveParameters(operation, document, commonTypes);
  const body = parameters.find((parameter) => parameter.in === "body")?.schema?.$ref;
  const finalStateVia = operation["x-ms-long-running-operation-options"]?.["final-state-via"] === "azure-async-operation" ? "azure-async-operation" : "location";
  const responses = Object.entries(operation.responses).filter(([status]) => status !== "default" && Number(status) < 400);
  return {
    operationId: operation.operationId,
    group: operation.operationId.split("_")[0] ?? "",
    description: operation.description ?? operation.summary ?? "",
    method: method.toUpperCase(),
    path,
    namespace,
    resourceType: `${namespace}/${ownType}`,
    verb,
    action,
    // What the provider does for a whole subscription is an action of no type.
    permission: [namespace, ownType, verb === "action" ? `${action}/action` : permissionSuffix[verb]].filter((part) => part !== "").join("/"),
    apiVersions: document.info["x-accepted-api-versions"] ?? [document.info.version],
    pathParameters: readPathParameters(path, parameters),
    longRunning: operation["x-ms-long-running-operation"] === true ? { finalStateVia } : null,
    pageable: operation["x-ms-pageable"] !== undefined,
    requestSchema: body === undefined ? null : localName(body),
    responseSchemas: Object.fromEntries(responses.map(([status, { schema }]) => [status, schema === undefined ? null : schema.$ref === undefined ? "JsonValue" : localName(schema.$ref)])),
  };
}

/** Schemas that some operation reaches; names that nothing uses would only be noise. */
function reachable(roots: Iterable<string>, read: (name: string) => ContractSchema): Record<string, ContractSchema> {
  const found = new Map<string, ContractSchema>();
  const visit = (name: string): void => {
    if (found.has(name) || name === "JsonValue") return;
    const schema = read(name);
    found.set(name, schema);
    for (const child of childReferences(schema)) visit(child);
  };
  for (const root of roots) visit(root);
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function childReferences(schema: ContractSchema): string[] {
  switch (schema.kind) {
    case "reference":
      return [schema.name];
    case "array":
      return childReferences(schema.items);
    case "map":
      return childReferences(schema.values);
    case "object":
      return Object.values(schema.properties).flatMap((property) => childReferences(property.schema));
    default:
      return [];
  }
}

export function readContract(documents: readonly OpenApi2Document[], commonTypes: Readonly<Record<string, CommonTypes>>): ContractModel {
  const operations: ContractOperation[] = [];
  const sources: (Pick<OpenApi2Document, "definitions"> | CommonTypes)[] = [...documents, ...Object.values(commonTypes)];
  for (const document of documents) {
    for (const [path, item] of Object.entries(document.paths)) {
      for (const method of methods) {
        const operation = item[method];
        if (operation !== undefined) operations.push(readOperation(document, commonTypes, path, method, operation));
      }
    }
  }
  operations.sort((a, b) => (a.operationId < b.operationId ? -1 : 1));
  const definition = (name: string) => {
    for (const source of sources) {
      for (const [key, schema] of Object.entries(source.definitions ?? {})) if (localName(key) === name) return schema;
    }
    throw new Error(`The documents define no schema named ${name}`);
  };
  const roots = operations.flatMap((operation) => [operation.requestSchema, ...Object.values(operation.responseSchemas)]).filter((name) => name !== null);
  const schemas = reachable([...roots, "ErrorResponse"], (name) => readSchema(name, definition(name), definition));
  const apiVersion = documents[0]?.info.version;
  if (apiVersion === undefined) throw new Error("No document was given");
  return { apiVersion, operations, schemas };
}
