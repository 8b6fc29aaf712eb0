// Inventory over a real store: what is read, what is asked, what is recorded, and who waits for whom.
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { resourceKey, type Clock, type ClusterKey, type EngineHealth, type EngineMetrics, type HostId, type SubstrateHost } from "@cynosure/model";
import type { EngineCall, StorageEngine } from "@cynosure/engine";
import { aPlan, anOperation, aResource, openTestStore, testCluster, type TestStore } from "@cynosure/resource-store/testkit";
import { createSeededRng, createSimulatedClock, createSimulatedEngine, createSimulatedSubstrate, createSimulatedWorld } from "@cynosure/simulated";
import { collectInventory, keepHostsOn, observeClusters, observeMetrics, readInventory, withStaleness, type InventorySources } from "./index.ts";
import { withHostChecks } from "./host-checks.ts";
import { startPauses } from "./keep-hosts-on.ts";

const realClock: Clock = { now: () => Date.now(), sleep: (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal }) };
/** An engine that warns does not call itself well. */
const health = (observedAtMs: number, status = "HEALTH_OK"): EngineHealth => ({ status, ok: status === "HEALTH_OK", checks: [], observedAtMs });

let opened: TestStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

const host = (k: number): SubstrateHost => ({ hostId: `host-${k}` as HostId, index: k - 1, address: `10.88.0.${9 + k}`, size: "local-small", failureDomain: `host-${k}`, power: "on", diskPaths: [], diskSizeBytes: 0 }); // test id

/** A cluster with a finished target plan and two hosts on record. */
async function aCluster(name: string): Promise<ClusterKey> {
  const { store } = opened;
  const { key } = testCluster(name);
  const plan = aPlan(`plan-${name}`, key, { only: [] });
  await store.transaction(async (tx) => {
    await store.lockCluster(key, tx);
    await store.resources.put({ ...aResource(name), provisioningState: "Succeeded" }, { kind: "none" }, tx);
    await store.operations.insert(anOperation(`operation-${name}`, key, { resourceKey: resourceKey(key) }), tx);
    await store.plans.start(plan, { steps: [] }, anOperation(`operation-${name}`, key).id, tx);
  });
  for (const step of plan.steps) {
    await store.steps.begin(plan.id, step.id);
    await store.steps.complete(plan.id, step.id);
  }
  for (const each of [host(1), host(2)]) await store.hosts.putHost(key, each);
  return key;
}

/** Adapters that answer as told, per cluster. */
function sources(answers: { health?: (cluster: ClusterKey, signal: AbortSignal | undefined) => Promise<EngineHealth | null>; hosts?: (cluster: ClusterKey) => Promise<readonly SubstrateHost[]> }): InventorySources {
  const world = createSimulatedWorld({ clock: createSimulatedClock(), rng: createSeededRng("inventory") });
  const engine: StorageEngine = { ...createSimulatedEngine({ world }), observeHealth: (call) => answers.health?.(call.clusterKey, call.signal) ?? Promise.resolve(null) };
  return {
    store: opened.store,
    clock: realClock,
    substrates: { simulated: { ...createSimulatedSubstrate({ world }), observe: (cluster) => answers.hosts?.(cluster) ?? Promise.resolve([host(1), host(2)]) } },
    engines: { simulated: engine },
    createEngineCall: async ({ plan, epoch, signal }) => ({ clusterKey: plan.clusterKey, generation: plan.generation, executorEpoch: epoch, policy: plan.policy, layout: plan.layout, addresses: {}, ...(signal === undefined ? {} : { signal }) }) as EngineCall, // neither channel nor vault is used here
  };
}

const round = (from: InventorySources, errors: string[] = []): Promise<void> => observeClusters({ ...from, logError: (what) => void errors.push(what) }).run(new AbortController().signal);

describe("reading the inventory", () => {
  it("takes hosts, reports, generations, health and endpoints from the store alone, inside a transaction", async () => {
    const { store } = opened;
    const key = await aCluster("Reading");
    await store.hosts.markJoined(key, host(1).hostId, "sha");
    await store.observations.putHealth(key, health(1_000));
    const inventory = await store.transaction((tx) => readInventory(store, tx, key));
    expect(inventory).toMatchObject({ clusterKey: key, health: { status: "HEALTH_OK" }, hosts: [{ hostId: "host-1", joined: true, publishedGeneration: 0, report: null }, { hostId: "host-2", joined: false }], gaps: ["host-1 joined but has not reported yet"] });
    expect((await readInventory(store, undefined, key, 60_000)).health).toMatchObject({ ok: false, status: "HEALTH_OK (stale)" });
  });
  it("of an unknown cluster is empty", async () => {
    expect(await readInventory(opened.store, undefined, testCluster("Nobody").key)).toMatchObject({ hosts: [], endpoints: [], health: null, gaps: [], collectedAtMs: 0 });
  });
});

