// How much of a cluster's past is kept: the newest ended plans with their steps, and the newest ended
// operations, per cluster. Older ones go when the next plan starts, so no cluster's history grows for ever.
// Audit rows are never dropped.

/** Besides the target and whatever runs. */
export const ENDED_PLANS_KEPT_MAX = 50;
export const ENDED_OPERATIONS_KEPT_MAX = 50;
