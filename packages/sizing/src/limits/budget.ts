// The budget, which is one for all sites: each option is held against what is left when the others cost the least they can.
import type { Budget } from "@cynosure/model";
import { number } from "../words.ts";
import { OPEN, UNBOUNDED_UNKNOWN, whole, type Amount } from "./amount.ts";
import { ceilingVerdictOf, type Judged, type Limit } from "./limit.ts";

/** What the other sites cost at least, in the budget's own terms (a month, or the whole term). */
export interface OtherSites {
  /** Sum of their cheapest known costs. */
  readonly cheapestUsd: number;
  /** The same, with 0 for a site that may have an option of unknown cost. */
  readonly leastUsd: number;
  /** Every one of them has an option of known cost. */
  readonly isKnown: boolean;
}

export const NO_OTHER_SITES: OtherSites = { cheapestUsd: 0, leastUsd: 0, isKnown: true };

export const usdOf = (budget: Budget): number => (budget.kind === "monthly" ? budget.monthlyUsd : budget.totalUsd);
export const inTermsOf = (budget: Budget, usdPerMonth: number): number => (budget.kind === "monthly" ? usdPerMonth : usdPerMonth * budget.termMonths);

export function budgetLimit(budget: Budget, usdPerMonth: number | null, others: OtherSites): Limit {
  const cost: Amount = usdPerMonth === null ? OPEN : whole(inTermsOf(budget, usdPerMonth));
  // Broken only when it is so even if sites without a known cost cost nothing; met only when all are known.
  const least: Judged = { required: whole(usdOf(budget) - others.leastUsd), available: cost };
  const cheapest: Judged = { required: { value: usdOf(budget) - others.cheapestUsd, isWhole: others.isKnown }, available: cost };
  const open: Judged = { required: UNBOUNDED_UNKNOWN, available: cost };
  const judged = ceilingVerdictOf(least) === "notMet" ? least : ceilingVerdictOf(cheapest) === "notMet" ? open : cheapest;
  const of = budget.kind === "monthly" ? "a month" : `over ${budget.termMonths} months`;
  const share = others.cheapestUsd > 0 ? `, less ${number(others.cheapestUsd)} USD that the other sites cost at least` : "";
  const unknown = others.isKnown ? "" : "; of another site no cost is known";
  const because = judged.required.value < 0 ? { because: () => "the other sites alone cost more than the budget" } : {};
  return { name: "budget", ...because, unit: budget.kind === "monthly" ? "USD/month" : `USD over ${budget.termMonths} months`, isCeiling: true, judge: () => judged, evidence: () => `${number(usdOf(budget))} USD ${of} for all sites${share}${unknown}`, hostsAtLeast: () => 0 };
}
