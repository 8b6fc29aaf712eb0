// Modelled delays of the simulated world at factor 1. They equal what the planner and the simulated layout
// declare, so that what a plan takes beyond its longest chain is the scheduler's doing.
export const simulatedDurations = {
  networkEnsureMs: 50,
  hostEnsureMs: 200,
  hostJoinMs: 100,
  convergeMs: 200,
  endpointsEnsureMs: 30,
  hostDestroyMs: 60,
  networkDestroyMs: 30,
  engineActMs: 100,
} as const;

/** Shortest time a caller is asked to wait before it calls again. */
export const POLL_MS_MIN = 5;
