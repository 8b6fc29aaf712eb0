// The value a form edits: where it begins, how it changes, and what is wrong with it before it is sent. Pure. The
// server's own check has the last word; this one only saves the way there.
import type { ContractProperty, ContractType } from "@cynosure/sdk";
import { labelOf } from "../words/labels.ts";
import { isRecord, resolveType } from "../words/values.ts";
import type { ContractTypes } from "../words/values.ts";

/** Message by JSON path, written as the server writes a target: `properties.sites[0].name`. */
export type FieldMessages = Readonly<Record<string, string>>;

export const joinPath = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`);

/** What a person may set: not what the server writes, and on a change not what is said once. */
export function writableProperties(type: ContractType, isChange: boolean): readonly (readonly [string, ContractProperty])[] {
  if (type.kind !== "object") return [];
  return Object.entries(type.properties).filter(([, property]) => property.readOnly !== true && !(isChange && property.createOnly === true));
}

/** What must be there, with the choices that are none already made. */
export function initialValue(types: ContractTypes, type: ContractType): unknown {
  const resolved = resolveType(types, type);
  switch (resolved.kind) {
    case "object":
      return Object.fromEntries(
        writableProperties(resolved, false)
          .filter(([, property]) => property.required === true)
          .map(([name, property]) => [name, initialValue(types, property.type)])
          .filter(([, value]) => value !== undefined),
      );
    case "array":
      return (resolved.bounds?.minItems ?? 0) > 0 ? [initialValue(types, resolved.items)].filter((item) => item !== undefined) : [];
    case "enum":
      return resolved.values.length === 1 ? resolved.values[0] : undefined;
    default:
      return undefined;
  }
}

/** A property set, or taken out by undefined. */
export function withProperty(value: unknown, name: string, next: unknown): Readonly<Record<string, unknown>> {
  const entries = Object.entries(isRecord(value) ? value : {});
  // In its place, so that what is shown as text does not jump about.
  const changed = entries.some(([key]) => key === name) ? entries.map(([key, own]) => [key, key === name ? next : own] as const) : [...entries, [name, next] as const];
  return Object.fromEntries(changed.filter(([, own]) => own !== undefined));
}

function checkScalar(type: Extract<ContractType, { kind: "scalar" }>, value: unknown): string | undefined {
  const { minimum, maximum, minLength, maxLength, pattern } = type.bounds ?? {};
  if (type.type === "integer" || type.type === "number") {
    if (typeof value !== "number" || !Number.isFinite(value)) return "This must be a number.";
    if (type.type === "integer" && !Number.isInteger(value)) return "This must be a whole number.";
    if (minimum !== undefined && value < minimum) return `This must be at least ${minimum}.`;
    if (maximum !== undefined && value > maximum) return `This must be at most ${maximum}.`;
  }
  if (type.type === "string" && typeof value === "string") {
    if (minLength !== undefined && value.length < minLength) return `This needs at least ${minLength} characters.`;
    if (maxLength !== undefined && value.length > maxLength) return `This may have at most ${maxLength} characters.`;
    if (pattern !== undefined && !new RegExp(pattern, "u").test(value)) return `This does not have the shape ${pattern}.`;
  }
  return undefined;
}

function checkArray(types: ContractTypes, type: Extract<ContractType, { kind: "array" }>, value: unknown, path: string): FieldMessages {
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  const { minItems, maxItems } = type.bounds ?? {};
  if (minItems !== undefined && items.length < minItems) return { [path]: `This needs at least ${minItems}.` };
  if (maxItems !== undefined && items.length > maxItems) return { [path]: `There may be at most ${maxItems}.` };
  return Object.assign({}, ...items.map((item, index) => checkValue(types, type.items, item, `${path}[${index}]`))) as FieldMessages; // each part is a part of it
}

/** What is wrong, by field; empty when nothing is. */
export function checkValue(types: ContractTypes, type: ContractType, value: unknown, path = ""): FieldMessages {
  const resolved = resolveType(types, type);
  switch (resolved.kind) {
    case "object": {
      const messages: Record<string, string> = {};
      for (const [name, property] of writableProperties(resolved, false)) {
        const own = isRecord(value) ? value[name] : undefined;
        const at = joinPath(path, name);
        if (own === undefined || own === null || own === "") {
          if (property.required === true) messages[at] = `${labelOf(name)} is needed.`;
        } else Object.assign(messages, checkValue(types, property.type, own, at));
      }
      return messages;
    }
    case "array":
      return checkArray(types, resolved, value, path);
    case "enum":
      return typeof value === "string" && resolved.values.includes(value) ? {} : { [path]: `This must be one of ${resolved.values.join(", ")}.` };
    case "scalar": {
      const message = checkScalar(resolved, value);
      return message === undefined ? {} : { [path]: message };
    }
    default:
      return {};
  }
}
