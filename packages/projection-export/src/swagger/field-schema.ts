// One native property as an OpenAPI 2 schema. Its name and type are the engine's; its sentence is ours.
import type { ApiField, FieldType } from "@cynosure/projection";
import { pascalOf } from "../names.ts";
import { ref } from "./json.ts";
import type { Json } from "./json.ts";
import { NATIVE_OBJECT } from "./shared-definitions.ts";

const TYPES: Readonly<Record<FieldType, Json>> = {
  string: { type: "string" },
  integer: { type: "integer", format: "int64" },
  number: { type: "number", format: "double" },
  boolean: { type: "boolean" },
  array: { type: "array" },
  object: ref(NATIVE_OBJECT),
  // Any JSON: the engine's document leaves it open.
  any: {},
};

const KINDS: Readonly<Record<FieldType, string>> = { string: "a text", integer: "a whole number", number: "a number", boolean: "true or false", array: "a list", object: "an object", any: "any JSON" };

/** `never`: answered only · `create`: with the first PUT only · `write`: sent, never answered. */
export type Mutability = "free" | "never" | "create" | "write";

const MUTABILITY: Readonly<Record<Mutability, Json>> = {
  free: {},
  never: { readOnly: true },
  create: { "x-ms-mutability": ["read", "create"] },
  write: { "x-ms-mutability": ["create", "update"] },
};

const MUTABILITY_SENTENCE: Readonly<Record<Mutability, string>> = { free: "", never: " Set by the engine.", create: " Taken at creation only.", write: " Sent, never answered." };

export interface FieldUse {
  readonly field: ApiField;
  readonly mutability: Mutability;
  /** Definition it stands in: enumerations are named after it. */
  readonly owner: string;
}

export function fieldSchema({ field, mutability, owner }: FieldUse): Json {
  const base = schemaOf(field, `${owner}${pascalOf(field.name)}`);
  return {
    ...base,
    description: `Native property '${field.name}' of the engine: ${KINDS[field.type]}.${MUTABILITY_SENTENCE[mutability]}`,
    ...(field.isNullable === true ? { "x-nullable": true } : {}),
    ...(field.isSecret === true ? { "x-ms-secret": true } : {}),
    ...MUTABILITY[mutability],
  };
}

function schemaOf(field: ApiField, enumName: string): Json {
  const member = field.itemType ?? "any";
  // Members of native lists have no property that ARM could tell them apart by.
  if (field.type === "array") return { type: "array", items: { ...TYPES[member], ...choices(field, member, enumName) }, ...(member === "object" ? { "x-ms-identifiers": [] } : {}) };
  return { ...TYPES[field.type], ...choices(field, field.type, enumName) };
}

/**
 * Open for other values: those of a newer engine, and those left out here because no enumeration of ARM may have them (empty
 * ones, those that differ in their casing alone, those of another type than the field's).
 */
function choices(field: ApiField, type: FieldType, name: string): Json {
  const fits = type === "string" ? "string" : type === "integer" || type === "number" ? "number" : null;
  const told = new Map((field.enum ?? []).filter((value) => typeof value === fits && value !== "").map((value) => [String(value).toLowerCase(), value]));
  const values = [...told.values()];
  return values.length === 0 ? {} : { enum: values, "x-ms-enum": { name, modelAsString: true } };
}
