// Sizing on the sample catalogue, for tests that state one requirement and look at its answer.
import type { Catalogue, HostSizeOffer, PriceBook, Requirement, RequirementSite, SiteAnswer, SizingAnswer, SizingOption } from "@cynosure/model";
import type { SizingKnowledge } from "../knowledge.ts";
import { loadPartitionSolver } from "../partition/highs.ts";
import { size } from "../size.ts";
import { sampleCatalogue, samplePrices } from "./sample-catalogue.ts";
import { asked } from "./sample-requirement.ts";

export const SAMPLE_TODAY = "2026-11-29";

export interface SampleChange {
  readonly catalogue?: Catalogue;
  readonly prices?: PriceBook | null;
  readonly offers?: readonly HostSizeOffer[];
}

export const sampleKnowledge = ({ catalogue = sampleCatalogue, prices = samplePrices, offers = [] }: SampleChange = {}): SizingKnowledge => ({ catalogue, prices, offers, today: SAMPLE_TODAY });

const partition = await loadPartitionSolver();

export const sizedSample = (requirement: Requirement, change: SampleChange = {}): SizingAnswer => size(requirement, sampleKnowledge(change), partition);

/** The answer for the only site. */
export function sizedSite(site: RequirementSite, constraints: Partial<Requirement["constraints"]> = {}, change: SampleChange = {}): SiteAnswer {
  const answer = sizedSample(asked([site], constraints), change);
  const [first] = answer.sites;
  if (first === undefined) throw new Error(`no site was sized: ${JSON.stringify(answer.problems)}`);
  return first;
}

/** The option of one size in one place; throws with what was ruled out where there is none. */
export function optionOfSize(answer: SiteAnswer, hostSize: string, location = "north"): SizingOption {
  const found = answer.options.find((option) => option.hostSize === hostSize && option.location === location);
  if (found === undefined) throw new Error(`no option of ${hostSize} in ${location}: ${JSON.stringify(answer.ruledOut)}`);
  return found;
}
