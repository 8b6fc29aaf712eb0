import { clusterKey, hostId } from "@cynosure/model";
import type { DaemonSpec, HostPlan } from "@cynosure/model";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyState, ended, found, intended, withDaemon, withRetry, withoutDaemon } from "./agent-state.ts";
import type { AgentState } from "./agent-state.ts";
import { convergenceLimits, planConvergence } from "./convergence.ts";
import type { Action, ConvergenceStep, HostObservation, PlanKeys, SeenProcess } from "./convergence.ts";
import { planKeys } from "./plan-keys.ts";

/** A host in memory that does what actions say, so that whole lives can be drawn at random. */
interface World {
  plan: HostPlan | null;
  state: AgentState;
  files: Map<string, { sha256: string; mode: number }>;
  disks: Map<string, { sizeBytes: number; isDevice: boolean }>;
  created: Set<string>;
  processes: SeenProcess[];
  /** Daemons that are not to stop when told. */
  deaf: Set<string>;
  nowMs: number;
  nextPid: number;
  isHalting: boolean;
}

const daemon = (id: string, change: Partial<DaemonSpec> = {}): DaemonSpec => ({
  id, kind: "k", prepareStage: 1, stage: 1, prepare: [{ argv: ["mkfs"], creates: `/s/${id}.ok`, timeoutMsMax: 1000 }], argv: ["run"], env: {}, reads: ["/s/conf"], stopSignal: "SIGTERM", stopTimeoutMsMax: 500, ...change,
});
const planOf = (change: Partial<HostPlan>): HostPlan => ({ clusterKey: clusterKey("/c"), hostId: hostId("h"), generation: 1, stage: 1, image: { name: "i" }, files: [], disks: [], daemons: [], ...change });
const newWorld = (plan: HostPlan | null): World => ({ plan, state: emptyState, files: new Map(), disks: new Map(), created: new Set(), processes: [], deaf: new Set(), nowMs: 1_000_000, nextPid: 100, isHalting: false });
const noKeys: PlanKeys = { fileSha256: new Map(), restartKey: new Map(), reloadKey: new Map() };
const keysOf = (world: World): PlanKeys => (world.plan === null ? noKeys : planKeys(world.plan));
const observe = (world: World): HostObservation => ({
  files: new Map((world.plan?.files ?? []).map((file) => [file.path, world.files.get(file.path) ?? null])), disks: new Map((world.plan?.disks ?? []).map((disk) => [disk.path, world.disks.get(disk.path) ?? null])),
  created: world.created, processes: world.processes, prepares: [], listeningPorts: new Set(world.processes.length > 0 ? [80] : []), busy: new Set(),
});
const think = (world: World): ConvergenceStep => planConvergence({ plan: world.plan, keys: keysOf(world), observed: observe(world), state: world.state, nowMs: world.nowMs, isHalting: world.isHalting });

function spawnIn(world: World, id: string): SeenProcess {
  world.nextPid += 1;
  const process = { daemonId: id, pid: world.nextPid, startTicks: world.nowMs, isLeader: true };
  world.processes = [...world.processes, process];
  return process;
}

const endIn = (world: World, pid: number): void => {
  world.processes = world.processes.filter((process) => process.pid !== pid);
};

