// How much is kept of what was measured: the rows of one cluster stay below one for each pause in the time kept.

/** So far back samples are kept. */
export const METRICS_KEPT_MS = 3_600_000;
/** A sample nearer to one that is there adds nothing; two control planes may both believe that it is theirs to look. */
export const METRICS_APART_MS_MIN = 5_000;
