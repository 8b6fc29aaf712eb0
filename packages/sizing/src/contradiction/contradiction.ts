// Why a site has no option: what rules out the candidate that comes nearest, and the least that would have to give.
import type { Contradiction } from "@cynosure/model";
import type { OtherSites } from "../limits/budget.ts";
import type { Shapes } from "../shape/shape.ts";
import type { SiteCase } from "../site-case.ts";
import { everyMiss, nearestOf } from "./nearest.ts";
import { smallestRelaxation } from "./relaxations.ts";

const PLACES_NAMED_MAX = 4;
const placesWords = ({ places }: SiteCase): string => (places.length > PLACES_NAMED_MAX ? `any of ${places.length} locations` : places.map((place) => place.name).join(", "));

export function contradictionOf(each: SiteCase, shapes: Shapes, others: OtherSites): Contradiction {
  const misses = everyMiss(each, shapes, others);
  const miss = nearestOf(misses);
  const relaxation = smallestRelaxation({ each, shapes, others, misses });
  const remedy = relaxation === null ? "No single change was found that would leave an option." : relaxation.statement;
  if (miss === null) return { limits: [], message: `No host size is known for ${placesWords(each)}. ${remedy}`, relaxation };
  const limits = [...new Set(miss.broken.map((broken) => broken.limit))];
  return { limits, message: `No option in ${placesWords(each)}. ${miss.host.name} in ${miss.place.name} comes nearest and fails on ${miss.broken.map((broken) => broken.words()).join("; ")}. ${remedy}`, relaxation };
}
