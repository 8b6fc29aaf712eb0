import { afterEach, expect, test } from "vitest";
import type { EmulatedNode } from "../options.ts";
import { startForTest } from "../testkit.ts";
import type { TestClient } from "../testkit.ts";

const NODES: readonly EmulatedNode[] = [
  { ip: "192.0.2.1", kind: "cnode" },
  { ip: "192.0.2.2", kind: "cnode" },
  { ip: "192.0.2.3", kind: "dnode" },
  { ip: "192.0.2.4", kind: "dnode" },
];
let client: TestClient;

afterEach(async () => {
  await client.close();
});

async function deploy(): Promise<void> {
  expect(await client.ended(await client.good("GET", "/hosts/discover"))).toBe("COMPLETED");
  expect(await client.ended(await client.good("POST", "/clusters/", { name: "one" }))).toBe("COMPLETED");
}

test("discovered hosts become a cluster that is ONLINE, with nodes, boxes and the capacity of its drives", async () => {
  client = await startForTest({ nodes: NODES });
  expect(await client.rows("/hosts/")).toEqual([]);
  await deploy();
  const [cluster] = await client.rows("/clusters/");
  expect(cluster).toMatchObject({ name: "one", state: "ONLINE", leader_state: "UP" });
  expect(cluster?.["usable_capacity_bytes"]).toBe(2 * 4 * 15_360_000_000_000 * 0.8);
  expect(await client.rows("/cnodes/")).toHaveLength(2);
  expect(await client.rows("/dboxes/")).toHaveLength(2);
  expect(await client.rows("/hosts/discovered_hosts/")).toEqual([]);
});

test("a node that fails at the deployment leaves the cluster FAILED with an alarm, and it is resumed when the node is well", async () => {
  client = await startForTest({ nodes: NODES });
  await client.good("PATCH", "/__emulator/nodes/192.0.2.3", { failsAt: "deploy" });
  await client.ended(await client.good("GET", "/hosts/discover"));
  const answer = await client.good("POST", "/clusters/", { name: "one" });
  expect(answer["state"]).toBe("INIT");
  expect(await client.ended(answer)).toBe("FAILED");
  const [task] = await client.rows("/vtasks/?state=FAILED");
  expect(task?.["messages"]).toContain("nodes installed: node 192.0.2.3 failed at deploy");
  expect((await client.rows("/clusters/"))[0]?.["state"]).toBe("FAILED");
  expect(await client.call("GET", "/health/")).toMatchObject({ status: 503, body: { status: "error" } });
  await client.good("PATCH", "/__emulator/nodes/192.0.2.3", { failsAt: null });
  expect(await client.ended(await client.good("PATCH", "/clusters/1/resume_deploy/"))).toBe("COMPLETED");
  expect((await client.rows("/clusters/"))[0]?.["state"]).toBe("ONLINE");
  expect(await client.call("GET", "/health/")).toMatchObject({ status: 200, body: { status: "ok" } });
});

test("an address that discovery did not find is refused by its field", async () => {
  client = await startForTest({ nodes: NODES });
  expect(await client.call("POST", "/clusters/", { name: "one", cnode_ips: "198.51.100.1" })).toMatchObject({ status: 400, body: { cnode_ips: ["198.51.100.1 was not discovered."] } });
  expect(await client.call("POST", "/clusters/", {})).toMatchObject({ status: 400, body: { name: ["This field is required."] } });
});

test("a box comes later, the cluster is expanded, and it is decommissioned after a rehearsal", async () => {
  client = await startForTest({ nodes: NODES });
  await client.ended(await client.good("GET", "/hosts/discover"));
  await client.ended(await client.good("POST", "/clusters/", { name: "one", cnode_ips: ["192.0.2.1"], dnode_ips: ["192.0.2.3"] }));
  const before = Number((await client.rows("/clusters/"))[0]?.["physical_space"]);
  expect(await client.ended(await client.good("POST", "/dboxes/add/", { dnode_ips: ["192.0.2.4"] }))).toBe("COMPLETED");
  expect(await client.ended(await client.good("POST", "/cnodes/", { ip: "192.0.2.2" }))).toBe("COMPLETED");
  expect(await client.ended(await client.good("POST", "/clusters/1/expand/", {}))).toBe("COMPLETED");
  expect((await client.rows("/clusters/"))[0]).toMatchObject({ physical_space: 2 * before, expansion_state: "DONE" });
  expect(await client.call("POST", "/dboxes/decommission/dry-run/", { ids: [1, 2] })).toMatchObject({ status: 409, body: { success: false } });
  expect(await client.call("POST", "/dboxes/decommission/dry-run/", { ids: [2] })).toMatchObject({ status: 200, body: { success: true } });
  expect(await client.ended(await client.good("POST", "/dboxes/decommission/", { ids: [2] }))).toBe("COMPLETED");
  expect(await client.rows("/dboxes/")).toHaveLength(1);
  expect((await client.rows("/clusters/"))[0]?.["physical_space"]).toBe(before);
});

