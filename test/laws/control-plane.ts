// A control plane as the laws run it: store, providers, planner, executor and workflow engine as in
// production, over a simulated world, with every step scoped, counted and disturbed as prescribed. Used in
// the test's own process and, for the crash law, in processes of their own.
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { createEngineCall, createExecutor } from "@cynosure/executor";
import { installationId, type Clock, type ClusterKey, type LiveClients, type Plan, type PlanId } from "@cynosure/model";
import { createFrontDoor, type FrontDoor } from "@cynosure/front-door";
import { createResourceProviders, type ResourceProviders } from "@cynosure/resource-providers";
import { openPool, openStore, PLANNING, type Store } from "@cynosure/resource-store";
import { testMasterKey } from "@cynosure/resource-store/testkit";
import { createSeededRng, createSimulatedEngine, createSimulatedSubstrate, createSimulatedWorld, runSimulatedAgents, type SimulatedWorld } from "@cynosure/simulated";
import type { StorageEngine } from "@cynosure/engine";
import type { Substrate } from "@cynosure/substrate";
import { type CrashPoint, createStepEnqueuer, launchWorkflows, type StepRun } from "@cynosure/workflow";
import { createEffectRecorder, type EffectRecorder, stepScope, watchWorld } from "./counted-effects.ts";
import { disturbAgents, Disturbances, disturbEngine, disturbStore, disturbSubstrate } from "./disturbed-ports.ts";

export const SUBSCRIPTION = "00000000-0000-4000-8000-000000000001";
export const GROUP = "quickstart";

const clock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  },
};

export interface LawControlPlane {
  readonly store: Store;
  readonly pool: ReturnType<typeof openPool>;
  readonly world: SimulatedWorld;
  readonly providers: ResourceProviders;
  readonly disturbances: Disturbances;
  readonly recorder: EffectRecorder;
  /** Undisturbed. */
  readonly substrate: Substrate;
  readonly engine: StorageEngine;
  /** Errors that nobody was told of otherwise. */
  readonly troubles: readonly string[];
  /** Runs of steps of this cluster that are under way in this process. */
  runningIn(cluster: ClusterKey): readonly string[];
  /** Steps of plans of this generation, or one of them, wait here until the promise settles. */
  hold(cluster: ClusterKey, generation: number, until: Promise<unknown>, stepId?: string): void;
  close(): Promise<void>;
}

export interface LawControlPlaneOptions {
  readonly databaseUrl: string;
  /** The world outlives the process; effects do too. */
  readonly stateFile?: string;
  readonly effectsFile?: string;
  readonly crashPoint?: CrashPoint;
  /** The planted fault of the crash law's own test: a step is recorded before it is performed. */
  readonly recordsBeforePerforming?: boolean;
  readonly onLeaseLost: (reason: Error) => void;
}

export async function openLawControlPlane(options: LawControlPlaneOptions): Promise<LawControlPlane> {
  const { databaseUrl, stateFile, effectsFile, crashPoint } = options;
  const troubles: string[] = [];
  const log = (level: string, message: string): void => void (level === "error" && troubles.push(message));
  const pool = openPool(databaseUrl, { connectionsMax: 20, applicationName: `laws ${process.pid}` });
  const enqueuer = await createStepEnqueuer({ pool, databaseUrl, log });
  const late: { providers?: ResourceProviders } = {};
  const store = await openStore({
    pool,
    masterKey: testMasterKey,
    queueStatements: enqueuer.queueStatements,
    onPlanFinished: async (tx, cluster) => late.providers?.planNextQueued(tx, cluster),
    onHookError: (error) => troubles.push(String(error)),
  });
  const rng = createSeededRng(effectsFile ?? "laws");
  const world = createSimulatedWorld({ clock, rng: rng.child("world"), durationFactor: 0, ...(stateFile === undefined ? {} : { stateFile }) });
  const recorder = createEffectRecorder(effectsFile);
  const disturbances = new Disturbances();
  const counted = watchWorld(world, (_cluster, effects) => {
    const scope = stepScope.getStore();
    for (const effect of effects) if (scope !== undefined) recorder.record(scope, effect, true);
  });
  const [substrate, engine] = [createSimulatedSubstrate({ world: counted }), createSimulatedEngine({ world: counted })];
  const frontDoor = createFrontDoor({ store, clock, newId: () => randomUUID(), config: { tenantId: "00000000-0000-4000-8000-0000000000aa", subscriptionId: SUBSCRIPTION, subscriptionName: "Built-in", installationId: INSTALLATION, locations: [{ name: "local", displayName: "Local" }] } });
  const providers = createProviders(store, frontDoor.parents, substrate, engine, effectsFile ?? "laws");
  late.providers = providers;
  const executorStore = disturbStore(store, disturbances, recorder);
  const executor = createExecutor({
    store: executorStore,
    clock,
    substrates: { simulated: disturbSubstrate(substrate, disturbances) },
    engines: { simulated: disturbEngine(engine, disturbances) },
    gatewayBoot: () => ({ caPem: "", gatewayUrl: "unix:/none" }),
    planWaiting: (operation) => providers.planWaiting(operation),
    ...(crashPoint === undefined ? {} : { crashPoint }),
  });
  const runStep = options.recordsBeforePerforming === true ? recordFirst(store, engine, crashPoint) : executor.runStep;
  const runs = scopeRuns(store, disturbances, runStep);
  for (const cluster of world.clusterKeys()) await runs.meet(cluster); // agents of a world taken over act before any step runs
  const agents = runSimulatedAgents({ ...disturbAgents(store, world, disturbances, recorder, runs.planOf), logError: (host, error) => troubles.push(`${host}: ${String(error)}`) });
  const workflows = await launchWorkflows({ pool, databaseUrl, store, enqueueStep: enqueuer.enqueueStep, runStep: runs.runStep, onLeaseLost: options.onLeaseLost, log, ...(crashPoint === undefined ? {} : { crashPoint }) });
  await frontDoor.ensureResourceGroup(GROUP, "local");
  return {
    store, pool, world, providers, disturbances, recorder, substrate, engine, troubles,
    runningIn: runs.runningIn,
    hold: runs.hold,
    async close() {
      await workflows.close();
      await agents.stop();
      await enqueuer.close();
      await store.close();
      await pool.end();
    },
  };
}

