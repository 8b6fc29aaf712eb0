// The judgements that sizing computes with: the requirement's own where it states them, else the catalogue's with their source.
import type { Requirement, SizingAssumptions, Sourced } from "@cynosure/model";
import type { SizingKnowledge } from "./knowledge.ts";

export type Assumptions = { readonly [K in keyof SizingAssumptions]: Sourced<number> };

export function assumptionsOf(requirement: Requirement, knowledge: SizingKnowledge): Assumptions {
  const stated = (name: keyof SizingAssumptions): Sourced<number> => {
    const own = requirement.assumptions[name];
    return own === undefined ? knowledge.catalogue.assumptions[name] : { value: own, source: "assumptions of the requirement", asOf: knowledge.today };
  };
  return { sustainedWriteFraction: stated("sustainedWriteFraction"), nicPayloadFraction: stated("nicPayloadFraction"), rebuildHours: stated("rebuildHours"), spareHosts: stated("spareHosts") };
}
