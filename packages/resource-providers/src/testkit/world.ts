// A world for tests of this room: providers over a real store, a tiny engine, one substrate with one size,
// and an executor's hand to finish or fail the running plan.
import type { OperationTypes, OperationId as ContractOperation } from "@cynosure/contract";
import type { RequestContext, WriteCondition } from "@cynosure/arm-protocol";
import { clusterKey, hostId, installationId, operationId } from "@cynosure/model";
import type { Clock, ClusterKey, HostSizeOffer, LiveReport, Operation } from "@cynosure/model";
import { anOffer, testRng, tinyEngine } from "@cynosure/planner/testkit";
import { openTestStore } from "@cynosure/resource-store/testkit";
import type { TestStore } from "@cynosure/resource-store/testkit";
import { PLANNING, plannedOperation } from "@cynosure/resource-store";
import type { StoreOptions } from "@cynosure/resource-store";
import { createAccess } from "@cynosure/access";
import { nativeHandlers } from "@cynosure/projected-routes";
import { fakeNativeApis, fakeProjectedTypes } from "@cynosure/projected-routes/testkit";
import { createFrontDoor } from "@cynosure/front-door";
import type { FrontDoor } from "@cynosure/front-door";
import { servicePrincipalHandlers } from "@cynosure/identity";
import { gatewayUserHandlers } from "@cynosure/native-gateway";
import type { OurHandlers } from "@cynosure/arm-store";
import { createResourceProviders } from "../resource-providers.ts";
import type { ResourceProviders } from "../resource-providers.ts";
import type { ResourceProvidersOptions } from "../options.ts";
import { createLocalHosts } from "./local-hosts.ts";
import type { LocalHosts } from "./local-hosts.ts";

export const SUBSCRIPTION = "00000000-0000-4000-8000-000000000001";
export const TENANT = "00000000-0000-4000-8000-0000000000aa";
/** Holds every right, whatever roles there are. */
export const OWNER = "0f0e0d0c-0000-4000-8000-000000000001";
export const GROUP: { readonly subscriptionId: string; readonly resourceGroupName: string } = { subscriptionId: SUBSCRIPTION, resourceGroupName: "quickstart" };
export const CLUSTER = { ...GROUP, clusterName: "meadow" } as const;
export const clusterKeyIn = (params: typeof GROUP & { clusterName: string }): ClusterKey => clusterKey(`/subscriptions/${params.subscriptionId}/resourceGroups/${params.resourceGroupName}/providers/Cynosure.Storage/clusters/${params.clusterName}`);

export const clusterBody = (change: { count?: number; size?: string; hostFailures?: number; tags?: Record<string, string>; substrate?: "simulated" | "local"; engine?: "simulated" | "ceph" } = {}) => ({
  location: "local",
  ...(change.tags === undefined ? {} : { tags: change.tags }),
  properties: { engine: change.engine ?? ("simulated" as const), substrate: change.substrate ?? ("simulated" as const), hosts: { size: change.size ?? "local-small", count: change.count ?? 3 }, protection: { hostFailures: change.hostFailures ?? 1 } },
});
export const fileSystemBody = (usableCapacityGB = 8, hostFailures = 1) => ({ properties: { usableCapacityGB, protocols: ["nfs" as const], protection: { hostFailures } } });
export const bucketBody = (hostFailures = 1) => ({ properties: { protection: { hostFailures } } });
export const snapshotBody = (fileSystem = "home") => ({ properties: { fileSystem } });
export const quotaBody = (path = "/projects", hardLimitBytes = 1_000_000_000, fileSystem = "home") => ({ properties: { fileSystem, path, hardLimitBytes } });

/** A delivered cluster on the local substrate, its hosts on record as an executor would leave them. */
export async function deliverLocal(world: World, params: typeof GROUP & { clusterName: string }): Promise<void> {
  await world.call("Clusters_CreateOrUpdate", params, clusterBody({ substrate: "local" }));
  const key = clusterKeyIn(params);
  await world.options.store.observations.putEndpoints(key, [{ name: "s3-1", protocol: "s3", hostId: hostId("host-1"), address: "127.0.0.1", port: 1 }]);
  for (const host of world.localHosts.add(key, 3)) await world.options.store.hosts.putHost(key, host);
  await world.finishPlan(key);
}

