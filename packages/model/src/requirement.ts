// Requirement: what a team needs, and sizing: the answer. The wire form is contract's; this is the
// version-free model the sizing package computes on.
import type { BucketPolicy, FileSystemPolicy } from "./policy.ts";

export interface RequirementSite {
  readonly name: string;
  readonly location: string;
  /** A fixed shape; without it the count is worked out. */
  readonly hostCount: number | null;
  readonly fileSystems: readonly FileSystemPolicy[];
  readonly buckets: readonly BucketPolicy[];
}

export interface Requirement {
  readonly name: string;
  readonly sites: readonly RequirementSite[];
}

/** What a location offers, as its substrate says. */
export interface HostSizeOffer {
  readonly size: string;
  readonly location: string;
  readonly hostCountMax: number;
  readonly diskCount: number;
  readonly diskSizeBytes: number;
  readonly vcpus: number;
  readonly memoryBytes: number;
  /** Why this size cannot be had now; null when it can. */
  readonly restriction: string | null;
}

export interface SizingLimit {
  readonly name: string;
  readonly unit: string;
  readonly required: number | null;
  readonly available: number | null;
  /** available / required - 1; null when either is unknown. */
  readonly slack: number | null;
  readonly verdict: "met" | "notMet" | "undetermined";
  readonly evidence: string;
}

export interface SizingOption {
  readonly rank: number;
  readonly siteName: string;
  readonly hostSize: string;
  readonly hostCount: number;
  readonly bindingLimit: string;
  readonly limits: readonly SizingLimit[];
  /** In words: why this count, why the next smaller fails, what was not sized. */
  readonly reasons: readonly string[];
}

export interface SizingAnswer {
  readonly requirementName: string;
  readonly options: readonly SizingOption[];
  /** Why there is no option, when there is none. */
  readonly problems: readonly { readonly target: string; readonly message: string }[];
}
