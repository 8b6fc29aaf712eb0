// Rules about the pure half of an engine: what a layout must be, whatever the engine.
import { expect } from "vitest";
import { chooseScheme, clusterKey, hostId, installationId, isSameJson, type ClusterPolicy, type EngineLayout, type EngineLayoutInput, type EnginePlanner, type LayoutHost, type PoolLayout, type ProtectionPolicy, type Rng } from "@cynosure/model";
import type { StorageEngine } from "../port.ts";

export type LayoutCase = readonly [id: string, statement: string, run: (planner: EnginePlanner, engine: StorageEngine, engineVersion: string) => void];

const GIB = 2 ** 30;

/** A stream for layouts under test: values differ by seed and label. */
export function suiteRng(seed: string): Rng {
  let state = [...seed].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, 7);
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return ((state ^ (state >>> 15)) >>> 0) / 2 ** 32;
  };
  const hex = (digits: number): string => Array.from({ length: digits }, () => Math.floor(next() * 16).toString(16)).join("");
  return { child: (label) => suiteRng(`${seed}/${label}`), next, uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}` };
}

const wish = (hostFailures: number, scheme: ProtectionPolicy["scheme"] = "replication"): ProtectionPolicy => ({ hostFailures, scheme });

export function suitePolicy(engine: StorageEngine["name"], engineVersion: string, hostCount: number, change: Partial<ClusterPolicy> = {}): ClusterPolicy {
  return {
    clusterKey: clusterKey("/subscriptions/s/resourceGroups/g/providers/Cynosure.Storage/clusters/suite"), clusterName: "suite", installationId: installationId("00000000"),
    engine, engineVersion, substrate: "local", location: "local", hosts: { size: "local-small", count: hostCount }, protection: wish(1),
    fileSystems: [{ name: "home", usableCapacityBytes: GIB, protocols: ["nfs"], protection: wish(1) }], buckets: [{ name: "results", protection: wish(1) }], snapshots: [], quotas: [], presence: "present", ...change,
  };
}

export const suiteHosts = (count: number): LayoutHost[] =>
  Array.from({ length: count }, (_, index) => ({ hostId: hostId(`host-${index + 1}`), index, failureDomain: `host-${index + 1}`, diskPaths: ["/var/lib/cynosure/disks/disk0"], diskSizeBytes: 10 * GIB }));

function freeze<T>(value: T): T {
  if (value !== null && typeof value === "object") for (const item of Object.values(Object.freeze(value))) freeze(item);
  return value;
}

function laidOut(planner: EnginePlanner, input: EngineLayoutInput): EngineLayout {
  const result = planner.layout(input);
  if (!result.ok) throw new Error(result.problems.map((problem) => `${problem.target}: ${problem.message}`).join("\n"));
  return result.layout;
}

const inputOf = (engine: StorageEngine, version: string, count: number, change: Partial<ClusterPolicy> = {}, parent: EngineLayout | null = null, seed = "a"): EngineLayoutInput =>
  ({ policy: suitePolicy(engine.name, version, count, change), hosts: suiteHosts(count), parent, rng: suiteRng(seed) });

const hostFailuresOf = ({ scheme }: PoolLayout): number => (scheme.kind === "replication" ? scheme.copies - scheme.copiesMin : scheme.dataChunks + scheme.codingChunks - scheme.chunksMin);
const widthOf = ({ scheme }: PoolLayout): number => (scheme.kind === "replication" ? scheme.copies : scheme.dataChunks + scheme.codingChunks);

/** Steps that can be reached by going from done to done. */
function runnable({ steps }: EngineLayout): number {
  const done = new Set<string>();
  for (let before = -1; before !== done.size; ) {
    before = done.size;
    for (const step of steps) if (step.dependsOn.every((id) => done.has(id))) done.add(step.id);
  }
  return done.size;
}

const shapeCases: readonly LayoutCase[] = [
  ["ENG-01", "a layout is the same for the same input, and the input is left as it was", (planner, engine, version) => {
    const input = { ...inputOf(engine, version, 5), rng: suiteRng("a") };
    freeze(input.policy);
    freeze(input.hosts);
    expect(laidOut(planner, { ...input, rng: suiteRng("a") })).toEqual(laidOut(planner, { ...input, rng: suiteRng("a") }));
  }],
  ["ENG-02", "a layout is plain data that survives being stored", (planner, engine, version) => {
    const layout = laidOut(planner, inputOf(engine, version, 5));
    expect(isSameJson(JSON.parse(JSON.stringify(layout)), layout)).toBe(true);
  }],
  ["ENG-03", "over a parent nothing changes by a new random stream alone", (planner, engine, version) => {
    const parent = laidOut(planner, inputOf(engine, version, 5));
    const again = laidOut(planner, inputOf(engine, version, 5, {}, freeze(structuredClone(parent)), "b"));
    expect({ daemons: again.daemons, files: again.files, pools: again.pools, endpoints: again.endpoints }).toEqual({ daemons: parent.daemons, files: parent.files, pools: parent.pools, endpoints: parent.endpoints });
    const before = new Map(parent.steps.map((step) => [step.id, step.action]));
    expect(again.steps.filter((step) => !isSameJson(before.get(step.id), step.action)).map((step) => step.id)).toEqual([]);
  }],
  ["ENG-04", "daemon ids are unique, every host has its entry, stages are within those declared", (planner, engine, version) => {
    const layout = laidOut(planner, inputOf(engine, version, 8));
    const daemons = suiteHosts(8).flatMap((host) => layout.daemons[host.hostId] ?? []);
    expect(new Set(daemons.map((daemon) => daemon.id)).size).toBe(daemons.length);
    for (const host of suiteHosts(8)) expect([layout.daemons[host.hostId], layout.files[host.hostId]]).not.toContain(undefined);
    const stages = [...daemons.flatMap((daemon) => [daemon.prepareStage, daemon.stage]), ...Object.values(layout.files).flatMap((files) => files.map((file) => file.stage))];
    expect(stages.every((stage) => Number.isInteger(stage) && stage >= 1 && stage <= layout.stages)).toBe(true);
    expect(daemons.every((daemon) => daemon.prepareStage <= daemon.stage)).toBe(true);
    expect(layout.stageExpectedMs).toHaveLength(layout.stages);
  }],
  ["ENG-05", "steps have unique ids, an order in which they can run, and sound stages", (planner, engine, version) => {
    const layout = laidOut(planner, inputOf(engine, version, 8));
    expect(new Set(layout.steps.map((step) => step.id)).size).toBe(layout.steps.length);
    expect(runnable(layout)).toBe(layout.steps.length);
    for (const step of layout.steps) {
      expect(step.afterStage).toBeGreaterThanOrEqual(0);
      expect(step.afterStage).toBeLessThanOrEqual(layout.stages);
      if (step.beforeStage !== undefined) expect(step.beforeStage).toBeGreaterThan(step.afterStage);
      expect(step.expectedMs).toBeGreaterThan(0);
    }
  }],
];

const safetyCases: readonly LayoutCase[] = [
  ["ENG-06", "pools hold what was wished, fit the hosts, and acknowledge no write on its last copy", (planner, engine, version) => {
    for (const [count, wished] of [[5, wish(1)], [8, wish(2)], [8, wish(1, "erasureCoding")]] as const) {
      const { pools } = laidOut(planner, inputOf(engine, version, count, { protection: wish(wished.hostFailures), fileSystems: [{ name: "home", usableCapacityBytes: GIB, protocols: ["nfs"], protection: wished }], buckets: [{ name: "results", protection: wished }] }));
      expect(pools.every((pool) => hostFailuresOf(pool) >= wished.hostFailures && widthOf(pool) <= count)).toBe(true);
      expect(pools.every(({ scheme }) => (scheme.kind === "replication" ? scheme.copiesMin >= 2 : scheme.chunksMin > scheme.dataChunks))).toBe(true);
      expect(pools.some((pool) => pool.scheme.kind === wished.scheme)).toBe(true);
    }
  }],
  ["ENG-07", "endpoints have unique names and lie twice, on different hosts", (planner, engine, version) => {
    const { endpoints } = laidOut(planner, inputOf(engine, version, 3));
    expect(new Set(endpoints.map((endpoint) => endpoint.name)).size).toBe(endpoints.length);
    for (const protocol of ["nfs", "s3"] as const) expect(new Set(endpoints.filter((endpoint) => endpoint.protocol === protocol).map((endpoint) => endpoint.hostId)).size).toBeGreaterThanOrEqual(2);
  }],
  ["ENG-08", "a wish that the hosts cannot hold is a problem with a target and the number of hosts it needs", (planner, engine, version) => {
    for (const scheme of ["replication", "erasureCoding"] as const) {
      const choice = chooseScheme(wish(2, scheme), 3);
      const result = planner.layout(inputOf(engine, version, 3, { protection: wish(2), buckets: [{ name: "results", protection: wish(2, scheme) }] }));
      expect(result.ok).toBe(false);
      if (result.ok || choice.ok) continue;
      expect(result.problems.every((problem) => problem.target !== "")).toBe(true);
      expect(result.problems.map((problem) => problem.message).join("\n")).toContain(String(choice.hostsNeeded));
    }
  }],
  ["ENG-09", "every count of hosts it says it runs on can be laid out", (planner, engine, version) => {
    for (let count = planner.hostCount.min; count <= planner.hostCount.max; count += 1) expect([count, planner.layout(inputOf(engine, version, count)).ok]).toEqual([count, true]);
  }],
];

const changeCases: readonly LayoutCase[] = [
  ["ENG-10", "a bucket more leaves daemons where they are and adds steps", (planner, engine, version) => {
    const parent = laidOut(planner, inputOf(engine, version, 8));
    const more = laidOut(planner, inputOf(engine, version, 8, { buckets: [{ name: "results", protection: wish(1) }, { name: "second", protection: wish(1) }] }, parent, "b"));
    expect(more.daemons).toEqual(parent.daemons);
    const before = new Map(parent.steps.map((step) => [step.id, step.action]));
    expect(more.steps.some((step) => !isSameJson(before.get(step.id) ?? null, step.action))).toBe(true);
  }],
  ["ENG-11", "what is wanted no more is removed by a step, and by the same step again while nobody knows that it worked", (planner, engine, version) => {
    const parent = laidOut(planner, inputOf(engine, version, 8));
    const change = { fileSystems: [], buckets: [] };
    const without = laidOut(planner, inputOf(engine, version, 8, change, parent, "b"));
    const before = new Set(parent.steps.map((step) => step.id));
    const removals = without.steps.filter((step) => !before.has(step.id)).map((step) => step.id);
    expect(removals.length).toBeGreaterThanOrEqual(2);
    const again = laidOut(planner, inputOf(engine, version, 8, change, without, "c"));
    expect(again.steps.map((step) => step.id)).toEqual(expect.arrayContaining(removals));
  }],
  ["ENG-12", "hosts more leave the daemons of the others as they are, but for settings that name the new ones", (planner, engine, version) => {
    const parent = laidOut(planner, inputOf(engine, version, 5));
    const grown = laidOut(planner, inputOf(engine, version, 6, {}, parent, "b"));
    for (const host of suiteHosts(5)) {
      const osds = (layout: EngineLayout): readonly string[] => (layout.daemons[host.hostId] ?? []).filter((daemon) => daemon.kind === "osd" || daemon.kind === "monitor").map((daemon) => daemon.id);
      expect(osds(grown)).toEqual(osds(parent));
    }
  }],
  ["ENG-13", "a snapshot or a quota more changes nothing that daemons are made of and adds a step; a step removes it, and a file system waits for its snapshots", (planner, engine, version) => {
    const over = (change: Partial<ClusterPolicy>, parent: EngineLayout, seed: string): EngineLayout => laidOut(planner, inputOf(engine, version, 8, change, parent, seed));
    const added = (layout: EngineLayout, parent: EngineLayout): string[] => layout.steps.map((step) => step.id).filter((id) => parent.steps.every((step) => step.id !== id));
    const parent = laidOut(planner, inputOf(engine, version, 8));
    const [snapshots, quotas] = [[{ name: "monday", fileSystem: "home" }], [{ name: "projects", fileSystem: "home", path: "/projects", hardLimitBytes: GIB / 2 }]];
    const more = over({ snapshots, quotas }, parent, "b");
    expect({ daemons: more.daemons, files: more.files, pools: more.pools, endpoints: more.endpoints }).toEqual({ daemons: parent.daemons, files: parent.files, pools: parent.pools, endpoints: parent.endpoints });
    expect(added(more, parent)).toHaveLength(2);
    const [snapshotGoes, ...others] = added(over({ quotas }, more, "c"), more);
    expect([typeof snapshotGoes, others, added(over({ snapshots }, more, "d"), more).length]).toEqual(["string", [], 1]);
    const without = over({ fileSystems: [] }, more, "e");
    const waits = without.steps.filter((step) => step.dependsOn.includes(snapshotGoes ?? "") && more.steps.every(({ id }) => id !== step.id));
    expect(waits.length).toBeGreaterThanOrEqual(1);
    expect(over({ fileSystems: [] }, without, "f").steps.map((step) => step.id)).toEqual(expect.arrayContaining([snapshotGoes, ...waits.map((step) => step.id)]));
  }],
];

export const layoutCases: readonly LayoutCase[] = [...shapeCases, ...safetyCases, ...changeCases];
