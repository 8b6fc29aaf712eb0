// The catalogue, prices and offers ready to be asked: hosts by kind, availability by size, prices by size and place.
// Built once per catalogue and price book; holds no answers.
import type { Catalogue, CatalogueRegion, CatalogueSize, EngineModel, EngineName, Price, PriceBook } from "@cynosure/model";
import { hostOfSize, type HostModel } from "./host-model.ts";
import { byName } from "./partition/allowed-sets.ts";

export interface CatalogueIndex {
  readonly sizes: ReadonlyMap<string, CatalogueSize>;
  readonly regions: ReadonlyMap<string, CatalogueRegion>;
  readonly engines: ReadonlyMap<EngineName, EngineModel>;
  /** Storage sizes of a cloud, and all of bare metal; by name, so that the order of the catalogue does not matter. */
  readonly hosts: Readonly<Record<"azure" | "bareMetal", readonly HostModel[]>>;
}

const catalogueIndexes = new WeakMap<Catalogue, CatalogueIndex>();

export function indexOf(catalogue: Catalogue): CatalogueIndex {
  const found = catalogueIndexes.get(catalogue);
  if (found !== undefined) return found;
  const azure = catalogue.sizes.filter((size) => size.substrate === "azure" && size.role === "storage");
  const index: CatalogueIndex = {
    sizes: new Map(catalogue.sizes.map((size) => [size.name, size])),
    regions: new Map(catalogue.regions.map((region) => [region.name, region])),
    engines: new Map(catalogue.engines.map((engine) => [engine.engine, engine])),
    hosts: { azure: azure.map(hostOfSize).toSorted(byName), bareMetal: catalogue.sizes.filter((size) => size.substrate === "bareMetal").map(hostOfSize).toSorted(byName) },
  };
  catalogueIndexes.set(catalogue, index);
  return index;
}

const priceIndexes = new WeakMap<PriceBook, ReadonlyMap<string, readonly Price[]>>();
const priceKey = (size: string, place: string): string => `${size} ${place}`;

export function pricesOf(book: PriceBook | null, size: string, place: string): readonly Price[] {
  if (book === null) return [];
  let index = priceIndexes.get(book);
  if (index === undefined) {
    index = Map.groupBy(book.prices, (price) => priceKey(price.size, price.region));
    priceIndexes.set(book, index);
  }
  return index.get(priceKey(size, place)) ?? [];
}
