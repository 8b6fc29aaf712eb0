// What sizing knows besides the requirement: the catalogue, prices, what substrates offer now, and the date.
// Facts only; what is computed from them is elsewhere. The partition solver is a seam, so that sizing itself stays synchronous.
import type { Catalogue, HostSizeOffer, PriceBook } from "@cynosure/model";

export interface SizingKnowledge {
  readonly catalogue: Catalogue;
  readonly prices: PriceBook | null;
  /** What substrates of this installation offer now. */
  readonly offers: readonly HostSizeOffer[];
  /** YYYY-MM-DD. */
  readonly today: string;
}

/** Items 0 to items - 1, each of which must be in exactly one of the chosen sets. */
export interface PartitionProblem {
  readonly items: number;
  readonly sets: readonly { readonly members: readonly number[]; readonly cost: number }[];
}

/** Indices of the chosen sets, cheapest in all, ascending; empty when no choice of sets has every item once. */
export type PartitionSolver = (problem: PartitionProblem) => readonly number[];
