// Known bugs, switched on by name, each a change to one seam of the product as this simulation wires it.
// They exist to prove that the simulation finds what it is for: a bug it cannot find here it would not find
// in the product. Nothing outside this app can reach them. Listed in docs/reference/simulation.md.
import type { StorageEngine } from "@cynosure/engine";
import { done, type ClusterKey, type Plan } from "@cynosure/model";
import type { Store } from "@cynosure/resource-store";
import type { MemoryStoreOptions } from "@cynosure/resource-store/testkit/memory";
import type { SimulatedWorld } from "@cynosure/simulated";
import type { HostSpec, Substrate } from "@cynosure/substrate";
import type { ServedProviders } from "./control-plane.ts";

export interface Seams {
  readonly world: SimulatedWorld;
  /** A chance drawn from the run's own stream. */
  readonly chance: (rate: number) => boolean;
}

export interface PlantedBug {
  readonly name: string;
  readonly what: string;
  /** The invariant that must catch it. */
  readonly caughtBy: string;
  readonly substrate?: (real: Substrate, seams: Seams) => Substrate;
  readonly engine?: (real: StorageEngine, seams: Seams) => StorageEngine;
  readonly store?: (real: Store, seams: Seams) => Store;
  readonly enqueueStep?: (enqueue: NonNullable<MemoryStoreOptions["enqueueStep"]>, seams: Seams) => NonNullable<MemoryStoreOptions["enqueueStep"]>;
  /** What takeover is given to raise epochs with. */
  readonly takeoverStore?: (real: Store) => Store;
  readonly handlers?: (real: ServedProviders["handlers"]) => ServedProviders["handlers"];
  readonly agentsAcceptStale?: boolean;
}

/** The world's fence moved out of the way: whatever epoch a call carries, it counts as the one in force. */
function passingAsCurrent<Call extends { readonly clusterKey: ClusterKey; readonly executorEpoch: number }>(world: SimulatedWorld, call: Call): Call {
  return { ...call, executorEpoch: Math.max(call.executorEpoch, world.look(call.clusterKey)?.executorEpoch ?? 0) };
}

const staleGeneration: PlantedBug = {
  name: "stale-generation-accepted",
  what: "substrate, engine and agents take calls and host plans of an executor that was replaced",
  caughtBy: "INV-05",
  agentsAcceptStale: true,
  substrate: (real, { world }) => ({
    ...real,
    ensureNetwork: (call) => real.ensureNetwork(passingAsCurrent(world, call)),
    ensureHost: (call, host) => real.ensureHost(passingAsCurrent(world, call), host),
    destroyHost: (call, hostId) => real.destroyHost(passingAsCurrent(world, call), hostId),
    destroyNetwork: (call) => real.destroyNetwork(passingAsCurrent(world, call)),
    ensureEndpoints: (call, endpoints) => real.ensureEndpoints(passingAsCurrent(world, call), endpoints),
  }),
  engine: (real, { world }) => ({ ...real, perform: (call, action) => real.perform(passingAsCurrent(world, call), action) }),
};

const successorNotEnqueued: PlantedBug = {
  name: "successor-not-enqueued",
  what: "one step in fifty that became ready is not queued with the commit that made it so",
  caughtBy: "INV-03",
  enqueueStep: (enqueue, { chance }) => (plan, step, tx) => {
    if (!chance(0.02)) enqueue(plan, step, tx);
  },
};

/** The plan as the store is given it, changed on the way. */
const changingPlans = (change: (plan: Plan, store: Store) => Promise<Plan>) => (real: Store): Store => ({
  ...real,
  plans: new Proxy(real.plans, {
    get: (plans, name) => (name === "start" ? async (...[plan, ...rest]: Parameters<Store["plans"]["start"]>) => plans.start(await change(plan, real), ...rest) : Reflect.get(plans, name)),
  }),
});

const deleteBeforeDrain: PlantedBug = {
  name: "delete-before-drain",
  what: "a removal destroys hosts beside the step that withdraws the endpoints users are connected to",
  caughtBy: "INV-01",
  store: changingPlans(async (plan) => ({ ...plan, steps: plan.steps.map((step) => (step.action.kind === "host.destroy" ? { ...step, dependsOn: [] } : step)) })),
};

