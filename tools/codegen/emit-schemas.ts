// JSON Schemas of request bodies, as data. Strict: an unknown property is an error. A read-only property is
// accepted with any value, because clients write back what they read; only writable ones are checked.
import type { ContractModel } from "./contract-model.ts";
import type { ContractSchema } from "./contract-schema.ts";
import { mergePatchSchemas } from "./emit-types.ts";
import { literal, typescriptFile } from "./generated-file.ts";
import type { GeneratedFile } from "./generated-file.ts";

type JsonSchema = Record<string, unknown>;

const formats: Readonly<Record<string, JsonSchema>> = {
  int32: { minimum: -2147483648, maximum: 2147483647 },
  int64: { minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
  "date-time": { format: "date-time" },
};

interface Context {
  readonly model: ContractModel;
  /** Types below a PATCH body, where null removes a property. */
  readonly patches: ReadonlySet<string>;
  /** Types that are a whole body: never null. */
  readonly bodies: ReadonlySet<string>;
}

function named(context: Context, name: string): ContractSchema {
  const schema = context.model.schemas[name];
  if (schema === undefined) throw new Error(`No schema named ${name}`);
  return schema;
}

function schemaOf(context: Context, schema: ContractSchema, nullable: boolean): JsonSchema {
  const type = (name: string): JsonSchema => ({ type: nullable ? [name, "null"] : name });
  switch (schema.kind) {
    case "reference": {
      // Objects below a PATCH body are nullable where they are defined; an enum is shared with PUT, so it is repeated.
      const target = named(context, schema.name);
      if (nullable && target.kind === "object" && !context.patches.has(schema.name)) throw new Error(`${schema.name} is used by PATCH but has no update type`);
      return nullable && target.kind !== "object" ? schemaOf(context, target, true) : { $ref: `#/$defs/${schema.name}` };
    }
    case "array":
      return { ...type("array"), ...schema.bounds, items: schemaOf(context, schema.items, false) };
    case "map":
      return { ...type("object"), additionalProperties: mapValue(context, schema.values, nullable) };
    case "enum":
      return { ...type("string"), enum: nullable ? [...schema.values, null] : schema.values };
    case "scalar": {
      const { format, ...bounds } = schema.bounds;
      return { ...type(schema.type), ...(format === undefined ? {} : formats[format]), ...bounds };
    }
    case "any":
      return {};
    case "object":
      return { ...type("object"), additionalProperties: false, properties: Object.fromEntries(Object.entries(schema.properties).map(([key, property]) => [key, property.readOnly ? {} : schemaOf(context, property.schema, false)])) };
  }
}

/** In a PATCH, null takes an object out of its map; a text stands for itself (tags are replaced whole). */
function mapValue(context: Context, schema: ContractSchema, nullable: boolean): JsonSchema {
  const value = schemaOf(context, schema, false);
  const isObject = (schema.kind === "reference" ? named(context, schema.name) : schema).kind === "object";
  return nullable && isObject ? { anyOf: [{ type: "null" }, value] } : value;
}

function definitionOf(context: Context, name: string): JsonSchema {
  const schema = named(context, name);
  if (schema.kind !== "object") return schemaOf(context, schema, false);
  const patch = context.patches.has(name);
  const entries = Object.entries(schema.properties);
  const required = entries.filter(([, property]) => property.required && !property.readOnly).map(([key]) => key);
  const properties = entries.map(([key, property]) => [key, property.readOnly ? {} : schemaOf(context, property.schema, patch && !property.required)] as const);
  return { type: patch && !context.bodies.has(name) ? ["object", "null"] : "object", additionalProperties: false, required, properties: Object.fromEntries(properties), ...(patch ? refused(context, name) : {}) };
}

/** Type names below a body that a client may write. */
function writableTypes(context: Context): string[] {
  const found = new Set<string>();
  const visit = (schema: ContractSchema): void => {
    if (schema.kind === "reference" && !found.has(schema.name)) {
      found.add(schema.name);
      visit(named(context, schema.name));
    }
    if (schema.kind === "array") visit(schema.items);
    if (schema.kind === "map") visit(schema.values);
    if (schema.kind === "object") for (const property of Object.values(schema.properties)) if (!property.readOnly) visit(property.schema);
  };
  for (const name of context.bodies) visit({ kind: "reference", name });
  return [...found].sort();
}

export function emitSchemas(model: ContractModel, path: string): GeneratedFile {
  const bodies = new Set(model.operations.map((operation) => operation.requestSchema).filter((name) => name !== null));
  const context: Context = { model, patches: mergePatchSchemas(model), bodies };
  const definitions = Object.fromEntries(writableTypes(context).map((name) => [name, definitionOf(context, name)]));
  return typescriptFile(
    path,
    `
/** Request bodies, and the types below them, by type name. */
export const requestDefinitions: Readonly<Record<string, Readonly<Record<string, unknown>>>> = ${literal(definitions)};
`,
  );
}

/** What a PATCH body leaves out of its resource: known names, so that the answer can say why. */
function refused(context: Context, name: string): JsonSchema {
  const patch = named(context, name);
  const whole = context.model.schemas[name.replace(/Update$/, "")];
  if (patch.kind !== "object" || whole?.kind !== "object") return {};
  const missing = Object.entries(whole.properties).filter(([key]) => patch.properties[key] === undefined);
  return missing.length === 0 ? {} : { refused: Object.fromEntries(missing.map(([key, property]) => [key, property.readOnly ? "readOnly" : "createOnly"])) };
}
