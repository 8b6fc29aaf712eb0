// What a planning run is given and what it answers. Everything the decision needs is in the input: the
// planner asks nobody, so the same input always makes the same plan.
import type { ClusterPolicy, EnginePlanner, HostSizeOffer, Inventory, LayoutProblem, Plan, PlanReport, Rng } from "@cynosure/model";

export interface PlanningInput {
  readonly policy: ClusterPolicy;
  readonly inventory: Inventory;
  /** The cluster's current target plan; null for its first. */
  readonly parent: Plan | null;
  /** False when the parent failed or was canceled: whatever it meant to do is planned again. Not read without a parent. */
  readonly parentSucceeded: boolean;
  readonly enginePlanner: EnginePlanner;
  /** What the location offers for `policy.hosts.size`. */
  readonly offer: HostSizeOffer;
  readonly createdBy: string;
  readonly comment: string;
  readonly rng: Rng;
}

/** A problem names the property at fault, the reason and the remedy; it becomes a 400. */
export type PlanningResult = { readonly ok: true; readonly plan: Plan; readonly report: PlanReport } | { readonly ok: false; readonly problems: readonly LayoutProblem[] };
