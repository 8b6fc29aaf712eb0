// One control plane process of the simulated world, wired as the real one's composition root wires it: store,
// providers, executor, workflows, background tasks. All real but the database, the queue under the workflows
// and what is behind the two ports.
import type { StorageEngine } from "@cynosure/engine";
import { createEngineCall, createExecutor } from "@cynosure/executor";
import { observeClusters } from "@cynosure/inventory";
import { clusterKey, installationId, type Clock, type Rng } from "@cynosure/model";
import { createFrontDoor, type FrontDoorHandlers } from "@cynosure/front-door";
import { createResourceProviders, type ResourceProviders } from "@cynosure/resource-providers";
import type { Store } from "@cynosure/resource-store";
import { openMemoryStore, type MemoryDatabase } from "@cynosure/resource-store/testkit/memory";
import type { SimulatedWorld } from "@cynosure/simulated";
import type { Substrate } from "@cynosure/substrate";
import type { Draw, RunConfig } from "./draw.ts";
import type { EventLog } from "./event-log.ts";
import { guardEngine, guardSubstrate, type ArrivedCall, type CauseOfChange } from "./guarded-ports.ts";
import { guardStore } from "./guarded-store.ts";
import type { Network } from "./network.ts";
import type { PlantedBug, Seams } from "./planted-bugs.ts";
import { ProcessLife } from "./process-life.ts";
import { SimulatedWorkflows } from "./simulated-workflows.ts";
import type { StepName } from "@cynosure/workflow/rules";

export const SUBSCRIPTION = "00000000-0000-4000-8000-000000000001";
export const GROUP = "quickstart";
export const LOCATION = "local";
export const STORE = "store";

const OBSERVE_EVERY_MS = 2_000;
const SWEEP_EVERY_MS = 15_000;
const CLUSTERS_MAX = 200;

/** What all control planes of a run share. */
export interface Surroundings {
  readonly config: RunConfig;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly draw: Draw;
  readonly database: MemoryDatabase;
  readonly world: SimulatedWorld;
  readonly substrate: Substrate;
  readonly engine: StorageEngine;
  readonly network: Network;
  readonly cause: CauseOfChange;
  readonly log: EventLog;
  readonly planted: PlantedBug | null;
  readonly seams: Seams;
  /** Faults at commits are drawn here; the name is the control plane's. */
  readonly commitFault: (name: string) => "none" | "dieBefore" | "dieAfter" | "answerLost";
  readonly onRun: (executorId: string, step: StepName, event: "begins" | "ends" | "is left") => void;
  readonly onCall: (call: ArrivedCall) => void;
  readonly onTakeover: (byExecutorId: string, deadExecutorId: string, workflowIds: readonly string[]) => void;
}

export interface ControlPlane {
  readonly name: string;
  readonly life: ProcessLife;
  readonly store: Store;
  readonly providers: ServedProviders;
  readonly workflows: SimulatedWorkflows;
  /** Set once; nothing the process had under way has an effect any more. */
  die(why: string): void;
}

function openGuardedStore(around: Surroundings, life: ProcessLife, die: (why: string) => void, hook: () => ResourceProviders): Store {
  const { database, network, draw, config, clock, log, planted, seams } = around;
  const delay = async (): Promise<void> => {
    if (draw.chance(config.storeDelayRate)) await clock.sleep(1 + draw.skewed(config.storeDelayMsMax));
  };
  let fate: ReturnType<Surroundings["commitFault"]> = "none";
  const enqueue = (plan: Parameters<MemoryDatabase["queue"]["enqueue"]>[0], step: Parameters<MemoryDatabase["queue"]["enqueue"]>[1], tx: Parameters<MemoryDatabase["queue"]["enqueue"]>[2]): void => database.queue.enqueue(plan, step, tx);
  const store = openMemoryStore(database, {
    enqueueStep: planted?.enqueueStep?.(enqueue, seams) ?? enqueue,
    // A transaction whose process ended must not go on to its commit.
    onPlanFinished: (tx, cluster) => life.inSession(() => hook().planNextQueued(tx, cluster)),
    onHookError: (error) => log.add(life.name, `planning of queued changes failed: ${String(error)}`),
    faults: {
      isReachable: () => life.state === "running" && !network.isCut(life.name, STORE),
      beforeCommit: () => {
        fate = around.commitFault(life.name);
        if (fate !== "dieBefore") return;
        die("at a commit, before it");
        throw new Error("died before the commit");
      },
      afterCommit: () => {
        if (fate === "dieAfter") die("at a commit, after it");
        if (fate === "answerLost") log.add(life.name, "the answer to a commit was lost");
        if (fate === "dieAfter" || fate === "answerLost") throw Object.assign(new Error("the connection broke during COMMIT"), { code: "ECONNRESET" });
      },
    },
  });
  const guarded = guardStore(store, { life, delay });
  return planted?.store?.(guarded, seams) ?? guarded;
}

