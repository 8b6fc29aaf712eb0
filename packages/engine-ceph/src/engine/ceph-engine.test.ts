// The effect half against a scripted channel: what is sent, what is waited for, what is given up.
import { describe, expect, it } from "vitest";
import type { BucketPolicy, FileSystemPolicy, HostResponse, QuotaPolicy } from "@cynosure/model";
import { actionNames } from "../layout/names.ts";
import { testPolicy } from "../testkit/policies.ts";
import { answerCommands, away, commandsOf, scriptedCall, statusJson } from "../testkit/scripted-call.ts";
import { createCephEngine } from "./ceph-engine.ts";
import { createCephxKey } from "./keys.ts";

const engine = createCephEngine();
const home: FileSystemPolicy = { name: "home", usableCapacityBytes: 8e9, protocols: ["nfs"], protection: { hostFailures: 1, scheme: "replication" } };
const coded: FileSystemPolicy = { ...home, name: "coded", protection: { hostFailures: 1, scheme: "erasureCoding" } };
const results: BucketPolicy = { name: "results", protection: { hostFailures: 1, scheme: "replication" } };
const kept: FileSystemPolicy = { ...home, name: "kept" };
const quota: QuotaPolicy = { name: "projects", fileSystem: "home", path: "/projects", hardLimitBytes: 5e6, fileCountLimit: 10 };
const policy = testPolicy(8, { fileSystems: [home, coded], buckets: [results] });
const healthy = answerCommands((command) => (command["prefix"] === "status" ? statusJson() : ""));

describe("making keys", () => {
  it("stores every key the layout names and asks no host", async () => {
    const scripted = scriptedCall(() => away, policy);
    expect((await engine.perform(scripted.call, scripted.action("ceph.ensureKeys"))).kind).toBe("done");
    expect(scripted.sent).toEqual([]);
    expect(scripted.vault.secrets.get("ceph/key/osd.7")).toMatch(/^AQ[A-Za-z0-9+/]{36}==$/);
    expect(scripted.vault.outputs.get("ceph/fsid")).toMatch(/^[0-9a-f-]{36}$/);
    expect((await engine.readCredentials(scripted.call)).s3?.accessKeyId).toMatch(/^[A-Z0-9]{20}$/);
  });
  it("changes nothing when it is done again", async () => {
    const scripted = scriptedCall(() => away, policy);
    await engine.perform(scripted.call, scripted.action("ceph.ensureKeys"));
    const [secrets, outputs] = [new Map(scripted.vault.secrets), new Map(scripted.vault.outputs)];
    await engine.perform(scripted.call, scripted.action("ceph.ensureKeys"));
    expect(scripted.vault.secrets).toEqual(secrets);
    expect(scripted.vault.outputs).toEqual(outputs);
  });
  it("writes a key as Ceph reads it: type, seconds, nanoseconds, length, 16 bytes", () => {
    const bytes = Buffer.from(createCephxKey(1_700_000_000_250), "base64");
    expect([bytes.readUInt16LE(0), bytes.readUInt32LE(2), bytes.readUInt32LE(6), bytes.readUInt16LE(10), bytes.length]).toEqual([1, 1_700_000_000, 250_000_000, 16, 28]);
  });
});

