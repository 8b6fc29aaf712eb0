// A random case: a requirement and all that sizing is told beside it. Most stand on a random small catalogue, some on the catalogue of
// the product with a handful of its sizes allowed, so that brute force comes to an end.
import type { Catalogue, Requirement } from "@cynosure/model";
import type { BruteKnowledge } from "./brute-force.ts";
import type { Draw } from "./draw.ts";
import { DRAWN_TODAY, drawCatalogue, drawOffers, drawPrices } from "./random-catalogue.ts";
import { drawRequirement, ROOM_NAME } from "./random-requirement.ts";

export interface RandomCase {
  readonly requirement: Requirement;
  readonly knowledge: BruteKnowledge;
}

const REAL_PERCENT = 6;
const REAL_SIZES = 4;
const REAL_REGIONS = ["uksouth", "westeurope", "eastus", "swedencentral"];

function atLeastOne<T>(values: readonly T[], what: string): readonly [T, ...T[]] {
  const [first, ...rest] = values;
  if (first === undefined) throw new Error(`a catalogue to draw from needs ${what}`);
  return [first, ...rest];
}

/** `real` is the product's catalogue; without it every case has a drawn one. */
export function drawCase(draw: Draw, real: Catalogue | null): RandomCase {
  const isReal = real !== null && draw.chance(REAL_PERCENT);
  const catalogue = isReal ? real : drawCatalogue(draw);
  const namesOf = (role: "storage" | "client"): readonly [string, ...string[]] => atLeastOne(catalogue.sizes.filter((size) => size.role === role).map((size) => size.name), `a size for ${role}`);
  const storage = namesOf("storage");
  const sizes = isReal ? atLeastOne([...new Set(Array.from({ length: REAL_SIZES }, () => draw.pick(storage)))], "sizes") : storage;
  const names = catalogue.regions.map((region) => region.name);
  const regions = atLeastOne(isReal ? names.filter((name) => REAL_REGIONS.includes(name)) : names, "a region");
  const prices = drawPrices(draw, [...sizes, ...catalogue.sizes.filter((size) => size.role === "management").map((size) => size.name)], [...regions, ROOM_NAME]);
  const countries = atLeastOne([...new Set(catalogue.regions.filter((region) => regions.includes(region.name)).map((region) => region.country))], "a country");
  const requirement = drawRequirement(draw, { regions, countries, clientSizes: namesOf("client"), sizes, isFocused: isReal });
  return { requirement, knowledge: { catalogue, prices, offers: drawOffers(draw), today: DRAWN_TODAY } };
}
