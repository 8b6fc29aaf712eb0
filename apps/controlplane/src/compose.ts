// The composition root: opens every part in order, hands each what it needs, and closes them in the opposite
// order. Nothing is decided here that a part could decide itself.
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { createAccess } from "@cynosure/access";
import { createAgentGateway } from "@cynosure/agent-gateway";
import { armParents } from "@cynosure/behind-arm";
import { createEngineCall, createExecutor } from "@cynosure/executor";
import { nodeInImage } from "./node-in-image.ts";
import { createLiveClients } from "@cynosure/live-client";
import { IMAGE_NAME, SUPPORTED_RUNGS, boundLogs, examineMachine, processOfRecord, signalProcess } from "@cynosure/machine";
import type { ControlPlaneRecord, Installation } from "@cynosure/machine";
import type { SubstrateName } from "@cynosure/model";
import { keepHostsOn, observeClusters, observeMetrics } from "@cynosure/inventory";
import { createFrontDoor } from "@cynosure/front-door";
import { createResourceProviders } from "@cynosure/resource-providers";
import { openPool, openStore } from "@cynosure/resource-store";
import type { Store } from "@cynosure/resource-store";
import type { Substrate } from "@cynosure/substrate";
import { createStepEnqueuer, launchWorkflows, sessionNameOf } from "@cynosure/workflow";
import { createAdapters } from "./adapters.ts";
import { sealAudit } from "./audit-sealing.ts";
import { BUILT_IN } from "./built-in.ts";
import { Closers } from "./closers.ts";
import { ConfigError } from "./config.ts";
import type { Config } from "./config.ts";
import { announce, choosePort, otherControlPlanes, readLeader, readRecordedPort, writeWhole } from "./control-plane-record.ts";
import type { RecordKeeper } from "./control-plane-record.ts";
import { openDatabase } from "./database.ts";
import { keepExecutor } from "./executor-keeper.ts";
import { fenceStore } from "./fenced-store.ts";
import { liveClientsOfLeader, throughLeader } from "./leader-calls.ts";
import { leaderSocketPath, standForLeader } from "./leader.ts";
import type { Leader } from "./leader.ts";
import type { Log } from "./log.ts";
import { describeError } from "./log.ts";
import { sweepClusters, withEngine } from "./cluster-access.ts";
import { createNativeOpener } from "./native-opener.ts";
import { openProjected } from "./open-projected.ts";
import { gatewayTokenKey } from "./open-native-gateway.ts";
import { openSecrets } from "./secrets.ts";
import { serveArm } from "./serve-arm.ts";
import { deleteOfDeletedSubscriptions, serveBehindArm } from "./serve-behind-arm.ts";
import { systemClock } from "./system-clock.ts";
import { createSystemRng } from "./system-rng.ts";

