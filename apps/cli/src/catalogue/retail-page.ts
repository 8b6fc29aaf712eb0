// One page of the Azure Retail Prices API: checked, and its items made into prices. What is no price of a Linux VM by the
// hour or reserved is left out: Windows, Spot, Low Priority, Cloud Services, DevTest, other units, tiers.
import type { Price, PriceTerm } from "@cynosure/model";

export interface RetailPrice extends Pick<Price, "size" | "region" | "term" | "usdPerHour"> {
  /** Of several meters for one size, region and term the primary one counts. */
  readonly isPrimary: boolean;
}

export interface RetailPage {
  readonly prices: readonly RetailPrice[];
  readonly itemCount: number;
  readonly nextPageLink: string | null;
}

/** A reserved price is that of the whole term. */
const reservedHours: Readonly<Record<string, { readonly term: PriceTerm; readonly hours: number }>> = { "1 Year": { term: "reserved1Year", hours: 8_760 }, "3 Years": { term: "reserved3Years", hours: 26_280 } };
const leftOutProducts = /Windows|Cloud ?Services|Dedicated Host/i;
const leftOutMeters = /Spot|Low Priority/i;

/** Throws an Error that says what is wrong with the page. */
export function parseRetailPage(body: string, today: string): RetailPage {
  const page = objectOf(JSON.parse(body), "the page");
  const items = page["Items"];
  if (!Array.isArray(items)) throw new Error("it has no list of Items");
  const next = page["NextPageLink"];
  if (next !== null && next !== undefined && typeof next !== "string") throw new Error("its NextPageLink is neither text nor null");
  const prices = items.flatMap((item: unknown, k) => priceOf(objectOf(item, `Items[${k}]`), k, today) ?? []);
  return { prices, itemCount: items.length, nextPageLink: next === undefined || next === "" ? null : next };
}

type Item = Readonly<Record<string, unknown>>;

function objectOf(value: unknown, what: string): Item {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error(`${what} is no object`);
  // Every object is a map of strings to something.
  return value as Item;
}

function priceOf(item: Item, k: number, today: string): RetailPrice | null {
  const text = (key: string): string => {
    const value = item[key];
    if (typeof value !== "string") throw new Error(`Items[${k}].${key} is not text`);
    return value;
  };
  if (leftOutProducts.test(text("productName")) || leftOutMeters.test(text("skuName")) || leftOutMeters.test(text("meterName"))) return null;
  if (text("unitOfMeasure") !== "1 Hour" || hasEnded(item["effectiveEndDate"], today) || (typeof item["tierMinimumUnits"] === "number" && item["tierMinimumUnits"] > 0)) return null;
  const term = termOf(text("type"), item["reservationTerm"]);
  const [size, region] = [text("armSkuName"), text("armRegionName")];
  if (term === null || size === "" || region === "") return null;
  if (text("currencyCode") !== "USD") throw new Error(`Items[${k}] is priced in ${text("currencyCode").slice(0, 8)}, not in USD`);
  const price = item["retailPrice"];
  if (typeof price !== "number" || !Number.isFinite(price) || price < 0) throw new Error(`Items[${k}].retailPrice is no price`);
  // Sizes not yet sold stand in the list with 0.
  return price === 0 ? null : { size, region, term: term.term, usdPerHour: Number((price / term.hours).toFixed(6)), isPrimary: item["isPrimaryMeterRegion"] !== false };
}

function termOf(type: string, reservationTerm: unknown): { readonly term: PriceTerm; readonly hours: number } | null {
  if (type === "Consumption") return { term: "payAsYouGo", hours: 1 };
  return type === "Reservation" && typeof reservationTerm === "string" && Object.hasOwn(reservedHours, reservationTerm) ? (reservedHours[reservationTerm] ?? null) : null;
}

const hasEnded = (end: unknown, today: string): boolean => typeof end === "string" && end.slice(0, 10) < today;