/** `crash`: the agent dies after the spawn, before it is recorded. */
function act(world: World, action: Action, crash = false): void {
  const record = "id" in action ? world.state.daemons[action.id] : undefined;
  switch (action.kind) {
    case "writeFile":
      world.files.set(action.file.path, { sha256: keysOf(world).fileSha256.get(action.file.path) ?? "", mode: action.file.mode });
      world.state = { ...world.state, writtenFiles: [...new Set([...world.state.writtenFiles, action.file.path])] };
      return;
    case "removeFile":
      world.files.delete(action.path);
      world.state = { ...world.state, writtenFiles: world.state.writtenFiles.filter((path) => path !== action.path) };
      return;
    case "createDisk":
      world.disks.set(action.disk.path, { sizeBytes: action.disk.sizeBytes, isDevice: false });
      return;
    case "prepare":
      expect(world.processes.some((process) => process.daemonId === action.daemonId), `${action.daemonId} is prepared while it runs`).toBe(false);
      world.created.add(action.command.creates);
      return;
    case "start": {
      expect(world.processes.filter((process) => process.daemonId === action.spec.id), `a second ${action.spec.id}`).toEqual([]);
      expect(action.spec.prepare.every((command) => world.created.has(command.creates)), `${action.spec.id} is not prepared`).toBe(true);
      const intent = intended(action.spec, action, world.state.daemons[action.spec.id], world.nowMs);
      world.state = withDaemon(world.state, intent);
      const process = spawnIn(world, action.spec.id);
      if (!crash) world.state = withDaemon(world.state, { ...intent, phase: "started", pid: process.pid, startTicks: process.startTicks });
      return;
    }
    case "adopt": {
      const base = record ?? (action.spec === null ? found(action.id, action.process, world.nowMs) : intended(action.spec, action, undefined, world.nowMs));
      world.state = withDaemon(world.state, { ...base, phase: "started", pid: action.process.pid, startTicks: action.process.startTicks });
      return;
    }
    case "noteReady":
      if (record !== undefined) world.state = withDaemon(world.state, { ...record, phase: "ready", error: null });
      return;
    case "noteEnd":
      if (record !== undefined) world.state = withDaemon(world.state, ended(record, "ended", world.nowMs));
      return;
    case "reload":
      if (record !== undefined) world.state = withDaemon(world.state, { ...record, reloadKey: action.reloadKey });
      return;
    case "stop":
      if (record?.pid === null || record === undefined) throw new Error("stop of what does not run");
      world.state = withDaemon(world.state, { ...record, phase: "stopping", stopDeadlineMs: world.nowMs + record.stopTimeoutMsMax });
      if (!world.deaf.has(record.id)) endIn(world, record.pid ?? 0);
      return;
    case "kill":
      endIn(world, action.pid);
      return;
    case "forget":
      world.state = withoutDaemon(world.state, action.id);
      return;
  }
}

/** Thinks and acts until nothing is left; time passes when there is only waiting. */
function settle(world: World, roundsMax = 400): void {
  for (let round = 0; round < roundsMax; round += 1) {
    const step = think(world);
    for (const action of step.actions) act(world, action);
    if (step.isConverged) return;
    if (step.actions.length === 0) world.nowMs = Math.max(world.nowMs + 50, step.wakeAtMs ?? 0);
  }
  throw new Error(`not converged: ${JSON.stringify(think(world))}`);
}

const ids = ["a", "b", "c"] as const;
const planArbitrary = fc.record({
  stage: fc.integer({ min: 1, max: 3 }), confText: fc.constantFrom("1", "2"), listText: fc.constantFrom("1", "2"),
  daemons: fc.uniqueArray(fc.record({ id: fc.constantFrom(...ids), stage: fc.integer({ min: 1, max: 3 }), argv: fc.constantFrom(["run"], ["run", "x"]), reload: fc.boolean(), ready: fc.boolean() }), { selector: (each) => each.id, maxLength: 3 }),
}).map(({ stage, confText, listText, daemons }): HostPlan => planOf({
  stage,
  files: [{ path: "/s/conf", mode: 0o600, stage: 1, text: confText }, { path: "/s/list", mode: 0o600, stage: 1, text: listText }].slice(0, daemons.length === 0 ? 0 : 2),
  disks: [{ name: "d", path: "/s/disk", sizeBytes: 100 }],
  daemons: daemons.map((each) => daemon(each.id, { stage: each.stage, argv: each.argv, reads: ["/s/conf", "/s/list"], ...(each.reload ? { reload: { paths: ["/s/list"], signal: "SIGHUP" } } : {}), ...(each.ready ? { ready: { tcpPort: 80 } } : {}) })),
}));
type Event = { readonly kind: "plan"; readonly plan: HostPlan } | { readonly kind: "think"; readonly crash: boolean } | { readonly kind: "die" | "orphan"; readonly id: (typeof ids)[number] } | { readonly kind: "forgetState" } | { readonly kind: "time"; readonly ms: number };
const eventArbitrary: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ kind: fc.constant("plan" as const), plan: planArbitrary }),
  { arbitrary: fc.record({ kind: fc.constant("think" as const), crash: fc.boolean() }), weight: 4 },
  fc.record({ kind: fc.constantFrom("die" as const, "orphan" as const), id: fc.constantFrom(...ids) }),
  fc.record({ kind: fc.constant("forgetState" as const) }),
  fc.record({ kind: fc.constant("time" as const), ms: fc.integer({ min: 1, max: 5000 }) }),
);

