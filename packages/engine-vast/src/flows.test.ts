// The documented flows against the emulated management server, with its faults: what fails is named, resumed or begun again.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { startVmsEmulator } from "@cynosure/vms-emulator";
import { actionNames } from "./index.ts";
import { addressOf, nodesOf, startEmulatedCluster, type EmulatedCluster } from "./testkit/emulated-cluster.ts";

const scratch = mkdtempSync(join(tmpdir(), "cynosure-vast-"));
let cluster: EmulatedCluster;
afterEach(() => cluster.close());
afterAll(() => rmSync(scratch, { recursive: true }));

const rows = async (path: string): Promise<readonly Readonly<Record<string, unknown>>[]> => (await cluster.api("GET", path)) as readonly Readonly<Record<string, unknown>>[]; // a list by its path
const action = (name: string, params: Readonly<Record<string, unknown>> = {}): { name: string; params: Readonly<Record<string, unknown>> } => ({ name, params });

describe("birth", () => {
  it("gives the first user a password that only the vault holds, and the vendor's signs in no more", async () => {
    cluster = await startEmulatedCluster(3);
    await cluster.deliver();
    const password = cluster.vault.secrets.get("vast-manager-password") ?? "";
    expect(password.length).toBeGreaterThan(40);
    expect([...cluster.vault.outputs.values()].join("\n")).not.toContain(password);
    const signIn = async (secret: string): Promise<number> => (await fetch(`${cluster.emulator.origin}/api/token/`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ username: "admin", password: secret }) })).status;
    expect([await signIn("123456"), await signIn(password)]).toEqual([401, 200]);
  });

  it("says whose password it is when somebody else has changed it", async () => {
    cluster = await startEmulatedCluster(3, { users: [{ username: "admin", password: "another" }] });
    expect(await cluster.final(action(actionNames.takeOver))).toMatchObject({ kind: "failed", error: { code: "ManagementServerNotOurs", message: expect.stringContaining("Set the password of admin back") } });
    expect(await cluster.engine.observeHealth(cluster.call())).toBeNull();
  });

  it("finds a host that discovery missed once it is well, and resumes a deployment that failed at it", async () => {
    cluster = await startEmulatedCluster(3);
    await cluster.final(action(actionNames.takeOver));
    await cluster.control("PATCH", `/nodes/${addressOf(1)}`, { failsAt: "discover" });
    const [, discover, create] = cluster.call().layout.steps;
    if (discover === undefined || create === undefined) throw new Error("the layout has fewer steps");
    const waits = new Set<string>();
    for (let k = 0; k < 40; k += 1) {
      const result = await cluster.engine.perform(cluster.call(), discover.action);
      if (result.kind === "waiting") waits.add(result.waitingOn);
    }
    expect([...waits]).toContain(`discovery of host-2 (${addressOf(1)})`);
    await cluster.control("PATCH", `/nodes/${addressOf(1)}`, { failsAt: "deploy" });
    expect((await cluster.final(discover.action)).kind).toBe("done");
    let cause = "";
    for (let k = 0; k < 2_000 && cause === ""; k += 1) {
      const result = await cluster.engine.perform(cluster.call(), create.action);
      if (result.kind === "retry") cause = result.cause.message;
    }
    expect(cause).toContain(`node ${addressOf(1)} failed at deploy`);
    await cluster.control("PATCH", `/nodes/${addressOf(1)}`, { failsAt: null });
    expect((await cluster.final(create.action)).kind).toBe("done");
  });

  it("makes no cluster of hosts that are not its own", async () => {
    cluster = await startEmulatedCluster(4);
    cluster.plan(3);
    await expect(cluster.deliver()).rejects.toThrow(`StrangeHosts: Discovery also found ${addressOf(3)}`);
  });

  it("installs the licence it is given once, and refuses one that has expired", async () => {
    let key = "KEY-1";
    cluster = await startEmulatedCluster(3, { engine: { readLicenceKey: () => Promise.resolve(key) } });
    await cluster.deliver();
    await cluster.final(action(actionNames.licence));
    expect(await rows("/licenses/")).toHaveLength(1);
    const [licence] = await rows("/licenses/");
    await cluster.api("DELETE", `/licenses/${String(licence?.["id"])}/`);
    key = "EXPIRED-2";
    expect(await cluster.final(action(actionNames.licence))).toMatchObject({ kind: "failed", error: { code: "LicenceExpired" } });
    expect(await cluster.engine.observeHealth(cluster.call())).toMatchObject({ ok: false, checks: [{ code: "VAST_LICENCE" }] });
  });
});

