// Conformance cases of hosts, host plans, join tokens, requests, secrets and observations.
import { expect, it } from "vitest";
import { hostId, type ClusterKey, type HostPlan, type HostReport } from "@cynosure/model";
import { sampleHost, testCluster } from "./samples.ts";
import type { GetStore } from "./store-suite.ts";

const planOf = (clusterKey: ClusterKey, name: string, generation: number): HostPlan => ({
  clusterKey,
  hostId: hostId(name),
  generation,
  stage: 1,
  image: { name: "simulated-1" },
  files: [{ path: "/var/lib/cynosure/etc/a", mode: 0o600, stage: 1, text: "key={{secret:a}}" }],
  disks: [],
  daemons: [],
});

const reportOf = (clusterKey: ClusterKey, name: string, observedGeneration: number): HostReport => ({
  clusterKey,
  hostId: hostId(name),
  observedGeneration,
  executorEpoch: 1,
  state: "converged",
  daemons: [],
  agent: { pid: 2, version: "0.1.0", startedAtMs: 1 },
});

export function describeHosts(get: GetStore): void {
  describePublishing(get);
  describeWatching(get);
  describeJoining(get);
  describeRequests(get);
  describeForgetting(get);
  describeVault(get);
}

function describePublishing(get: GetStore): void {
  const stale = { code: "StaleExecutor" };

  it("STO-40 a published host plan never goes back, neither in generation nor in epoch", async () => {
    const { hosts } = get().store;
    const { key } = testCluster("publish");
    await hosts.publish(planOf(key, "host-1", 5), 3);
    await hosts.publish(planOf(key, "host-1", 5), 3);
    await expect(hosts.publish(planOf(key, "host-1", 4), 3)).rejects.toMatchObject(stale);
    await expect(hosts.publish(planOf(key, "host-1", 6), 2)).rejects.toMatchObject(stale);
    await expect(hosts.publish(planOf(key, "host-1", 4), 4)).rejects.toMatchObject(stale);
    expect(await hosts.readPublished(key, hostId("host-1"))).toMatchObject({ executorEpoch: 3, plan: { generation: 5 } });
    await hosts.publish(planOf(key, "host-1", 5), 4);
    await hosts.publish(planOf(key, "host-1", 6), 4);
    expect(await hosts.readPublished(key, hostId("host-1"))).toMatchObject({ executorEpoch: 4, plan: { generation: 6 } });
    expect(await hosts.readPublished(key, hostId("host-2"))).toBeNull();
  });

  it("STO-41 once the epoch was raised, the executor before it cannot publish anything", async () => {
    const { hosts, plans } = get().store;
    const { key } = testCluster("raised");
    expect(await plans.epoch(key)).toBe(1);
    await hosts.publish(planOf(key, "host-1", 1), 1);
    expect(await plans.raiseEpoch(key)).toBe(2);
    await expect(hosts.publish(planOf(key, "host-1", 1), 1)).rejects.toMatchObject(stale);
    await expect(hosts.publish(planOf(key, "host-2", 1), 1)).rejects.toMatchObject(stale);
    await hosts.publish(planOf(key, "host-2", 1), 2);
  });

  it("STO-42 hosts are listed by index with report and published generation", async () => {
    const { hosts } = get().store;
    const { key } = testCluster("listing");
    for (const index of [2, 0, 10]) await hosts.putHost(key, sampleHost(`host-${index}`, index));
    await hosts.publish(planOf(key, "host-2", 7), 1);
    await hosts.putReport(reportOf(key, "host-2", 7));
    const listed = await hosts.listHosts(key);
    expect(listed.map(({ host }) => host.hostId)).toEqual(["host-0", "host-2", "host-10"]);
    expect(listed[1]).toMatchObject({ publishedGeneration: 7, report: { observedGeneration: 7 }, joinedAtMs: null });
    expect(listed[0]).toMatchObject({ publishedGeneration: 0, report: null });
    await hosts.removeHost(key, hostId("host-2"));
    expect(await hosts.readReport(key, hostId("host-2"))).toBeNull();
    expect((await hosts.listHosts(key)).length).toBe(2);
  });

  it("STO-43 a waiter hears of a change made by another process, also one made just before it waits", async () => {
    const { store, openAgain } = get();
    const other = await openAgain();
    const { key } = testCluster("waiting");
    const topic = `report:${key}/host-1`;
    const bound = 20_000;
    const begunAt = performance.now();
    const heard = store.hosts.waitForChange(topic, bound);
    await other.hosts.putReport(reportOf(key, "host-1", 1));
    await heard;
    const readThenChanged = await store.hosts.readReport(key, hostId("host-1"));
    await other.hosts.putReport(reportOf(key, "host-1", 2));
    await store.hosts.waitForChange(topic, bound);
    expect(readThenChanged).not.toBeNull();
    expect(performance.now() - begunAt).toBeLessThan(bound / 2);
    const abort = new AbortController();
    const aborted = store.hosts.waitForChange("request:never", bound, abort.signal);
    abort.abort();
    await aborted;
  });
}

