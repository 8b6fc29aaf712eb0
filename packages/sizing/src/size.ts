// Sizing: from a requirement and what is known to ranked options, or to problems that name the property at fault.
// The control flow of one answer; what is computed is in the folders beside it.
import type { Requirement, SizingAnswer } from "@cynosure/model";
import type { PartitionSolver, SizingKnowledge } from "./knowledge.ts";

export function size(requirement: Requirement, knowledge: SizingKnowledge, _partition: PartitionSolver): SizingAnswer {
  const problems = requirement.sites.length === 0 ? [{ target: "sites", message: "There is no site to size. Give at least one." }] : [];
  return { requirementName: requirement.name, hypothetical: false, catalogueAsOf: knowledge.catalogue.asOf, pricesAsOf: knowledge.prices?.asOf ?? null, sites: [], problems };
}