test("an upgrade goes batch by batch to the new build and is kept in the history", async () => {
  client = await startForTest({ nodes: NODES, installedCluster: "one" });
  expect(await client.ended(await client.good("POST", "/clusters/1/upload_from_s3/", { s3_url: "https://example.com/release-5.4.2.0.tar" }))).toBe("COMPLETED");
  expect(await client.ended(await client.good("POST", "/clusters/1/upgrade_without_file/", { enable_dr: false, force: false }))).toBe("COMPLETED");
  expect((await client.rows("/clusters/"))[0]).toMatchObject({ sw_version: "5.4.2.0", upgrade_state: "DONE", upgrade_progress: { done: 4, total: 4 } });
  expect((await client.rows("/versions/?status=success")).map((row) => row["sys_version"])).toContain("5.4.2.0");
  expect(new Set((await client.rows("/cnodes/")).map((row) => row["build"]))).toEqual(new Set(["release-5.4.2.0"]));
});

test("a stop of an upgrade takes effect between two batches", async () => {
  client = await startForTest({ nodes: NODES, installedCluster: "one", delays: { taskMs: 400 } });
  const upgrade = await client.good("PATCH", "/clusters/1/upgrade/", { build: "release-5.4.2.0" });
  expect(await client.call("PATCH", "/clusters/1/upgrade/", { build: "release-5.4.2.0" })).toMatchObject({ status: 409, body: { code: "upgrade_running" } });
  await client.good("POST", "/clusters/1/stop_upgrade/");
  expect(await client.ended(upgrade)).toBe("FAILED");
  const [cluster] = await client.rows("/clusters/");
  expect(cluster).toMatchObject({ upgrade_state: "STOPPED", sw_version: "5.4.0.17" });
});

test("a node that fails later raises an alarm and makes health an error until it is well", async () => {
  client = await startForTest({ nodes: NODES, installedCluster: "one" });
  await client.good("PATCH", "/__emulator/nodes/192.0.2.1", { state: "FAILED" });
  expect((await client.rows("/alarms/"))[0]).toMatchObject({ severity: "CRITICAL", object_type: "CNODE", object_name: "cnode-192.0.2.1" });
  expect((await client.call("GET", "/health/")).status).toBe(503);
  await client.good("PATCH", "/__emulator/nodes/192.0.2.1", { state: "ACTIVE" });
  expect((await client.call("GET", "/health/")).body).toEqual({ status: "ok", cache: "ok", db: "ok" });
});

test("metrics have a column for each property asked for and are the same for the same seed and time", async () => {
  client = await startForTest({ nodes: NODES, installedCluster: "one" });
  const path = "/monitors/ad_hoc_query/?object_type=cnode&prop_list=ProtoMetrics,proto_name=NFS,iops&prop_list=bw&from_time=2026-01-01T00:00:00Z&to_time=2026-01-01T00:01:00Z&granularity=seconds";
  const answer = await client.good("GET", path);
  expect(answer["prop_list"]).toEqual(["timestamp", "object_id", "ProtoMetrics,proto_name=NFS,iops", "bw"]);
  expect(answer["data"]).toHaveLength(6 * 2);
  expect(await client.good("GET", path)).toEqual(answer);
});

test("the catalogue of metrics says for which kinds of object each is, and what it names can be measured of them", async () => {
  client = await startForTest({ nodes: NODES, installedCluster: "one" });
  const named = new Set((await client.rows("/metrics/?limit=10000")).flatMap((row) => row["object_types"] as readonly string[]));
  expect([...named].sort()).toEqual(["cluster", "cnode", "host", "tenant", "user", "view", "vippool"]);
  for (const kind of named) {
    const names = (await client.rows(`/metrics/?object_type=${kind}`)).map((row) => String(row["fqn"]));
    const query = names.map((name) => `prop_list=${encodeURIComponent(name)}`).join("&");
    expect((await client.good("GET", `/monitors/ad_hoc_query/?object_type=${kind}&${query}`))["prop_list"]).toEqual(["timestamp", "object_id", ...names]);
  }
});
