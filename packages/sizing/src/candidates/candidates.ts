// Every pair of place and host of a site: what meets all limits, and what is ruled out by what. The budget is apart
// (`withinBudget`), because what the other sites cost comes into it.
import type { HostModel } from "../host-model.ts";
import { budgetLimit, type OtherSites } from "../limits/budget.ts";
import { deadlineLimits } from "../limits/deadline.ts";
import { verdictAt, type Limit } from "../limits/limit.ts";
import { roomLimits } from "../limits/room.ts";
import { cloudLimits, roomClientLimits } from "../limits/site.ts";
import { hostPrices, usdPerMonthOf, type HostPrices } from "../options/cost.ts";
import { limitWords } from "../options/limit-words.ts";
import type { Shape, Shapes } from "../shape/shape.ts";
import { brokenWithoutShape } from "../shape/broken.ts";
import type { SiteCase } from "../site-case.ts";
import type { Place } from "./places.ts";
import { violationsOf } from "./rules.ts";

export interface Candidate {
  readonly place: Place;
  readonly host: HostModel;
  readonly shape: Shape;
  readonly prices: HostPrices;
  readonly usdPerMonth: number | null;
  /** Of the site; the budget is the last where there is one. */
  readonly limits: readonly Limit[];
  /** Distinct names of limits that cannot be judged. */
  readonly undetermined: readonly string[];
}

export interface Rejection {
  readonly place: Place;
  readonly host: HostModel;
  readonly limit: string;
  reason(): string;
}

export interface Evaluation {
  readonly candidates: readonly Candidate[];
  readonly rejections: readonly Rejection[];
}

export function siteLimits(each: SiteCase, place: Place, host: HostModel, shape: Shape): Limit[] {
  if (place.kind === "live") return [];
  const deadline = deadlineLimits(each, place, host);
  if (place.kind === "azure") return [...cloudLimits(each, place, host, shape), ...deadline];
  return [...roomClientLimits(each), ...(each.site.room === null ? [] : roomLimits(each.site.room, host)), ...deadline];
}

const rejected = (place: Place, host: HostModel, limit: Limit, hosts: number): Rejection => ({ place, host, limit: limit.name, reason: () => limitWords(limit, hosts) });

/** A candidate that meets everything but, perhaps, the budget; else the first reason against it. */
export function judge(each: SiteCase, shapes: Shapes, place: Place, host: HostModel): Candidate | Rejection {
  const [violation] = violationsOf(each, place, host);
  if (violation !== undefined) return { place, host, limit: violation.limit, reason: violation.reason };
  const prices = hostPrices(each, place, host);
  const shape = shapes.shape(host, { host: prices.host?.usdPerHour ?? null, management: prices.management?.usdPerHour ?? null });
  if (shape === null) {
    const [broken] = brokenWithoutShape(each, shapes, host);
    if (broken === undefined) return { place, host, limit: "clusters", reason: () => "no division of the file systems over clusters meets all limits" };
    return rejected(place, host, broken.limit, broken.hosts);
  }
  const limits = siteLimits(each, place, host, shape);
  const undetermined = [...shape.undetermined];
  for (const limit of limits) {
    const verdict = verdictAt(limit, shape.hosts);
    if (verdict === "notMet") return rejected(place, host, limit, shape.hosts);
    if (verdict === "undetermined") undetermined.push(limit.name);
  }
  return { place, host, shape, prices, usdPerMonth: usdPerMonthOf(shape, prices), limits, undetermined };
}

export const isCandidate = (each: Candidate | Rejection): each is Candidate => "shape" in each;

export function evaluate(each: SiteCase, shapes: Shapes): Evaluation {
  const judged = each.places.flatMap((place) => each.hostsAt(place).map((host) => judge(each, shapes, place, host)));
  return { candidates: judged.filter(isCandidate), rejections: judged.filter((one): one is Rejection => !isCandidate(one)) };
}

/** The candidate with the budget among its limits, or ruled out by it. */
function holdToBudget(each: SiteCase, candidate: Candidate, others: OtherSites): Candidate | Rejection {
  const { budget } = each.constraints;
  if (budget === null) return candidate;
  const limit = budgetLimit(budget, candidate.usdPerMonth, others);
  const verdict = verdictAt(limit, candidate.shape.hosts);
  if (verdict === "notMet") return rejected(candidate.place, candidate.host, limit, candidate.shape.hosts);
  return { ...candidate, limits: [...candidate.limits, limit], undetermined: verdict === "undetermined" ? [...candidate.undetermined, limit.name] : candidate.undetermined };
}

export function withinBudget(each: SiteCase, { candidates, rejections }: Evaluation, others: OtherSites): Evaluation {
  const held = candidates.map((candidate) => holdToBudget(each, candidate, others));
  return { candidates: held.filter(isCandidate), rejections: [...rejections, ...held.filter((one): one is Rejection => !isCandidate(one))] };
}
