// Planner, plan checks, simulated substrate, agents and engine together, on simulated time.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { hostId, type Inventory, type LayoutHost, type Plan, type PlanStep } from "@cynosure/model";
import { describeEngine } from "@cynosure/engine/testkit";
import { checkPlan } from "@cynosure/plan-checks";
import { criticalPath, emptyInventory, plan } from "@cynosure/planner";
import { aPolicy, anInput, testRng } from "@cynosure/planner/testkit";
import { createSeededRng, createSimulatedClock, createSimulatedEngine, createSimulatedSubstrate, createSimulatedWorld, runSimulatedAgents, simulatedPlanner, type SimulatedAgents, type SimulatedClock, type SimulatedWorldOptions } from "./index.ts";
import { deliver, engineCall, memoryVault, type Delivery } from "./testkit/deliver.ts";
import { newCluster, type SimulatedEngineState } from "./world-state.ts";
import { createMemoryHosts, type MemoryHosts } from "./testkit/memory-hosts.ts";

const scratch = mkdtempSync(join(tmpdir(), "cynosure-simulated-"));
const running: SimulatedAgents[] = [];
afterEach(async () => {
  for (const agents of running.splice(0)) await agents.stop();
  rmSync(scratch, { recursive: true, force: true });
});

interface Stage extends Omit<Delivery, "plan"> {
  readonly clock: SimulatedClock;
  readonly stop: () => Promise<void>;
}

function stage(options: Partial<SimulatedWorldOptions> = {}, hosts: MemoryHosts = createMemoryHosts(), clock: SimulatedClock = createSimulatedClock()): Stage {
  const world = createSimulatedWorld({ clock, rng: createSeededRng("delivery"), ...options });
  const agents = runSimulatedAgents({ hosts, world });
  running.push(agents);
  return { clock, world, hosts, substrate: createSimulatedSubstrate({ world }), engine: createSimulatedEngine({ world }), stop: () => agents.stop() };
}

const policyOf = (count: number, change: Parameters<typeof aPolicy>[1] = {}): ReturnType<typeof aPolicy> =>
  aPolicy(count, { substrate: "simulated", buckets: [{ name: "results", protection: { hostFailures: 1, scheme: "replication" } }], ...change });

function planned(count: number, change: Parameters<typeof anInput>[1] = {}, policy = policyOf(count)): Plan {
  const result = plan(anInput(policy, { enginePlanner: simulatedPlanner, ...change }));
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  expect(checkPlan(result.plan, change.inventory ?? emptyInventory(policy, 0), change.parent ?? null)).toEqual([]);
  return result.plan;
}

async function inventoryOf({ substrate, hosts }: Stage, { clusterKey }: Plan): Promise<Inventory> {
  const seen = await substrate.observe(clusterKey);
  return { ...emptyInventory({ clusterKey }, 0), hosts: await Promise.all(seen.map(async (host) => ({ ...host, joined: true, report: hosts.reports(clusterKey, host.hostId).at(-1) ?? null, publishedGeneration: (await hosts.readPublished(clusterKey, host.hostId))?.plan.generation ?? 0 }))) };
}

const layoutHostOf = ({ hostId: id, index, failureDomain, disks }: Plan["hosts"][keyof Plan["hosts"]]): LayoutHost => ({ hostId: id, index, failureDomain, diskPaths: disks.map((disk) => disk.path), diskSizeBytes: disks[0]?.sizeBytes ?? 0 });

function simulatedBounds({ fileSystems, quotas }: SimulatedEngineState, fileSystem: string, path: string): { bytes: number | null; files: number | null } {
  const quota = Object.values(quotas).find((each) => each.fileSystem === fileSystem && each.path === path);
  const capacity = path === "/" ? fileSystems[fileSystem]?.usableCapacityBytes : undefined;
  const bytes = Math.min(quota?.hardLimitBytes ?? Infinity, capacity ?? Infinity);
  return { bytes: Number.isFinite(bytes) ? bytes : null, files: quota?.fileCountLimit ?? null };
}

