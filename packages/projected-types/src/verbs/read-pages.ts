// One page of ARM read from an engine. A long one is asked for in parts, so that the engine makes the next while the last goes to the
// caller. Engines without pages answer all there is.
import { ControlPlaneError } from "@cynosure/model";
import { createSpareMemory } from "@cynosure/native-client";
import type { CatalogueOperation } from "@cynosure/projection";
import type { Context } from "../context.ts";
import { sendOrThrow } from "../context.ts";
import { Ahead } from "./ahead.ts";
import type { Query } from "./body.ts";
import type { Where } from "./find.ts";
import { EMPTY_PAGE, readPage } from "./listed.ts";
import type { ListedPage } from "./listed.ts";

/** A page of at least two such parts is asked for in parts: in smaller ones the ways to the engine cost more than they save. */
const PART_ROWS = 500;
/** Where the caller does not say: few turns for long lists. Of the objects that engines have (2 KB) it is less than an answer may hold; of larger ones an answer
 *  holds what fits. */
const PAGE_ROWS = 3_000;
/** Of all lists together. */
const memory = createSpareMemory({ buffersMax: 4, bufferBytesMax: 2 * 1024 * 1024 });

/** When the part's text is sent. */
export function releasePart({ page: { bytes } }: PagePart): void {
  if (bytes !== null) memory.give(bytes);
}

export interface AskedPage {
  /** Which of the engine's pages comes first, from 1, where each has `rows` rows. */
  readonly part: number;
  readonly rows: number;
  /** How many of them. */
  readonly parts: number;
  /** Rows of the whole list, as far as they are known: a guess, for there may be more or fewer by now. */
  readonly count: number | null;
}

/** Pages of `rows`, or as long as it is good for both sides. */
export function firstPage(rows: number = PAGE_ROWS): AskedPage {
  const isParted = rows >= 2 * PART_ROWS && rows % PART_ROWS === 0;
  return { part: 1, rows: isParted ? PART_ROWS : rows, parts: isParted ? rows / PART_ROWS : 1, count: null };
}

/** What `firstPage` makes, however it was written down. */
export const isPage = ({ rows, parts }: AskedPage): boolean => rows * parts <= PAGE_ROWS;

/** Some rows of the page that was asked for. */
export interface PagePart {
  readonly page: ListedPage;
  /** Which of its rows are meant; all where there are fewer. */
  readonly from: number;
  readonly to: number;
  /** Null: there is none. */
  readonly next: AskedPage | null;
}

export interface ComingPart {
  /** A page that begins with it, for whoever does not take it now. */
  readonly asPage: AskedPage;
  /** Null: it could not be read. */
  readonly part: PagePart | null;
}

export interface OpenedPage {
  readonly first: PagePart;
  /** Null: there are no others. */
  readonly rest: AsyncGenerator<ComingPart, void> | null;
}

export async function openPage(context: Context, where: Where, list: CatalogueOperation, filters: Query, asked: AskedPage): Promise<OpenedPage> {
  const isPaged = context.catalogue.engine === "vast" || list.queryParameters.some(({ name }) => name === "page" || name === "page_size");
  const { rows, parts } = asked;
  const ask = async (part: number): Promise<ListedPage> => {
    const paging = isPaged ? [["page", String(part)] as const, ["page_size", String(rows)] as const] : [];
    return readPage(where, await sendOrThrow(context, list, { levels: where.levels, query: [...filters, ...paging], isUnparsed: true, memory }));
  };
  const partOf = (page: ListedPage, part: number): PagePart => ({ page, from: 0, to: rows, next: page.hasMore === true ? { ...asked, part: part + 1, count: page.count } : null });
  const lastPart = (count: number | null): number => (count === null || !isPaged ? asked.part : Math.min(asked.part + parts - 1, Math.ceil(count / rows)));
  const others = new Ahead(asked.part + 1, (part) => ask(part).catch(emptyWhereGone).then((page) => partOf(page, part)));
  const reading = ask(asked.part);
  others.askUntil(lastPart(asked.count));
  const page = await reading;
  // It knows no pages, and answers all of them each time.
  if (page.hasMore === null) {
    const from = (asked.part - 1) * rows;
    const to = from + rows * parts;
    return { first: { page, from, to, next: page.rows.length > to ? { ...asked, part: asked.part + parts } : null }, rest: null };
  }
  if (asked.count === null && page.hasMore) others.askUntil(lastPart(page.count));
  return { first: partOf(page, asked.part), rest: others.isEmpty ? null : comingParts(others, asked) };
}

async function* comingParts(others: Ahead<PagePart>, asked: AskedPage): AsyncGenerator<ComingPart, void> {
  for (let next = await others.take(); next !== null; next = await others.take()) yield { asPage: { ...asked, part: next.number }, part: next.part };
}

/** What was counted may be fewer by now. */
function emptyWhereGone(error: unknown): ListedPage {
  if (error instanceof ControlPlaneError && error.kind === "notFound") return EMPTY_PAGE;
  throw error;
}
