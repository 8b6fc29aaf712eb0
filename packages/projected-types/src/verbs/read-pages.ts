// One page of ARM read from an engine. A long one is asked for in parts, so that the engine makes the next while the last is looked
// through. Engines without pages answer all there is.
import { ControlPlaneError } from "@cynosure/model";
import type { CatalogueOperation } from "@cynosure/projection";
import type { Context } from "../context.ts";
import { sendOrThrow } from "../context.ts";
import type { Query } from "./body.ts";
import type { Where } from "./find.ts";
import { EMPTY_PAGE, readPage } from "./listed.ts";
import type { ListedPage, ListedRow } from "./listed.ts";

const PARTS = 4;
/** Below it the ways to the engine cost more than they save. */
const PART_ROWS_MIN = 200;

export interface AskedPage {
  readonly number: number;
  readonly size: number;
}

export interface ReadRows {
  readonly rows: readonly ListedRow[];
  readonly hasMore: boolean;
}

export async function readPages(context: Context, where: Where, list: CatalogueOperation, filters: Query, page: AskedPage): Promise<ReadRows> {
  const isPaged = context.catalogue.engine === "vast" || list.queryParameters.some(({ name }) => name === "page" || name === "page_size");
  const parts = isPaged && page.size % PARTS === 0 && page.size / PARTS >= PART_ROWS_MIN ? PARTS : 1;
  const [size, firstPart] = [page.size / parts, (page.number - 1) * parts + 1];
  const ask = async (number: number): Promise<ListedPage> => {
    const paging = isPaged ? [["page", String(number)] as const, ["page_size", String(size)] as const] : [];
    return readPage(where, await sendOrThrow(context, list, { levels: where.levels, query: [...filters, ...paging], isUnparsed: true }));
  };
  const first = await ask(firstPart);
  // It knows no pages, and answers all of them each time.
  if (first.hasMore === null) return { rows: first.rows.slice((page.number - 1) * page.size, page.number * page.size), hasMore: first.rows.length > page.number * page.size };
  const left = first.count === null || !first.hasMore ? 0 : Math.ceil(first.count / size) - firstPart;
  const others = await Promise.all(Array.from({ length: Math.min(parts - 1, left) }, (_, at) => ask(firstPart + 1 + at).catch(emptyWhereGone)));
  const last = others.at(-1) ?? first;
  return { rows: [first, ...others].flatMap(({ rows }) => rows), hasMore: last.hasMore === true };
}

/** What was counted may be fewer by now. */
function emptyWhereGone(error: unknown): ListedPage {
  if (error instanceof ControlPlaneError && error.kind === "notFound") return EMPTY_PAGE;
  throw error;
}
