// Common types: OpenAPI 2 refers to common-types/resource-management/vN/*.json, which no package ships.
// The same types are in the OpenAPI 3 document, so they are translated from there: exactly those that are
// referred to, and what they need in turn.
import { commonTypesFolder } from "./compile-spec.ts";
import type { OpenApi2Document, OpenApi3Document, OpenApiParameter, OpenApiSchema } from "./openapi.ts";

export interface CommonTypes {
  swagger: "2.0";
  info: { title: string; version: string };
  paths: Record<string, never>;
  definitions: Record<string, OpenApiSchema>;
  parameters: Record<string, OpenApiParameter>;
}

const reference = new RegExp(`${commonTypesFolder}/(v[0-9]+/[a-z]+\\.json)#/(definitions|parameters)/(.+)$`);
const prefixes = ["Azure.ResourceManager.CommonTypes.", "Azure.ResourceManager.", "Azure.Core.", ""];

/** What the published types say and OpenAPI 3 has no words for. */
function addExtensions(name: string, schema: OpenApiSchema): OpenApiSchema {
  const location = schema.properties?.["location"];
  if (name === "TrackedResource" && location !== undefined) location["x-ms-mutability"] = ["read", "create"];
  if (name === "Resource") schema["x-ms-azure-resource"] = true;
  // There the type is a plain string: lint rules do not look beside a reference, and take it for writable.
  const type = schema.properties?.["type"];
  if (name === "Resource" && type !== undefined && schema.properties !== undefined) schema.properties["type"] = { type: "string", ...(type.description === undefined ? {} : { description: type.description }), readOnly: true };
  if (name === "SystemData") schema.readOnly = true;
  return schema;
}

/** Collects every external reference of a document. */
function collectReferences(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collectReferences(item, found);
  else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      if (key === "$ref" && typeof item === "string" && !item.startsWith("#")) found.add(item);
      else collectReferences(item, found);
    }
  }
}

/** Where the library's name differs from the published one. */
const libraryNames: Readonly<Record<string, string>> = { LocationParameter: "LocationResourceParameter" };

function lookUp<T>(table: Record<string, T> | undefined, name: string): T {
  for (const prefix of prefixes) {
    const entry = table?.[prefix + name] ?? table?.[prefix + (libraryNames[name] ?? name)];
    if (entry !== undefined) return entry;
  }
  throw new Error(`The OpenAPI 3 document holds no common type named ${name}; the TypeSpec libraries may have renamed it`);
}

const shortName = (ref: string): string => ref.replace(/^#\/components\/(schemas|parameters)\//, "").replace(/^.*\./, "");

/** An extensible union is `anyOf: [string, enum]` in OpenAPI 3 and an enum marked modelAsString in OpenAPI 2. */
function openEnum(schema: OpenApiSchema, name: string): OpenApiSchema | undefined {
  const variants = schema.anyOf ?? [];
  const closed = variants.find((variant) => variant.enum !== undefined);
  if (closed?.enum === undefined) return undefined;
  const description = schema.description === undefined ? {} : { description: schema.description };
  return { type: "string", ...description, enum: closed.enum, "x-ms-enum": { name, modelAsString: true } };
}

function toOpenApi2(schema: OpenApiSchema, name: string, need: (name: string) => void): OpenApiSchema {
  const converted = openEnum(schema, name);
  if (converted !== undefined) return converted;
  if (schema.allOf?.length === 1 && schema.allOf[0]?.$ref !== undefined && schema.properties === undefined && schema.type === undefined) {
    // OpenAPI 3 wraps a reference to give it siblings; OpenAPI 2 tools read them beside it.
    const { allOf, ...siblings } = schema;
    return toOpenApi2({ ...siblings, ...allOf[0] }, name, need);
  }
  const out: OpenApiSchema = { ...schema };
  if (schema.$ref !== undefined) {
    need(shortName(schema.$ref));
    out.$ref = `#/definitions/${shortName(schema.$ref)}`;
  }
  if (schema.properties !== undefined) {
    out.properties = Object.fromEntries(Object.entries(schema.properties).map(([key, value]) => [key, toOpenApi2(value, key, need)]));
  }
  if (schema.items !== undefined) out.items = toOpenApi2(schema.items, name, need);
  if (schema.allOf !== undefined) out.allOf = schema.allOf.map((part) => toOpenApi2(part, name, need));
  if (typeof schema.additionalProperties === "object") out.additionalProperties = toOpenApi2(schema.additionalProperties, name, need);
  return out;
}

/** Builds each common-types document that the given documents refer to, by version and file name; each stands on its own. */
export function buildCommonTypes(documents: readonly { openApi2: OpenApi2Document; openApi3: OpenApi3Document }[]): Record<string, CommonTypes> {
  const result: Record<string, CommonTypes> = {};
  for (const { openApi2, openApi3 } of documents) {
    const references = new Set<string>();
    collectReferences(openApi2, references);
    for (const ref of [...references].sort()) {
      const [, file, kind, name] = reference.exec(ref) ?? [];
      if (file === undefined || name === undefined) throw new Error(`Reference to an unknown document: ${ref}`);
      const target = (result[file] ??= { swagger: "2.0", info: { title: "Common types", version: file.slice(1).split("/", 1)[0] ?? "" }, paths: {}, definitions: {}, parameters: {} });
      const addDefinition = (definition: string): void => {
        if (target.definitions[definition] !== undefined) return;
        target.definitions[definition] = {};
        target.definitions[definition] = addExtensions(definition, toOpenApi2(lookUp(openApi3.components?.schemas, definition), definition, addDefinition));
      };
      if (kind === "definitions") addDefinition(name);
      else target.parameters[name] = toParameter(lookUp(openApi3.components?.parameters, name), openApi3);
    }
  }
  return result;
}

const singleValueKeys = ["pattern", "minLength", "maxLength", "format", "enum"] as const;

/** Query and path parameters are single values; OpenAPI 3's way of writing lists does not exist in OpenAPI 2. */
function toParameter(parameter: OpenApiParameter, document: OpenApi3Document): OpenApiParameter {
  const { schema = {}, name, description } = parameter;
  const inner = schema.allOf?.length === 1 ? { ...schema, ...schema.allOf[0] } : schema;
  const base = inner.$ref === undefined ? {} : lookUp(document.components?.schemas, shortName(inner.$ref));
  const facts: Record<string, unknown> = {};
  for (const key of singleValueKeys) if ((inner[key] ?? base[key]) !== undefined) facts[key] = inner[key] ?? base[key];
  const location = name === "api-version" || name === "subscriptionId" ? "client" : "method";
  return { name, in: parameter.in, required: true, type: "string", ...(description === undefined ? {} : { description }), ...facts, "x-ms-parameter-location": location };
}
