// Rounds over all clusters: so many at once, a round for so long. A cluster that is still busy from an earlier
// round keeps its place and is left out; what a round did not get to is the next one's.
import type { ClusterKey } from "@cynosure/model";
import { forEachBounded } from "./bounded.ts";
import { liveClusters } from "./live-clusters.ts";
import { messageOf, type InventorySources } from "./sources.ts";

const AT_ONCE_MAX = 8;
const ROUND_MS_MAX = 4_000;

export interface RoundOptions extends Pick<InventorySources, "store" | "clock"> {
  readonly logError: (what: string, error: unknown) => void;
}

/** `doing` is what is said of a cluster where it fails: "observing". */
export function clusterRounds({ store, clock, logError }: RoundOptions, doing: string, look: (cluster: ClusterKey, signal: AbortSignal) => Promise<void>): (signal: AbortSignal) => Promise<void> {
  const busy = new Set<ClusterKey>();
  return async (signal) => {
    const clusters = (await liveClusters(store)).filter((cluster) => !busy.has(cluster));
    // Ends the round: what it did not get to is the next one's, whose places are free of those still busy.
    const enough = new AbortController();
    const round = forEachBounded(
      clusters,
      AT_ONCE_MAX,
      enough.signal,
      async (cluster) => {
        busy.add(cluster);
        try {
          await look(cluster, signal);
        } finally {
          busy.delete(cluster);
        }
      },
      (cluster, error) => {
        if (!signal.aborted) logError(`${doing} ${cluster}: ${messageOf(error)}`, error);
      },
    );
    await Promise.race([round, clock.sleep(ROUND_MS_MAX, enough.signal).catch(() => undefined)]);
    enough.abort();
  };
}
