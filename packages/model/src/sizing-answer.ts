// Sizing's answer: per site ranked options with what limits them, what each clause costs, what was ruled out and why.
// Shapes are those of `cynosure size --json` and of the ARM action; converters add only the bodies to write.
import type { DeploymentMode } from "./requirement.ts";
import type { PriceTerm } from "./sizing-catalogue.ts";
import type { EngineName } from "./policy.ts";

export interface SizingProblem {
  /** JSON path below the requirement. */
  readonly target: string;
  /** The reason and the remedy. */
  readonly message: string;
}

export interface SizingLimit {
  /** Unique within its list. */
  readonly name: string;
  readonly unit: string;
  readonly required: number | null;
  readonly available: number | null;
  /** available / required - 1; null when either is unknown or nothing is required. */
  readonly slack: number | null;
  readonly verdict: "met" | "notMet" | "undetermined";
  readonly evidence: string;
}

/** One cluster of an option: which file systems and buckets share it, and on how many hosts. */
export interface SizedCluster {
  readonly name: string;
  readonly fileSystems: readonly string[];
  readonly buckets: readonly string[];
  readonly hostCount: number;
  readonly binding: string;
  readonly limits: readonly SizingLimit[];
  readonly whyNotOneFewer: string;
  /** File systems that get more protection than was asked, because the racks are too few for the asked one. */
  readonly raisedProtection: readonly { readonly fileSystem: string; readonly asked: number; readonly hostFailures: number }[];
}

export interface SizingCost {
  readonly verdict: "determined" | "undetermined";
  readonly term: PriceTerm | null;
  readonly usdPerMonth: number | null;
  readonly usdPerUsableTBMonth: number | null;
  /** Per GB/s of reading and writing together; null when no throughput is asked for. */
  readonly usdPerGBpsMonth: number | null;
  readonly evidence: string;
}

export interface Sensitivity {
  /** In words: "amplification 20 % worse". */
  readonly change: string;
  /** null: no count would do any more. */
  readonly hostCount: number | null;
  readonly usdPerMonth: number | null;
}

export interface LadderRung {
  readonly location: string;
  readonly zone: string | null;
  readonly hostSize: string;
  readonly hostCount: number;
  readonly reason: string;
}

export interface SizingOption {
  /** 1 is best, per site. */
  readonly rank: number;
  readonly location: string;
  readonly zone: string | null;
  readonly engine: EngineName;
  readonly deploymentMode: DeploymentMode;
  readonly hostSize: string;
  /** Storage hosts of all clusters of the site. */
  readonly hostCount: number;
  readonly managementHosts: { readonly size: string; readonly count: number } | null;
  /** Built on a size that does not exist. */
  readonly hypothetical: boolean;
  /** The limit that one host fewer breaks, of the cluster with the most hosts. */
  readonly binding: string;
  /** Of every other limit, as in `limits`. */
  readonly slack: readonly { readonly limit: string; readonly slack: number | null }[];
  readonly whyNotOneFewer: string;
  /** Limits of the site as a whole: clients, quota, budget, power … */
  readonly limits: readonly SizingLimit[];
  readonly clusters: readonly SizedCluster[];
  /** Names of limits, of site and clusters, that nobody can judge for lack of a number. */
  readonly undetermined: readonly string[];
  readonly cost: SizingCost;
  readonly powerKW: number | null;
  readonly rackUnits: number | null;
  readonly sensitivity: readonly Sensitivity[];
  readonly loadGenerators: { readonly size: string | null; readonly nicGbps: number; readonly count: number; readonly reason: string } | null;
  readonly deploymentSecondsMin: number | null;
  readonly risks: readonly { readonly code: string; readonly message: string }[];
  readonly evidence: readonly { readonly claim: string; readonly source: string; readonly asOf: string }[];
  readonly fallbackLadder: readonly LadderRung[];
  /** Empty where hosts are not bought. */
  readonly billOfMaterials: readonly { readonly item: string; readonly count: number | null; readonly unit: string; readonly evidence: string }[];
}

/** What one clause of the requirement costs at the best option, all else equal. */
export interface PricedClause {
  readonly target: string;
  /** In words: "writing at the same time as reading costs 12 hosts". */
  readonly statement: string;
  /** Hosts more than without the clause, of the best option's size in its location; null when that size would not do without it either. */
  readonly hosts: number | null;
  readonly usdPerMonth: number | null;
  /** What would be best without the clause, where that is another size or place. */
  readonly bestWithout: { readonly location: string; readonly hostSize: string; readonly hostCount: number } | null;
}

export interface RuledOut {
  readonly location: string;
  readonly hostSize: string;
  /** Name of the limit, or of the constraint. */
  readonly limit: string;
  readonly reason: string;
}

/** Why a site has no option: the limits that contradict, and the least that would have to give. */
export interface Contradiction {
  readonly limits: readonly string[];
  readonly message: string;
  /** Smallest single change of the requirement that leaves an option; null when none was found. */
  readonly relaxation: { readonly target: string; readonly from: number | string; readonly to: number | string; readonly unit: string; readonly statement: string } | null;
}

export interface SiteAnswer {
  readonly siteName: string;
  readonly options: readonly SizingOption[];
  readonly clauses: readonly PricedClause[];
  readonly ruledOut: readonly RuledOut[];
  readonly contradiction: Contradiction | null;
  /** Said of the answer as a whole: "8 hosts is what the requirement fixes …". */
  readonly notes: readonly string[];
}

export interface SizingAnswer {
  readonly requirementName: string;
  /** Any option is built on a size that does not exist. */
  readonly hypothetical: boolean;
  readonly catalogueAsOf: string;
  readonly pricesAsOf: string | null;
  readonly sites: readonly SiteAnswer[];
  /** Why there is no answer: what is wrong with the requirement itself. */
  readonly problems: readonly SizingProblem[];
}