function happen(world: World, event: Event): void {
  switch (event.kind) {
    case "plan":
      world.plan = event.plan;
      return;
    case "think":
      for (const action of think(world).actions) act(world, action, event.crash);
      return;
    case "die":
      for (const process of world.processes.filter((each) => each.daemonId === event.id)) endIn(world, process.pid);
      return;
    case "orphan": {
      // The daemon dies and something it spawned lives on.
      const leader = world.processes.find((each) => each.daemonId === event.id && each.isLeader);
      if (leader === undefined) return;
      endIn(world, leader.pid);
      world.processes = [...world.processes, { ...leader, pid: leader.pid + 10_000, isLeader: false }];
      return;
    }
    case "forgetState":
      world.state = { ...emptyState, writtenFiles: world.state.writtenFiles };
      return;
    case "time":
      world.nowMs += event.ms;
  }
}

describe("convergence, over any history of plans, crashes and losses", () => {
  it("ends with exactly the processes the plan wants, each once, started with what the plan says", () => {
    fc.assert(fc.property(fc.array(eventArbitrary, { maxLength: 40 }), planArbitrary, (events, last) => {
      const world = newWorld(null);
      for (const event of events) happen(world, event);
      world.plan = last;
      settle(world);
      const running = world.processes.filter((process) => process.isLeader).map((process) => process.daemonId).sort();
      const due = last.daemons.filter((spec) => spec.stage <= last.stage).map((spec) => spec.id);
      const known = new Set(last.daemons.map((spec) => spec.id));
      expect(running.filter((id) => due.includes(id))).toEqual([...due].sort());
      expect(running.filter((id) => !known.has(id))).toEqual([]);
      expect(new Set(running).size).toBe(running.length);
      for (const id of due) expect(world.state.daemons[id]).toMatchObject({ phase: "ready", restartKey: planKeys(last).restartKey.get(id), reloadKey: planKeys(last).reloadKey.get(id) });
      expect([...world.files.keys()].sort()).toEqual(last.files.map((file) => file.path).sort());
    }), { numRuns: 400 });
  });
  it("says nothing more once it has converged", () => {
    fc.assert(fc.property(planArbitrary, fc.integer({ min: 0, max: 1e7 }), (plan, laterMs) => {
      const world = newWorld(plan);
      settle(world);
      world.nowMs += laterMs;
      expect(think(world)).toEqual({ actions: [], isConverged: true, wakeAtMs: null });
    }));
  });
  it("never stops what the plan wants as it runs", () => {
    fc.assert(fc.property(planArbitrary, fc.array(eventArbitrary, { maxLength: 20 }), (plan, events) => {
      const world = newWorld(plan);
      settle(world);
      for (const event of events.filter((each) => each.kind === "think" || each.kind === "forgetState" || each.kind === "time")) {
        for (const action of think(world).actions) expect(["stop", "kill", "start"]).not.toContain(action.kind);
        happen(world, event);
      }
    }));
  });
  it("stops a daemon whose port never listens, not one that has no port to wait for, and starts it afresh", () => {
    const silent = newWorld(planOf({ daemons: [daemon("silent", { ready: { tcpPort: 81 }, prepare: [] }), daemon("plain", { prepare: [] })] }));
    for (let round = 0; round < 20; round += 1) {
      for (const action of think(silent).actions) act(silent, action);
      silent.nowMs += 1_000;
    }
    expect(silent.state.daemons["plain"]).toMatchObject({ phase: "ready" });
    const before = silent.processes.find((process) => process.daemonId === "silent")?.pid;
    expect(think(silent).actions).toEqual([]);
    silent.nowMs += convergenceLimits.readyMsMax;
    expect(think(silent).actions).toMatchObject([{ kind: "stop", id: "silent" }]);
    for (let round = 0; round < 20; round += 1) {
      for (const action of think(silent).actions) act(silent, action);
      silent.nowMs += 1_000;
    }
    expect(silent.processes.map((process) => process.daemonId).sort()).toEqual(["plain", "silent"]);
    expect(silent.processes.find((process) => process.daemonId === "silent")?.pid).not.toBe(before);
  });
  it("does nothing without a plan", () => {
    const world = newWorld(null);
    spawnIn(world, "a");
    expect(think(world)).toEqual({ actions: [], isConverged: false, wakeAtMs: null });
  });
});

