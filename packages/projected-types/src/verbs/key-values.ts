// The identity of a keyed object as the properties or parameters that engines take it in.
import type { CatalogueOperation, ProjectedType } from "@cynosure/projection";
import type { NativeId } from "../names/native-id.ts";

/** Empty for types that have no key. */
export function keyValues(type: ProjectedType, operation: CatalogueOperation, parts: NativeId): Readonly<Record<string, string | number>> {
  const { key } = type;
  if (key === null) return {};
  const documented = [...operation.bodyFields, ...operation.queryParameters];
  const fields = [...documented, ...type.fields];
  const values = key.parts.flatMap((name, at) => {
    const text = parts[at] ?? "";
    // An operation that says what it takes gets nothing else; one that says nothing must be told what is meant.
    if (text === "" || (documented.length > 0 && !documented.some((field) => field.name === name))) return [];
    const isNumber = fields.find((field) => field.name === name)?.type === "integer" && /^-?\d{1,15}$/.test(text);
    return [[name, isNumber ? Number(text) : text] as const];
  });
  return Object.fromEntries(values);
}

export const keyQuery = (values: Readonly<Record<string, string | number>>): readonly (readonly [string, string])[] => Object.entries(values).map(([name, value]) => [name, String(value)]);
