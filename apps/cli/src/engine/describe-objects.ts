// Objects of a projected type as a table that fits: the name, then what tells them apart. Pure.
import type { NativeType } from "@cynosure/sdk";
import { fitTable, plain } from "../text-layout.ts";
import { isMembers } from "./set-path.ts";
import type { Members } from "./set-path.ts";

const COLUMNS_COUNT_MAX = 7;
/** A longer value is cut in a table; `show` has all of it. */
const CELL_WIDTH_MAX = 32;
const GAP_WIDTH = 2;
/** What people look for first, where a type has it. */
const FIRST = ["state", "status", "enabled", "severity", "path", "tenant_name", "tenant_id", "policy", "protocols", "created"];
/** What is off, or counts nothing, is shown where nothing else is. */
const UNTELLING: ReadonlySet<string> = new Set(["", "0", "false"]);
/** Long, and of no use to the eye. */
const LAST = /^(?:guid|url|title|uuid|nativeId)$|_(?:guid|url|uuid)$/;

export interface ShownObject {
  readonly name: string;
  readonly properties: Members;
}

export function shownObject(item: unknown): ShownObject {
  const members = isMembers(item) ? item : {};
  const { name, properties } = members;
  return { name: typeof name === "string" ? name : "", properties: isMembers(properties) ? properties : {} };
}

export function describeObjects(type: NativeType, objects: readonly ShownObject[], columns: number): string[] {
  if (objects.length === 0) return ["none"];
  const chosen = chooseColumns(type, objects, columns);
  // The name in ARM, then properties as the engine calls them: one of those may be `name` too.
  return fitTable(["NAME", ...chosen], objects.map(({ name, properties }) => [name, ...chosen.map((each) => cellOf(properties[each]))]), { columns });
}

/** Fields in the order they are wanted, as long as they fit; those that are empty everywhere or say the name again are left out. */
export function chooseColumns(type: NativeType, objects: readonly ShownObject[], columns: number): string[] {
  const wanted = [...new Set([type.idField, ...FIRST, ...type.fields.filter(({ isRequired }) => isRequired).map(({ name }) => name), ...type.fields.map(({ name }) => name), ...Object.keys(objects[0]?.properties ?? {})])];
  const secret = new Set(type.fields.filter(({ isSecret }) => isSecret).map(({ name }) => name));
  const candidates = wanted.filter((name) => !secret.has(name) && objects.some(({ properties }) => cellOf(properties[name]) !== "") && !objects.every((each) => cellOf(each.properties[name]) === each.name));
  const first = new Set([type.idField, ...FIRST, ...type.fields.filter(({ isRequired }) => isRequired).map(({ name }) => name)]);
  const isTelling = (name: string): boolean => objects.some(({ properties }) => !UNTELLING.has(cellOf(properties[name])));
  const rankOf = (name: string): number => (first.has(name) ? 0 : LAST.test(name) ? 3 : isTelling(name) ? 1 : 2);
  const ordered = candidates.toSorted((a, b) => rankOf(a) - rankOf(b));
  const chosen: string[] = [];
  let width = Math.max("NAME".length, ...objects.map(({ name }) => name.length));
  for (const name of ordered) {
    const own = Math.max(name.length, ...objects.map(({ properties }) => cellOf(properties[name]).length)) + GAP_WIDTH;
    if (chosen.length === COLUMNS_COUNT_MAX || width + own > columns) continue;
    chosen.push(name);
    width += own;
  }
  return chosen;
}

/** Empty for what is no plain value. */
function cellOf(value: unknown): string {
  const text = Array.isArray(value) && value.length > 0 && value.every(isPlain) ? value.join(",") : isPlain(value) ? plain(String(value)) : "";
  return text.length > CELL_WIDTH_MAX ? `${text.slice(0, CELL_WIDTH_MAX - 1)}…` : text;
}

const isPlain = (value: unknown): value is string | number | boolean => typeof value === "string" || typeof value === "number" || typeof value === "boolean";