function describeWatching(get: GetStore): void {
  it("STO-44 a watch does not lose a change made between a read and the wait after it, however long that takes", async () => {
    const { store, openAgain } = get();
    const other = await openAgain();
    const { key } = testCluster("watching");
    const topic = `report:${key}/host-1`;
    const watch = store.watchChanges(topic);
    const witness = store.hosts.waitForChange(topic, 20_000);
    expect(await store.hosts.readReport(key, hostId("host-1"))).toBeNull();
    await other.hosts.putReport(reportOf(key, "host-1", 1));
    await witness;
    const begunAt = performance.now();
    await watch.wait(20_000);
    expect(performance.now() - begunAt).toBeLessThan(5_000);
    expect(await store.hosts.readReport(key, hostId("host-1"))).not.toBeNull();
    const bounded = performance.now();
    await watch.wait(40);
    expect(performance.now() - bounded).toBeGreaterThanOrEqual(30);
    watch.close();
  });
}

function describeJoining(get: GetStore): void {
  it("STO-50 a join token works for its own host only, once, and not after it expired", async () => {
    const { hosts } = get().store;
    const { key } = testCluster("joining");
    const other = testCluster("elsewhere").key;
    await hosts.issueJoinToken(key, hostId("host-1"), "hash-1", 1_000);
    expect(await hosts.consumeJoinToken(key, hostId("host-2"), "hash-1", 1, "key-a")).toBe(false);
    expect(await hosts.consumeJoinToken(other, hostId("host-1"), "hash-1", 1, "key-a")).toBe(false);
    expect(await hosts.consumeJoinToken(key, hostId("host-1"), "unknown", 1, "key-a")).toBe(false);
    expect(await hosts.consumeJoinToken(key, hostId("host-1"), "hash-1", 1_000, "key-a")).toBe(false);
    expect(await hosts.consumeJoinToken(key, hostId("host-1"), "hash-1", 1, "key-a")).toBe(true);
    expect(await hosts.consumeJoinToken(key, hostId("host-1"), "hash-1", 2, "key-b")).toBe(false);
  });

  it("STO-51 the same key may ask again for a lost answer, until the token expires", async () => {
    const { hosts } = get().store;
    const { key } = testCluster("rejoining");
    await hosts.issueJoinToken(key, hostId("host-1"), "hash-2", 1_000);
    expect(await hosts.consumeJoinToken(key, hostId("host-1"), "hash-2", 1, "key-a")).toBe(true);
    expect(await hosts.consumeJoinToken(key, hostId("host-1"), "hash-2", 2, "key-a")).toBe(true);
    expect(await hosts.consumeJoinToken(key, hostId("host-1"), "hash-2", 1_000, "key-a")).toBe(false);
  });

  it("STO-52 of many joins at once with different keys exactly one succeeds, and it spends every token of the host", async () => {
    const { hosts } = get().store;
    const { key } = testCluster("crowd");
    await hosts.issueJoinToken(key, hostId("host-1"), "hash-3", 1_000);
    await hosts.issueJoinToken(key, hostId("host-1"), "hash-4", 1_000);
    const tries = Array.from({ length: 8 }, (_, index) => hosts.consumeJoinToken(key, hostId("host-1"), index % 2 === 0 ? "hash-3" : "hash-4", 1, `key-${index}`));
    expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
  });

  it("STO-53 a host may join before its substrate has answered with its address", async () => {
    const { hosts } = get().store;
    const { key } = testCluster("early");
    expect(await hosts.isJoined(key, hostId("host-0"))).toBe(false);
    await hosts.markJoined(key, hostId("host-0"), "cert");
    expect(await hosts.isJoined(key, hostId("host-0"))).toBe(true);
    expect(await hosts.listHosts(key)).toEqual([]);
    await hosts.putHost(key, sampleHost("host-0", 0));
    expect((await hosts.listHosts(key))[0]?.joinedAtMs).toBeGreaterThan(0);
  });
}

function describeRequests(get: GetStore): void {
  it("STO-60 a request is handed out once, to its host, and that host's first answer is kept", async () => {
    const { hosts } = get().store;
    const { key } = testCluster("requests");
    const request = { clusterKey: key, hostId: hostId("host-1"), executorEpoch: 1, kind: "simulated.ask", timeoutMsMax: 60_000 };
    for (const id of ["rq-1", "rq-2", "rq-3"]) await hosts.putRequest({ ...request, id, payload: { id } });
    expect(await hosts.takeRequests(key, hostId("host-2"), 10)).toEqual([]);
    expect((await hosts.takeRequests(key, hostId("host-1"), 2)).map((each) => [each.id, each.payload])).toEqual([["rq-1", { id: "rq-1" }], ["rq-2", { id: "rq-2" }]]);
    expect((await hosts.takeRequests(key, hostId("host-1"), 10)).map((each) => each.id)).toEqual(["rq-3"]);
    expect(await hosts.readResponse("rq-1")).toBeNull();
    const answeredBy = { clusterKey: key, hostId: hostId("host-1") };
    await hosts.answerRequest("rq-1", { ok: true, value: "forged" }, { ...answeredBy, hostId: hostId("host-2") });
    await hosts.answerRequest("rq-1", { ok: true, value: "forged" }, { ...answeredBy, clusterKey: testCluster("elsewhere").key });
    expect(await hosts.readResponse("rq-1")).toBeNull();
    await hosts.answerRequest("rq-1", { ok: true, value: { fsid: "abc" } }, answeredBy);
    await hosts.answerRequest("rq-1", { ok: false, error: { code: "Late", message: "twice" } }, answeredBy);
    await hosts.answerRequest("unknown", { ok: true, value: null }, answeredBy);
    expect(await hosts.readResponse("rq-1")).toEqual({ ok: true, value: { fsid: "abc" } });
  });
}

