// Prices of the given sizes from the public Azure Retail Prices API: few sizes a query, page by page within a bound.
// Writes nothing.
import type { Price } from "@cynosure/model";
import { CommandError, ExitCode } from "../exit-code.ts";
import { fetchPage, type PageFetch } from "./retail-http.ts";
import { parseRetailPage, type RetailPage, type RetailPrice } from "./retail-page.ts";

export const RETAIL_PRICES = "https://prices.azure.com/api/retail/prices";
export const RETAIL_API_VERSION = "2023-01-01-preview";
/** A query of eight sizes is about 600 characters, far from where servers stop reading. */
const SIZES_PER_QUERY = 8;
const PAGES_MAX = 2_000;

export interface RetailQuery {
  readonly endpoint: URL;
  readonly sizes: readonly string[];
  /** Empty: all. */
  readonly regions: readonly string[];
  /** YYYY-MM-DD. */
  readonly today: string;
  readonly fetching: PageFetch;
}

export interface RetailPrices {
  readonly prices: readonly Omit<Price, "source" | "asOf">[];
  readonly pageCount: number;
  readonly sizesWithoutPrice: readonly string[];
}

export async function readRetailPrices(query: RetailQuery): Promise<RetailPrices> {
  const found = new Map<string, RetailPrice>();
  const wanted = new Set(query.sizes);
  const pages = { read: 0 };
  for (let start = 0; start < query.sizes.length; start += SIZES_PER_QUERY) {
    const sizes = query.sizes.slice(start, start + SIZES_PER_QUERY);
    for await (const page of pagesOf(firstPage(query, sizes), query, pages)) for (const price of page.prices) if (wanted.has(price.size)) keep(found, price);
    query.fetching.note(`sizes ${start + 1} to ${start + sizes.length} of ${query.sizes.length}: ${found.size} prices on ${pages.read} pages so far`);
  }
  const prices = [...found.values()].map(({ size, region, term, usdPerHour }) => ({ size, region, term, usdPerHour })).toSorted((a, b) => compare(a.size, b.size) || compare(a.region, b.region) || compare(a.term, b.term));
  const priced = new Set(prices.map((price) => price.size));
  return { prices, pageCount: pages.read, sizesWithoutPrice: query.sizes.filter((size) => !priced.has(size)) };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Of several meters the primary one, and of several of those the dearest. */
function keep(found: Map<string, RetailPrice>, price: RetailPrice): void {
  const key = `${price.size} ${price.region} ${price.term}`;
  const before = found.get(key);
  if (before === undefined || (price.isPrimary && !before.isPrimary) || (price.isPrimary === before.isPrimary && price.usdPerHour > before.usdPerHour)) found.set(key, price);
}

/** Names are checked where they enter; a quote cannot occur in them. */
const anyOf = (field: string, values: readonly string[]): string => `(${values.map((value) => `${field} eq '${value}'`).join(" or ")})`;

function firstPage({ endpoint, regions }: RetailQuery, sizes: readonly string[]): URL {
  const url = new URL(endpoint);
  const filter = ["serviceName eq 'Virtual Machines'", anyOf("armSkuName", sizes), ...(regions.length === 0 ? [] : [anyOf("armRegionName", regions)]), anyOf("priceType", ["Consumption", "Reservation"])];
  url.search = new URLSearchParams({ "api-version": RETAIL_API_VERSION, currencyCode: "USD", $filter: filter.join(" and ") }).toString();
  return url;
}

async function* pagesOf(first: URL, { endpoint, today, fetching }: RetailQuery, pages: { read: number }): AsyncGenerator<RetailPage> {
  const seen = new Set<string>();
  for (let url: URL | null = first; url !== null; ) {
    if (pages.read >= PAGES_MAX) throw broken(`the service has more than ${PAGES_MAX} pages for these sizes; name --regions`);
    seen.add(url.href);
    const page = parsed(await fetchPage(url, fetching), url, today);
    pages.read += 1;
    yield page;
    url = page.nextPageLink === null ? null : nextPage(page.nextPageLink, endpoint, seen);
  }
}

function parsed(body: string, url: URL, today: string): RetailPage {
  try {
    return parseRetailPage(body, today);
  } catch (cause) {
    throw broken(`a page of ${url.origin} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}; nothing was written`, cause);
  }
}

/** Only further pages of the very service that was asked. */
function nextPage(link: string, endpoint: URL, seen: ReadonlySet<string>): URL {
  const url = URL.parse(link, endpoint.href);
  if (url === null || url.origin !== endpoint.origin || url.pathname !== endpoint.pathname || url.username !== "") throw broken(`the service sends us on to ${JSON.stringify((url?.origin ?? link).slice(0, 100))}, which is not ${endpoint.origin}${endpoint.pathname}; nothing was written`);
  if (seen.has(url.href)) throw broken("the service sends us to a page that was read already; nothing was written");
  return url;
}

const broken = (message: string, cause?: unknown): CommandError => new CommandError(ExitCode.failed, message, { code: "PricesUnreadable", cause });
