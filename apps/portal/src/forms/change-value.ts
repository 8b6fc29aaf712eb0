// A change of something that exists: where its form begins, the least that must be sent, and what others changed
// meanwhile. Pure.
import type { ContractType } from "@cynosure/sdk";
import { labelOf } from "../words/labels.ts";
import { isRecord, resolveType, valueWords } from "../words/values.ts";
import type { ContractTypes } from "../words/values.ts";

/** Of what is there, the part that the type of a change may hold. */
export function changeable(types: ContractTypes, type: ContractType, item: unknown): unknown {
  const resolved = resolveType(types, type);
  if (resolved.kind !== "object" || !isRecord(item)) return item;
  const entries = Object.entries(resolved.properties)
    .filter(([name, property]) => property.readOnly !== true && item[name] !== undefined)
    .map(([name, property]) => [name, changeable(types, property.type, item[name])] as const);
  return Object.fromEntries(entries);
}

/** JSON merge patch from the one to the other: null takes away, what is the same is left out. */
export function mergePatch(before: unknown, after: unknown): Readonly<Record<string, unknown>> {
  const from = isRecord(before) ? before : {};
  const to = isRecord(after) ? after : {};
  const patch: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(from), ...Object.keys(to)])) {
    if (JSON.stringify(from[name]) === JSON.stringify(to[name])) continue;
    if (to[name] === undefined) patch[name] = null;
    else patch[name] = isRecord(to[name]) && isRecord(from[name]) ? mergePatch(from[name], to[name]) : to[name];
  }
  return patch;
}

/** What differs, one line each: "Usable capacity (GB): 8 → 10". */
export function differences(types: ContractTypes, type: ContractType, before: unknown, after: unknown): readonly string[] {
  const resolved = resolveType(types, type);
  const from = isRecord(before) ? before : {};
  const to = isRecord(after) ? after : {};
  if (resolved.kind !== "object") return [];
  return Object.entries(resolved.properties).flatMap(([name, property]) => {
    if (JSON.stringify(from[name]) === JSON.stringify(to[name])) return [];
    if (name === "properties") return differences(types, property.type, from[name], to[name]);
    const words = (value: unknown): string => valueWords(types, property.type, value) || "nothing";
    return [`${labelOf(name)}: ${words(from[name])} → ${words(to[name])}`];
  });
}
