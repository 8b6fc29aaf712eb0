// Every type of the contract as data, with descriptions: what a program needs that makes forms and tables of it, as
// the portal does. Lists are left out: their items are what is shown.
import type { ContractModel } from "./contract-model.ts";
import type { ContractSchema } from "./contract-schema.ts";
import { literal, typescriptFile } from "./generated-file.ts";
import type { GeneratedFile } from "./generated-file.ts";

const declarations = `
export interface ContractBounds {
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly format?: string;
}

export interface ContractProperty {
  readonly type: ContractType;
  readonly description: string;
  readonly required?: boolean;
  /** The server writes it. */
  readonly readOnly?: boolean;
  /** Said on creation and never again. */
  readonly createOnly?: boolean;
  readonly secret?: boolean;
  readonly default?: unknown;
}

export type ContractType =
  | { readonly kind: "object"; readonly description: string; readonly properties: Readonly<Record<string, ContractProperty>> }
  | { readonly kind: "reference"; readonly name: string }
  | { readonly kind: "array"; readonly items: ContractType; readonly bounds?: ContractBounds }
  | { readonly kind: "map"; readonly values: ContractType }
  | { readonly kind: "enum"; readonly values: readonly string[] }
  | { readonly kind: "scalar"; readonly type: "string" | "integer" | "number" | "boolean"; readonly bounds?: ContractBounds }
  | { readonly kind: "any" };
`;

/** Only what is there: an absent mark is false. */
function typeOf(schema: ContractSchema): Record<string, unknown> {
  switch (schema.kind) {
    case "object":
      return { kind: "object", description: schema.description, properties: Object.fromEntries(Object.entries(schema.properties).map(([name, property]) => [name, propertyOf(property)])) };
    case "array":
      return { kind: "array", items: typeOf(schema.items), ...boundsOf(schema.bounds) };
    case "map":
      return { kind: "map", values: typeOf(schema.values) };
    case "enum":
      return { kind: "enum", values: schema.values };
    case "scalar":
      return { kind: "scalar", type: schema.type, ...boundsOf(schema.bounds) };
    case "reference":
    case "any":
      return { ...schema };
  }
}

const boundsOf = (bounds: object): object => (Object.keys(bounds).length === 0 ? {} : { bounds });

function propertyOf({ schema, description, ...marks }: Extract<ContractSchema, { kind: "object" }>["properties"][string]): Record<string, unknown> {
  const { default: fallback, ...flags } = marks;
  const set = Object.entries(flags).filter(([, value]) => value === true);
  return { type: typeOf(schema), description, ...Object.fromEntries(set), ...(fallback === undefined ? {} : { default: fallback }) };
}

export function emitContractTypes(model: ContractModel, path: string): GeneratedFile {
  const shown = Object.entries(model.schemas).filter(([name]) => !name.endsWith("ListResult"));
  const types = Object.fromEntries(shown.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, schema]) => [name, typeOf(schema)]));
  return typescriptFile(path, `${declarations}\nexport const contractTypes: Readonly<Record<string, ContractType>> = ${literal(types)};\n`);
}
