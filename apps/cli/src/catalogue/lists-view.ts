// `cynosure catalogue regions`, `capabilities` and `prices` as lines of at most 80 columns.
import type { Capability, Catalogue, CatalogueSize, PriceBook } from "@cynosure/model";
import { formatTable } from "../output.ts";
import { right, sentences } from "./sourced-lines.ts";

const hasRegion = (size: CatalogueSize, region: string): boolean => size.availability.some((list) => list.regions.includes(region));
const yesNo = (value: boolean | null): string => (value === null ? "?" : value ? "yes" : "no");

export function describeRegions({ regions, sizes }: Pick<Catalogue, "regions" | "sizes">): string[] {
  const storage = sizes.filter((size) => size.role === "storage");
  const clients = sizes.filter((size) => size.role === "client");
  const header = ["region", "name", "country", "zones", "storage", "client"];
  const rows = regions.map((region) => [region.name, region.displayName, region.country, yesNo(region.hasZones), String(storage.filter((size) => hasRegion(size, region.name)).length), String(clients.filter((size) => hasRegion(size, region.name)).length)]);
  const [first = header, ...rest] = right([header, ...rows], [4, 5]);
  const sources = [...new Set(regions.map((region) => `${region.source} (${region.asOf})`))];
  return [...formatTable(first, rest), "", ...sentences(["storage, client: how many sizes are known to be there; others may be there too.", ...sources], "")];
}

const labels = { requested: "REQUESTED", preview: "PREVIEW", ga: "GA", verified: "VERIFIED", notOffered: "NOT OFFERED", unknown: "UNKNOWN" } as const;

export function describeCapabilities(capabilities: readonly Capability[]): string[] {
  return capabilities.flatMap((each, k) => [...(k === 0 ? [] : [""]), `${labels[each.status].padEnd(12)}${each.name}: ${each.subject}`, ...sentences([each.statement, `${each.source} (${each.asOf})`], "    ")]);
}

const terms = { payAsYouGo: "pay as you go", reserved1Year: "reserved 1 year", reserved3Years: "reserved 3 years" } as const;

export function describePrices(book: PriceBook): string[] {
  if (book.prices.length === 0) return ["No price is known. `cynosure catalogue refresh` reads them; --prices FILE takes a file of your own."];
  const header = ["size", "region", "term", "USD/h", "as of"];
  const rows = book.prices.map((price) => [price.size, price.region, terms[price.term], price.usdPerHour.toFixed(4), price.asOf]);
  const [first = header, ...rest] = right([header, ...rows], [3]);
  return [...formatTable(first, rest), "", ...sentences([...new Set(book.prices.map((price) => `${price.source} (${price.asOf})`))], "")];
}