function describeForgetting(get: GetStore): void {
  it("STO-61 a request asked twice is one request, and one whose time is over is not handed out", async () => {
    const { hosts } = get().store;
    const { key } = testCluster("request-times");
    const request = { clusterKey: key, hostId: hostId("host-1"), executorEpoch: 1, kind: "simulated.ask", payload: { first: true } };
    await hosts.putRequest({ ...request, id: "rq-twice", timeoutMsMax: 60_000 });
    await hosts.putRequest({ ...request, id: "rq-twice", timeoutMsMax: 60_000, payload: { first: false } });
    await hosts.putRequest({ ...request, id: "rq-over", timeoutMsMax: 0 });
    expect((await hosts.takeRequests(key, hostId("host-1"), 10)).map((each) => [each.id, each.payload])).toEqual([["rq-twice", { first: true }]]);
  });

  it("STO-62 a removed host leaves no token, plan, report or request, and its peers keep theirs", async () => {
    const { hosts } = get().store;
    const { key } = testCluster("removed-host");
    const gone = hostId("host-1");
    for (const name of ["host-1", "host-2"]) {
      await hosts.issueJoinToken(key, hostId(name), `removed-${name}`, 1_000);
      await hosts.publish(planOf(key, name, 3), 1);
      await hosts.putReport(reportOf(key, name, 3));
      await hosts.markJoined(key, hostId(name), "cert");
      await hosts.putRequest({ id: `removed-${name}`, clusterKey: key, hostId: hostId(name), executorEpoch: 1, kind: "k", payload: null, timeoutMsMax: 60_000 });
    }
    await hosts.removeHost(key, gone);
    expect(await hosts.consumeJoinToken(key, gone, "removed-host-1", 1, "key")).toBe(false);
    expect([await hosts.readPublished(key, gone), await hosts.readReport(key, gone), await hosts.isJoined(key, gone)]).toEqual([null, null, false]);
    expect(await hosts.takeRequests(key, gone, 10)).toEqual([]);
    expect(await hosts.consumeJoinToken(key, hostId("host-2"), "removed-host-2", 1, "key")).toBe(true);
    expect(await hosts.takeRequests(key, hostId("host-2"), 10)).toHaveLength(1);
    await hosts.publish(planOf(key, "host-1", 1), 1);
  });
}

function describeVault(get: GetStore): void {
  it("STO-70 a secret is made once, however many ask for it at the same time", async () => {
    const { vault } = get().store;
    const { key } = testCluster("vault");
    let made = 0;
    const values = await Promise.all(Array.from({ length: 8 }, () => vault.ensureSecret(key, "admin", () => `secret-${(made += 1)}`)));
    expect(new Set(values).size).toBe(1);
    expect(await vault.readSecret(key, "admin")).toBe(values[0]);
    expect(await vault.readSecret(key, "other")).toBeNull();
  });

  it("STO-71 forgetting a cluster removes all it kept inside, and nothing of another", async () => {
    const { hosts, observations, vault } = get().store;
    const kept = testCluster("kept").key;
    const gone = testCluster("gone").key;
    for (const key of [kept, gone]) {
      await vault.ensureSecret(key, "admin", () => "s");
      await vault.putOutput(key, "path", "/a");
      await vault.putOutput(key, "path", "/b");
      await hosts.putHost(key, sampleHost("host-0", 0));
      await hosts.publish(planOf(key, "host-0", 1), 1);
      await observations.putHealth(key, { status: "HEALTH_OK", ok: true, checks: [], observedAtMs: 1 });
      await observations.putEndpoints(key, [{ name: "nfs-1", protocol: "nfs", hostId: hostId("host-0"), address: "127.0.0.1", port: 2049 }]);
    }
    await vault.forgetCluster(gone);
    expect([await vault.readSecret(gone, "admin"), await vault.readOutput(gone, "path"), await hosts.readPublished(gone, hostId("host-0")), await observations.readHealth(gone)]).toEqual([null, null, null, null]);
    expect([await hosts.listHosts(gone), await observations.readEndpoints(gone)]).toEqual([[], []]);
    expect([await vault.readSecret(kept, "admin"), await vault.readOutput(kept, "path")]).toEqual(["s", "/b"]);
    expect(await observations.readHealth(kept)).toMatchObject({ status: "HEALTH_OK" });
    expect(await observations.readEndpoints(kept)).toHaveLength(1);
  });
}
