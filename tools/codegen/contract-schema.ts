// Turns one OpenAPI 2 definition into a flat schema: inheritance is merged in, extensible enums become
// closed ones (a server of one api-version accepts exactly the values it knows), references stay by name.
import type { OpenApiSchema } from "./openapi.ts";

export interface ContractProperty {
  readonly schema: ContractSchema;
  readonly description: string;
  readonly required: boolean;
  readonly readOnly: boolean;
  readonly createOnly: boolean;
  readonly secret: boolean;
  readonly default?: unknown;
}

export interface Bounds {
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly format?: string;
}

export type ContractSchema =
  | { readonly kind: "object"; readonly description: string; readonly properties: Readonly<Record<string, ContractProperty>> }
  | { readonly kind: "reference"; readonly name: string }
  | { readonly kind: "array"; readonly items: ContractSchema; readonly bounds: Bounds }
  | { readonly kind: "map"; readonly values: ContractSchema }
  | { readonly kind: "enum"; readonly description: string; readonly values: readonly string[] }
  | { readonly kind: "scalar"; readonly type: "string" | "integer" | "number" | "boolean"; readonly bounds: Bounds }
  | { readonly kind: "any" };

type Lookup = (name: string) => OpenApiSchema;

const boundKeys = ["pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"] as const;
/** Formats that say more than the type; others (arm-id, uuid in several spellings) are not checked here. */
const checkedFormats = new Set(["int32", "int64", "date-time"]);
const localName = (ref: string): string => ref.replace(/^.*\//, "").replace(/^.*\./, "");

function readBounds(schema: OpenApiSchema): Bounds {
  const bounds: Record<string, unknown> = {};
  for (const key of boundKeys) if (schema[key] !== undefined) bounds[key] = schema[key];
  if (schema.format !== undefined && checkedFormats.has(schema.format)) bounds["format"] = schema.format;
  return bounds;
}

/** Everything the type has, its bases first. */
function mergeBases(schema: OpenApiSchema, lookup: Lookup): { properties: Record<string, OpenApiSchema>; required: Set<string> } {
  const properties: Record<string, OpenApiSchema> = {};
  const required = new Set<string>();
  for (const base of schema.allOf ?? []) {
    const merged = mergeBases(base.$ref === undefined ? base : lookup(localName(base.$ref)), lookup);
    Object.assign(properties, merged.properties);
    for (const name of merged.required) required.add(name);
  }
  Object.assign(properties, schema.properties);
  for (const name of schema.required ?? []) required.add(name);
  return { properties, required };
}

function readProperty(name: string, schema: OpenApiSchema, required: boolean, lookup: Lookup): ContractProperty {
  const mutability = schema["x-ms-mutability"];
  const target = schema.$ref === undefined ? schema : lookup(localName(schema.$ref));
  return {
    schema: readSchema(name, schema, lookup),
    description: schema.description ?? target.description ?? "",
    required,
    readOnly: schema.readOnly === true,
    createOnly: mutability !== undefined && !mutability.includes("update"),
    secret: schema["x-ms-secret"] === true || schema.format === "password",
    ...(schema.default === undefined ? {} : { default: schema.default }),
  };
}

export function readSchema(name: string, schema: OpenApiSchema, lookup: Lookup): ContractSchema {
  if (schema.$ref !== undefined) return { kind: "reference", name: localName(schema.$ref) };
  if (schema.enum !== undefined) return { kind: "enum", description: schema.description ?? "", values: schema.enum };
  if (schema.properties !== undefined || schema.allOf !== undefined) {
    const { properties, required } = mergeBases(schema, lookup);
    const entries = Object.entries(properties).map(([key, value]) => [key, readProperty(key, value, required.has(key), lookup)] as const);
    return { kind: "object", description: schema.description ?? "", properties: Object.fromEntries(entries) };
  }
  if (typeof schema.additionalProperties === "object") return { kind: "map", values: readSchema(name, schema.additionalProperties, lookup) };
  switch (schema.type) {
    case "array":
      return { kind: "array", items: readSchema(name, schema.items ?? {}, lookup), bounds: readBounds(schema) };
    case "string":
    case "integer":
    case "number":
    case "boolean":
      return { kind: "scalar", type: schema.type, bounds: readBounds(schema) };
    case "object":
      return schema.additionalProperties === undefined && Object.keys(schema).every((key) => key === "type" || key === "description")
        ? { kind: "object", description: schema.description ?? "", properties: {} }
        : { kind: "any" };
    case undefined:
      return { kind: "any" };
    default:
      throw new Error(`${name} has the type ${schema.type}, which the generator does not know`);
  }
}
