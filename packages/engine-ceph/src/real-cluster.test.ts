// The engine against real daemons on hosts made by hand (testkit): layout, effect half and host side
// together, without the product's agent. Data is compared by SHA-256, health is Ceph's own word.
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { describeEngine } from "@cynosure/engine/testkit";
import type { ClusterPolicy, HostId } from "@cynosure/model";
import { describeWhen } from "../../../test/require.ts";
import { createCephEngine } from "./index.ts";
import { liveCluster } from "./testkit/live-cluster.ts";
import { linkUpwards } from "./testkit/live-contents.ts";
import { testPolicy } from "./testkit/policies.ts";
import { createScriptCluster, type ScriptCluster } from "./testkit/script-agent.ts";
import { testImage, whyNoCluster } from "./testkit/test-image.ts";

const DELIVERY_TIMEOUT_MS = 240_000;
const READ_AGAIN_TIMEOUT_MS = 90_000;
const ASKED_AGAIN_TIMEOUT_MS = 30_000;

describeWhen(whyNoCluster(), "a real cluster of 5 hosts", () => {
  const engine = createCephEngine();
  const home = { name: "home", usableCapacityBytes: 8e9, protocols: ["nfs" as const], protection: { hostFailures: 1, scheme: "replication" as const } };
  const coded = { ...home, name: "coded", protection: { hostFailures: 1, scheme: "erasureCoding" as const } };
  const small = { ...home, name: "small", usableCapacityBytes: 10 * 2 ** 20 };
  const results = { name: "results", protection: { hostFailures: 1, scheme: "erasureCoding" as const } };
  const policy: ClusterPolicy = testPolicy(5, { fileSystems: [home, coded], buckets: [results] });
  let cluster: ScriptCluster;

  beforeAll(async () => {
    cluster = createScriptCluster(engine, await testImage(), 5);
    await cluster.deliver(policy);
  }, DELIVERY_TIMEOUT_MS);
  afterAll(() => cluster?.close());

  const gateways = (kind: string): HostId[] => (Object.keys(cluster.layout().daemons) as HostId[]).filter((host) => cluster.layout().daemons[host]?.some((daemon) => daemon.kind === kind)); // keys are host ids
  const address = (host: HostId | undefined): string => cluster.hosts.hosts.get(host ?? ("" as HostId))?.address ?? "none"; // an unknown host has no address
  async function shell(host: HostId, script: string): Promise<{ code: number; stdout: string; stderr: string }> {
    const response = await cluster.hosts.hosts.get(host)?.send({ op: "run", argv: ["sh", "-c", script] });
    if (response?.ok !== true) throw new Error(`${host} did not run ${script}`);
    return response.value as { code: number; stdout: string; stderr: string }; // what host-shell answers to "run"
  }
  const client = "host-1" as HostId; // the first host of every layout
  const url = (gateway: HostId | undefined, path: string): string => `'nfs://${address(gateway)}${path}?version=4'`;
  const sum = async (path: string): Promise<string> => (await shell(client, `sha256sum < ${path}`)).stdout;

  /** Until the command goes well: a gateway that has just been told of an export, or has just started, may need a moment. */
  async function eventually(script: string): Promise<void> {
    const deadlineMs = Date.now() + READ_AGAIN_TIMEOUT_MS;
    for (;;) {
      const result = await shell(client, script);
      if (result.code === 0) return;
      if (Date.now() > deadlineMs) throw new Error(`${script}: ${result.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  it("is healthy by Ceph's own word", async () => {
    expect(await engine.observeHealth(cluster.call())).toMatchObject({ status: "HEALTH_OK", ok: true, checks: [] });
  });

  it("tells the monitors' word while a manager that was asked before is silent", async () => {
    const toManagers = async (signal: "STOP" | "CONT"): Promise<void> => {
      for (const host of gateways("manager")) expect(await shell(host, `for p in /proc/[0-9]*; do if grep -qs ceph-mgr $p/comm; then kill -${signal} \${p#/proc/}; fi; done`)).toMatchObject({ code: 0 });
    };
    const ended: string[] = [];
    const ask = async (target: "mgr" | "mon", prefix: string): Promise<unknown> => {
      const answer = await cluster.call().channel.request(client, "ceph.monCommands", { commands: [{ target, command: { prefix, format: "json" } }] }, 20_000);
      ended.push(target);
      return answer;
    };
    // Tried again where the manager's question failed at once: a librados process that has just begun has a second to find the
    // monitors. Of questions that wait for each other the second never ends first, however often it is tried.
    await vi.waitFor(async () => {
      ended.length = 0;
      await toManagers("STOP");
      const ofManager = ask("mgr", "osd perf");
      try {
        expect(await ask("mon", "status")).toMatchObject({ ok: true, value: { results: [{ rc: 0 }] } });
        expect(ended).toEqual(["mon"]);
      } finally {
        await toManagers("CONT");
        await ofManager;
      }
    }, { timeout: ASKED_AGAIN_TIMEOUT_MS, interval: 200 });
  });

  // Ceph's daemons cannot all run before the first action: stages and actions take turns. So the suite gets the
  // cluster after `deliver`, which performed every step in its order from nothing, and sees that it holds.
  describeEngine(() => ({ engine, engineVersion: policy.engineVersion, makeLive: async () => liveCluster(cluster) }), { name: "the Ceph engine" });

  it("has the pools of the plan, with their copies, chunks and placement groups", async () => {
    const response = await cluster.call().channel.request(client, "ceph.monCommands", { commands: [{ command: { prefix: "osd pool ls", detail: "detail", format: "json" } }] }, 10_000);
    if (!response.ok) throw new Error(response.error.message);
    const { results: [first] } = response.value as { results: [{ out: string }] }; // the handler's own shape
    const seen = (JSON.parse(first.out) as { pool_name: string; size: number; min_size: number; pg_num: number }[]).map((pool) => [pool.pool_name, pool.size, pool.min_size, pool.pg_num]);
    const wanted = cluster.layout().pools.map(({ name, scheme, placementGroups }) => [name, ...(scheme.kind === "replication" ? [scheme.copies, scheme.copiesMin] : [scheme.dataChunks + scheme.codingChunks, scheme.chunksMin]), placementGroups]);
    expect(seen.sort()).toEqual(wanted.sort());
  });

  it.each(["home", "coded"])("reads through one NFS gateway what was written to %s through the other", async (name) => {
    const [first, second] = gateways("nfs");
    await shell(client, "head -c 9000000 /dev/urandom > /tmp/out; rm -f /tmp/in");
    await eventually(`nfs-cp /tmp/out ${url(first, `/${name}/data`)}`);
    await eventually(`nfs-cp ${url(second, `/${name}/data`)} /tmp/in`);
    expect(await sum("/tmp/in")).toBe(await sum("/tmp/out"));
  });

  it("serves the bucket at both object gateways", async () => {
    for (const host of gateways("rgw")) {
      const answer = await cluster.call().channel.request(host, "ceph.s3", { operation: "headBucket", bucket: "results", endpoint: `http://${address(host)}:7480` }, 10_000);
      expect(answer).toEqual({ ok: true, value: { exists: true } });
    }
  });

  it("adds a file system to living gateways, holds it to its quota, and removes it", async () => {
    const [first] = gateways("nfs");
    await cluster.deliver({ ...policy, fileSystems: [home, coded, small] });
    await shell(client, "head -c 9000000 /dev/urandom > /tmp/out");
    await eventually(`nfs-cp /tmp/out ${url(first, "/small/one")}`);
    expect((await shell(client, `nfs-cp /tmp/out ${url(first, "/small/two")}`)).code).not.toBe(0);
    await cluster.deliver(policy);
    await eventually(`! nfs-ls ${url(first, "/small")}`);
    await eventually(`nfs-ls ${url(first, "/home")}`);
  });

  it("shows in a snapshot, through NFS, what was there when it was made and nothing that came after", async () => {
    const [first, second] = gateways("nfs");
    await shell(client, "head -c 1000000 /dev/urandom > /tmp/out; rm -f /tmp/in");
    await eventually(`nfs-cp /tmp/out ${url(first, "/home/earlier")}`);
    await cluster.deliver({ ...policy, snapshots: [{ name: "monday", fileSystem: "home" }] });
    await eventually(`nfs-cp /tmp/out ${url(first, "/home/later")}`);
    // Seen from below its subvolume, Ceph shows the snapshot with the subvolume's inode behind its name.
    await eventually(`nfs-ls ${url(second, "/home/.snap")} | grep -o '_monday_[0-9]*' > /tmp/snapshot`);
    const inside = `"nfs://${address(second)}/home/.snap/$(cat /tmp/snapshot)`;
    await eventually(`nfs-ls ${inside}?version=4" > /tmp/listed`);
    expect((await shell(client, "grep -o 'earlier\\|later' /tmp/listed")).stdout).toBe("earlier\n");
    await eventually(`nfs-cp ${inside}/earlier?version=4" /tmp/in`);
    expect(await sum("/tmp/in")).toBe(await sum("/tmp/out"));
    await cluster.deliver(policy);
    await eventually(`! nfs-ls ${url(first, "/home/.snap")} | grep -q monday`);
  });

  it("holds a directory to its quota, and no longer once the quota is gone", async () => {
    const [first] = gateways("nfs");
    await cluster.deliver({ ...policy, quotas: [{ name: "few", fileSystem: "home", path: "/few", hardLimitBytes: 5_000_000 }] });
    await shell(client, "head -c 4000000 /dev/urandom > /tmp/out");
    await eventually(`nfs-cp /tmp/out ${url(first, "/home/few/one")}`);
    expect((await shell(client, `nfs-cp /tmp/out ${url(first, "/home/few/two")}`)).code).not.toBe(0);
    expect((await shell(client, `nfs-cp /tmp/out ${url(first, "/home/beside")}`)).code).toBe(0);
    await cluster.deliver(policy);
    await eventually(`nfs-cp /tmp/out ${url(first, "/home/few/three")}`);
  });

  it("sets no quota through a symbolic link, which could lead to somebody else's directory", async () => {
    await linkUpwards(cluster, "home", "up");
    const quota = { name: "astray", fileSystem: "home", path: "/up/coded", hardLimitBytes: 1_000_000 };
    const call = liveCluster(cluster).replan(cluster.call(), { quotas: [quota] });
    const step = call.layout.steps.find(({ id }) => id === "ceph.setQuota:astray");
    if (step === undefined) throw new Error("the layout sets no quota");
    expect(await engine.perform(call, step.action)).toMatchObject({ kind: "failed", error: { code: "NotADirectory", message: expect.stringContaining("symbolic link") } });
  });

  it("performs every action again without harm", async () => {
    for (const step of cluster.layout().steps) {
      let result = await engine.perform(cluster.call(), step.action);
      while (result.kind === "waiting") result = await engine.perform(cluster.call(), step.action);
      expect([step.id, result.kind]).toEqual([step.id, "done"]);
    }
  });

  it("measures reading and writing at the same time and leaves no pool behind", async () => {
    const rates = await engine.benchmark(cluster.call(), 1);
    expect(rates.readMBps).toBeGreaterThan(0);
    expect(rates.writeMBps).toBeGreaterThan(0);
    const response = await cluster.call().channel.request(client, "ceph.monCommands", { commands: [{ command: { prefix: "osd pool ls" } }] }, 10_000);
    expect(JSON.stringify(response)).not.toContain("cynosure.bench");
  });

  it("comes back from a power cut of all hosts with its data", async () => {
    const [first, second] = gateways("nfs");
    await shell(client, "head -c 5000000 /dev/urandom > /tmp/out");
    await eventually(`nfs-cp /tmp/out ${url(first, "/home/before")}`);
    const before = await sum("/tmp/out");
    await cluster.restart();
    const health = cluster.layout().steps.find((step) => step.id === "ceph.awaitHealth");
    if (health === undefined) throw new Error("the layout has no health step");
    while ((await engine.perform(cluster.call(), health.action)).kind !== "done") await new Promise((resolve) => setTimeout(resolve, 250));
    await eventually(`rm -f /tmp/in; nfs-cp ${url(second, "/home/before")} /tmp/in`);
    expect(await sum("/tmp/in")).toBe(before);
  }, DELIVERY_TIMEOUT_MS);

  it("grows by two hosts and is healthy again", async () => {
    await cluster.deliver({ ...policy, hosts: { size: "local", count: 7 } });
    expect((await engine.observeHealth(cluster.call()))?.status).toBe("HEALTH_OK");
  }, DELIVERY_TIMEOUT_MS);
});
