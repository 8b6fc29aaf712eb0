// Pages of a list (G3-G6): keyset on the resource key, bounded in items and in bytes.
import { decodeSkipToken, encodeSkipToken, parseTop } from "@cynosure/arm-protocol";
import type { QueryParameters } from "@cynosure/contract";
import type { ListRequest, Store, StoredResource } from "@cynosure/resource-store";
import { ControlPlaneError, resourceKey } from "@cynosure/model";
import { raise } from "./addresses.ts";

/** Half of what ARM lets through, so that headers, links and one large item still fit. */
const PAGE_BYTES_MAX = 4 * 1024 * 1024;

export interface PageRequest {
  readonly top: number;
  readonly afterKey: string | null;
}

export function readPageRequest(query: QueryParameters): PageRequest {
  const top = parseTop(query["$top"]);
  if (!top.ok) throw raise(top.problem);
  const token = query["$skiptoken"];
  if (token === undefined) return { top: top.value, afterKey: null };
  const after = decodeSkipToken(token);
  if (!after.ok) throw raise(after.problem);
  return { top: top.value, afterKey: after.value };
}

/** What follows the last item handed out, in a list that is not read by key. An item that is gone has no place to go on from. */
export function itemsAfter<T>(items: readonly T[], afterKey: string | null, keyOf: (item: T) => string): readonly T[] {
  if (afterKey === null) return items;
  const at = items.findIndex((item) => keyOf(item) === afterKey);
  if (at < 0) throw new ControlPlaneError("InvalidSkipToken", "The $skipToken names an item that is not in this list (any more). Start the list again without $skipToken.", { target: "$skipToken" });
  return items.slice(at + 1);
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Key of the last item when there is more. */
  readonly nextAfterKey: string | null;
}

/** Of a character that JSON escapes. */
const ESCAPED_LENGTH_MAX = 6;
const NUMBER_LENGTH_MAX = 25;

/** JSON of the value is no longer than this. A third of the cost of writing it; for plain values only, as bodies are. */
export function jsonLengthMax(value: unknown): number {
  if (typeof value === "string") return value.length * ESCAPED_LENGTH_MAX + 2;
  if (typeof value !== "object" || value === null) return NUMBER_LENGTH_MAX;
  let sum = 2;
  if (Array.isArray(value)) for (const each of value) sum += jsonLengthMax(each) + 1;
  // Names without pairs: making an array of pairs for each object cost as much as writing the JSON. Inherited ones only add.
  else for (const name in value) sum += name.length * ESCAPED_LENGTH_MAX + 4 + jsonLengthMax(value[name as keyof typeof value]);
  return sum;
}

/** Cuts what was fetched (one more than asked for) to a page. */
export async function cutPage<R, T>(rows: readonly R[], top: number, keyOfRow: (row: R) => string, toItem: (row: R) => Promise<T>): Promise<Page<T>> {
  const items: T[] = [];
  let bytes = 0;
  let bound = 0;
  for (const row of rows.slice(0, top)) {
    const item = await toItem(row);
    // Written out to be measured only where a page may become too long; it is written once more when it is sent.
    if (bound <= PAGE_BYTES_MAX) bound += jsonLengthMax(item);
    if (bound > PAGE_BYTES_MAX) {
      if (bytes === 0) bytes = items.reduce((sum, each) => sum + JSON.stringify(each).length, 0);
      bytes += JSON.stringify(item).length;
      if (items.length > 0 && bytes > PAGE_BYTES_MAX) break;
    }
    items.push(item);
  }
  const last = rows[items.length - 1];
  return { items, nextAfterKey: items.length < rows.length && last !== undefined ? keyOfRow(last) : null };
}

export async function listResourcePage<T>(store: Store, filter: Omit<ListRequest, "limitMax" | "afterKey">, page: PageRequest, toItem: (row: StoredResource) => Promise<T>): Promise<Page<T>> {
  const rows = await store.resources.list({ ...filter, ...(page.afterKey === null ? {} : { afterKey: resourceKey(page.afterKey) }), limitMax: page.top + 1 });
  return cutPage(rows, page.top, (row) => row.key, toItem);
}

export function pageAnswer<T>(page: Page<T>): { readonly status: 200; readonly body: { readonly value: readonly T[] }; readonly skipToken?: string } {
  const answer = { status: 200 as const, body: { value: page.items } };
  return page.nextAfterKey === null ? answer : { ...answer, skipToken: encodeSkipToken(page.nextAfterKey) };
}
