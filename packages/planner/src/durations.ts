// Declared durations and bounds of the steps the planner itself knows. Engines declare theirs in the layout.
// Durations are those of the reference machine: the critical path is made of them, nothing waits by them.
import type { SubstrateName } from "@cynosure/model";

export interface SubstrateDurations {
  readonly networkEnsureMs: number;
  readonly hostEnsureMs: number;
  readonly hostJoinMs: number;
  readonly endpointsEnsureMs: number;
  readonly hostDestroyMs: number;
  readonly networkDestroyMs: number;
}

const namespaces: SubstrateDurations = { networkEnsureMs: 150, hostEnsureMs: 400, hostJoinMs: 1_200, endpointsEnsureMs: 100, hostDestroyMs: 800, networkDestroyMs: 100 };
const machines: SubstrateDurations = { networkEnsureMs: 20_000, hostEnsureMs: 120_000, hostJoinMs: 60_000, endpointsEnsureMs: 20_000, hostDestroyMs: 60_000, networkDestroyMs: 20_000 };

export const substrateDurations: Readonly<Record<SubstrateName, SubstrateDurations>> = {
  local: namespaces,
  simulated: { networkEnsureMs: 50, hostEnsureMs: 200, hostJoinMs: 100, endpointsEnsureMs: 30, hostDestroyMs: 60, networkDestroyMs: 30 },
  azure: machines,
  bareMetal: { ...machines, hostEnsureMs: 900_000, hostJoinMs: 300_000 },
};

/** Removing what the store holds of a cluster. */
export const FORGET_MS = 50;

/** Failed calls of one step that may pass: a lost answer, a throttled call, a host that restarts. The time bound usually comes first. */
export const ATTEMPTS_MAX = 60;

const TIMEOUT_MS_MIN = 300_000;
const TIMEOUT_FACTOR = 20;

/** A step is late long after it should have been done: a loaded machine is not a failure. */
export const timeoutMsFor = (expectedMs: number): number => Math.max(TIMEOUT_MS_MIN, expectedMs * TIMEOUT_FACTOR);
