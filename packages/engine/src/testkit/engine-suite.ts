// The rules of docs/reference/engine-contract.md as test cases, one per rule id: those about layouts run on
// the planner alone; those about effects need a cluster that the adapter's test brings up.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isSameJson, type ClusterContents, type EngineAction, type EngineLayout, type EngineStep, type StepResult } from "@cynosure/model";
import type { EngineCall, StorageEngine } from "../port.ts";
import { layoutCases } from "./layout-cases.ts";

/** A cluster with every daemon of `call().layout` running, on which no action was performed yet. */
export interface LiveCluster {
  call(executorEpoch: number): EngineCall;
  sleep(ms: number): Promise<void>;
  /** A cluster of which nothing runs. */
  absentCall(): EngineCall;
  /** As `parent`, with what the planner makes of the changed contents over its layout, on the same hosts. */
  replan(parent: EngineCall, change: Partial<ClusterContents>): EngineCall;
  /** Names of a file system's snapshots, read from the engine and not through the adapter. */
  snapshotsOf(fileSystem: string): Promise<readonly string[]>;
  /** The bounds of a directory, as those of `snapshotsOf`: null where there is none. */
  boundsOf(fileSystem: string, path: string): Promise<{ readonly bytes: number | null; readonly files: number | null }>;
  close(): Promise<void>;
}

export interface EngineUnderTest {
  readonly engine: StorageEngine;
  readonly engineVersion: string;
  /** Makes a live cluster; null when this run checks layouts only (then say why in `skip`). */
  readonly makeLive: (() => Promise<LiveCluster>) | null;
}

export interface EngineSuiteOptions {
  readonly name?: string;
  readonly skip?: readonly { readonly reason: string; readonly cases: readonly string[] }[];
}

const CALLS_MAX = 2_000;

type Final = Extract<StepResult, { kind: "done" | "failed" }>;

const final = (engine: StorageEngine, live: LiveCluster, action: EngineAction, epoch: number): Promise<Final> => finalOf(engine, live, action, () => live.call(epoch));

async function finalOf(engine: StorageEngine, live: LiveCluster, action: EngineAction, call: () => EngineCall): Promise<Final> {
  for (let k = 0; k < CALLS_MAX; k += 1) {
    const result = await engine.perform(call(), action);
    if (result.kind === "done" || result.kind === "failed") return result;
    await live.sleep(result.afterMs);
  }
  throw new Error(`${action.name} is not done after ${CALLS_MAX} calls`);
}

function inOrder({ steps }: EngineLayout): EngineStep[] {
  const ordered: EngineStep[] = [];
  while (ordered.length < steps.length) {
    const done = new Set(ordered.map((step) => step.id));
    const next = steps.filter((step) => !done.has(step.id) && step.dependsOn.every((id) => done.has(id)));
    if (next.length === 0) throw new Error("the layout's steps have no order");
    ordered.push(...next.sort((a, b) => a.afterStage - b.afterStage));
  }
  return ordered;
}

/** Performs what the next layout has and its parent's has not, as an executor would; none of it needs other daemons. */
async function performChange(engine: StorageEngine, live: LiveCluster, parent: EngineCall, change: Partial<ClusterContents>): Promise<EngineCall> {
  const next = live.replan(parent, change);
  const before = new Map(parent.layout.steps.map((step) => [step.id, step.action]));
  for (const step of inOrder(next.layout).filter(({ id, action }) => !isSameJson(before.get(id) ?? null, action))) expect([step.id, (await finalOf(engine, live, step.action, () => next)).kind]).toEqual([step.id, "done"]);
  return next;
}

function firstFileSystem({ policy }: EngineCall): ClusterContents["fileSystems"][number] {
  const [fileSystem] = policy.fileSystems;
  if (fileSystem === undefined) throw new Error("the live cluster has no file system");
  return fileSystem;
}

type LiveCase = readonly [id: string, statement: string, run: (engine: StorageEngine, live: LiveCluster) => Promise<void>];

