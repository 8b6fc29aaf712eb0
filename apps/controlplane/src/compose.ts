// The composition root: opens every part in order, hands each what it needs, and closes them in the opposite
// order. Nothing is decided here that a part could decide itself.
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createAgentGateway } from "@cynosure/agent-gateway";
import { createEngineCall, createExecutor } from "@cynosure/executor";
import { identifyProcess } from "@cynosure/machine";
import type { Installation } from "@cynosure/machine";
import { keepHostsOn, observeClusters } from "@cynosure/inventory";
import { createResourceProviders } from "@cynosure/resource-providers";
import { openPool, openStore } from "@cynosure/resource-store";
import type { Store } from "@cynosure/resource-store";
import { createStepEnqueuer, launchWorkflows } from "@cynosure/workflow";
import { createAdapters } from "./adapters.ts";
import { startBackgroundTasks } from "./background-tasks.ts";
import { BUILT_IN } from "./built-in.ts";
import type { Config } from "./config.ts";
import type { ControlPlaneRecord } from "@cynosure/machine";
import { choosePort, readRecordedPort, writeRecord } from "./control-plane-record.ts";
import { openDatabase } from "./database.ts";
import type { Log } from "./log.ts";
import { describeError } from "./log.ts";
import { sweepClusters, withEngine } from "./cluster-access.ts";
import { restoreEndpoints } from "./restore-endpoints.ts";
import { openSecrets } from "./secrets.ts";
import { serveArm } from "./serve-arm.ts";
import { systemClock } from "./system-clock.ts";
import { createSystemRng } from "./system-rng.ts";

/** On one machine asking is cheap, a start waits for the first answer, and trouble that heals itself is over in seconds. */
const OBSERVE_EVERY_MS = 1_000;
/** The socket's directory is bound there in every local host (substrate-local/sandbox). */
const GATEWAY_URL_IN_HOST = "unix:/run/cynosure-gateway/gateway.sock";
/** Only for changes whose plan could not be made when their turn came. */
const SWEEP_EVERY_MS = 15_000;
const HOSTS_STOP_MS_MAX = 20_000;
/** Steps wait without a connection; this is for the requests and commits that happen at once. */
const CONNECTIONS_MAX = 16;

export interface RunningControlPlane {
  readonly record: ControlPlaneRecord;
  /** In order; `hosts` says what becomes of local hosts. */
  close(hosts: "stop" | "keep"): Promise<void>;
}

export interface ComposeOptions {
  readonly config: Config;
  readonly installation: Installation;
  readonly projectDir: string;
  readonly log: Log;
  /** For people who wait: what is being done. */
  readonly onPhase: (text: string) => void;
  /** The process no longer owns its work and must exit; its hosts go on. */
  readonly onLeaseLost: (reason: Error) => void;
}

/** Closes run in the opposite order of their opening, each whatever became of the others. */
class Closers {
  readonly #closers: { readonly name: string; readonly close: () => Promise<void> }[] = [];
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  add(name: string, close: () => Promise<void>): void {
    this.#closers.push({ name, close });
  }