describe("forming a quorum", () => {
  it("waits while no monitor answers, asking each of them", async () => {
    const scripted = scriptedCall(() => away, policy);
    expect(await engine.perform(scripted.call, scripted.action("ceph.quorum"))).toMatchObject({ kind: "waiting", waitingOn: "monitors to form a quorum" });
    expect(scripted.sent.map((request) => request.host)).toEqual(["host-1", "host-2", "host-3"]);
  });
  it("waits for a majority", async () => {
    const scripted = scriptedCall(answerCommands(() => statusJson({ quorum_names: ["host-1"] })), policy);
    expect(await engine.perform(scripted.call, scripted.action("ceph.quorum"))).toMatchObject({ kind: "waiting", waitingOn: "monitors to form a quorum (1 of 3)" });
  });
  it("tells the monitors every OSD and its host in one request", async () => {
    const scripted = scriptedCall(healthy, policy);
    await engine.perform(scripted.call, scripted.action("ceph.ensureKeys"));
    expect((await engine.perform(scripted.call, scripted.action("ceph.quorum"))).kind).toBe("done");
    expect(scripted.sent.length).toBe(2);
    expect(scripted.prefixes().filter((prefix) => prefix === "osd new").length).toBe(8);
    const places = scripted.sent.flatMap(commandsOf).filter((command) => command["prefix"] === "osd crush create-or-move").map((command) => command["args"]);
    expect(places[7]).toEqual(["root=default", "host=host-8"]);
  });
  it("passes over a monitor that is away and asks the one that answered first next time", async () => {
    const scripted = scriptedCall((request) => (request.host === "host-1" ? away : healthy(request)), testPolicy(8, { clusterKey: "/other" as typeof policy.clusterKey })); // a key of its own: the engine remembers per cluster
    await engine.perform(scripted.call, scripted.action("ceph.ensureKeys"));
    await engine.perform(scripted.call, scripted.action("ceph.quorum"));
    expect(scripted.sent.map((request) => request.host)).toEqual(["host-1", "host-2", "host-2"]);
  });
});

describe("making pools", () => {
  const poolAction = "ceph.pools";
  it("creates what is missing: replicated, erasure coded with overwrites, the file system with its data pools", async () => {
    const scripted = scriptedCall(answerCommands((command) => (["osd pool ls", "fs ls"].includes(String(command["prefix"])) ? "[]" : "")), policy);
    expect((await engine.perform(scripted.call, scripted.action(poolAction))).kind).toBe("done");
    const commands = scripted.sent.flatMap(commandsOf);
    expect(commands).toContainEqual({ prefix: "osd erasure-code-profile set", name: "k4m2", profile: ["plugin=jerasure", "technique=reed_sol_van", "k=4", "m=2", "crush-failure-domain=host"] });
    expect(commands).toContainEqual({ prefix: "osd pool set", pool: "cephfs.data.erasure-1", var: "allow_ec_overwrites", val: "true" });
    expect(commands).toContainEqual({ prefix: "fs new", fs_name: "cephfs", metadata: "cephfs.meta", data: "cephfs.default" });
    expect(commands).toContainEqual({ prefix: "fs add_data_pool", fs_name: "cephfs", pool: "cephfs.data.erasure-1" });
    expect(commands.find((command) => command["prefix"] === "osd pool create" && command["pool"] === ".rgw.root")).toMatchObject({ yes_i_really_mean_it: true, size: 3 });
  });
  it("changes no pool that is as planned, and never lowers copies", async () => {
    const pools = scriptedCall(() => away, policy).call.layout.pools.map((pool) => ({ pool_name: pool.name, size: 5, min_size: pool.scheme.kind === "replication" ? pool.scheme.copiesMin : pool.scheme.chunksMin }));
    const scripted = scriptedCall(answerCommands((command) => (command["prefix"] === "osd pool ls" ? JSON.stringify(pools) : command["prefix"] === "fs ls" ? JSON.stringify([{ name: "cephfs", data_pools: pools.map((pool) => pool.pool_name) }]) : "")), policy);
    expect((await engine.perform(scripted.call, scripted.action(poolAction))).kind).toBe("done");
    expect([...new Set(scripted.prefixes())]).toEqual(["osd pool ls", "fs ls", "osd pool application enable", "osd pool set", "fs set"]);
    expect(scripted.sent.flatMap(commandsOf).filter((command) => command["var"] === "size")).toEqual([]);
  });
  it("fails with Ceph's words when Ceph refuses, and tries again when Ceph is busy", async () => {
    const refusing = (rc: number) => scriptedCall(answerCommands((command) => (String(command["prefix"]).endsWith(" ls") ? "[]" : { rc, status: "pg_num too large" })), policy);
    const [hard, busy] = [refusing(-34), refusing(-11)];
    expect(await engine.perform(hard.call, hard.action(poolAction))).toMatchObject({ kind: "failed", error: { code: "CephCommandFailed", message: expect.stringContaining("pg_num too large") } });
    expect(await engine.perform(busy.call, busy.action(poolAction))).toMatchObject({ kind: "retry" });
  });
});