const allAtOnce: PlantedBug = {
  name: "domains-taken-down-together",
  what: "hosts whose daemons must be restarted no longer wait for each other",
  caughtBy: "INV-01",
  store: changingPlans(async (plan) => {
    const hostOf = (id: string): string => id.split(":")[1] ?? "";
    return { ...plan, steps: plan.steps.map((step) => (step.action.kind === "host.converge" ? { ...step, dependsOn: step.dependsOn.filter((id) => !id.startsWith("host.converge:") || hostOf(id) === hostOf(step.id)) } : step)) };
  }),
};

const lostUndo: PlantedBug = {
  name: "lost-undo",
  what: "a removal forgets hosts that were made but never came to be recorded, and takes the network from under them",
  caughtBy: "INV-03",
  substrate: (real, { world }) => ({
    ...real,
    destroyHost: (call, hostId) => (world.look(call.clusterKey)?.hosts[hostId]?.isJoined === false ? Promise.resolve(done(undefined)) : real.destroyHost(call, hostId)),
    async destroyNetwork(call) {
      const left = Object.keys(world.look(call.clusterKey)?.hosts ?? {});
      if (left.length === 0) return real.destroyNetwork(call);
      world.change(call.clusterKey, (state) => void (state.hasNetwork = false));
      return done(undefined);
    },
  }),
};

const doubleCreate: PlantedBug = {
  name: "double-create",
  what: "a host that is ensured again while it starts is made a second time",
  caughtBy: "INV-02",
  substrate: (real, { world, chance }) => ({
    ...real,
    async ensureHost(call, spec: HostSpec) {
      const known = world.look(call.clusterKey)?.hosts[spec.hostId];
      const result = await real.ensureHost(call, spec);
      if (known !== undefined && !known.isJoined && result.kind === "done" && chance(0.5)) world.change(call.clusterKey, (state) => void (state.hosts[`${spec.hostId}-again`] ??= { ...structuredClone(known), startedAtMs: world.clock.now() }));
      return result;
    },
  }),
};

const epochNotRaised: PlantedBug = {
  name: "epoch-not-raised",
  what: "a takeover gives the steps back without raising the epoch",
  caughtBy: "INV-05",
  takeoverStore: (real) => ({ ...real, plans: new Proxy(real.plans, { get: (plans, name) => (name === "raiseEpoch" ? (cluster: ClusterKey) => plans.epoch(cluster) : Reflect.get(plans, name)) }) }),
};

const etagIgnored: PlantedBug = {
  name: "etag-ignored",
  what: "a write under a condition is done whatever the condition",
  caughtBy: "INV-04",
  handlers: (real) => ({
    ...real,
    Clusters_CreateOrUpdate: (request) => real.Clusters_CreateOrUpdate({ ...request, context: { ...request.context, condition: { kind: "none" } } }),
    FileSystems_CreateOrUpdate: (request) => real.FileSystems_CreateOrUpdate({ ...request, context: { ...request.context, condition: { kind: "none" } } }),
  }),
};

const answerBeforeCommit: PlantedBug = {
  name: "answer-before-commit",
  what: "a write is answered when its transaction is ready to commit, not when it has",
  caughtBy: "INV-04",
  store: (real, { world }) => ({
    ...real,
    transaction: <T>(work: Parameters<Store["transaction"]>[0]) =>
      new Promise<T>((resolve, reject) => {
        real
          .transaction(async (tx) => {
            const result = await work(tx);
            resolve(result as T); // the same type as `work` answers, which the port's signature ties together
            await world.clock.sleep(40);
            return result;
          })
          .catch(reject);
      }),
  }),
};

export const plantedBugs: readonly PlantedBug[] = [staleGeneration, successorNotEnqueued, deleteBeforeDrain, lostUndo, doubleCreate, allAtOnce, epochNotRaised, etagIgnored, answerBeforeCommit];

export function findPlantedBug(name: string): PlantedBug {
  const found = plantedBugs.find((bug) => bug.name === name);
  if (found === undefined) throw new Error(`There is no planted bug ${name}. There are: ${plantedBugs.map((bug) => bug.name).join(", ")}.`);
  return found;
}
