// What a sizing answers, as what a page shows and what can be created of it. Pure.
import type { SizedCluster, SizingAnswer, SizingOption, SizingSite } from "@cynosure/sdk";
import { numberWords } from "../../words/values.ts";

export interface WantedCluster {
  /** The requirement's name; with several sites or clusters, each carries its site's and its own name too. */
  readonly name: string;
  readonly sized: SizedCluster;
}

/** The clusters that an option of a site would be made of, with the names they would get. */
export function clustersOf(answer: SizingAnswer, site: SizingSite, option: SizingOption): readonly WantedCluster[] {
  const siteParts = answer.sites.length === 1 ? [] : [site.siteName];
  return option.clusters.map((sized) => ({ name: [answer.requirementName, ...siteParts, ...(option.clusters.length === 1 ? [] : [sized.name])].join("-"), sized }));
}

/** "12 × Standard_L96as_v4 in uksouth, zone 1" */
export const optionWords = (option: SizingOption): string => `${option.hostCount} × ${option.hostSize} in ${option.location}${option.zone === undefined ? "" : `, zone ${option.zone}`}`;

/** Known, or said to be unknown: never zero. */
export const costWords = ({ cost }: SizingOption): string => (cost.verdict === "determined" && cost.usdPerMonth !== undefined ? `${numberWords(Math.round(cost.usdPerMonth))} USD a month` : "not known");

export const slackWords = (slack: number | undefined): string => (slack === undefined ? "not known" : `${slack >= 0 ? "+" : ""}${numberWords(slack * 100)} %`);

/** Only what the control plane's own substrates deliver can be created from here. */
export const isDeliverable = ({ sized }: WantedCluster): boolean => ["local", "simulated"].includes(sized.cluster.properties.substrate);
