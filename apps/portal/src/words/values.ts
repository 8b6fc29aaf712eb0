// Any value of the contract as one line of text, by its type. Pure.
import type { ContractType } from "@cynosure/sdk";
import { momentWords } from "./durations.ts";
import { choiceLabel, labelOf } from "./labels.ts";

export type ContractTypes = Readonly<Record<string, ContractType>>;

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null && !Array.isArray(value);

/** Follows references by name; what the contract does not know may be anything. */
export function resolveType(types: ContractTypes, type: ContractType): ContractType {
  return type.kind === "reference" ? resolveType(types, types[type.name] ?? { kind: "any" }) : type;
}

export const namedType = (types: ContractTypes, name: string): ContractType => resolveType(types, { kind: "reference", name });

/** Grouped by thousands from six digits on, so that ports and the like stay as they are typed; decimals only where there are some. */
export const numberWords = (value: number): string => value.toLocaleString("en-GB", { maximumFractionDigits: 2, useGrouping: Math.abs(value) >= 100_000 });

const isMoment = (type: ContractType): boolean => type.kind === "scalar" && type.bounds?.format === "date-time";

export function valueWords(types: ContractTypes, type: ContractType, value: unknown): string {
  const resolved = resolveType(types, type);
  if (value === undefined || value === null || value === "") return "";
  if (typeof value === "boolean") return value ? "Yes" : "No";
  if (typeof value === "number") return numberWords(value);
  if (typeof value === "string") return isMoment(resolved) ? momentWords(value) : resolved.kind === "enum" ? choiceLabel(value) : value;
  if (Array.isArray(value)) return value.map((item) => valueWords(types, resolved.kind === "array" ? resolved.items : { kind: "any" }, item)).join(", ");
  if (!isRecord(value)) return "";
  const parts = Object.entries(value).map(([name, item]) => [name, valueWords(types, propertyType(resolved, name), item)] as const);
  return parts.filter(([, text]) => text !== "").map(([name, text]) => `${labelOf(name)}: ${text}`).join("; ");
}

function propertyType(type: ContractType, name: string): ContractType {
  if (type.kind === "object") return type.properties[name]?.type ?? { kind: "any" };
  return type.kind === "map" ? type.values : { kind: "any" };
}
