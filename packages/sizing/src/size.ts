// Sizing: from a requirement and what is known to ranked options, or to problems that name the property at fault.
// The control flow of one answer; what is computed is in the folders beside it, as docs/reference/sizing-model.md says.
import type { Budget, Requirement, SiteAnswer, SizingAnswer, SizingProblem } from "@cynosure/model";
import { evaluate, withinBudget, type Evaluation } from "./candidates/candidates.ts";
import { checkRequirement } from "./check-requirement.ts";
import type { PartitionSolver, SizingKnowledge } from "./knowledge.ts";
import { NO_OTHER_SITES, inTermsOf, type OtherSites } from "./limits/budget.ts";
import { liveProblems } from "./live-problems.ts";
import { Shapes } from "./shape/shape.ts";
import { answerSite } from "./site-answer.ts";
import { siteCase, type SiteCase } from "./site-case.ts";

interface SizedSite {
  readonly each: SiteCase;
  readonly shapes: Shapes;
  /** Without the budget. */
  readonly found: Evaluation;
}

/** What the sites but one cost at least: their cheapest options that meet everything else. */
function otherSites(sites: readonly SizedSite[], but: number, budget: Budget | null): OtherSites {
  if (budget === null) return NO_OTHER_SITES;
  let others = NO_OTHER_SITES;
  for (const [k, { found }] of sites.entries()) {
    if (k === but) continue;
    const costs = found.candidates.map((candidate) => candidate.usdPerMonth);
    const known = costs.filter((cost) => cost !== null);
    const cheapest = known.length === 0 ? 0 : inTermsOf(budget, Math.min(...known));
    const isOpen = costs.length === 0 || known.length < costs.length;
    others = { cheapestUsd: others.cheapestUsd + cheapest, leastUsd: others.leastUsd + (isOpen ? 0 : cheapest), isKnown: others.isKnown && known.length > 0 };
  }
  return others;
}

export function size(requirement: Requirement, knowledge: SizingKnowledge, partition: PartitionSolver): SizingAnswer {
  const problems: SizingProblem[] = [...checkRequirement(requirement, knowledge)];
  const sites: SiteAnswer[] = [];
  if (problems.length === 0) {
    const sized = requirement.sites.map((_, k): SizedSite => {
      const each = siteCase(requirement, k, knowledge, partition);
      const shapes = new Shapes(each);
      return { each, shapes, found: evaluate(each, shapes) };
    });
    for (const [k, { each, shapes, found }] of sized.entries()) {
      const others = otherSites(sized, k, requirement.constraints.budget);
      const held = withinBudget(each, found, others);
      // Only hosts that cannot be had as asked are a problem; what the budget alone rules out is weighed like anywhere else.
      const own = found.candidates.length > 0 ? [] : each.places.filter((place) => place.kind === "live").flatMap((place) => liveProblems(each, shapes, place));
      problems.push(...own);
      sites.push(answerSite(each, shapes, held, others, own.length > 0));
    }
  }
  return {
    requirementName: requirement.name,
    hypothetical: sites.some((site) => site.options.some((option) => option.hypothetical)),
    catalogueAsOf: knowledge.catalogue.asOf,
    pricesAsOf: knowledge.prices?.asOf ?? null,
    sites, problems,
  };
}
