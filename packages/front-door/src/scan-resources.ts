// A page of a list that drops rows: it reads on until the page is full or it has read enough for one request. A
// page may be short or empty and still have a next one (G4).
import type { Page, PageRequest } from "@cynosure/arm-store";
import { resourceKey } from "@cynosure/model";
import type { ListRequest, Store, StoredResource } from "@cynosure/resource-store";

export const ROWS_SCANNED_MAX = 5_000;
/** At least, so that a filter that drops most rows is no read per row. */
const ROWS_PER_READ_MIN = 100;

/** `toItem` answers null for a row that is not shown. */
export async function scanResources<T>(store: Store, where: Omit<ListRequest, "limitMax" | "afterKey">, page: PageRequest, toItem: (row: StoredResource) => T | null): Promise<Page<T>> {
  const items: T[] = [];
  let after = page.afterKey;
  const limitMax = Math.max(page.top + 1, ROWS_PER_READ_MIN);
  for (let scanned = 0; scanned < ROWS_SCANNED_MAX; ) {
    const rows = await store.resources.list({ ...where, ...(after === null ? {} : { afterKey: resourceKey(after) }), limitMax });
    scanned += rows.length;
    for (const [at, row] of rows.entries()) {
      after = row.key;
      const item = toItem(row);
      if (item !== null) items.push(item);
      if (items.length < page.top) continue;
      const isLast = at === rows.length - 1 && rows.length < limitMax;
      return { items, nextAfterKey: isLast ? null : after };
    }
    if (rows.length < limitMax) return { items, nextAfterKey: null };
  }
  return { items, nextAfterKey: after };
}
