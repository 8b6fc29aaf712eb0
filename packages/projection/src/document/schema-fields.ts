// Fields of a JSON schema as an OpenAPI 3 document writes it: references resolved, `allOf` merged, one level deep.
// Whatever is malformed is skipped: documents of engines are known to be imprecise.
import type { ApiField, FieldType } from "../catalogue.ts";

export type Json = Readonly<Record<string, unknown>>;

/** References to references end here; a longer chain is a circle. */
const REFERENCES_MAX = 20;

export const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Follows `$ref` within the document. */
export function resolve(document: Json, value: unknown): Json {
  let current: unknown = value;
  for (let step = 0; step < REFERENCES_MAX; step += 1) {
    if (!isObject(current)) return {};
    const reference = current["$ref"];
    if (typeof reference !== "string") return current;
    current = reference.replace(/^#\//, "").split("/").reduce<unknown>((at, word) => (isObject(at) ? at[word.replaceAll("~1", "/").replaceAll("~0", "~")] : undefined), document);
  }
  return {};
}

interface Members {
  readonly properties: ReadonlyMap<string, unknown>;
  readonly required: ReadonlySet<string>;
}

/** Properties of an object's schema, those of `allOf` and of the first of its alternatives with them. */
function membersOf(document: Json, schema: unknown, depth = 0): Members {
  const resolved = resolve(document, schema);
  const properties = new Map<string, unknown>();
  const required = new Set<string>();
  if (depth < REFERENCES_MAX) {
    for (const part of [...listOf(resolved["allOf"]), ...listOf(resolved["oneOf"]).slice(0, 1), ...listOf(resolved["anyOf"]).slice(0, 1)]) {
      const members = membersOf(document, part, depth + 1);
      for (const [name, value] of members.properties) properties.set(name, value);
      for (const name of members.required) required.add(name);
    }
  }
  if (isObject(resolved["properties"])) for (const [name, value] of Object.entries(resolved["properties"])) properties.set(name, value);
  for (const name of listOf(resolved["required"])) if (typeof name === "string") required.add(name);
  return { properties, required };
}

const TYPES: readonly string[] = ["string", "integer", "number", "boolean", "array", "object"];

function typeOf(schema: Json): FieldType {
  const { type } = schema;
  if (typeof type === "string" && TYPES.includes(type)) return type as FieldType; // just looked up
  if (isObject(schema["properties"]) || Array.isArray(schema["allOf"])) return "object";
  if (isObject(schema["items"])) return "array";
  return "any";
}

/** Names whose value signs somebody in or unlocks something. Only text can be one. */
const SECRET = /(?:^|_)(?:password|passwd|pwd|secret|secret_key|secret_access_key|private_key|client_key|intermediate_key|api_key|passphrase|bind_?pw|token|sts_token)(?:_retype)?$/i;
/** No tokens: lists go on by some of them. */
const SECRET_IN_CAMEL_CASE = /[a-z0-9](?:Password|Passwd|Pwd|Secret|SecretKey|SecretAccessKey|PrivateKey|ClientKey|ApiKey|Passphrase)$/;

export const isSecretName = (name: string): boolean => SECRET.test(name) || SECRET_IN_CAMEL_CASE.test(name);

const valuesOf = (schema: Json): readonly (string | number)[] => listOf(schema["enum"]).filter((value) => typeof value === "string" || typeof value === "number");

export function fieldOf(document: Json, name: string, schema: unknown, isRequired: boolean): ApiField {
  const resolved = resolve(document, schema);
  const type = typeOf(resolved);
  const items = resolve(document, resolved["items"]);
  const [values, itemValues] = [valuesOf(resolved), valuesOf(items)];
  return {
    name,
    type,
    ...(type === "array" ? { itemType: typeOf(items) } : {}),
    ...(values.length > 0 ? { enum: values } : itemValues.length > 0 ? { enum: itemValues } : {}),
    isRequired,
    ...(resolved["nullable"] === true || resolved["x-nullable"] === true ? { isNullable: true } : {}),
    ...((type === "string" || type === "any") && isSecretName(name) ? { isSecret: true } : {}),
  };
}

export function fieldsOf(document: Json, schema: unknown): readonly ApiField[] {
  const { properties, required } = membersOf(document, schema);
  return [...properties].map(([name, value]) => fieldOf(document, name, value, required.has(name)));
}

/** What a list's member looks like, and whether it is a list: `[…]`, or `{results: […]}` with a count. */
export function answerShape(document: Json, schema: unknown): { readonly isList: boolean; readonly fields: readonly ApiField[] } {
  const resolved = resolve(document, schema);
  if (typeOf(resolved) === "array") return { isList: true, fields: fieldsOf(document, resolved["items"]) };
  const { properties } = membersOf(document, resolved);
  const results = resolve(document, properties.get("results"));
  if (properties.has("count") && typeOf(results) === "array") return { isList: true, fields: fieldsOf(document, results["items"]) };
  return { isList: false, fields: fieldsOf(document, resolved) };
}
