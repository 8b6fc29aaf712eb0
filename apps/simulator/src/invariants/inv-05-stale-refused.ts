// INV-05: who was replaced does nothing more. Epochs and generations in the world never fall, nothing is done
// under an epoch lower than one the world has seen, and once a successor has begun, its predecessor is silent.
import type { Invariant, WorldChange } from "./invariant.ts";

function fallen({ cluster, before, after, cause }: WorldChange): string | null {
  if (after.executorEpoch < before.executorEpoch) return `the epoch of ${cluster} fell from ${before.executorEpoch} to ${after.executorEpoch}`;
  if (cause.by === "fault") return null;
  for (const [name, host] of Object.entries(after.hosts)) {
    const was = before.hosts[name];
    if (was === undefined) continue;
    if (host.executorEpoch < was.executorEpoch) return `${name} of ${cluster} took up a host plan of epoch ${host.executorEpoch} after one of epoch ${was.executorEpoch}`;
    if (host.generation < was.generation) return `${name} of ${cluster} took up generation ${host.generation} of its plan after ${was.generation}`;
  }
  return null;
}

export function staleIsRefused(): Invariant {
  /** By cluster: executors that had an effect on it, as successors. */
  const acted = new Map<string, Set<string>>();
  return {
    id: "INV-05",
    statement: "Stale executors are refused: epochs and generations never fall, nothing happens under an epoch that was passed, nor by an executor whose successor has begun.",
    worldChanged(change, { replaced }) {
      const wrong = fallen(change);
      if (wrong !== null) return wrong;
      const { cluster, before, after, cause } = change;
      if (cause.by !== "executor" || before.contents === after.contents) return null;
      if (cause.epoch < before.executorEpoch) return `${cause.who} did ${cause.what} to ${cluster} under epoch ${cause.epoch}, which ${before.executorEpoch} had replaced`;
      const actors = acted.get(cluster) ?? new Set<string>();
      acted.set(cluster, actors.add(cause.who));
      const successor = replaced.get(cause.who);
      if (successor !== undefined && actors.has(successor)) return `${cause.who} did ${cause.what} to ${cluster} after ${successor}, which took its steps over, had begun`;
      return null;
    },
  };
}
