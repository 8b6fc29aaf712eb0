// Prices from a file, the user's or one that `cynosure catalogue refresh` wrote, and how they go over known ones.
// Source and date may be said once for the whole file.
import type { Price, PriceBook, PriceTerm, SizingProblem } from "@cynosure/model";
import { at, FieldReader } from "./catalogue-fields.ts";

export const PRICES_MAX = 50_000;
const USD_PER_HOUR_MAX = 100_000;

export type PriceFile = { readonly ok: true; readonly prices: PriceBook } | { readonly ok: false; readonly problems: readonly SizingProblem[] };

export const priceTerms: readonly PriceTerm[] = ["payAsYouGo", "reserved1Year", "reserved3Years"];
const SIZE = { is: /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/, words: "the name of a size, for example Standard_L8aos_v5" };
const REGION = { is: /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/, words: "a region, for example uksouth, or the location of a room" };

const keyOf = (price: Pick<Price, "size" | "region" | "term">): string => `${price.size} ${price.region} ${price.term}`;

/** `value` is what a YAML or JSON parser made of the file. */
export function parsePriceFile(value: unknown): PriceFile {
  const reader = new FieldReader();
  const file = reader.map(value, "", ["asOf", "source", "prices"], ["prices"]) ?? {};
  const common = { source: reader.text(file, "source", ""), asOf: reader.date(file, "asOf", "") };
  const items = file["prices"] === undefined ? [] : reader.list(file["prices"], "prices", PRICES_MAX);
  const seen = new Map<string, number>();
  const prices = items.flatMap((item, k): Price[] => {
    const target = `prices[${k}]`;
    const price = readPrice(reader, item, target, common);
    if (price === null) return [];
    const before = seen.get(keyOf(price));
    if (before !== undefined) reader.report(target, `is the price of ${keyOf(price)} again, as prices[${before}]; keep one`);
    seen.set(keyOf(price), before ?? k);
    return [price];
  });
  if (reader.problems.length > 0) return { ok: false, problems: reader.problems };
  return { ok: true, prices: { asOf: newest(prices, common.asOf ?? ""), prices } };
}

function readPrice(reader: FieldReader, item: unknown, target: string, common: { readonly source: string | null; readonly asOf: string | null }): Price | null {
  const said = (["source", "asOf"] as const).filter((key) => common[key] === null);
  const fields = reader.map(item, target, ["size", "region", "term", "usdPerHour", "source", "asOf"], ["size", "region", "term", "usdPerHour", ...said]);
  if (fields === null) return null;
  const size = reader.text(fields, "size", target, SIZE);
  const region = reader.text(fields, "region", target, REGION);
  const term = reader.oneOf(fields, "term", target, priceTerms);
  const usdPerHour = reader.number(fields, "usdPerHour", target, { min: 0, max: USD_PER_HOUR_MAX });
  if (usdPerHour === null && fields["usdPerHour"] === null) reader.report(at(target, "usdPerHour"), "is empty; leave the whole price out when it is not known");
  const source = reader.text(fields, "source", target) ?? common.source;
  const asOf = reader.date(fields, "asOf", target) ?? common.asOf;
  if (size === null || region === null || term === null || usdPerHour === null || source === null || asOf === null) return null;
  return { size, region, term, usdPerHour, source, asOf };
}

const newest = (prices: readonly Price[], least: string): string => prices.reduce((date, price) => (price.asOf > date ? price.asOf : date), least);

/** What `over` says of a size, region and term counts; the rest stays as it was. */
export function mergePrices(under: PriceBook, over: PriceBook): PriceBook {
  const prices = [...new Map([...under.prices, ...over.prices].map((price) => [keyOf(price), price])).values()];
  return { asOf: newest(prices, over.asOf), prices };
}