/** The handlers of both halves, as a listener serves them. */
export type ServedProviders = Omit<ResourceProviders, "handlers"> & { readonly handlers: ResourceProviders["handlers"] & FrontDoorHandlers };

function createProviders({ substrate, engine, rng, draw, planted }: Surroundings, store: Store, clock: Clock): ServedProviders {
  const nobody = (): Promise<never> => Promise.reject(new Error("not part of the simulation"));
  const newId = (): string => draw.uuid();
  const installation = installationId("0badcafe");
  const frontDoor = createFrontDoor({ store, clock, newId, config: { tenantId: "00000000-0000-4000-8000-0000000000aa", subscriptionId: SUBSCRIPTION, subscriptionName: "Built-in", installationId: installation, locations: [{ name: LOCATION, displayName: "Local" }] } });
  const providers = createResourceProviders({
    store,
    parents: frontDoor.parents,
    engines: { simulated: { planner: engine.planner, isSimulated: true, versions: ["1.0"] } },
    substrates: { simulated: substrate },
    clock,
    rng: rng.child("planning"),
    newId,
    config: { installationId: installation, locations: [{ name: LOCATION, displayName: "Local", substrates: ["simulated"], defaultEngine: "simulated" }] },
    readCredentials: nobody,
    liveClients: { start: nobody, stop: nobody, read: nobody },
    examineMachine: nobody,
    runBenchmark: nobody,
  });
  const served: ServedProviders = { ...providers, handlers: { ...frontDoor.handlers, ...providers.handlers } };
  return planted?.handlers === undefined ? served : { ...served, handlers: planted.handlers(served.handlers) };
}

/** Again `everyMs` after it ended, as long as the process lives. */
async function repeat(clock: Clock, everyMs: number, task: () => Promise<void>, onError: (error: unknown) => void): Promise<never> {
  for (;;) {
    await task().catch(onError);
    await clock.sleep(everyMs);
  }
}

export function startControlPlane(around: Surroundings, name: string, onEnded: () => void): ControlPlane {
  const { config, draw, log, planted, database, network } = around;
  const life = new ProcessLife(name);
  const clock = life.clockOver(around.clock);
  const die = (why: string): void => {
    if (life.state === "dead") return;
    log.add(name, `dies: ${why}`);
    life.kill();
    onEnded();
  };
  const late: { providers?: ServedProviders } = {};
  const store = openGuardedStore(around, life, die, () => late.providers ?? raiseUnwired());
  const ports = { network, life, cause: around.cause, world: around.world, onCall: around.onCall };
  const substrate = guardSubstrate(planted?.substrate?.(around.substrate, around.seams) ?? around.substrate, ports);
  const engine = guardEngine(planted?.engine?.(around.engine, around.seams) ?? around.engine, ports);
  const providers = createProviders({ ...around, substrate, engine }, store, clock);
  late.providers = providers;
  const access = { store, clock, substrates: { simulated: substrate }, engines: { simulated: engine } };
  const executor = createExecutor({
    ...access,
    gatewayBoot: () => ({ caPem: "", gatewayUrl: "unix:/none" }),
    createJoinToken: () => draw.uuid(),
    createRequestId: () => draw.uuid(),
    log: (level, message) => log.add(name, `${level}: ${message}`),
    planWaiting: (operation) => providers.planWaiting(operation),
  });
  const workflows = new SimulatedWorkflows({
    database,
    store: planted?.takeoverStore?.(store) ?? store,
    clock,
    life,
    executorId: name,
    isReachable: () => life.state === "running" && !network.isCut(name, STORE),
    delay: async () => {
      if (draw.chance(config.storeDelayRate)) await around.clock.sleep(1 + draw.skewed(config.storeDelayMsMax));
    },
    runStep: executor.runStep,
    onLeaseLost: (reason) => die(`lost its lease: ${reason}`),
    onRun: (step, event) => around.onRun(name, step, event),
    onTakeover: (dead, workflowIds) => around.onTakeover(name, dead, workflowIds),
    log: (what) => log.add(name, what),
  });
  const logError = (what: string, error: unknown): void => log.add(name, `${what}: ${error instanceof Error ? error.message : String(error)}`);
  const observation = observeClusters({ ...access, createEngineCall, logError });
  const background = new AbortController().signal;
  void repeat(clock, OBSERVE_EVERY_MS, () => observation.run(background), (error) => logError("observing", error));
  void repeat(clock, SWEEP_EVERY_MS, () => sweepClusters(store, providers), (error) => logError("planning queued changes", error));
  return { name, life, store, providers, workflows, die };
}

function raiseUnwired(): never {
  throw new Error("the providers are not wired yet");
}

async function sweepClusters(store: Store, providers: ServedProviders): Promise<void> {
  for (const resource of await store.resources.list({ type: "Cynosure.Storage/clusters", limitMax: CLUSTERS_MAX })) await providers.sweepQueued(clusterKey(resource.key));
}
