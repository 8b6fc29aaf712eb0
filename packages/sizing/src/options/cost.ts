// What an option costs a month: storage hosts and management hosts at the lowest price that the budget's term admits.
// A missing price makes the cost undetermined, never zero.
import type { Price, PriceTerm, SizingCost } from "@cynosure/model";
import type { Place } from "../candidates/places.ts";
import { pricesOf } from "../catalogue-index.ts";
import type { HostModel } from "../host-model.ts";
import { capacityAfterGrowth } from "../loads/cluster-model.ts";
import type { Shape } from "../shape/shape.ts";
import type { SiteCase } from "../site-case.ts";
import { number } from "../words.ts";

const HOURS_PER_MONTH = 730;
const termMonths: Readonly<Record<PriceTerm, number>> = { payAsYouGo: 0, reserved1Year: 12, reserved3Years: 36 };
const termWords: Readonly<Record<PriceTerm, string>> = { payAsYouGo: "pay as you go", reserved1Year: "reserved for a year", reserved3Years: "reserved for three years" };

export interface HostPrices {
  readonly host: Price | null;
  /** Null where there is no price; ignored where there are no management hosts. */
  readonly management: Price | null;
  readonly managementSize: string | null;
}

/** Of equal prices the one that binds for less long. */
const isLower = (price: Price, than: Price): boolean => price.usdPerHour < than.usdPerHour || (price.usdPerHour === than.usdPerHour && termMonths[price.term] < termMonths[than.term]);

function lowestPrice(each: SiteCase, size: string, place: string): Price | null {
  const { budget } = each.constraints;
  const months = budget?.kind === "total" ? budget.termMonths : 0;
  let lowest: Price | null = null;
  for (const price of pricesOf(each.knowledge.prices, size, place)) if (termMonths[price.term] <= months && (lowest === null || isLower(price, lowest))) lowest = price;
  return lowest;
}

export function hostPrices(each: SiteCase, place: Place, host: HostModel): HostPrices {
  const managementSize = host.kind === "live" ? null : (each.engine.managementHosts?.size ?? null);
  return { host: lowestPrice(each, host.name, place.name), management: managementSize === null ? null : lowestPrice(each, managementSize, place.name), managementSize };
}

/** Null when a price is missing. */
export function usdPerMonthOf(shape: Pick<Shape, "hosts" | "managementHosts">, { host, management, managementSize }: HostPrices): number | null {
  if (host === null || (managementSize !== null && management === null)) return null;
  return (shape.hosts * host.usdPerHour + shape.managementHosts * (management?.usdPerHour ?? 0)) * HOURS_PER_MONTH;
}

/** Null where there is nothing to share the cost, or too little for a number. */
const per = (usd: number, amount: number): number | null => (Number.isFinite(usd / amount) ? usd / amount : null);

const priceWords = (count: number, price: Price): string => `${number(count)} x ${price.size} at ${number(price.usdPerHour)} USD/h ${termWords[price.term]} in ${price.region} (${price.source}, ${price.asOf})`;

export function costOf(each: SiteCase, place: Place, host: HostModel, shape: Shape, prices: HostPrices): SizingCost {
  const usdPerMonth = usdPerMonthOf(shape, prices);
  if (usdPerMonth === null || prices.host === null) {
    const missing = [...(prices.host === null ? [host.name] : []), ...(prices.managementSize !== null && prices.management === null ? [prices.managementSize] : [])];
    return { verdict: "undetermined", term: prices.host?.term ?? null, usdPerMonth: null, usdPerUsableTBMonth: null, usdPerGBpsMonth: null, evidence: `no price of ${missing.join(" and ")} in ${place.name} is known` };
  }
  const usableTB = each.site.fileSystems.reduce((sum, fileSystem) => sum + capacityAfterGrowth(fileSystem), 0) / 1_000;
  const throughput = each.site.fileSystems.reduce((sum, { throughput: asked }) => sum + (asked?.readGBps ?? 0) + (asked?.writeGBps ?? 0), 0);
  const parts = [priceWords(shape.hosts, prices.host), ...(prices.management === null || shape.managementHosts === 0 ? [] : [priceWords(shape.managementHosts, prices.management)])];
  return {
    verdict: "determined", term: prices.host.term, usdPerMonth,
    usdPerUsableTBMonth: per(usdPerMonth, usableTB),
    usdPerGBpsMonth: per(usdPerMonth, throughput),
    evidence: `${parts.join(" + ")}, ${HOURS_PER_MONTH} hours a month; drives are part of the price, network traffic and software are not counted`,
  };
}