describe("collecting the inventory", () => {
  it("puts the adapters' own word on top of the record, and names what is missing", async () => {
    const key = await aCluster("Collecting");
    const inventory = await collectInventory(sources({ health: async () => health(Date.now()), hosts: async () => [{ ...host(1), power: "off" }, host(3)] }), key);
    expect(inventory.hosts.map((each) => [each.hostId, each.power, each.joined])).toEqual([["host-1", "off", false], ["host-2", "off", false], ["host-3", "on", false]]);
    expect(inventory.gaps).toEqual(["host-2 is on record but its substrate does not see it"]);
  });
  it("is partial when adapters fail: power unknown, health as last heard, the reason among the gaps", async () => {
    const key = await aCluster("Partial");
    await opened.store.observations.putHealth(key, health(Date.now()));
    const broken = sources({ health: () => Promise.reject(new Error("no route")), hosts: () => Promise.reject(new Error("throttled")) });
    const inventory = await collectInventory(broken, key);
    expect(inventory.hosts.map((each) => each.power)).toEqual(["unknown", "unknown"]);
    expect(inventory.health).toMatchObject({ status: "HEALTH_OK", ok: true });
    expect(inventory.gaps).toEqual(["hosts: throttled", "health: no route"]);
  });
});

describe("observing clusters", () => {
  it("records health and what changed of hosts", async () => {
    const key = await aCluster("Observed");
    await round(sources({ health: async () => health(Date.now(), "HEALTH_WARN"), hosts: async (cluster) => (cluster === key ? [host(1), { ...host(2), power: "off" }] : [host(1), host(2)]) }));
    expect(await opened.store.observations.readHealth(key)).toMatchObject({ status: "HEALTH_WARN" });
    expect((await opened.store.hosts.listHosts(key)).map((each) => each.host.power)).toEqual(["on", "off"]);
  });

  it("leaves the others undisturbed by a cluster that does not answer", async () => {
    const [slow, quick] = [await aCluster("Slow"), await aCluster("Quick")];
    const stop = new AbortController();
    const asked: ClusterKey[] = [];
    const from = sources({
      health: (cluster) => {
        asked.push(cluster);
        return cluster === slow ? new Promise(() => undefined) : Promise.resolve(health(Date.now()));
      },
    });
    const task = observeClusters({ ...from, logError: () => undefined });
    const first = task.run(stop.signal);
    await vi.waitFor(async () => expect(await opened.store.observations.readHealth(quick)).not.toBeNull(), { timeout: 10_000 });
    await first;
    const askedBefore = asked.filter((cluster) => cluster === quick).length;
    await task.run(stop.signal);
    expect(asked.filter((cluster) => cluster === quick).length).toBe(askedBefore + 1);
    expect(asked.filter((cluster) => cluster === slow)).toHaveLength(1);
    stop.abort(new Error("test over"));
  });

  it("marks what was not heard for too long, once, and keeps when it was heard", async () => {
    const key = await aCluster("Silent");
    const heardAtMs = Date.now() - 60_000;
    await opened.store.observations.putHealth(key, health(heardAtMs));
    await round(sources({ health: async () => null }));
    const marked = await opened.store.observations.readHealth(key);
    expect(marked).toMatchObject({ ok: false, status: "HEALTH_OK (stale)", observedAtMs: heardAtMs, checks: [{ code: "CYNOSURE_HEALTH_STALE" }] });
    expect(withStaleness(marked, Date.now())?.checks).toHaveLength(1);
  });

  it("reports an engine that fails and goes on, and declares what it reads and writes", async () => {
    const key = await aCluster("Failing");
    const errors: string[] = [];
    await round(sources({ health: (cluster) => (cluster === key ? Promise.reject(new Error("broken pipe")) : Promise.resolve(null)) }), errors);
    expect(errors).toEqual([`observing ${key}: broken pipe`]);
    const task = observeClusters({ ...sources({}), logError: () => undefined });
    expect({ name: task.name, reads: task.reads.length > 0, writes: task.writes }).toEqual({ name: "observe clusters", reads: true, writes: ["observations.health", "hosts.power"] });
  });
});

describe("health of a settled cluster", () => {
  const report = (state: "running" | "starting") => ({ clusterKey: "" as ClusterKey, hostId: host(1).hostId, observedGeneration: 1, executorEpoch: 1, state: "converged" as const, daemons: [{ id: "nfs.host-1", kind: "nfs", state, restarts: 1, ...(state === "running" ? {} : { error: "nfs.host-1 was ended by SIGKILL" }) }], agent: { version: "1", pid: 1, startedAtMs: 1, uptimeSeconds: 1 } as never }); // the agent's own part is not read here
  const seen = (changes: Partial<Parameters<typeof withHostChecks>[1][number]>) => [{ host: host(1), report: report("running"), reportedAtMs: 100_000, ...changes }];

  it("is the engine's own word while hosts are on, agents are heard and daemons run", () => {
    expect(withHostChecks(health(1), seen({}), 110_000)).toEqual(health(1));
    expect(withHostChecks(health(1), seen({ report: null, reportedAtMs: null }), 999_000)).toEqual(health(1));
  });
  it("names the daemon that does not run, the host that is off, the agent that is silent", () => {
    expect(withHostChecks(health(1), seen({ report: report("starting") }), 101_000)).toMatchObject({ status: "HEALTH_OK (incomplete)", ok: false, checks: [{ code: "CYNOSURE_DAEMON_DOWN", summary: "nfs.host-1 on host-1 is starting: nfs.host-1 was ended by SIGKILL" }] });
    expect(withHostChecks(health(1), seen({ host: { ...host(1), power: "off" } }), 101_000)).toMatchObject({ ok: false, checks: [{ code: "CYNOSURE_HOST_OFF" }] });
    expect(withHostChecks({ ...health(1, "HEALTH_WARN"), ok: false }, seen({}), 140_000)).toMatchObject({ status: "HEALTH_WARN", ok: false, checks: [{ code: "CYNOSURE_HOST_SILENT", summary: "the agent of host-1 was not heard for 40 s" }] });
  });
});

