// The simulated world: networks, hosts, daemons and engine contents that a simulated substrate, engine and
// agents act upon. It is apart from the control plane: with a state file it survives a killed one, as real
// hosts do, and several may work in it at once (shared-state.ts).
import type { Clock, ClusterKey, Rng } from "@cynosure/model";
import { createFaults, type FaultOptions, type Faults } from "./faults.ts";
import { openSharedState } from "./shared-state.ts";
import { newCluster, type SimulatedCluster, type WorldState } from "./world-state.ts";

export interface SimulatedWorldOptions {
  readonly clock: Clock;
  readonly rng: Rng;
  /** Absolute path; without it the world ends with the process. */
  readonly stateFile?: string;
  /** All modelled delays are multiplied by this; 0 makes everything immediate. */
  readonly durationFactor?: number;
  /** Each delay is drawn up to this share longer or shorter, per entity. */
  readonly jitter?: number;
  readonly faults?: FaultOptions;
}

export interface SimulatedWorld {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly faults: Faults;
  readonly clusterKeys: () => readonly ClusterKey[];
  /** What is there now; null for a cluster the world has not met. */
  look(cluster: ClusterKey): Readonly<SimulatedCluster> | null;
  /** Changes one cluster at a stroke: stored before the call returns, then announced. */
  change<T>(cluster: ClusterKey, work: (state: SimulatedCluster) => T): T;
  /** Starts the timer at the first call; 0 once its modelled duration has passed. */
  remainingMs(cluster: ClusterKey, timer: string, durationMs: number, entity?: string): number;
  /** Ends a timer, so that the next call with its name starts anew. */
  clearTimer(cluster: ClusterKey, timer: string): void;
  /** Calls back after every change until the returned function is called. */
  onChange(listener: (cluster: ClusterKey) => void): () => void;
}

export function createSimulatedWorld(options: SimulatedWorldOptions): SimulatedWorld {
  const { clock, rng, stateFile, durationFactor = 1, jitter = 0 } = options;
  const listeners = new Set<(cluster: ClusterKey) => void>();
  const announce = (cluster: ClusterKey): void => {
    for (const listener of [...listeners]) listener(cluster);
  };
  const own: WorldState = { version: 1, clusters: {} };
  const shared = stateFile === undefined ? null : openSharedState(stateFile, (clusters) => clusters.forEach((cluster) => announce(cluster as ClusterKey))); // written by `change` under cluster keys
  const faults = createFaults(options.faults ?? {}, rng.child("faults"));

  const changeIn = <T>(state: WorldState, cluster: ClusterKey, work: (each: SimulatedCluster) => T): T => {
    const each = (state.clusters[cluster] ??= newCluster());
    const before = JSON.stringify(each);
    const result = work(each);
    if (JSON.stringify(each) === before) return result;
    shared?.store();
    announce(cluster);
    return result;
  };
  const change = <T>(cluster: ClusterKey, work: (each: SimulatedCluster) => T): T => (shared === null ? changeIn(own, cluster, work) : shared.exclusively((state) => changeIn(state, cluster, work)));
  const read = (): WorldState => shared?.read() ?? own;
  const modelledMs = (timer: string, durationMs: number, entity: string): number => {
    const draw = jitter === 0 ? 0 : (rng.child(`delay/${timer}`).next() * 2 - 1) * jitter;
    return durationMs * durationFactor * faults.slowness(entity) * (1 + draw);
  };
  return {
    clock,
    rng,
    faults,
    clusterKeys: () => Object.keys(read().clusters) as ClusterKey[], // written by `change` under cluster keys
    look: (cluster) => read().clusters[cluster] ?? null,
    change,
    remainingMs(cluster, timer, durationMs, entity = "") {
      const startedAtMs = change(cluster, (each) => (each.timers[timer] ??= clock.now()));
      return Math.max(0, Math.ceil(startedAtMs + modelledMs(timer, durationMs, entity) - clock.now()));
    },
    clearTimer: (cluster, timer) => change(cluster, (each) => void delete each.timers[timer]),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