describe("change", () => {
  it("adds a host, expands over its drives once, and keeps everything else", async () => {
    cluster = await startEmulatedCluster(3);
    await cluster.deliver();
    const before = await cluster.engine.observeMetrics(cluster.call());
    await cluster.control("PUT", "/nodes", { nodes: nodesOf(4) });
    await cluster.control("PATCH", `/nodes/${addressOf(3)}`, { failsAt: "add" });
    cluster.plan(4);
    const join = cluster.call().layout.steps.find((step) => step.id === actionNames.nodes);
    for (const step of cluster.call().layout.steps.slice(0, 3)) expect((await cluster.final(step.action)).kind).toBe("done");
    let cause = "";
    for (let k = 0; k < 2_000 && cause === ""; k += 1) {
      const result = await cluster.engine.perform(cluster.call(), join?.action ?? action("none"));
      if (result.kind === "retry") cause = result.cause.message;
    }
    expect(cause).toContain(`node ${addressOf(3)} failed at add`);
    await cluster.control("PATCH", `/nodes/${addressOf(3)}`, { failsAt: null });
    await cluster.control("PATCH", "/objects/alarms/1", { acknowledged: true });
    await cluster.deliver();
    expect(await rows("/eboxes/")).toHaveLength(4);
    expect((await rows("/vtasks/")).filter((task) => task["name"] === "cluster_expand")).toHaveLength(1);
    expect((await cluster.engine.observeMetrics(cluster.call()))?.rawBytes).toBe(((before?.rawBytes ?? 0) / 3) * 4);
  });

  it("changes a quota, and removes what is wanted no more", async () => {
    cluster = await startEmulatedCluster(3);
    await cluster.deliver();
    cluster.plan(3, { fileSystems: [{ name: "home", usableCapacityBytes: 5_000_000_000, protocols: ["nfs"], protection: { hostFailures: 1, scheme: "replication" } }], buckets: [] });
    await cluster.deliver();
    expect(await rows("/quotas/")).toMatchObject([{ path: "/file-systems/home", hard_limit: 5_000_000_000 }]);
    expect((await rows("/views/")).map((view) => view["path"])).toEqual(["/file-systems/home"]);
    cluster.plan(3, { fileSystems: [], buckets: [] });
    await cluster.deliver();
    expect([await rows("/quotas/"), await rows("/views/")]).toEqual([[], []]);
  });

  it("takes a host out after a rehearsal, and the rehearsal alone changes nothing", async () => {
    cluster = await startEmulatedCluster(3);
    await cluster.deliver();
    expect(await cluster.final(action(actionNames.decommission, { hostIds: ["host-1", "host-2", "host-3"], isDryRun: true }))).toMatchObject({ kind: "failed", error: { code: "DecommissionRefused", message: expect.stringContaining("At least 1 must be left") } });
    expect((await cluster.final(action(actionNames.decommission, { hostIds: ["host-3"], isDryRun: true }))).kind).toBe("done");
    expect(await rows("/eboxes/")).toHaveLength(3);
    expect((await cluster.final(action(actionNames.decommission, { hostIds: ["host-3"], isDryRun: false }))).kind).toBe("done");
    expect((await rows("/hosts/")).filter((host) => host["cluster_id"] !== null).map((host) => host["ip"])).toEqual([addressOf(0), addressOf(1)]);
  });
});

describe("upgrade", () => {
  it("reads the bundle from a URL, checks, goes batch by batch, and is then done at once", async () => {
    cluster = await startEmulatedCluster(3);
    await cluster.deliver();
    const upgrade = action(actionNames.upgrade, { version: "5.4.2", bundle: { kind: "url", url: "https://example.com/release-5.4.2.0.tar" }, cnodesBatchPercent: 25, dnodesBatchPercent: 25 });
    expect((await cluster.final(upgrade)).kind).toBe("done");
    expect((await rows("/clusters/"))[0]).toMatchObject({ sw_version: "5.4.2.0", upgrade_state: "DONE" });
    expect((await rows("/vtasks/")).map((task) => task["name"])).toEqual(expect.arrayContaining(["upload_bundle", "cluster_upgrade"]));
    expect((await cluster.control("GET", "/actions")) as unknown[]).toEqual(expect.arrayContaining([expect.objectContaining({ path: expect.stringContaining("run_hardware_check") })]));
    expect((await cluster.engine.perform(cluster.call(), upgrade)).kind).toBe("done");
  });

  it("sends a file that the cluster does not have", async () => {
    const path = join(scratch, "bundle.tar");
    cluster = await startEmulatedCluster(3);
    await cluster.deliver();
    writeFileSync(path, Buffer.alloc(300_000, 7));
    expect((await cluster.final(action(actionNames.upgrade, { version: "5.4.1", bundle: { kind: "file", path } }))).kind).toBe("done");
    expect((await rows("/clusters/"))[0]).toMatchObject({ sw_version: "5.4.1.0" });
  });

  it("says that no bundle is there, and that one holds another version", async () => {
    cluster = await startEmulatedCluster(3);
    await cluster.deliver();
    expect(await cluster.final(action(actionNames.upgrade, { version: "5.4.2" }))).toMatchObject({ kind: "failed", error: { code: "BundleMissing" } });
    expect(await cluster.final(action(actionNames.upgrade, { version: "6.0", bundle: { kind: "url", url: "https://example.com/release-5.4.2.0.tar" } }))).toMatchObject({ kind: "failed", error: { code: "WrongBundle" } });
  });

  it("is stopped between two batches, says so, and goes on when it is asked for again", async () => {
    cluster = await startEmulatedCluster(3, { delays: { taskMs: 300 } });
    await cluster.deliver();
    const upgrade = action(actionNames.upgrade, { version: "5.4.2", bundle: { kind: "url", url: "https://example.com/release-5.4.2.0.tar" } });
    for (let isRunning = false; !isRunning; isRunning = (await rows("/clusters/"))[0]?.["upgrade_state"] === "IN_PROGRESS") await cluster.engine.perform(cluster.call(), upgrade);
    expect((await cluster.final(action(actionNames.stopUpgrade))).kind).toBe("done");
    expect(await cluster.final(upgrade)).toMatchObject({ kind: "failed", error: { code: "UpgradeStopped" } });
    expect((await cluster.final(upgrade)).kind).toBe("done");
    expect((await cluster.final(action(actionNames.stopUpgrade))).kind).toBe("done");
  });

  it("names the node that failed on the way", async () => {
    cluster = await startEmulatedCluster(3);
    await cluster.deliver();
    await cluster.control("PATCH", `/nodes/${addressOf(1)}`, { failsAt: "upgrade" });
    expect(await cluster.final(action(actionNames.upgrade, { version: "5.4.2", bundle: { kind: "url", url: "https://example.com/release-5.4.2.0.tar" } }))).toMatchObject({ kind: "failed", error: { code: "UpgradeFailed", message: expect.stringContaining(`node ${addressOf(1)} failed at upgrade`) } });
  });
});

