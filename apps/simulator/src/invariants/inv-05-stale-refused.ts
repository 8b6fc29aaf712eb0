// INV-05: who was replaced does nothing more. Epochs and generations never fall, in the world or in the store;
// a call under an epoch that was passed is refused, and so is one of an executor whose successor has begun.
import type { ArrivedCall } from "../guarded-ports.ts";
import type { Invariant, Sight, Successor, WorldChange } from "./invariant.ts";

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

/** What is published for a host only ever goes up. */
function createPublishedCheck(): (sight: Sight) => string | null {
  let published = new Map<string, { readonly generation: number; readonly executorEpoch: number }>();
  return ({ database }) => {
    const now = new Map(database.tables.hostPlans.list().map((row) => [`${row.hostId} of ${row.clusterKey}`, { generation: row.plan.generation, executorEpoch: row.executorEpoch }]));
    const before = published;
    published = now;
    for (const [host, { generation, executorEpoch }] of now) {
      const was = before.get(host);
      if (was !== undefined && (generation < was.generation || executorEpoch < was.executorEpoch)) return `the host plan published for ${host} went from generation ${was.generation}, epoch ${was.executorEpoch} to ${generation}, ${executorEpoch}`;
    }
    return null;
  };
}

export function staleIsRefused(): Invariant {
  const isPublishedFallen = createPublishedCheck();
  /** What successors have begun, by `dead executor cluster`: the takeover whose epoch one of their calls carried. */
  const begun = new Map<string, Successor>();

  const note = ({ cluster, cause, isRefused }: ArrivedCall, { replaced }: Sight): void => {
    if (isRefused) return;
    for (const [dead, successor] of replaced) if (successor.executorId === cause.who && cause.epoch >= (successor.epochs.get(cluster) ?? Infinity)) begun.set(`${dead} ${cluster}`, successor);
  };
  return {
    id: "INV-05",
    statement: "Stale executors are refused: epochs and generations never fall, no call is taken under an epoch that was passed, nor from an executor whose successor has begun.",
    worldChanged: (change) => fallen(change),
    called(call, sight) {
      const { cluster, cause, epochSeen, isRefused } = call;
      if (!isRefused && cause.epoch < epochSeen) return `${cause.what} of ${cause.who} was taken for ${cluster} under epoch ${cause.epoch}, after epoch ${epochSeen} had been seen`;
      // Whoever was taken over from twice is held to the last takeover: what it claimed in between was its own.
      const last = sight.replaced.get(cause.who);
      if (!isRefused && last !== undefined && begun.get(`${cause.who} ${cluster}`) === last) return `${cause.what} of ${cause.who} was taken for ${cluster} after ${last.executorId}, which took its steps over, had begun`;
      note(call, sight);
      return null;
    },
    ticked: isPublishedFallen,
  };
}