describe("file systems", () => {
  const create = "ceph.ensureFileSystem:home";
  it("stores the subvolume's path for the export", async () => {
    const scripted = scriptedCall(answerCommands((command) => (command["prefix"] === "status" ? statusJson() : command["prefix"] === "fs subvolume getpath" ? "/volumes/_nogroup/home.100/u\n" : "")), policy);
    expect((await engine.perform(scripted.call, scripted.action(create))).kind).toBe("done");
    expect(scripted.vault.outputs.get("fs/home/path")).toBe("/volumes/_nogroup/home.100/u");
    expect(scripted.sent.flatMap(commandsOf)).toContainEqual({ prefix: "fs subvolume create", vol_name: "cephfs", sub_name: "home.100", size: 8e9, pool_layout: "cephfs.data.replication-1", mode: "0777" });
  });
  it("waits for manager and metadata server instead of asking them too early", async () => {
    const noManager = scriptedCall(answerCommands(() => statusJson({ mgrmap: { available: false } })), policy);
    expect(await engine.perform(noManager.call, noManager.action(create))).toMatchObject({ kind: "waiting", waitingOn: "a manager to become active" });
    const noMds = scriptedCall(answerCommands(() => statusJson({ fsmap: { by_rank: [{ status: "up:creating" }] } })), policy);
    expect(await engine.perform(noMds.call, noMds.action(create))).toMatchObject({ kind: "waiting", waitingOn: "a metadata server to become active" });
  });
  it("counts a subvolume that is gone already as removed", async () => {
    const gone = scriptedCall(answerCommands((command) => (command["prefix"] === "status" ? statusJson() : { rc: -2, status: "subvolume 'home.100' does not exist" })), { ...policy, fileSystems: [] }, scriptedCall(() => away, policy).call.layout);
    expect((await engine.perform(gone.call, gone.action("ceph.removeFileSystem:home.100"))).kind).toBe("done");
  });
});

describe("buckets", () => {
  it("names the placement and sends no key", async () => {
    const scripted = scriptedCall(() => ({ ok: true, value: { exists: true } }), policy);
    expect((await engine.perform(scripted.call, scripted.action("ceph.ensureBucket:results"))).kind).toBe("done");
    expect(scripted.sent[0]).toMatchObject({ kind: "ceph.s3", payload: { operation: "ensureBucket", bucket: "results", placement: "replication-1" } });
    expect(JSON.stringify(scripted.sent)).not.toMatch(/secret|access/i);
  });
  it("uses the other gateway when one is away", async () => {
    const gateways: string[] = [];
    const scripted = scriptedCall(({ host }) => (gateways.push(host) === 1 ? away : { ok: true, value: { exists: true } }), policy);
    expect((await engine.perform(scripted.call, scripted.action("ceph.ensureBucket:results"))).kind).toBe("done");
    expect(new Set(gateways).size).toBe(2);
  });
  it("removes a bucket once: what a user makes later under its name is left alone", async () => {
    const parent = scriptedCall(() => away, policy).call.layout;
    const scripted = scriptedCall(() => ({ ok: true, value: { state: "done" } }), { ...policy, buckets: [] }, parent);
    const action = scripted.action("ceph.removeBucket:results");
    expect((await engine.perform(scripted.call, action)).kind).toBe("done");
    expect((await engine.perform(scripted.call, action)).kind).toBe("done");
    expect(scripted.sent.length).toBe(1);
  });
  it("waits while the tool is still removing objects", async () => {
    const parent = scriptedCall(() => away, policy).call.layout;
    const scripted = scriptedCall(() => ({ ok: true, value: { state: "running" } }), { ...policy, buckets: [] }, parent);
    expect(await engine.perform(scripted.call, scripted.action("ceph.removeBucket:results"))).toMatchObject({ kind: "waiting", waitingOn: "objects of bucket results to be removed" });
  });
});

