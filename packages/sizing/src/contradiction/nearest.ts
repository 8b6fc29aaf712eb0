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
import type { Shape, Shapes } from "../shape/shape.ts";
import type { SiteCase } from "../site-case.ts";

export interface Broken {
  readonly limit: string;
  /** 0.1 is a tenth too much; Infinity where nothing measures it. */
  readonly overshoot: number;
  /** A constraint or a complete list, which no number lifts. */
  readonly isRule: boolean;
  words(): string;
}

export interface Miss {
  readonly place: Place;
  readonly host: HostModel;
  readonly broken: readonly Broken[];
}

/** Everything that rules the pair out, not only the first. */
export function everythingBroken(each: SiteCase, shapes: Shapes, place: Place, host: HostModel, others: OtherSites): Broken[] {
  const rules = violationsOf(each, place, host).map((violation): Broken => ({ limit: violation.limit, overshoot: Infinity, isRule: true, words: violation.reason }));
  const prices = hostPrices(each, place, host);
  const found = shapes.shape(host, { host: prices.host?.usdPerHour ?? null, management: prices.management?.usdPerHour ?? null });
  const counts = found === null ? brokenWithoutShape(each, shapes, host) : [];
  // Where no count will do, the site's limits are held against as many hosts as were tried: what these break, more would break too.
  const shape: Shape = found ?? { clusters: [], hosts: Math.max(1, ...counts.map(({ hosts }) => hosts)), managementHosts: 0, undetermined: [] };
  const { budget } = each.constraints;
  const limits = [...siteLimits(each, place, host, shape), ...(budget === null ? [] : [budgetLimit(budget, usdPerMonthOf(shape, prices), others)])];
  const broken = limits.filter((limit) => verdictAt(limit, shape.hosts) === "notMet");
  return [...rules, ...counts.map(({ limit, hosts, overshoot }): Broken => ({ limit: limit.name, overshoot, isRule: false, words: () => limitWords(limit, hosts) })), ...broken.map((limit): Broken => ({ limit: limit.name, overshoot: overshootAt(limit, shape.hosts), isRule: false, words: () => limitWords(limit, shape.hosts) }))];
}

/** Rules are counted, not measured. */
const worst = ({ broken }: Miss): number => broken.reduce((most, { overshoot }) => (Number.isFinite(overshoot) ? Math.max(most, overshoot) : most), 0);

/** Every pair of place and host with all that is against it; nothing is against an option. */
export function everyMiss(each: SiteCase, shapes: Shapes, others: OtherSites): Miss[] {
  return each.places.flatMap((place) => each.hostsAt(place).map((host) => ({ place, host, broken: everythingBroken(each, shapes, place, host, others) })));
}

/** Fewest things broken first, then the smallest overshoot. */
export const byNearness = (a: Miss, b: Miss): number => a.broken.length - b.broken.length || worst(a) - worst(b);

export const nearestOf = (misses: readonly Miss[]): Miss | null => misses.toSorted(byNearness)[0] ?? null;