const live = stage();
describeEngine(
  () => ({
    engine: live.engine,
    engineVersion: "1.0",
    async makeLive() {
      const whole = planned(5);
      const daemonsOnly: Plan = { ...whole, steps: whole.steps.filter((step) => step.action.kind !== "engine.act").map((step) => ({ ...step, dependsOn: step.dependsOn.filter((id) => !id.startsWith("engine.act")) })) };
      const agents = runSimulatedAgents({ hosts: live.hosts, world: live.world });
      await live.clock.runUntil(deliver({ ...live, plan: daemonsOnly }, memoryVault()));
      const vault = memoryVault();
      const engineState = () => live.world.look(whole.clusterKey)?.engine ?? newCluster().engine;
      return {
        call: (executorEpoch) => engineCall({ plan: whole, executorEpoch }, vault),
        absentCall: () => engineCall({ plan: { ...whole, clusterKey: `${whole.clusterKey}-absent` as Plan["clusterKey"] } }, vault), // a cluster key by construction
        sleep: (ms) => live.clock.advance(ms),
        replan: (parent, change) => {
          const policy = { ...parent.policy, ...change };
          const laidOut = simulatedPlanner.layout({ policy, hosts: Object.values(whole.hosts).map(layoutHostOf), parent: parent.layout, rng: testRng("again") });
          if (!laidOut.ok) throw new Error(JSON.stringify(laidOut.problems));
          return { ...parent, policy, layout: laidOut.layout };
        },
        snapshotsOf: async (fileSystem) => Object.entries(engineState().snapshots).flatMap(([name, snapshot]) => (snapshot.fileSystem === fileSystem ? [name] : [])),
        boundsOf: async (fileSystem, path) => simulatedBounds(engineState(), fileSystem, path),
        close: () => agents.stop(),
      };
    },
  }),
  { name: "simulated engine" },
);

describe("a delivery on simulated time", () => {
  it("takes as long as the plan's longest chain says, and ends healthy", async () => {
    const here = stage();
    const first = planned(8);
    const { tookMs } = await here.clock.runUntil(deliver({ ...here, plan: first }, memoryVault()));
    const path = criticalPath(first.steps);
    expect(tookMs).toBeGreaterThanOrEqual(path.expectedMs);
    expect(tookMs).toBeLessThanOrEqual(path.expectedMs * 1.1);
    expect(await here.engine.observeHealth(engineCall({ plan: first }, memoryVault()))).toMatchObject({ status: "HEALTH_OK" });
  });

  it("reaches the same end through lost answers, duplicates, passing failures and a slow host", async () => {
    const here = stage({ jitter: 0.3, faults: { lostAnswerRate: 0.25, duplicateRate: 0.25, slowHosts: { "host-3": 8 }, failAt: [{ method: "ensureHost", entity: "host-2", times: 3, how: "retry" }, { method: "agent.converge", entity: "host-4", times: 2, how: "retry" }] } });
    const first = planned(5);
    await here.clock.runUntil(deliver({ ...here, plan: first }, memoryVault()));
    expect(await here.substrate.observe(first.clusterKey)).toHaveLength(5);
    expect(await here.engine.observeHealth(engineCall({ plan: first }, memoryVault()))).toMatchObject({ ok: true });
  });

  it("reaches it for any seed and any share of losses, with one host as slow as it likes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer({ min: 3, max: 7 }), fc.double({ min: 0, max: 0.5, noNaN: true }), fc.integer({ min: 1, max: 30 }), async (seed, count, rate, slowness) => {
        const here = stage({ rng: createSeededRng(seed), jitter: 0.5, faults: { lostAnswerRate: rate, duplicateRate: rate, slowHosts: { "host-2": slowness } } });
        const first = planned(count);
        const vault = memoryVault();
        await here.clock.runUntil(deliver({ ...here, plan: first }, vault));
        expect(await here.engine.observeHealth(engineCall({ plan: first }, vault))).toMatchObject({ ok: true });
        expect(here.world.look(first.clusterKey)?.engine.pools.map((pool) => pool.name).sort()).toEqual(first.layout.pools.map((pool) => pool.name).sort());
        await here.stop();
      }),
      { numRuns: 12 },
    );
  });

  it("fails with the host's own words when a host cannot converge", async () => {
    const here = stage({ faults: { failAt: [{ method: "agent.converge", entity: "host-2", times: Infinity, how: "failed" }] } });
    await expect(here.clock.runUntil(deliver({ ...here, plan: planned(3) }, memoryVault()))).rejects.toThrow(/host\.converge:host-2:1: HostFailedToConverge/);
  });
});