/** In this order on one cluster: the first brings it up. */
const liveCases: readonly LiveCase[] = [
  ["ENG-20", "nobody answers for a cluster that is not there", async (engine, live) => {
    expect(await engine.observeHealth(live.absentCall())).toBeNull();
  }],
  ["ENG-21", "the steps of a layout, in their order, bring the cluster to health", async (engine, live) => {
    for (const step of inOrder(live.call(1).layout)) expect([step.id, (await final(engine, live, step.action, 1)).kind]).toEqual([step.id, "done"]);
    expect(await engine.observeHealth(live.call(1))).toMatchObject({ ok: true, checks: [] });
  }],
  ["ENG-22", "every action may be performed again and leaves the cluster as it is", async (engine, live) => {
    const before = await engine.readCredentials(live.call(1));
    for (const step of inOrder(live.call(1).layout)) expect([step.id, (await final(engine, live, step.action, 1)).kind]).toEqual([step.id, "done"]);
    expect(await engine.readCredentials(live.call(1))).toEqual(before);
    expect(await engine.observeHealth(live.call(1))).toMatchObject({ ok: true });
  }],
  ["ENG-23", "an action it does not know fails and is named", async (engine, live) => {
    const result = await final(engine, live, { name: "no.such.action", params: {} }, 1);
    expect(result).toMatchObject({ kind: "failed", error: { code: "UnknownEngineAction" } });
    expect(result.kind === "failed" && result.error.message).toContain("no.such.action");
  }],
  ["ENG-24", "credentials for buckets exist once the cluster is up, and stay the same", async (engine, live) => {
    const first = await engine.readCredentials(live.call(1));
    expect(first.s3?.accessKeyId).toBeTruthy();
    expect(await engine.readCredentials(live.call(1))).toEqual(first);
  }],
  ["ENG-25", "an executor whose epoch was passed is refused", async (engine, live) => {
    const [step] = live.call(1).layout.steps;
    if (step === undefined) throw new Error("the layout has no step");
    expect((await final(engine, live, step.action, 7)).kind).toBe("done");
    expect(await final(engine, live, step.action, 6)).toMatchObject({ kind: "failed", error: { code: "StaleExecutor" } });
  }],
  ["ENG-26", "metrics are a word of the engine on a cluster that is there: rates, fill of its disks, and of each pool of user data", async (engine, live) => {
    expect(await engine.observeMetrics(live.absentCall())).toBeNull();
    const metrics = await engine.observeMetrics(live.call(7));
    if (metrics === null) throw new Error("nobody answers for a cluster that runs");
    for (const rate of [metrics.readMBps, metrics.writeMBps, metrics.readOps, metrics.writeOps]) expect(rate).toBeGreaterThanOrEqual(0);
    expect(metrics.rawBytes).toBeGreaterThan(0);
    expect([metrics.usedBytes >= 0, metrics.usedBytes <= metrics.rawBytes, Number.isInteger(metrics.usedBytes)]).toEqual([true, true, true]);
    for (const told of [metrics.latency?.readMs ?? 0, metrics.latency?.writeMs ?? 0]) expect([told >= 0, Number.isFinite(told)]).toEqual([true, true]);
    const pools = new Set(live.call(7).layout.pools.map((pool) => pool.name));
    expect(metrics.byProtection.length).toBeGreaterThan(0);
    for (const fill of metrics.byProtection) expect([fill.name, pools.has(fill.name), fill.usedBytes <= fill.usableBytes, fill.usableBytes <= metrics.rawBytes]).toEqual([fill.name, true, true, true]);
  }],
  ["ENG-27", "a snapshot that is wanted is there, once, and gone when it is wanted no more", async (engine, live) => {
    const call = live.call(7);
    const { name: fileSystem } = firstFileSystem(call);
    const [monday, tuesday] = [{ name: "monday", fileSystem }, { name: "tuesday", fileSystem }];
    const first = await performChange(engine, live, call, { snapshots: [monday] });
    const both = await performChange(engine, live, first, { snapshots: [monday, tuesday] });
    for (const step of inOrder(both.layout)) expect([step.id, (await finalOf(engine, live, step.action, () => both)).kind]).toEqual([step.id, "done"]);
    expect([...(await live.snapshotsOf(fileSystem))].sort()).toEqual(["monday", "tuesday"]);
    const second = await performChange(engine, live, both, { snapshots: [tuesday] });
    expect(await live.snapshotsOf(fileSystem)).toEqual(["tuesday"]);
    const again = await performChange(engine, live, second, { snapshots: [monday, tuesday] });
    expect([...(await live.snapshotsOf(fileSystem))].sort()).toEqual(["monday", "tuesday"]);
    await performChange(engine, live, again, { snapshots: [] });
    expect(await live.snapshotsOf(fileSystem)).toEqual([]);
  }],
  ["ENG-28", "a quota bounds its directory, is changed, and leaves no bound; at the top the smaller of it and the file system's capacity holds", async (engine, live) => {
    const call = live.call(7);
    const { name: fileSystem, usableCapacityBytes } = firstFileSystem(call);
    const small = { name: "small", fileSystem, path: "/projects/small", hardLimitBytes: 5_000_000 };
    const top = { name: "whole", fileSystem, path: "/", hardLimitBytes: 100_000_000 };
    const first = await performChange(engine, live, call, { quotas: [{ ...small, fileCountLimit: 100 }, top] });
    expect([await live.boundsOf(fileSystem, "/projects/small"), await live.boundsOf(fileSystem, "/")]).toEqual([{ bytes: 5_000_000, files: 100 }, { bytes: 100_000_000, files: null }]);
    const second = await performChange(engine, live, first, { quotas: [{ ...small, hardLimitBytes: 6_000_000 }, { ...top, hardLimitBytes: usableCapacityBytes * 2, fileCountLimit: 1_000 }] });
    expect([await live.boundsOf(fileSystem, "/projects/small"), await live.boundsOf(fileSystem, "/")]).toEqual([{ bytes: 6_000_000, files: null }, { bytes: usableCapacityBytes, files: 1_000 }]);
    await performChange(engine, live, second, { quotas: [] });
    expect([await live.boundsOf(fileSystem, "/projects/small"), await live.boundsOf(fileSystem, "/")]).toEqual([{ bytes: null, files: null }, { bytes: usableCapacityBytes, files: null }]);
  }],
  ["ENG-29", "a file system that had snapshots and quotas is removed with them, and another of its name has none", async (engine, live) => {
    const call = live.call(7);
    const { fileSystems } = call.policy;
    const passing = { ...firstFileSystem(call), name: "passing" };
    const contents = { fileSystems: [...fileSystems, passing], snapshots: [{ name: "sunday", fileSystem: "passing" }], quotas: [{ name: "part", fileSystem: "passing", path: "/part", hardLimitBytes: 1_000_000 }] };
    const made = await performChange(engine, live, call, contents);
    expect(await live.snapshotsOf("passing")).toEqual(["sunday"]);
    const gone = await performChange(engine, live, made, { fileSystems, snapshots: [], quotas: [] });
    const again = await performChange(engine, live, gone, { fileSystems: [...fileSystems, passing] });
    expect([await live.snapshotsOf("passing"), await live.boundsOf("passing", "/part")]).toEqual([[], { bytes: null, files: null }]);
    await performChange(engine, live, again, { fileSystems });
  }],
];