describe("health", () => {
  const await8 = async (change: Record<string, unknown>) => {
    const scripted = scriptedCall(answerCommands(() => statusJson(change)), policy);
    return engine.perform(scripted.call, scripted.action("ceph.awaitHealth"));
  };
  it("is delivered when Ceph says HEALTH_OK and everything planned is there", async () => {
    expect((await await8({})).kind).toBe("done");
  });
  it("is not believed while OSDs, standbys or clean placement groups are missing", async () => {
    expect(await await8({ osdmap: { num_up_osds: 7, num_in_osds: 8 } })).toMatchObject({ waitingOn: "7 of 8 OSDs up" });
    expect(await await8({ mgrmap: { available: true, num_standbys: 0 } })).toMatchObject({ waitingOn: "no standby manager" });
    expect(await await8({ pgmap: { num_pgs: 100, pgs_by_state: [{ state_name: "active+clean", count: 90 }, { state_name: "active+clean+remapped", count: 10 }] } })).toMatchObject({ waitingOn: "90 of 100 placement groups clean" });
  });
  it("says which of Ceph's checks it waits on", async () => {
    const checks = { MON_DOWN: { severity: "HEALTH_WARN", summary: { message: "1/3 mons down" } } };
    expect(await await8({ health: { status: "HEALTH_WARN", checks } })).toMatchObject({ waitingOn: "HEALTH_WARN: MON_DOWN (1/3 mons down)" });
  });
  it("is Ceph's own word, with its checks", async () => {
    const checks = { OSD_DOWN: { severity: "HEALTH_WARN", summary: { message: "1 osds down" } } };
    const scripted = scriptedCall(answerCommands(() => JSON.stringify({ status: "HEALTH_WARN", checks })), policy);
    expect(await engine.observeHealth(scripted.call)).toMatchObject({ status: "HEALTH_WARN", ok: false, checks: [{ code: "OSD_DOWN", severity: "HEALTH_WARN", summary: "1 osds down" }] });
  });
  it("adds a manager that Ceph's manager map misses, for Ceph itself does not say so", async () => {
    const scripted = scriptedCall(answerCommands((command) => (command["prefix"] === "status" ? statusJson({ mgrmap: { available: true, num_standbys: 0 } }) : JSON.stringify({ status: "HEALTH_OK", checks: {} }))), policy);
    expect(await engine.observeHealth(scripted.call)).toMatchObject({ status: "HEALTH_OK (incomplete)", ok: false, checks: [{ code: "CYNOSURE_MANAGER_MISSING", summary: "1 of 2 managers in Ceph's manager map" }] });
  });
  it("asks the next monitor beside one that stays silent, and does not wait for it", async () => {
    const own = testPolicy(8, { clusterKey: "/silent" as typeof policy.clusterKey }); // a key of its own: the engine remembers per cluster
    const answers = answerCommands((command) => (command["prefix"] === "status" ? statusJson() : JSON.stringify({ status: "HEALTH_OK", checks: {} })));
    const scripted = scriptedCall((request) => (request.host === "host-1" ? new Promise<never>(() => undefined) : answers(request)), own);
    expect(await engine.observeHealth(scripted.call)).toMatchObject({ status: "HEALTH_OK", ok: true });
    expect(scripted.sent.map((request) => request.host)).toEqual(["host-1", "host-2"]);
  });
  it("begins each look at the next monitor, and passes over one that answers for a quorum that is no more, also not in a new cluster of that name", async () => {
    const own = testPolicy(8, { clusterKey: "/parted" as typeof policy.clusterKey }); // as above
    let fsid = "first";
    const answersOf = (epoch: number, status: string) => answerCommands((command) => (command["prefix"] === "status" ? statusJson({ election_epoch: epoch, fsid }) : JSON.stringify({ status, checks: {} })));
    let cutOff = "";
    const scripted = scriptedCall((request) => (request.host === cutOff ? answersOf(8, "HEALTH_OK") : answersOf(cutOff === "" ? 8 : 10, cutOff === "" ? "HEALTH_OK" : "HEALTH_WARN"))(request), own);
    expect(await engine.observeHealth(scripted.call)).toMatchObject({ ok: true });
    cutOff = "host-1";
    for (let look = 0; look < 4; look += 1) expect(await engine.observeHealth(scripted.call), `look ${look}`).toMatchObject({ status: "HEALTH_WARN", ok: false });
    expect(scripted.sent.map((request) => request.host)).toEqual(["host-1", "host-2", "host-3", "host-1", "host-2", "host-2"]);
    fsid = "second";
    cutOff = "";
    expect(await engine.observeHealth(scripted.call)).toMatchObject({ ok: true });
  });
  it("is null when nobody answers", async () => {
    expect(await engine.observeHealth(scriptedCall(() => away, policy).call)).toBeNull();
  });
});