export interface World {
  readonly providers: ResourceProviders;
  readonly frontDoor: FrontDoor;
  /** Of both, as a listener serves them. */
  readonly handlers: OurHandlers;
  /** As `call`, and what was written is not planned before `planQueued`. */
  readonly record: World["call"];
  planQueued(): Promise<void>;
  readonly options: ResourceProvidersOptions;
  readonly testStore: TestStore;
  readonly clock: Clock & { nowMs: number };
  readonly hookErrors: readonly unknown[];
  readonly localHosts: LocalHosts;
  call<Id extends ContractOperation>(id: Id, params: OperationTypes[Id]["params"], body?: unknown, more?: { condition?: WriteCondition; query?: Record<string, string> }): Promise<OperationTypes[Id]["result"]>;
  /** The front door's generic list. */
  listed(filter: string): Promise<readonly { readonly name: string }[]>;
  /** Completes every step of the cluster's running plan, as an executor would. */
  finishPlan(cluster?: ClusterKey): Promise<void>;
  failPlan(cluster?: ClusterKey): Promise<void>;
  operation(reference: { readonly operationId: string } | undefined): Promise<Operation>;
  /** What any refused request must leave as it was. */
  snapshot(): Promise<unknown>;
  close(): Promise<void>;
}

const noReport: LiveReport = { isRunning: false, protocol: null, startedAtMs: null, samples: [], bytesWritten: 0, bytesRead: 0, objectsVerified: 0, corruptObjects: 0, longestStallMs: 0, lastError: null };

const context = (condition: WriteCondition): RequestContext => ({
  principal: { id: "p1", type: "User", displayName: "ada", tenantId: "t" },
  requestId: crypto.randomUUID(),
  correlationId: crypto.randomUUID(),
  apiVersion: "2026-12-01",
  condition,
  baseUrl: "https://127.0.0.1:8443",
});

/** `queueStatements` puts ready steps into a real queue; without it they are only remembered. */
export async function openWorld(change: Partial<ResourceProvidersOptions> = {}, store: Pick<StoreOptions, "queueStatements"> | null = null): Promise<World> {
  const clock = { nowMs: Date.parse("2026-12-01T00:00:00Z"), now: () => clock.nowMs, sleep: () => Promise.resolve() };
  const hookErrors: unknown[] = [];
  const late: { providers?: ResourceProviders } = {};
  const testStore = await openTestStore({
    nowMs: () => clock.nowMs,
    onPlanFinished: async (tx, cluster) => late.providers?.planNextQueued(tx, cluster),
    onHookError: (error) => hookErrors.push(error),
    ...store,
  });
  const offers: readonly HostSizeOffer[] = [anOffer];
  const localHosts = createLocalHosts();
  const installation = installationId("0badcafe");
  const newId = (): string => crypto.randomUUID();
  const frontDoor = createFrontDoor({
    store: testStore.store,
    clock: change.clock ?? clock,
    newId,
    config: { tenantId: TENANT, subscriptionId: SUBSCRIPTION, subscriptionName: "Built-in", installationId: installation, locations: [{ name: "local", displayName: "Local" }], projectedTypes: () => ["clusters/cephPool", "clusters/cephRbdMirroringPool/peer"] },
  });
  const options: ResourceProvidersOptions = {
    store: testStore.store,
    parents: frontDoor.parents,
    // The second only so that there is a cluster whose engine has an API of its own.
    engines: { simulated: { planner: tinyEngine, isSimulated: true, versions: ["2.0", "1.0"] }, ceph: { planner: tinyEngine, isSimulated: true, versions: ["18.2"] } },
    substrates: { simulated: { ...localHosts.substrate, isSimulated: true, describeOffers: () => Promise.resolve(offers) }, local: { ...localHosts.substrate, describeOffers: () => Promise.resolve(offers) } },
    clock,
    rng: testRng("world"),
    newId,
    config: {
      installationId: installation,
      locations: [{ name: "local", displayName: "Local", substrates: ["simulated", "local"], defaultEngine: "simulated" }],
    },
    readCredentials: () => Promise.resolve({ s3: { accessKeyId: "AK", secretAccessKey: "SK" } }),
    liveClients: { start: (_cluster, { protocol }) => Promise.resolve({ ...noReport, isRunning: true, protocol, startedAtMs: 0 }), stop: () => Promise.resolve(noReport), read: () => Promise.resolve(noReport) },
    examineMachine: () => Promise.resolve([{ id: "node-version", severity: "ok", message: "Node 24", remedy: null }]),
    runBenchmark: (_cluster, seconds) => Promise.resolve({ readMBps: 1, writeMBps: 2, seconds, path: "model" }),
    ...change,
  };
  const bare = createResourceProviders(options);
  const planQueued = plannerOf(testStore, bare);
  const providers: ResourceProviders = { ...bare, handlers: plannedAtOnce(bare.handlers, planQueued) };
  late.providers = providers;
  frontDoor.connect(providers.handlers);
  await frontDoor.ensureResourceGroup(GROUP.resourceGroupName, "local");
  const access = createAccess({ store: testStore.store, clock: change.clock ?? clock, tenantId: TENANT, ownerIds: [OWNER], onError: (error) => hookErrors.push(error) });
  const native = nativeHandlers({
    projected: fakeProjectedTypes(),
    native: fakeNativeApis("ceph"),
    store: testStore.store,
    requireGroup: (id) => options.parents.requireGroup(id),
    authorize: () => Promise.resolve({ allowed: true }),
    locations: ["local"],
    nowMs: () => clock.nowMs,
  });
  const handlers: OurHandlers = { ...native, ...frontDoor.handlers, ...access.handlers, ...servicePrincipalHandlers({ store: testStore.store, clock: change.clock ?? clock, newId, tenantId: TENANT }), ...providers.handlers, ...gatewayUserHandlers({ store: testStore.store, clock: change.clock ?? clock }) };
  const record = callerOf({ ...handlers, ...bare.handlers });
  return { providers, frontDoor, handlers, record, planQueued, options, testStore, clock, hookErrors, localHosts, listed: (filter) => listThrough(frontDoor, filter), call: callerOf(handlers), ...hands(testStore) };
}

