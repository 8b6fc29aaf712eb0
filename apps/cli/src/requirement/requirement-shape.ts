// What a requirement file may say, as data: the reader walks it. Derived from the JSON Schema that is generated from the contract, so
// that nothing is told twice. What depends on the location or on other values is judged elsewhere.
import { requirementFileSchema } from "@cynosure/sdk";

export type Shape =
  | { readonly kind: "map"; readonly keys: Readonly<Record<string, { readonly shape: Shape; readonly isRequired: boolean }>> }
  | { readonly kind: "list"; readonly item: Shape; readonly itemsMin?: number; readonly itemsMax: number; readonly uniqueNames?: boolean }
  | { readonly kind: "text"; readonly oneOf?: readonly string[]; readonly pattern?: string; readonly lengthMax?: number }
  | { readonly kind: "number"; readonly min: number; readonly max: number; readonly isWhole: boolean }
  | { readonly kind: "boolean" };

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/** Where the contract sets no bound: more than a file holds. */
const LIST_ITEMS_MAX = 1_000;
const NUMBER_MAX = 1_000_000_000_000_000;

export function shapeOf(root: Schema): Shape {
  const resolve = (schema: Schema): Schema => {
    if (schema.$ref === undefined) return schema;
    const found = root.$defs?.[schema.$ref.replace("#/$defs/", "")];
    if (found === undefined) throw new Error(`the schema of requirement files has no ${schema.$ref}; run npm run generate`);
    return found;
  };
  const shape = (given: Schema): Shape => {
    const schema = resolve(given);
    switch (schema.type) {
      case "object": {
        const required = new Set(schema.required);
        return { kind: "map", keys: Object.fromEntries(Object.entries(schema.properties ?? {}).map(([key, value]) => [key, { shape: shape(value), isRequired: required.has(key) }])) };
      }
      case "array": {
        const item = shape(schema.items ?? {});
        const uniqueNames = item.kind === "map" && item.keys["name"]?.isRequired === true;
        return { kind: "list", item, ...(schema.minItems === undefined ? {} : { itemsMin: schema.minItems }), itemsMax: schema.maxItems ?? LIST_ITEMS_MAX, ...(uniqueNames ? { uniqueNames } : {}) };
      }
      case "string":
        return { kind: "text", ...(schema.enum === undefined ? {} : { oneOf: schema.enum }), ...(schema.pattern === undefined ? {} : { pattern: schema.pattern }), ...(schema.maxLength === undefined ? {} : { lengthMax: schema.maxLength }) };
      case "integer":
      case "number":
        return { kind: "number", min: schema.minimum ?? 0, max: schema.maximum ?? NUMBER_MAX, isWhole: schema.type === "integer" };
      case "boolean":
        return { kind: "boolean" };
      default:
        throw new Error(`the schema of requirement files has the type ${schema.type ?? "none"}, which the reader does not know`);
    }
  };
  return shape(root);
}

export const requirementShape: Shape = shapeOf(requirementFileSchema as Schema); // the generator writes no other keywords than these