describe("keeping hosts on", () => {
  it("starts what is off though nobody asked, again after a pause each time, and leaves what was asked to be off", async () => {
    const key = await aCluster("Powerless");
    const clock = createSimulatedClock();
    const asked: string[] = [];
    const from = sources({ hosts: async (cluster) => (cluster === key ? [{ ...host(1), power: "off", wantedPower: "on" }, { ...host(2), power: "off", wantedPower: "off" }, { ...host(3), power: "off" }] : []) });
    const simulated = from.substrates.simulated;
    if (simulated === undefined) throw new Error("no substrate");
    const task = keepHostsOn({
      ...from,
      clock: { now: () => clock.now(), sleep: realClock.sleep },
      substrates: { simulated: { ...simulated, power: async (_call, hostId, action) => (asked.push(`${hostId} ${action}`), { kind: "done", value: undefined }) } },
      logError: () => undefined,
      onStarted: () => undefined,
    });
    const look = (): Promise<void> => task.run(new AbortController().signal);
    await look();
    await look();
    expect(asked).toEqual(["host-1 on"]);
    await clock.advance(startPauses.firstMs);
    await look();
    await clock.advance(startPauses.firstMs);
    await look();
    expect(asked).toHaveLength(2);
    await clock.advance(startPauses.firstMs);
    await look();
    expect(asked).toHaveLength(3);
  });

  it("leaves hosts alone while a plan runs", async () => {
    const { store } = opened;
    const { key } = testCluster("Planning");
    const plan = aPlan("plan-Planning", key, { only: [] });
    await store.transaction(async (tx) => {
      await store.lockCluster(key, tx);
      await store.resources.put({ ...aResource("Planning"), provisioningState: "Accepted" }, { kind: "none" }, tx);
      await store.operations.insert(anOperation("operation-Planning", key, { resourceKey: resourceKey(key) }), tx);
      await store.plans.start(plan, { steps: [] }, anOperation("operation-Planning", key).id, tx);
    });
    expect((await store.plans.target(key))?.status).toBe("Running");
    const asked: string[] = [];
    const from = sources({ hosts: async (cluster) => (cluster === key ? [{ ...host(1), power: "off", wantedPower: "on" }] : []) });
    const simulated = from.substrates.simulated;
    if (simulated === undefined) throw new Error("no substrate");
    await keepHostsOn({ ...from, substrates: { simulated: { ...simulated, power: async (_call, hostId) => (asked.push(hostId), { kind: "done", value: undefined }) } }, logError: () => undefined, onStarted: () => undefined }).run(new AbortController().signal);
    expect(asked).toEqual([]);
  });
});

describe("observing metrics", () => {
  const metrics = (observedAtMs: number): EngineMetrics => ({ observedAtMs, readMBps: 1, writeMBps: 2, readOps: 3, writeOps: 4, usedBytes: 5, rawBytes: 6, byProtection: [] });
  const measuring = (from: InventorySources, answer: (cluster: ClusterKey) => Promise<EngineMetrics | null>): InventorySources => {
    const { simulated } = from.engines;
    if (simulated === undefined) throw new Error("no engine");
    return { ...from, engines: { simulated: { ...simulated, observeMetrics: (call) => answer(call.clusterKey) } } };
  };

  it("keeps what each engine says; one that fails or is silent leaves a gap and holds up no other", async () => {
    const [well, silent, broken] = [await aCluster("Metrics-well"), await aCluster("Metrics-silent"), await aCluster("Metrics-broken")];
    const errors: string[] = [];
    const answer = async (cluster: ClusterKey): Promise<EngineMetrics | null> => {
      if (cluster === broken) throw new Error("no manager");
      return cluster === well ? metrics(9_000) : null;
    };
    await observeMetrics({ ...measuring(sources({}), answer), logError: (what) => void errors.push(what) }).run(new AbortController().signal);
    expect((await opened.store.metrics.read(well, 0)).samples).toEqual([{ observedAtMs: 9_000, readMBps: 1, writeMBps: 2, readOps: 3, writeOps: 4, usedBytes: 5, rawBytes: 6 }]);
    for (const cluster of [silent, broken]) expect((await opened.store.metrics.read(cluster, 0)).samples).toEqual([]);
    expect(errors).toEqual([`measuring ${broken}: no manager`]);
  });
});