/** Takes what is queued to be planned, in order; whoever asks has to wait for what was queued before. */
function plannerOf({ enqueued }: TestStore, providers: ResourceProviders): () => Promise<void> {
  let taken = 0;
  let last: Promise<void> = Promise.resolve();
  const take = async (): Promise<void> => {
    for (; taken < enqueued.length; taken += 1) {
      const work = enqueued[taken];
      if (work?.stepId === PLANNING) await providers.planWaiting(plannedOperation(work.planId));
    }
  };
  return () => (last = last.then(take));
}

/** As if whoever works on the queue were faster than the answer, so that tests find the plan of what they wrote. */
function plannedAtOnce<H extends Record<keyof H, unknown>>(handlers: H, planQueued: () => Promise<void>): H {
  const wrapped = Object.entries(handlers).map(([id, handler]) => {
    const answer = handler as (request: unknown) => Promise<unknown>; // each takes its own request; it is passed on as it came
    const answerPlanned = async (request: unknown): Promise<unknown> => {
      const answered = await answer(request);
      await planQueued();
      return answered;
    };
    return [id, answerPlanned];
  });
  return Object.fromEntries(wrapped) as H; // the same names with the same requests and answers
}

async function listThrough(frontDoor: FrontDoor, filter: string): Promise<readonly { readonly name: string }[]> {
  const route = frontDoor.routes.find(({ path }) => path === "/subscriptions/{subscriptionId}/resources");
  if (route === undefined) throw new Error("the front door has no generic list");
  const { baseUrl, ...about } = context({ kind: "none" });
  const { requestId, correlationId, principal, condition, apiVersion } = about;
  const correlation = { correlationId, clientRequestId: null, returnsClientRequestId: false };
  const answer = await route.answer({ method: "GET", params: { subscriptionId: SUBSCRIPTION }, query: { $filter: filter }, headers: {}, body: undefined, apiVersion, principal, condition, correlation, requestId, requestUrl: baseUrl, baseUrl });
  return (answer.body as { value: readonly { name: string }[] }).value; // the list's own shape
}

function callerOf(handlers: OurHandlers): World["call"] {
  return async (id, params, body, more = {}) => {
    // Tests also send what the contract forbids by type.
    const handler = handlers[id] as unknown as (request: unknown) => Promise<never>;
    return handler({ params, query: more.query ?? {}, body, context: context(more.condition ?? { kind: "none" }) });
  };
}

function hands(testStore: TestStore): Pick<World, "finishPlan" | "failPlan" | "operation" | "snapshot" | "close"> {
  const { store, pool } = testStore;
  const running = async (cluster: ClusterKey) => {
    const target = await store.plans.target(cluster);
    if (target?.status !== "Running") throw new Error(`no plan of ${cluster} runs`);
    return target.plan;
  };
  return {
    finishPlan: async (cluster = clusterKeyIn(CLUSTER)) => {
      const plan = await running(cluster);
      const left = new Map(plan.steps.map((step) => [step.id, step]));
      while (left.size > 0) {
        const ready = [...left.values()].filter((step) => step.dependsOn.every((id) => !left.has(id)));
        for (const step of ready) {
          await store.steps.begin(plan.id, step.id);
          await store.steps.complete(plan.id, step.id);
          left.delete(step.id);
        }
      }
    },
    failPlan: async (cluster = clusterKeyIn(CLUSTER)) => {
      const plan = await running(cluster);
      const first = plan.steps.find((step) => step.dependsOn.length === 0);
      if (first === undefined) throw new Error("the plan has no steps");
      await store.steps.begin(plan.id, first.id);
      await store.steps.fail(plan.id, first.id, { code: "HostUnreachable", message: "host-1 did not answer: check its power." });
    },
    operation: async (reference) => {
      const found = await store.operations.get(operationId(reference?.operationId ?? ""));
      if (found === null) throw new Error("no such operation");
      return found;
    },
    snapshot: async () => {
      const tables = ["resources", "operations", "plans", "plan_steps", "audit"];
      const rows = await Promise.all(tables.map((table) => pool.query(`select count(*)::int as count, md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as digest from cynosure.${table} t`)));
      return rows.map((result) => result.rows[0] as unknown);
    },
    close: () => testStore.close(),
  };
}
