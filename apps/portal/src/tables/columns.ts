// The columns of a table of resources, from the contract's type: a property that comes to the contract comes to the
// table by itself. Pure.
import type { ContractType } from "@cynosure/sdk";
import { labelOf } from "../words/labels.ts";
import { isRecord, namedType, resolveType, valueWords } from "../words/values.ts";
import type { ContractTypes } from "../words/values.ts";

export interface Column {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly type: ContractType;
}

/** The properties of the resource itself, what people look for first before the rest: what every resource has around them is not news. */
export function columnsOf(types: ContractTypes, typeName: string, leftOut: readonly string[] = [], first: readonly string[] = []): readonly Column[] {
  const type = namedType(types, typeName);
  const envelope = type.kind === "object" ? type.properties["properties"] : undefined;
  const inner = envelope === undefined ? type : resolveType(types, envelope.type);
  if (inner.kind !== "object") return [];
  const rank = (name: string): number => (first.includes(name) ? first.indexOf(name) : first.length);
  return Object.entries(inner.properties)
    .toSorted(([a], [b]) => rank(a) - rank(b))
    .filter(([name]) => !leftOut.includes(name))
    .map(([name, property]) => ({ name, label: labelOf(name), description: property.description, type: property.type }));
}

export function cellWords(types: ContractTypes, column: Column, item: unknown): string {
  const inner = isRecord(item) && isRecord(item["properties"]) ? item["properties"] : item;
  return valueWords(types, column.type, isRecord(inner) ? inner[column.name] : undefined);
}
