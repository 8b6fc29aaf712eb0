// What a relaxation is, and the changed options it is judged by. Only pairs of place and host that the change can help are
// computed again: those against which nothing else stands.
import type { Contradiction } from "@cynosure/model";
import { isCandidate, judge, withinBudget, type Candidate } from "../candidates/candidates.ts";
import type { OtherSites } from "../limits/budget.ts";
import type { Shapes } from "../shape/shape.ts";
import type { SiteCase } from "../site-case.ts";
import type { Miss } from "./nearest.ts";

export interface Found {
  readonly relaxation: NonNullable<Contradiction["relaxation"]>;
  /** Times more or less; what is no number counts as a factor of two. */
  readonly factor: number;
}

/** A site without an option, and all that stands against each of its pairs. */
export interface Stuck {
  readonly each: SiteCase;
  readonly shapes: Shapes;
  readonly others: OtherSites;
  readonly misses: readonly Miss[];
}

/** Pairs against which nothing but these limits stands. */
export const onlyBrokenBy = ({ misses }: Stuck, ...limits: readonly string[]): Miss[] => misses.filter(({ broken }) => broken.length > 0 && broken.every(({ limit }) => limits.includes(limit)));

/** Options among these pairs in a changed case. */
export function optionsAmong(pairs: readonly Pick<Miss, "place" | "host">[], changedCase: SiteCase, shapes: Shapes, others: OtherSites): readonly Candidate[] {
  const judged = pairs.map(({ place, host }) => judge(changedCase, shapes, place, host)).filter(isCandidate);
  return withinBudget(changedCase, { candidates: judged, rejections: [] }, others).candidates;
}

export const found = (target: string, from: number | string, to: number | string, unit: string, factor: number, statement: string): Found => ({ factor, relaxation: { target, from, to, unit, statement } });