/** Every rule: its id and its statement. */
export const engineCases: readonly (readonly [id: string, statement: string])[] = [...layoutCases, ...liveCases].map(([id, statement]) => [id, statement]);

export function describeEngine(makeEngine: () => EngineUnderTest, { name = "engine", skip = [] }: EngineSuiteOptions = {}): void {
  const title = (id: string, statement: string): { reason: string | undefined; text: string } => {
    const reason = skip.find((each) => each.cases.includes(id))?.reason;
    return { reason, text: `${id}: ${statement}${reason === undefined ? "" : ` [skipped: ${reason}]`}` };
  };
  describe(`${name} keeps the layout rules of the engine contract`, () => {
    for (const [id, statement, run] of layoutCases) {
      const { reason, text } = title(id, statement);
      it.skipIf(reason !== undefined)(text, () => {
        const { engine, engineVersion } = makeEngine();
        run(engine.planner, engine, engineVersion);
      });
    }
  });
  const { engine, makeLive } = makeEngine();
  const left = liveCases.filter(([id]) => skip.every((each) => !each.cases.includes(id)));
  if (makeLive === null && left.length > 0) throw new Error(`describeEngine(${name}): without a live cluster, say in skip why ${left.map(([id]) => id).join(", ")} cannot run`);
  describe(`${name} keeps the effect rules of the engine contract`, () => {
    let live: LiveCluster | null = null;
    beforeAll(async () => {
      live = left.length === 0 || makeLive === null ? null : await makeLive();
    });
    afterAll(() => live?.close());
    for (const [id, statement, run] of liveCases) {
      const { reason, text } = title(id, statement);
      it.skipIf(reason !== undefined)(text, async () => {
        if (live === null) throw new Error("no live cluster");
        await run(engine, live);
      });
    }
  });
}