describe("looking", () => {
  it("tells alarms and nodes in health until they are well", async () => {
    cluster = await startEmulatedCluster(3);
    await cluster.deliver();
    await cluster.control("PATCH", `/nodes/${addressOf(0)}`, { state: "FAILED" });
    const health = await cluster.engine.observeHealth(cluster.call());
    expect(health).toMatchObject({ status: "HEALTH_ERR", ok: false });
    expect(health?.checks.map(({ code }) => code)).toEqual(expect.arrayContaining(["VAST_CNODE_STATE", "VAST_DNODE_STATE", "VAST_ALARM_CNODE"]));
    await cluster.control("PATCH", `/nodes/${addressOf(0)}`, { state: "ACTIVE" });
    expect(await cluster.engine.observeHealth(cluster.call())).toMatchObject({ status: "HEALTH_OK", checks: [] });
  });

  it("sees nobody where the server fails, and a step tries again", async () => {
    cluster = await startEmulatedCluster(3);
    await cluster.deliver();
    await cluster.control("PUT", "/faults", { faults: [{ kind: "status", status: 502, path: "/clusters/" }] });
    expect(await cluster.engine.observeMetrics(cluster.call())).toBeNull();
    expect(await cluster.engine.perform(cluster.call(), action(actionNames.cluster, { name: "emulated" }))).toMatchObject({ kind: "retry", cause: { code: "ManagementServerRefused", message: expect.stringContaining("502") } });
    await cluster.control("PUT", "/faults", { faults: [{ kind: "status", status: 403, path: "/views/", method: "POST", times: 1 }] });
    expect(await cluster.engine.perform(cluster.call(), action(actionNames.ensureBucket, { name: "second" }))).toMatchObject({ kind: "failed", error: { code: "ManagementServerRefused" } });
  });

  it("sees nobody where the server is away, and a step waits for it without failing", async () => {
    cluster = await startEmulatedCluster(3);
    await cluster.deliver();
    await cluster.emulator.close();
    expect(await cluster.engine.observeHealth(cluster.call())).toBeNull();
    expect(await cluster.engine.perform(cluster.call(), action(actionNames.objectUser))).toMatchObject({ kind: "retry", cause: { code: "ManagementServerUnreachable" } });
  });

  it("signs in anew when its token has ended", async () => {
    let laterMs = 0;
    cluster = await startEmulatedCluster(3, { nowMs: () => Date.now() + laterMs });
    await cluster.deliver();
    laterMs = 2 * 3_600_000;
    await expect(cluster.api("GET", "/views/")).rejects.toThrow("401");
    expect(await cluster.engine.observeHealth(cluster.call())).toMatchObject({ ok: true });
  });

  it("finds a server that has moved, and everything in it", async () => {
    const dataFile = join(scratch, "state.json");
    let origin = "";
    cluster = await startEmulatedCluster(3, { dataFile, engine: { locate: () => Promise.resolve({ origin: origin === "" ? cluster.emulator.origin : origin, caPem: null }) } });
    await cluster.deliver();
    const credentials = await cluster.engine.readCredentials(cluster.call());
    await cluster.emulator.close();
    const moved = await startVmsEmulator({ tls: false, nodes: nodesOf(3), dataFile });
    ({ origin } = moved);
    try {
      expect(await cluster.engine.observeHealth(cluster.call())).toMatchObject({ ok: true });
      expect((await cluster.engine.nativeEndpoint(cluster.call()))?.origin).toBe(moved.origin);
      expect(await cluster.engine.readCredentials(cluster.call())).toEqual(credentials);
    } finally {
      await moved.close();
    }
  });
});
