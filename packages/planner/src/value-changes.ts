// What differs between two values of plain data, leaf by leaf, under paths such as `hosts.count`. Lists are told
// by the elements that came and went. Whatever differs is told, also where it would read the same.
import { canonicalJson, type PlanDiffValue } from "@cynosure/model";

type Tree = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value);

const CONTROL_CHARACTER = /[\u0000-\u001f]/;
const textOf = (value: unknown): string => (typeof value === "string" && value !== "" && !CONTROL_CHARACTER.test(value) ? value : canonicalJson(value));

function pathOf(parent: string, key: string): string {
  if (!/^[A-Za-z_][\w-]*$/.test(key)) return `${parent}[${JSON.stringify(key)}]`;
  return parent === "" ? key : `${parent}.${key}`;
}

function collect(value: unknown, path: string, into: Map<string, unknown>): void {
  if (!isTree(value)) return void into.set(path, value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  for (const [key, member] of members) collect(member, pathOf(path, key), into);
  if (members.length === 0 && path !== "") into.set(path, value);
}

function leavesOf(tree: Tree | null): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  if (tree !== null) collect(tree, "", leaves);
  return leaves;
}

/** The elements of `some` that `others` has not, as often as they are missing there. */
function without(some: readonly unknown[], others: readonly unknown[]): unknown[] {
  const left = new Map<string, number>();
  for (const other of others) left.set(canonicalJson(other), (left.get(canonicalJson(other)) ?? 0) + 1);
  return some.filter((item) => {
    const count = left.get(canonicalJson(item)) ?? 0;
    left.set(canonicalJson(item), count - 1);
    return count <= 0;
  });
}

function elementChanges(name: string, before: readonly unknown[], after: readonly unknown[]): PlanDiffValue[] {
  return [...without(before, after).map((item) => ({ name, before: textOf(item) })), ...without(after, before).map((item) => ({ name, after: textOf(item) }))];
}

/** `undefined`: there is no such leaf on that side. */
function leafChanges(name: string, before: unknown, after: unknown): PlanDiffValue[] {
  if (before === undefined) return Array.isArray(after) && after.length > 0 ? elementChanges(name, [], after) : [{ name, after: textOf(after) }];
  if (after === undefined) return Array.isArray(before) && before.length > 0 ? elementChanges(name, before, []) : [{ name, before: textOf(before) }];
  if (canonicalJson(before) === canonicalJson(after)) return [];
  const elements = Array.isArray(before) && Array.isArray(after) ? elementChanges(name, before, after) : [];
  if (elements.length > 0) return elements;
  const [was, is] = [textOf(before), textOf(after)];
  return [was === is ? { name, before: canonicalJson(before), after: canonicalJson(after) } : { name, before: was, after: is }];
}

/** Empty exactly when both hold the same data; null holds none. Sorted by name: stored data may come back in another order. */
export function valueChanges(before: Tree | null, after: Tree | null): PlanDiffValue[] {
  const [old, now] = [leavesOf(before), leavesOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((name) => leafChanges(name, old.get(name), now.get(name)));
}