describe("convergence", () => {
  it("touches no daemon before every file and disk is in place", () => {
    const world = newWorld(planOf({ files: [{ path: "/s/conf", mode: 0o600, stage: 1, text: "x" }], disks: [{ name: "d", path: "/s/d", sizeBytes: 5 }], daemons: [daemon("a")] }));
    expect(think(world).actions.map((action) => action.kind)).toEqual(["writeFile", "createDisk"]);
    world.state = withRetry(world.state, "file:/s/conf", "full", world.nowMs);
    act(world, { kind: "createDisk", key: "", disk: { name: "d", path: "/s/d", sizeBytes: 5 } });
    expect(think(world)).toEqual({ actions: [], isConverged: false, wakeAtMs: world.nowMs + 1000 });
  });
  it("runs at most four preparations at once, those under way included", () => {
    const world = newWorld(planOf({ daemons: Array.from({ length: 9 }, (_, index) => daemon(`d${String(index)}`)) }));
    expect(think(world).actions).toHaveLength(4);
    const step = planConvergence({ plan: world.plan, keys: keysOf(world), observed: { ...observe(world), busy: new Set(["prepare:d0", "prepare:d1", "prepare:d2"]) }, state: world.state, nowMs: 0, isHalting: false });
    expect(step.actions.map((action) => action.key)).toEqual(["prepare:d3"]);
  });
  it("waits for a preparation that outlived its agent, and ends it after its limit", () => {
    const world = newWorld(planOf({ daemons: [daemon("a")] }));
    const withOrphan = (ageMs: number): ConvergenceStep => planConvergence({ plan: world.plan, keys: keysOf(world), observed: { ...observe(world), prepares: [{ daemonId: "a", pid: 7, startTicks: 1, ageMs }] }, state: world.state, nowMs: 0, isHalting: false });
    expect(withOrphan(10)).toMatchObject({ actions: [], isConverged: false });
    expect(withOrphan(1001).actions).toMatchObject([{ kind: "kill", pid: 7 }]);
  });
  it("leaves a running daemon alone while its stage has not come back", () => {
    const world = newWorld(planOf({ stage: 2, daemons: [daemon("a", { stage: 2 })] }));
    settle(world);
    world.plan = planOf({ stage: 1, daemons: [daemon("a", { stage: 2, argv: ["changed"] })] });
    expect(think(world)).toMatchObject({ actions: [], isConverged: true });
    world.plan = planOf({ stage: 2, daemons: [daemon("a", { stage: 2, argv: ["changed"] })] });
    expect(think(world).actions).toMatchObject([{ kind: "stop", id: "a" }]);
  });
  it("kills what does not stop, after its time", () => {
    const world = newWorld(planOf({ daemons: [daemon("a")] }));
    settle(world);
    world.deaf.add("a");
    world.plan = planOf({});
    for (const action of think(world).actions) act(world, action);
    expect(think(world).actions).toEqual([]);
    world.nowMs += 500;
    expect(think(world).actions).toMatchObject([{ kind: "kill", why: "a did not stop in 500 ms" }]);
  });
  it("stops later stages first when the host halts, and keeps files", () => {
    const world = newWorld(planOf({ stage: 2, files: [{ path: "/s/conf", mode: 0o600, stage: 1, text: "x" }], daemons: [daemon("early"), daemon("late", { stage: 2 })] }));
    settle(world);
    world.isHalting = true;
    expect(think(world).actions.map((action) => action.key)).toEqual(["daemon:late"]);
    settle(world);
    expect(world.processes).toEqual([]);
    expect([...world.files.keys()]).toEqual(["/s/conf"]);
  });
  it("restarts with growing pauses from one second to thirty, and forgives after a long life", () => {
    const world = newWorld(planOf({ daemons: [daemon("a")] }));
    const pauses: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      settle(world);
      happen(world, { kind: "die", id: "a" });
      for (const action of think(world).actions) act(world, action);
      pauses.push((world.state.daemons["a"]?.notBeforeMs ?? 0) - world.nowMs);
    }
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16000, 30000, 30000]);
    settle(world);
    world.nowMs += 31_000;
    happen(world, { kind: "die", id: "a" });
    for (const action of think(world).actions) act(world, action);
    expect((world.state.daemons["a"]?.notBeforeMs ?? 0) - world.nowMs).toBe(1000);
    expect(world.state.daemons["a"]?.restarts).toBe(8);
  });
});
