// Background task: every few seconds asks the engine of each cluster for rates and fill and keeps them for an hour.
// Apart from the look at health, which must not wait for it. Whoever does not answer leaves a gap.
import { within } from "./bounded.ts";
import { clusterRounds } from "./cluster-rounds.ts";
import type { ObservationTask, ObserveClustersOptions } from "./observe-clusters.ts";
import { ANSWER_MS_MAX, askMetrics } from "./sources.ts";

const EVERY_MS = 5_000;

export function observeMetrics(options: ObserveClustersOptions): ObservationTask {
  const { store, clock } = options;
  return {
    name: "observe metrics",
    everyMs: EVERY_MS,
    reads: ["resources", "plans.target", "plans.epoch", "engine.observeMetrics"],
    writes: ["metrics"],
    run: clusterRounds(options, "measuring", async (cluster, signal) => {
      const target = await store.plans.target(cluster);
      if (target === null || target.plan.policy.presence !== "present") return;
      const metrics = await within(clock, ANSWER_MS_MAX, `cluster ${cluster}`, signal, (each) => askMetrics(options, cluster, target.plan, each));
      if (metrics !== null) await store.metrics.put(cluster, metrics);
    }),
  };
}
