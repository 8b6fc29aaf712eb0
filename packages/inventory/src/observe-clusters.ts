// Background task: every few seconds asks the substrate and the engine of each live cluster and records what
// they say. A reconciler, not a workflow: it has no input, keeps nothing, and a round missed is made up by
// the next. A cluster that does not answer occupies one place until its time is over and holds up no other.
import { isSameJson, type ClusterKey, type SubstrateHost } from "@cynosure/model";
import type { PlanRecord } from "@cynosure/resource-store";
import { within } from "./bounded.ts";
import { clusterRounds } from "./cluster-rounds.ts";
import { withHostChecks } from "./host-checks.ts";
import { ANSWER_MS_MAX, askHealth, type InventorySources } from "./sources.ts";
import { withStaleness } from "./staleness.ts";

/** A periodic reconciler that says what it reads and writes: the graph of all of them is served and reviewed. */
export interface ObservationTask {
  readonly name: string;
  readonly everyMs: number;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** One round; resolves when every cluster answered or ran out of this round's time. */
  run(signal: AbortSignal): Promise<void>;
}

export interface ObserveClustersOptions extends InventorySources {
  readonly logError: (what: string, error: unknown) => void;
}

const EVERY_MS = 5_000;

/** While a plan makes and removes hosts, the executor alone writes them: an observation could bring a removed one back. */
const mayWriteHosts = (target: PlanRecord): boolean => target.status !== "Running" && target.plan.policy.presence === "present";

async function recordHosts({ store, substrates }: InventorySources, cluster: ClusterKey, target: PlanRecord): Promise<void> {
  const substrate = substrates[target.plan.policy.substrate];
  if (substrate === undefined || !mayWriteHosts(target)) return;
  const seen = new Map<string, SubstrateHost>((await substrate.observe(cluster)).map((host) => [host.hostId, host]));
  const stored = await store.hosts.listHosts(cluster);
  const changed = stored.flatMap(({ host }): SubstrateHost[] => {
    const now = seen.get(host.hostId) ?? { ...host, power: "off" as const };
    return isSameJson(now, host) ? [] : [now];
  });
  // The look took a while: a plan may have started since.
  if (changed.length === 0 || (await store.plans.status(target.plan.id)) === "Running") return;
  const newest = await store.plans.target(cluster);
  if (newest === null || newest.plan.id !== target.plan.id || !mayWriteHosts(newest)) return;
  for (const host of changed) await store.hosts.putHost(cluster, host);
}

async function recordHealth(sources: InventorySources, cluster: ClusterKey, target: PlanRecord, signal: AbortSignal): Promise<void> {
  const { store, clock } = sources;
  const health = await askHealth(sources, cluster, target.plan, signal);
  if (health !== null) {
    // While a plan runs, daemons that do not run yet are nothing to warn of.
    const seen = mayWriteHosts(target) ? await store.hosts.listHosts(cluster) : [];
    await store.observations.putHealth(cluster, withHostChecks(health, seen, clock.now()));
    return;
  }
  await markStale(sources, cluster, clock.now());
}

/** What was seen before stays, with its time; once too old it says so itself. */
async function markStale({ store }: InventorySources, cluster: ClusterKey, nowMs: number): Promise<void> {
  const before = await store.observations.readHealth(cluster);
  const marked = withStaleness(before, nowMs);
  if (before !== null && marked !== null && before.status !== marked.status) await store.observations.putHealth(cluster, marked);
}

async function observe(sources: InventorySources, cluster: ClusterKey, signal: AbortSignal): Promise<void> {
  const target = await sources.store.plans.target(cluster);
  if (target === null) return;
  try {
    await within(sources.clock, ANSWER_MS_MAX, `cluster ${cluster}`, signal, async (each) => {
      await Promise.all([recordHealth(sources, cluster, target, each), recordHosts(sources, cluster, target)]);
    });
  } catch (error) {
    await markStale(sources, cluster, sources.clock.now());
    throw error;
  }
}

export function observeClusters(options: ObserveClustersOptions): ObservationTask {
  return {
    name: "observe clusters",
    everyMs: EVERY_MS,
    reads: ["resources", "plans.target", "plans.epoch", "hosts", "substrate.observe", "engine.observeHealth"],
    writes: ["observations.health", "hosts.power"],
    run: clusterRounds(options, "observing", (cluster, signal) => observe(options, cluster, signal)),
  };
}
