// Every type of the contract as data, with descriptions: what a program needs that makes forms and tables of it, as
// the portal does. Lists are left out: their items are what is shown.
import type { ContractModel } from "./contract-model.ts";
import type { ContractSchema } from "./contract-schema.ts";
import { literal, typescriptFile } from "./generated-file.ts";
import type { GeneratedFile } from "./generated-file.ts";

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
  return typescriptFile(path, `import type { ContractType } from "../contract-type.ts";\n\nexport const contractTypes: Readonly<Record<string, ContractType>> = ${literal(types)};\n`);
}
