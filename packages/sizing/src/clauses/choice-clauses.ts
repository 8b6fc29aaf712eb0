// Clauses that narrow the choice: what would be best without each of them, and what that would save.
import type { PricedClause, Requirement } from "@cynosure/model";
import { evaluate, withinBudget, type Candidate } from "../candidates/candidates.ts";
import type { OtherSites } from "../limits/budget.ts";
import { ranked } from "../options/rank.ts";
import type { Shapes } from "../shape/shape.ts";
import { withSameShapes, type SiteCase } from "../site-case.ts";
import { number } from "../words.ts";
import { withConstraints } from "./changed-requirement.ts";

interface ChoiceClause {
  readonly target: string;
  words(requirement: Requirement): string;
  /** Null where the requirement has no such clause. */
  without(requirement: Requirement): Requirement | null;
}

const clauses: readonly ChoiceClause[] = [
  {
    target: "constraints.residencyCountries",
    words: ({ constraints }) => `residency in ${constraints.residencyCountries.join(", ")}`,
    without: (requirement) => (requirement.constraints.residencyCountries.length === 0 ? null : withConstraints(requirement, { residencyCountries: [] })),
  },
  { target: "constraints.budget", words: () => "the budget", without: (requirement) => (requirement.constraints.budget === null ? null : withConstraints(requirement, { budget: null })) },
  { target: "constraints.ephemeralNvmeAllowed", words: () => "refusing ephemeral NVMe", without: (requirement) => (requirement.constraints.ephemeralNvmeAllowed ? null : withConstraints(requirement, { ephemeralNvmeAllowed: true })) },
  {
    target: "constraints.hostSizes",
    words: () => "narrowing the host sizes",
    without: (requirement) => {
      const { allow, deny, prefer } = requirement.constraints.hostSizes;
      return allow.length === 0 && deny.length === 0 ? null : withConstraints(requirement, { hostSizes: { allow: [], deny: [], prefer } });
    },
  },
];

const capitalised = (words: string): string => words.slice(0, 1).toUpperCase() + words.slice(1);

function savingWords(saved: number | null): string {
  if (saved === null) return "what that would change in cost is not known";
  if (Math.round(saved) === 0) return "at the same cost";
  return `at ${number(Math.round(Math.abs(saved)))} USD a month ${saved > 0 ? "less" : "more"}`;
}

const isSame = (a: Candidate, b: Candidate): boolean => a.place.order === b.place.order && a.host.name === b.host.name && a.shape.hosts === b.shape.hosts;

export function choiceClauses(each: SiteCase, shapes: Shapes, best: Candidate, others: OtherSites): PricedClause[] {
  const { requirement } = each;
  return clauses.flatMap((clause): PricedClause[] => {
    const changed = clause.without(requirement);
    if (changed === null) return [];
    const changedCase = withSameShapes(each, changed);
    const [without] = ranked(changedCase, withinBudget(changedCase, evaluate(changedCase, shapes), others).candidates);
    const words = capitalised(clause.words(requirement));
    if (without === undefined || isSame(without, best)) return [{ target: clause.target, statement: `${words} costs nothing: the best option stays the same.`, hosts: 0, usdPerMonth: 0, bestWithout: null }];
    const saved = best.usdPerMonth === null || without.usdPerMonth === null ? null : best.usdPerMonth - without.usdPerMonth;
    const bestWithout = { location: without.place.name, hostSize: without.host.name, hostCount: without.shape.hosts };
    return [{ target: clause.target, statement: `${words}: without it ${bestWithout.hostCount} x ${bestWithout.hostSize} in ${bestWithout.location} would be best, ${savingWords(saved)}.`, hosts: 0, usdPerMonth: saved, bestWithout }];
  });
}