describe("the engine", () => {
  it("fails an action it does not know", async () => {
    expect(await engine.perform(scriptedCall(() => away).call, { name: "ceph.polish", params: {} })).toMatchObject({ kind: "failed", error: { code: "UnknownEngineAction" } });
  });
  it("refuses a benchmark of no time and reports the rates of one", async () => {
    const scripted = scriptedCall(() => ({ ok: true, value: { readMBps: 40, writeMBps: 41, seconds: 5, path: "librbd on host-1 inside the cluster network" } }), policy);
    await expect(engine.benchmark(scripted.call, 0)).rejects.toMatchObject({ code: "InvalidParameter" });
    expect(await engine.benchmark(scripted.call, 5)).toEqual({ readMBps: 40, writeMBps: 41, seconds: 5, path: "librbd on host-1 inside the cluster network" });
  });
});

describe("an executor whose epoch was passed", () => {
  const stale: HostResponse = { ok: false, error: { code: "StaleExecutor", message: "another control plane has taken over" } };
  const before = scriptedCall(() => away, testPolicy(8, { fileSystems: [home, kept], buckets: [results], snapshots: [{ name: "monday", fileSystem: "home" }], quotas: [{ ...quota, fileSystem: "kept" }] }));
  // Every action there is: what is wanted, and the removal of what the parent had.
  const scripted = scriptedCall(() => stale, testPolicy(8, { fileSystems: [coded, kept], buckets: [{ ...results, name: "second" }], snapshots: [{ name: "tuesday", fileSystem: "kept" }], quotas: [{ ...quota, name: "other", fileSystem: "kept", path: "/other" }] }), before.call.layout);
  const actions = new Map(scripted.call.layout.steps.map((step) => [step.action.name, step.action]));

  it.each([...actions.values()].filter((action) => action.name !== actionNames.ensureKeys).map((action) => [action.name, action] as const))("is refused by the agents in %s, for good", async (_name, action) => {
    expect(await engine.perform(scripted.call, action)).toEqual({ kind: "failed", error: { code: "StaleExecutor", message: "another control plane has taken over" } });
  });
  it("is refused by the gateways' agents too, after the monitors' answered", async () => {
    const monitorsOnly = scriptedCall((request) => (request.kind === "ceph.monCommands" ? healthy(request) : stale), scripted.call.policy, before.call.layout);
    for (const name of [actionNames.objectGateway, actionNames.ensureBucket, actionNames.removeBucket]) {
      const action = actions.get(name);
      if (action === undefined) throw new Error(`the layout has no ${name}`);
      expect(await engine.perform(monitorsOnly.call, action)).toMatchObject({ kind: "failed", error: { code: "StaleExecutor" } });
    }
  });
  it("meets every action of the engine here", () => {
    expect([...actions.keys()].sort()).toEqual(Object.values(actionNames).sort());
  });
  // Keys are made before there is a host, so no agent can refuse: the vault makes each once, whoever asks.
  it("cannot change a key that its successor made", async () => {
    const { call, vault } = scriptedCall(() => stale, policy);
    const action = call.layout.steps.find((step) => step.action.name === actionNames.ensureKeys)?.action;
    if (action === undefined) throw new Error("the layout makes no keys");
    await engine.perform({ ...call, executorEpoch: 7 }, action);
    const [secrets, outputs] = [new Map(vault.secrets), new Map(vault.outputs)];
    await engine.perform({ ...call, executorEpoch: 6 }, action);
    expect(secrets.size).toBeGreaterThan(0);
    expect([vault.secrets, vault.outputs]).toEqual([secrets, outputs]);
  });
});

