// How much of a cluster's past is kept: the newest ended plans with their steps, and the newest ended
// operations with those of the last day, per cluster. Older ones go when the next plan starts, so no cluster's history grows for ever.
// The same holds for the deletions of a subscription's groups, which have no plan: older ones go when the next one ends.
// Audit rows are never dropped.

/** Besides the target and whatever runs. */
export const ENDED_PLANS_KEPT_MAX = 50;
/** However long ago they ended. */
export const ENDED_OPERATIONS_KEPT_MAX = 50;
/** Clients may ask for an operation a day after it ended (L8), so younger ones are kept too: */
export const ENDED_OPERATION_KEPT_MS = 24 * 60 * 60_000;
/** as long as there are no more than these of one cluster. */
export const YOUNG_OPERATIONS_KEPT_MAX = 1_000;