const nobody = (): Promise<never> => Promise.reject(new Error("no client is part of the laws"));
const noLiveClients: LiveClients = { start: nobody, stop: nobody, read: nobody };
const INSTALLATION = installationId("0badcafe");

function createProviders(store: Store, parents: FrontDoor["parents"], substrate: Substrate, engine: StorageEngine, seed: string): ResourceProviders {
  return createResourceProviders({
    store,
    parents,
    engines: { simulated: { planner: engine.planner, isSimulated: true, versions: ["1.0"] } },
    substrates: { simulated: substrate },
    clock,
    rng: createSeededRng(`${seed}/${process.pid}/providers`),
    newId: () => randomUUID(),
    config: {
      installationId: INSTALLATION,
      locations: [{ name: "local", displayName: "Local", substrates: ["simulated"], defaultEngine: "simulated" }],
    },
    readCredentials: () => Promise.resolve({ s3: { accessKeyId: "made-up", secretAccessKey: "made-up" } }),
    liveClients: noLiveClients,
    examineMachine: () => Promise.resolve([]),
    runBenchmark: (_cluster, seconds) => Promise.resolve({ readMBps: 0, writeMBps: 0, seconds, path: "SIMULATED" }),
  });
}

/** Sound until a process dies between the two: what it had recorded is then never performed. For plans of engine actions. */
function recordFirst(store: Store, engine: StorageEngine, crashPoint: CrashPoint = () => undefined): (run: StepRun) => Promise<void> {
  return async ({ planId, stepId }) => {
    await store.steps.begin(planId, stepId);
    const record = await store.plans.get(planId);
    const step = record?.plan.steps.find((each) => each.id === stepId);
    if (record === null || step?.action.kind !== "engine.act") throw new Error(`${stepId} is not an action of the engine`);
    await store.steps.complete(planId, stepId);
    crashPoint(`step.afterPerform@${stepId}`);
    const epoch = await store.plans.epoch(record.plan.clusterKey);
    await engine.perform(await createEngineCall({ store, clock, plan: record.plan, epoch }), step.action.action);
  };
}

interface ScopedRuns {
  readonly runStep: (run: StepRun) => Promise<void>;
  /** The newest plan heard of. */
  readonly planOf: (cluster: ClusterKey) => Plan | null;
  readonly meet: (cluster: ClusterKey) => Promise<void>;
  readonly runningIn: (cluster: ClusterKey) => readonly string[];
  readonly hold: LawControlPlane["hold"];
}

/** Every run knows its step; runs are repeated here when the law says so. */
function scopeRuns(store: Store, disturbances: Disturbances, runStep: (run: StepRun) => Promise<void>): ScopedRuns {
  const plans = new Map<PlanId, Plan>();
  const latest = new Map<ClusterKey, Plan>();
  const running = new Map<string, ClusterKey>();
  const held = new Map<string, Promise<unknown>>();
  let count = 0;
  const readPlan = async (id: PlanId): Promise<Plan | null> => {
    const plan = plans.get(id) ?? (await store.plans.get(id))?.plan ?? null;
    if (plan === null) return null;
    plans.set(id, plan);
    if ((latest.get(plan.clusterKey)?.generation ?? 0) <= plan.generation) latest.set(plan.clusterKey, plan);
    return plan;
  };
  return {
    async runStep(run) {
      // Planning survives a repeat in every run of every law.
      if (run.stepId === PLANNING) return void (await Promise.all([runStep(run), runStep(run)]));
      const plan = await readPlan(run.planId);
      if (plan === null) return;
      await held.get(`${plan.clusterKey} ${plan.generation}`);
      await held.get(`${plan.clusterKey} ${plan.generation} ${run.stepId}`);
      const scope = { plan, stepId: run.stepId };
      const how = disturbances.repeating(scope);
      const key = `${run.stepId} (run ${(count += 1)})`;
      running.set(key, plan.clusterKey);
      try {
        await stepScope.run(scope, async () => {
          await (how === "runTwiceAtOnce" ? Promise.all([runStep(run), runStep(run)]) : runStep(run));
          if (how === "runAgain") await runStep(run);
        });
      } finally {
        running.delete(key);
      }
    },
    planOf: (cluster) => latest.get(cluster) ?? null,
    async meet(cluster) {
      const target = await store.plans.targetId(cluster);
      if (target !== null) await readPlan(target);
    },
    runningIn: (cluster) => [...running].flatMap(([key, each]) => (each === cluster ? [key] : [])),
    hold: (cluster, generation, until, stepId) => void held.set(`${cluster} ${generation}${stepId === undefined ? "" : ` ${stepId}`}`, until),
  };
}
