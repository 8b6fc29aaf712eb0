// Of the candidates that are ruled out, the one that comes nearest: fewest things broken, then the smallest overshoot.
import { siteLimits } from "../candidates/candidates.ts";
import type { Place } from "../candidates/places.ts";
import { violationsOf } from "../candidates/rules.ts";
import type { HostModel } from "../host-model.ts";
import { budgetLimit, type OtherSites } from "../limits/budget.ts";
import { overshootAt, verdictAt } from "../limits/limit.ts";
import { hostPrices, usdPerMonthOf } from "../options/cost.ts";
import { limitWords } from "../options/limit-words.ts";
import { brokenWithoutShape } from "../shape/broken.ts";
import type { Shapes } from "../shape/shape.ts";
import type { SiteCase } from "../site-case.ts";

export interface Broken {
  readonly limit: string;
  /** 0.1 is a tenth too much; a rule is broken wholly. */
  readonly overshoot: number;
  words(): string;
}

export interface Miss {
  readonly place: Place;
  readonly host: HostModel;
  readonly broken: readonly Broken[];
}

/** Everything that rules the pair out, not only the first. */
export function everythingBroken(each: SiteCase, shapes: Shapes, place: Place, host: HostModel, others: OtherSites): Broken[] {
  const rules = violationsOf(each, place, host).map((violation): Broken => ({ limit: violation.limit, overshoot: Infinity, words: violation.reason }));
  const prices = hostPrices(each, place, host);
  const shape = shapes.shape(host, { host: prices.host?.usdPerHour ?? null, management: prices.management?.usdPerHour ?? null });
  if (shape === null) {
    return [...rules, ...brokenWithoutShape(each, shapes, host).map(({ limit, hosts, overshoot }): Broken => ({ limit: limit.name, overshoot, words: () => limitWords(limit, hosts) }))];
  }
  const { budget } = each.constraints;
  const limits = [...siteLimits(each, place, host, shape), ...(budget === null || place.kind === "live" ? [] : [budgetLimit(budget, usdPerMonthOf(shape, prices), others)])];
  const broken = limits.filter((limit) => verdictAt(limit, shape.hosts) === "notMet");
  return [...rules, ...broken.map((limit): Broken => ({ limit: limit.name, overshoot: overshootAt(limit, shape.hosts), words: () => limitWords(limit, shape.hosts) }))];
}

const worst = ({ broken }: Miss): number => Math.max(0, ...broken.map((each) => each.overshoot));

export function nearestMiss(each: SiteCase, shapes: Shapes, others: OtherSites): Miss | null {
  let nearest: Miss | null = null;
  for (const place of each.places) {
    if (place.kind === "live") continue;
    for (const host of each.hostsAt(place)) {
      const miss: Miss = { place, host, broken: everythingBroken(each, shapes, place, host, others) };
      if (miss.broken.length === 0) continue;
      const order = nearest === null ? -1 : miss.broken.length - nearest.broken.length;
      if (nearest === null || order < 0 || (order === 0 && worst(miss) < worst(nearest))) nearest = miss;
    }
  }
  return nearest;
}