  async closeAll(): Promise<void> {
    for (const { name, close } of this.#closers.splice(0).reverse()) {
      await close().catch((error: unknown) => this.#log("close failed", { part: name, ...describeError(error) }));
    }
  }
}

export async function compose(options: ComposeOptions): Promise<RunningControlPlane> {
  const closers = new Closers(options.log);
  try {
    return await open(options, closers);
  } catch (error) {
    await closers.closeAll();
    throw error;
  }
}

async function open(options: ComposeOptions, closers: Closers): Promise<RunningControlPlane> {
  const { config, installation, log, onPhase } = options;
  const clock = systemClock;
  const rng = createSystemRng();
  const logError = (what: string, error: unknown): void => log("error", { what, ...describeError(error) });
  const workflowLog = (level: string, message: string): void => {
    if (level !== "debug") log("workflow", { level, message });
  };
  const secrets = openSecrets(installation);

  onPhase("starting PostgreSQL");
  const database = await openDatabase(config.databaseUrl, installation);
  closers.add("database", () => database.stop());
  const pool = openPool(database.url, { applicationName: "cynosure control plane", connectionsMax: CONNECTIONS_MAX, onError: (error) => logError("database connection", error) });
  closers.add("pool", () => pool.end());
  const adapters = await createAdapters({ config, installation, projectDir: options.projectDir, clock, rng, logError });
  closers.add("adapters", () => adapters.close());

  const enqueuer = await createStepEnqueuer({ pool, databaseUrl: database.url, log: workflowLog });
  closers.add("enqueuer", () => enqueuer.close());
  // The providers need the store and the store's hook needs the providers: the hook runs long after both exist.
  let onPlanFinished: NonNullable<Parameters<typeof openStore>[0]["onPlanFinished"]> = () => Promise.resolve();
  const store: Store = await openStore({ pool, masterKey: secrets.masterKey, enqueueStep: enqueuer.enqueueStep, onPlanFinished: (tx, cluster) => onPlanFinished(tx, cluster), onHookError: (error) => logError("planning of queued changes", error) });
  closers.add("store", () => store.close());
  const access = { store, clock, engines: adapters.engines };
  const providers = createResourceProviders({
    store,
    engines: Object.fromEntries(Object.values(adapters.engines).map((engine) => [engine.name, { planner: engine.planner, isSimulated: engine.isSimulated, versions: adapters.engineVersions[engine.name] ?? [] }])),
    substrates: adapters.substrates,
    clock,
    rng,
    newId: () => randomUUID(),
    config: {
      tenantId: BUILT_IN.tenantId,
      subscriptionId: BUILT_IN.subscriptionId,
      subscriptionName: BUILT_IN.subscriptionName,
      installationId: installation.id,
      locations: [{ name: BUILT_IN.location, displayName: BUILT_IN.locationDisplayName, substrates: [adapters.defaults.substrate], defaultEngine: adapters.defaults.engine }],
    },
    readCredentials: (cluster) => withEngine(access, cluster, undefined, (engine, call) => engine.readCredentials(call)),
    runBenchmark: (cluster, seconds) => withEngine(access, cluster, undefined, (engine, call) => engine.benchmark(call, seconds)),
  });
  onPlanFinished = providers.planNextQueued;

  onPhase("opening the agent gateway");
  const gateway = createAgentGateway({
    store,
    pkiDir: installation.pkiDir,
    socketPath: join(installation.gatewaySocketDir, "gateway.sock"),
    clock,
    logger: { info: () => {}, warn: (message, fields) => log("gateway", { message, ...fields }) },
  });
  await gateway.listen();
  closers.add("agent gateway", () => gateway.close());

  onPhase("bringing hosts back");
  await adapters.resume(store.hosts);
  await restoreEndpoints({ store, clock, substrates: adapters.substrates, logError });
  onPhase("starting the executor");
  const executor = createExecutor({
    store,
    clock,
    substrates: adapters.substrates,
    engines: adapters.engines,
    gatewayBoot: () => ({ caPem: gateway.authority.caPem, gatewayUrl: GATEWAY_URL_IN_HOST }),
    log: workflowLog,
  });
  const workflows = await launchWorkflows({ pool, databaseUrl: database.url, store, enqueueStep: enqueuer.enqueueStep, runStep: executor.runStep, onLeaseLost: options.onLeaseLost, log: workflowLog });
  closers.add("workflows", () => workflows.close());
  const tasks = startBackgroundTasks(
    [
      { ...observeClusters({ ...access, substrates: adapters.substrates, createEngineCall, logError }), everyMs: OBSERVE_EVERY_MS },
      keepHostsOn({ store, clock, substrates: adapters.substrates, logError, onStarted: (cluster, host) => log("host was off unasked and was started again", { cluster, host: host.hostId }) }),
      { name: "plan queued changes", everyMs: SWEEP_EVERY_MS, run: async () => sweepClusters(store, (cluster) => providers.sweepQueued(cluster)) },
    ],
    clock,
    logError,
  );
  closers.add("background tasks", () => tasks.stop());

  await providers.ensureResourceGroup(BUILT_IN.resourceGroup, BUILT_IN.location);
  const { port, isMoved } = await choosePort(config.port ?? readRecordedPort(installation.controlPlaneFile));
  if (isMoved) log("port moved", { port, reason: "another program has the port of the last run" });
  const caPath = join(installation.pkiDir, "ca.pem");
  writeFileSync(caPath, gateway.authority.caPem, { mode: 0o644 });
  const arm = await serveArm({ port, installation, authority: gateway.authority, providers, client: secrets.client, clock, log });
  closers.add("ARM endpoint", () => arm.close());

  const identity = identifyProcess(process.pid);
  const record: ControlPlaneRecord = {
    url: arm.baseUrl,
    port,
    caPath,
    pid: process.pid,
    startTicks: identity?.startTicks ?? null,
    bootId: identity?.bootId ?? null,
    installationId: installation.id,
    rung: config.rung,
    tenantId: BUILT_IN.tenantId,
    subscriptionId: BUILT_IN.subscriptionId,
    resourceGroup: BUILT_IN.resourceGroup,
    location: BUILT_IN.location,
  };
  writeRecord(installation.controlPlaneFile, record);
  return {
    record,
    async close(hosts) {
      // Order: no new requests, no running steps; then hosts while the gateway still hears their agents; then the rest.
      await arm.close();
      await tasks.stop();
      await workflows.close();
      if (hosts === "stop") await adapters.shutDownHosts(HOSTS_STOP_MS_MAX).catch((error: unknown) => logError("stopping hosts", error));
      await closers.closeAll();
      writeRecord(installation.controlPlaneFile, { ...record, pid: null, startTicks: null, bootId: null });
    },
  };
}
