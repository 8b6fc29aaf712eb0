// Background task: a host that is off though nobody asked for it (its power failed, its first process was
// killed) is started again, so that a cluster recovers without a command. Only hosts of a settled cluster:
// while a plan runs, the executor alone makes and removes hosts. What runs on a host is its agent's question.
import type { ClusterKey, SubstrateHost } from "@cynosure/model";
import type { PlanRecord } from "@cynosure/resource-store";
import type { Substrate } from "@cynosure/substrate";
import { forEachBounded, within } from "./bounded.ts";
import { liveClusters } from "./live-clusters.ts";
import type { ObservationTask } from "./observe-clusters.ts";
import { messageOf, type InventorySources } from "./sources.ts";

export interface KeepHostsOnOptions extends Pick<InventorySources, "store" | "clock" | "substrates"> {
  readonly logError: (what: string, error: unknown) => void;
  readonly onStarted: (cluster: ClusterKey, host: SubstrateHost) => void;
}

const EVERY_MS = 1_000;
const AT_ONCE_MAX = 8;
/** One cluster's look and the starts that follow from it. */
const CLUSTER_MS_MAX = 30_000;
/** The first start comes at once; a host that goes off again waits 2 s, 4 s … and is forgiven after a quiet time. */
export const startPauses = { firstMs: 2_000, pauseMsMax: 60_000, quietMs: 120_000 } as const;

interface Attempts {
  readonly count: number;
  readonly lastMs: number;
}

/** When a host that was started `attempts` times may be started again. */
const dueAtMs = ({ count, lastMs }: Attempts): number => lastMs + Math.min(startPauses.pauseMsMax, startPauses.firstMs * 2 ** (count - 1));

export function keepHostsOn(options: KeepHostsOnOptions): ObservationTask {
  const { store, clock, substrates, logError } = options;
  const attempts = new Map<string, Attempts>();

  const startAgain = async (cluster: ClusterKey, target: PlanRecord, substrate: Substrate, host: SubstrateHost): Promise<void> => {
    const key = `${cluster} ${host.hostId}`;
    const nowMs = clock.now();
    const before = attempts.get(key);
    const isForgiven = before === undefined || nowMs - before.lastMs > startPauses.quietMs;
    if (!isForgiven && nowMs < dueAtMs(before)) return;
    attempts.set(key, { count: isForgiven ? 1 : before.count + 1, lastMs: nowMs });
    const { plan } = target;
    // The substrate refuses an epoch that was superseded, and a host that was removed in the meantime.
    const call = { clusterKey: cluster, installationId: plan.policy.installationId, generation: plan.generation, executorEpoch: await store.plans.epoch(cluster) };
    if ((await store.plans.status(plan.id)) === "Running") return;
    const result = await substrate.power(call, host.hostId, "on");
    if (result.kind === "done") options.onStarted(cluster, host);
    else if (result.kind !== "waiting") logError(`starting ${host.hostId} of ${cluster} again`, new Error((result.kind === "failed" ? result.error : result.cause).message));
  };

  const look = async (cluster: ClusterKey): Promise<void> => {
    const target = await store.plans.target(cluster);
    if (target === null || target.status === "Running" || target.plan.policy.presence !== "present") return;
    const substrate = substrates[target.plan.policy.substrate];
    if (substrate === undefined) return;
    const lost = (await substrate.observe(cluster)).filter((host) => host.power === "off" && host.wantedPower === "on");
    await Promise.all(lost.map((host) => startAgain(cluster, target, substrate, host)));
  };

  return {
    name: "keep hosts on",
    everyMs: EVERY_MS,
    reads: ["resources", "plans.target", "plans.epoch", "plans.status", "substrate.observe"],
    writes: ["substrate.power"],
    async run(signal) {
      // What was forgiven is forgotten: hosts that are gone would be kept in mind for ever.
      for (const [key, { lastMs }] of attempts) if (clock.now() - lastMs > startPauses.quietMs) attempts.delete(key);
      const onError = (cluster: ClusterKey, error: unknown): void => {
        if (!signal.aborted) logError(`keeping hosts of ${cluster} on: ${messageOf(error)}`, error);
      };
      await forEachBounded(await liveClusters(store), AT_ONCE_MAX, signal, (cluster) => within(clock, CLUSTER_MS_MAX, `cluster ${cluster}`, signal, () => look(cluster)), onError);
    },
  };
}