/** On one machine asking is cheap, a start waits for the first answer, and trouble that heals itself is over in seconds. */
const OBSERVE_EVERY_MS = 1_000;
/** The socket's directory is bound there in every local host (substrate-local/sandbox). */
const GATEWAY_URL_IN_HOST = "unix:/run/cynosure-gateway/gateway.sock";
/** Only for changes whose plan could not be made when their turn came. */
const SWEEP_EVERY_MS = 15_000;
/** A round only looks for groups that are being deleted; whoever waits for one polls each second. */
const DELETE_GROUPS_EVERY_MS = 2_000;
/** Requests are logged: without a bound a busy control plane fills the disk in months. */
const BOUND_LOGS_EVERY_MS = 10_000;
const HOSTS_STOP_MS_MAX = 20_000;
/** Held while the schemas of store and workflow engine are made: two first starts at once would collide. */
const SCHEMA_LOCK = 7_306_483;
const SCHEMA_LOCK_AGAIN_MS = 50;
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
  /** The process cannot go on and must exit; its hosts do go on. */
  readonly onGivenUp: (reason: Error) => void;
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
  const processName = `cp-${randomUUID()}`;
  const stranger = otherControlPlanes(installation).find((other) => other.rung !== config.rung);
  if (stranger !== undefined) throw new ConfigError(`the control plane with pid ${stranger.pid} serves ${installation.homeDir} on rung ${stranger.rung}; start this one with --rung ${stranger.rung}`);

  onPhase("starting PostgreSQL");
  const database = await openDatabase({ databaseUrl: config.databaseUrl, installation, clock, log, onGivenUp: options.onGivenUp });
  closers.add("database", () => database.stop());
  const pool = openPool(database.url, { applicationName: sessionNameOf(processName), connectionsMax: CONNECTIONS_MAX, onError: (error) => logError("database connection", error) });
  closers.add("pool", () => pool.end());
  let leader: Leader | null = null;
  let records: RecordKeeper | null = null;
  closers.add("lead", async () => {
    if (leader?.isLeading() === true) records?.stopLeading();
    await leader?.release();
  });
  const isLeading = (): boolean => leader?.isLeading() === true;
  const adapters = await createAdapters({ config, installation, projectDir: options.projectDir, clock, rng, logError });
  closers.add("adapters", () => adapters.close());
  const liveClients = createLiveClients({ nodeBinary: process.execPath, commandForNfs: (args) => nodeInImage({ installation, projectDir: options.projectDir, rung: config.rung }, args), installationId: installation.id, clock, newId: randomUUID });
  closers.add("live clients", () => liveClients.close());
  const substrates: Partial<Record<SubstrateName, Substrate>> = {};
  for (const each of Object.values(adapters.substrates)) substrates[each.name] = throughLeader(each, leaderSocketPath(installation), isLeading);

  const enqueuer = await withSchemaLock(pool, () => createStepEnqueuer({ pool, databaseUrl: database.url, log: workflowLog }));
  closers.add("enqueuer", () => enqueuer.close());
  // The providers need the store and the store's hook needs the providers: the hook runs long after both exist.
  let onPlanFinished: NonNullable<Parameters<typeof openStore>[0]["onPlanFinished"]> = () => Promise.resolve();
  const store: Store = await openStore({ pool, masterKey: secrets.masterKey, queueStatements: enqueuer.queueStatements, onPlanFinished: (tx, cluster) => onPlanFinished(tx, cluster), onHookError: (error) => logError("planning of queued changes", error) });
  closers.add("store", () => store.close());
  const access = { store, clock, engines: adapters.engines };
  const native = createNativeOpener(access, log);
  closers.add("engines' own APIs", () => native.close());
  const newId = (): string => randomUUID();
  const projected = openProjected({ store, native, engines: Object.values(adapters.engines).map(({ name }) => name), urlTargets: config.urlTargets, clock, newId });
  const frontDoor = createFrontDoor({
    store,
    clock,
    newId,
    config: {
      tenantId: BUILT_IN.tenantId,
      subscriptionId: BUILT_IN.subscriptionId,
      subscriptionName: BUILT_IN.subscriptionName,
      installationId: installation.id,
      locations: [{ name: BUILT_IN.location, displayName: BUILT_IN.locationDisplayName }],
      projectedTypes: projected.typePaths,
    },
  });
  const roles = createAccess({ store, clock, tenantId: BUILT_IN.tenantId, ownerIds: [secrets.client.clientId], onError: (error) => logError("reading roles", error) });
  roles.watch();
  closers.add("roles", () => roles.close());
  const providers = createResourceProviders({
    store,
    parents: config.behindArm === null ? frontDoor.parents : armParents,
    engines: Object.fromEntries(Object.values(adapters.engines).map((engine) => [engine.name, { planner: engine.planner, isSimulated: engine.isSimulated, isEmulated: engine.isEmulated, versions: adapters.engineVersions[engine.name] ?? [] }])),
    substrates: adapters.substrates,
    clock,
    rng,
    newId,
    config: {
      installationId: installation.id,
      locations: [{ name: BUILT_IN.location, displayName: BUILT_IN.locationDisplayName, substrates: [adapters.defaults.substrate], defaultEngine: adapters.defaults.engine }],
    },
    readCredentials: (cluster) => withEngine(access, cluster, undefined, (engine, call) => engine.readCredentials(call)),
    liveClients: liveClientsOfLeader(liveClients, leaderSocketPath(installation), isLeading),
    examineMachine: async () => (await examineMachine({ installation, imageName: IMAGE_NAME, supportedRungs: SUPPORTED_RUNGS, isRunning: true })).findings,
    runBenchmark: (cluster, seconds) => withEngine(access, cluster, undefined, (engine, call) => engine.benchmark(call, seconds)),
    readNativeOperation: (id) => projected.readOperation(id),
    engineOperations: projected.operations,
  });
  onPlanFinished = providers.planNextQueued;
  frontDoor.connect({ ...providers.handlers, validateMove: ({ source, ...body }) => providers.refuseMove({ ...source, body }) });

  const gateway = createAgentGateway({
    store,
    pkiDir: installation.pkiDir,
    socketPath: join(installation.gatewaySocketDir, "gateway.sock"),
    clock,
    logger: { info: () => {}, warn: (message, fields) => log("gateway", { message, ...fields }) },
  });
  leader = await standForLeader({ installation, store, gateway, adapters, liveClients, clock, log, logError, onPhase, onLeading: () => records?.lead() });
  closers.add("duties of the leader", async () => leader?.stopDuties());

  onPhase("starting the executor");
  const keeper = await keepExecutor({
    processName,
    clock,
    log,
    onStuck: options.onGivenUp,
    launch: async (executorId, onLeaseLost) => {
      let isLeaseHeld = true;
      const { runStep } = createExecutor({
        store: fenceStore(store, () => isLeaseHeld),
        clock,
        substrates,
        engines: adapters.engines,
        gatewayBoot: () => ({ caPem: gateway.authority.caPem, gatewayUrl: GATEWAY_URL_IN_HOST }),
        log: workflowLog,
        planWaiting: (operation) => providers.planWaiting(operation),
      });
      const onLost = (reason: Error): void => {
        isLeaseHeld = false;
        onLeaseLost(reason);
      };
      return withSchemaLock(pool, () => launchWorkflows({ pool, databaseUrl: database.url, store, enqueueStep: enqueuer.enqueueStep, runStep, executorId, onLeaseLost: onLost, onPeerSilent: (peer) => endSilentLeader(installation, peer, log), log: workflowLog }));
    },
  });
  closers.add("executor", () => keeper.close());
  const sealing = sealAudit({ installation, store, clock });
  leader.watch([
    { name: "bound logs", everyMs: BOUND_LOGS_EVERY_MS, run: async () => boundLogs(installation.logsDir) },
    { ...observeClusters({ ...access, substrates: adapters.substrates, createEngineCall, logError }), everyMs: OBSERVE_EVERY_MS },
    observeMetrics({ ...access, substrates: adapters.substrates, createEngineCall, logError }),
    keepHostsOn({ store, clock, substrates: adapters.substrates, logError, onStarted: (cluster, host) => log("host was off unasked and was started again", { cluster, host: host.hostId }) }),
    sealing.task,
    { name: "delete groups", everyMs: DELETE_GROUPS_EVERY_MS, run: () => frontDoor.sweepGroups() },
    { name: "plan queued changes", everyMs: SWEEP_EVERY_MS, run: async () => sweepClusters(store, (cluster) => providers.sweepQueued(cluster)) },
    ...(config.behindArm === null ? [] : [deleteOfDeletedSubscriptions(providers, config.behindArm, log)]),
  ]);

  if (config.behindArm === null) await frontDoor.ensureResourceGroup(BUILT_IN.resourceGroup, BUILT_IN.location);
  const { behindArm } = config;
  // Where ARM calls is fixed; a port that is taken is an error there and no reason to move.
  const { port, isMoved } = behindArm !== null && behindArm.listen.port !== 0 ? { port: behindArm.listen.port, isMoved: false } : await choosePort(config.port ?? readRecordedPort(installation));
  if (isMoved) log("port moved", { port, reason: "another program has the port of the last run" });
  const caPath = join(installation.pkiDir, "ca.pem");
  writeWhole(caPath, gateway.authority.caPem);
  const arm =
    behindArm === null
      ? await serveArm({ port, portalDir: join(options.projectDir, "apps", "portal", "dist"), installation, authority: gateway.authority, store, providers, frontDoor, access: roles, client: secrets.client, native, projected, gatewayTokenKey: gatewayTokenKey(secrets.masterKey), trustedIssuers: config.trustedIssuers, clock, log })
      : await serveBehindArm({ behindArm, port, authority: gateway.authority, providers, projected, clock, log });
  closers.add("ARM endpoint", () => arm.close());
  const kept = (records = announce({ installation, processName, url: arm.baseUrl, port, caPath, rung: config.rung }));
  closers.add("record", async () => kept.withdraw());
  if (leader.isLeading()) kept.lead();
  return {
    record: kept.record,
    async close(hosts) {
      // Order: no new requests, no running steps, nobody who misses a host; then hosts while the gateway still hears their agents; then the rest.
      kept.withdraw();
      await arm.close();
      await keeper.close();
      await leader.stopWatching();
      if (isLeading()) await sealing.finish().catch((error: unknown) => logError("sealing the audit log", error));
      // Whoever goes on serving keeps the hosts.
      if (hosts === "stop" && isLeading() && kept.others().length === 0) await adapters.shutDownHosts(HOSTS_STOP_MS_MAX).catch((error: unknown) => logError("stopping hosts", error));
      await closers.closeAll();
    },
  };
}

/** A leader that stands still holds the gateway's socket and the relays' ports: only its end frees them. */
function endSilentLeader(installation: Installation, executorId: string, log: Log): void {
  const silent = otherControlPlanes(installation).find((other) => executorId.startsWith(`${other.processName}.`));
  const identity = silent === undefined ? null : processOfRecord(silent);
  if (silent === undefined || identity === null || readLeader(installation) !== silent.processName) return;
  signalProcess(identity, "SIGKILL");
  log("ended the leader, which stood still", { pid: identity.pid, executorId });
}

async function withSchemaLock<T>(pool: ReturnType<typeof openPool>, work: () => Promise<T>): Promise<T> {
  const holder = await pool.connect();
  try {
    // Asked again and again: a statement that waits has a snapshot, and the indexes the holder makes concurrently wait for every snapshot.
    while ((await holder.query<{ locked: boolean }>("select pg_try_advisory_lock($1) as locked", [SCHEMA_LOCK])).rows[0]?.locked !== true) await systemClock.sleep(SCHEMA_LOCK_AGAIN_MS);
    return await work();
  } finally {
    await holder.query("select pg_advisory_unlock($1)", [SCHEMA_LOCK]).then(() => holder.release(), () => holder.release(true));
  }
}