describe("metrics", () => {
  const stats = (stored: number, room: number) => ({ stats: { stored, max_avail: room, bytes_used: 99 } });
  const df = JSON.stringify({ pools: [{ name: ".mgr", ...stats(1, 2) }, { name: "cephfs.data.replication-1", ...stats(1_000, 9_000) }, { name: "cephfs.data.erasure-1", ...stats(0, 12_000) }] });
  const answered = (pgmap: Record<string, number>) => scriptedCall(answerCommands((command) => (command["prefix"] === "df" ? df : statusJson({ pgmap }))), policy);

  it("are Ceph's own rates and fill, and of its pools those with user data, each with what it survives", async () => {
    const pgmap = { read_bytes_sec: 2_500_000, write_bytes_sec: 1_000_000, read_op_per_sec: 40, write_op_per_sec: 8, bytes_used: 5_000, bytes_total: 80_000 };
    const { observedAtMs, ...metrics } = (await engine.observeMetrics(answered(pgmap).call)) ?? { observedAtMs: 0 };
    expect(observedAtMs).toBeGreaterThan(0);
    expect(metrics).toEqual({
      readMBps: 2.5, writeMBps: 1, readOps: 40, writeOps: 8, usedBytes: 5_000, rawBytes: 80_000,
      byProtection: [
        { name: "cephfs.data.replication-1", kind: "fileSystem", protection: { scheme: "replication", hostFailures: 1 }, usedBytes: 1_000, usableBytes: 10_000 },
        { name: "cephfs.data.erasure-1", kind: "fileSystem", protection: { scheme: "erasureCoding", hostFailures: 1 }, usedBytes: 0, usableBytes: 12_000 },
      ],
    });
  });
  it("are zero where Ceph leaves a rate out: it does while nothing moves", async () => {
    expect(await engine.observeMetrics(answered({ bytes_used: 1, bytes_total: 2 }).call)).toMatchObject({ readMBps: 0, writeMBps: 0, readOps: 0, writeOps: 0 });
  });
  it("have as latency what the OSDs that tell take to make a write durable, on average, and none of reads", async () => {
    const perf = { osdstats: { osd_perf_infos: [{ id: 0, perf_stats: { commit_latency_ms: 1, commit_latency_ns: 1_500_000 } }, { id: 1, perf_stats: { commit_latency_ns: 500_000 } }, { id: 2, perf_stats: {} }] } };
    const told = (available: boolean, osds: unknown) =>
      scriptedCall(answerCommands((command) => (command["prefix"] === "df" ? df : command["prefix"] === "osd perf" ? JSON.stringify(osds) : statusJson({ mgrmap: { available }, pgmap: {} }))), policy);
    const withManager = told(true, perf);
    expect((await engine.observeMetrics(withManager.call))?.latency).toEqual({ of: "diskCommit", readMs: null, writeMs: 1 });
    expect(withManager.sent.some(({ payload }) => JSON.stringify(payload).includes(`{"target":"mgr","command":{"prefix":"osd perf"`))).toBe(true);
    for (const silent of [told(false, perf), told(true, {}), told(true, { osdstats: { osd_perf_infos: [] } })]) expect(await engine.observeMetrics(silent.call)).not.toHaveProperty("latency");
  });
  it("are nobody's word while no monitor answers, or refuses", async () => {
    expect(await engine.observeMetrics(scriptedCall(() => away, policy).call)).toBeNull();
    expect(await engine.observeMetrics(scriptedCall(answerCommands(() => ({ rc: -13, status: "denied" })), policy).call)).toBeNull();
  });
});
