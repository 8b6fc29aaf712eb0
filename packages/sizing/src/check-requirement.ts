// What is wrong with a requirement before anything is computed: contradictory, empty, absurd or misspelt, each with its JSON
// path below the requirement and the values that are allowed. Whether hosts can meet it is not asked here.
import { type Requirement, type RequirementConstraints, type SizingProblem, dayOf } from "@cynosure/model";
import { indexOf, type CatalogueIndex } from "./catalogue-index.ts";
import { Problems } from "./check/problem.ts";
import { checkSite } from "./check/sites.ts";
import type { SizingKnowledge } from "./knowledge.ts";

const USD_MAX = 1e15;

function checkBudget(problems: Problems, budget: NonNullable<RequirementConstraints["budget"]>): void {
  const path = "constraints.budget";
  if (budget.kind === "monthly") problems.number(`${path}.monthlyUsd`, budget.monthlyUsd, { min: 0, isAboveMin: true, max: USD_MAX, unit: "USD" });
  else {
    problems.number(`${path}.totalUsd`, budget.totalUsd, { min: 0, isAboveMin: true, max: USD_MAX, unit: "USD" });
    problems.number(`${path}.termMonths`, budget.termMonths, { min: 1, max: 240, isWhole: true, unit: "months" });
  }
}

function checkConstraints(problems: Problems, requirement: Requirement, index: CatalogueIndex, knowledge: SizingKnowledge): void {
  const { constraints } = requirement;
  const { allow, deny, prefer } = constraints.hostSizes;
  const sizes = [...index.sizes.keys(), ...new Set(knowledge.offers.map((offer) => offer.size))];
  for (const [list, names] of Object.entries({ allow, deny, prefer })) for (const [k, name] of names.entries()) problems.oneOf(`constraints.hostSizes.${list}[${k}]`, name, sizes, "host size");
  for (const [k, name] of deny.entries()) if (allow.includes(name)) problems.add(`constraints.hostSizes.deny[${k}]`, `${name} is both allowed and denied. Name it in one list.`);
  const countries = [...new Set([...index.regions.values()].map((region) => region.country))].toSorted();
  const isRoomOnly = requirement.sites.every((site) => site.room !== null);
  for (const [k, country] of constraints.residencyCountries.entries()) {
    const target = `constraints.residencyCountries[${k}]`;
    if (!/^[A-Z]{2}$/.test(country)) problems.add(target, `${country} is no country code. Allowed: ISO 3166-1 alpha-2, two capital letters; regions are in ${countries.join(", ")}.`);
    else if (!isRoomOnly) problems.oneOf(target, country, countries, "region in the country");
  }
  if (constraints.readyBy !== null && dayOf(constraints.readyBy) === null) problems.add("constraints.readyBy", `${constraints.readyBy} is no date. Allowed: YYYY-MM-DD.`);
  if (constraints.budget !== null) checkBudget(problems, constraints.budget);
}

function checkAssumptions(problems: Problems, { sustainedWriteFraction, nicPayloadFraction, rebuildHours, spareHosts }: Requirement["assumptions"]): void {
  const fraction = { min: 0, isAboveMin: true, max: 1, unit: "" };
  if (sustainedWriteFraction !== undefined) problems.number("assumptions.sustainedWriteFraction", sustainedWriteFraction, fraction);
  if (nicPayloadFraction !== undefined) problems.number("assumptions.nicPayloadFraction", nicPayloadFraction, fraction);
  if (rebuildHours !== undefined) problems.number("assumptions.rebuildHours", rebuildHours, { min: 0, isAboveMin: true, max: 8_760, unit: "hours" });
  if (spareHosts !== undefined) problems.number("assumptions.spareHosts", spareHosts, { min: 0, max: 1_000, isWhole: true, unit: "hosts" });
}

export function checkRequirement(requirement: Requirement, knowledge: SizingKnowledge): readonly SizingProblem[] {
  const problems = new Problems();
  const index = indexOf(knowledge.catalogue);
  if (requirement.sites.length === 0) problems.add("sites", "There is no site to size. Give at least one.");
  problems.distinct("sites", requirement.sites.map((site) => site.name));
  for (const [k, site] of requirement.sites.entries()) checkSite(problems, `sites[${k}]`, site, index, knowledge);
  checkConstraints(problems, requirement, index, knowledge);
  checkAssumptions(problems, requirement.assumptions);
  return problems.found;
}