describe("a simulated world with a state file", () => {
  it("is taken up by the next control plane wherever the one before was killed", async () => {
    const first = planned(4);
    const moments = [0, 3, 7, 12, 18, first.steps.length - 1];
    for (const moment of moments) {
      const stateFile = join(scratch, `killed-before-${moment}`, "world.json");
      const hosts = createMemoryHosts();
      const clock = createSimulatedClock();
      const vault = memoryVault();
      const before = stage({ stateFile }, hosts, clock);
      const killStep: PlanStep | undefined = first.steps[moment];
      const ended = await clock.runUntil(deliver({ ...before, plan: first, isKilledBefore: (step) => step.id === killStep?.id }, vault));
      expect(ended.isKilled).toBe(true);
      await before.stop();
      const after = stage({ stateFile }, hosts, clock);
      await clock.runUntil(deliver({ ...after, plan: first, executorEpoch: 2 }, vault));
      expect(await after.substrate.observe(first.clusterKey)).toHaveLength(4);
      expect(await after.engine.observeHealth(engineCall({ plan: first }, vault))).toMatchObject({ ok: true });
      await after.stop();
    }
  });
});

describe("a simulated cluster that serves", () => {
  it("is changed and removed by the plans that follow", async () => {
    const here = stage();
    const vault = memoryVault();
    const first = planned(5);
    await here.clock.runUntil(deliver({ ...here, plan: first }, vault));
    const more = planned(5, { parent: first, inventory: await inventoryOf(here, first) }, policyOf(5, { fileSystems: [], buckets: [...first.policy.buckets, { name: "second", protection: { hostFailures: 1, scheme: "replication" } }] }));
    await here.clock.runUntil(deliver({ ...here, plan: more }, vault));
    expect(here.world.look(first.clusterKey)?.engine).toMatchObject({ buckets: ["results", "second"], fileSystems: {} });
    const removal = planned(5, { parent: more, inventory: await inventoryOf(here, first) }, policyOf(5, { presence: "absent" }));
    await here.clock.runUntil(deliver({ ...here, plan: removal }, vault));
    expect(await here.substrate.observe(first.clusterKey)).toEqual([]);
    expect(await here.engine.observeHealth(engineCall({ plan: first }, vault))).toBeNull();
  });

  it("shows in its health that a host lost power, and its agent takes up again when it is back", async () => {
    const here = stage();
    const vault = memoryVault();
    const first = planned(3);
    await here.clock.runUntil(deliver({ ...here, plan: first }, vault));
    const call = { clusterKey: first.clusterKey, installationId: first.policy.installationId, generation: 1, executorEpoch: 1 };
    await here.substrate.power(call, hostId("host-3"), "off");
    expect(await here.engine.observeHealth(engineCall({ plan: first }, vault))).toMatchObject({ ok: false, status: "HEALTH_WARN" });
    await here.substrate.power(call, hostId("host-3"), "on");
    expect(await here.engine.observeHealth(engineCall({ plan: first }, vault))).toMatchObject({ ok: true });
  });

  it("has one agent a host, which says again every ten seconds what it said last", async () => {
    const here = stage();
    const first = planned(3);
    await here.clock.runUntil(deliver({ ...here, plan: first }, memoryVault()));
    const said = (): readonly string[] => here.hosts.reports(first.clusterKey, hostId("host-3")).map((report) => `${report.state} ${report.observedGeneration}`);
    expect(said()).toEqual(["converging 1", "converged 1", "converging 2", "converged 2", "converging 3", "converged 3"]);
    await here.clock.advance(21_000);
    expect(said().slice(6)).toEqual(["converged 3", "converged 3"]);
  });

  it("answers requests to its agents, and refuses a host plan of a replaced executor", async () => {
    const here = stage();
    const first = planned(3);
    await here.clock.runUntil(deliver({ ...here, plan: first, executorEpoch: 3 }, memoryVault()));
    const host = first.hosts[hostId("host-1")];
    if (host === undefined) throw new Error("no host-1");
    const ask = { clusterKey: first.clusterKey, hostId: host.hostId, executorEpoch: 3, payload: { word: "hello" }, timeoutMsMax: 1_000 };
    here.hosts.ask({ ...ask, id: "1", kind: "simulated.echo" });
    here.hosts.ask({ ...ask, id: "2", kind: "unheard.of" });
    await here.clock.advance(10);
    expect(here.hosts.response("1")).toEqual({ ok: true, value: { word: "hello" } });
    expect(here.hosts.response("2")).toMatchObject({ ok: false, error: { code: "UnknownRequest" } });
    here.hosts.publish({ ...host.hostPlan, generation: 99 }, 2);
    await here.clock.advance(60_000);
    expect(here.hosts.reports(first.clusterKey, host.hostId).at(-1)).toMatchObject({ observedGeneration: host.hostPlan.generation, executorEpoch: 3, state: "converged" });
  });
});
