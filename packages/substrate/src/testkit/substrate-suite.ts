// The rules of docs/reference/substrate-contract.md as test cases, one per rule id. An adapter that cannot
// keep a rule says so with a reason, and is held to refusing it by name; no rule can be left out.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hostId, type ClusterKey, type EndpointLayout, type HostId, type InstallationId, type StepResult, type SubstrateHost } from "@cynosure/model";
import type { HostSpec, Substrate, SubstrateCall } from "../port.ts";
import { finish } from "./finish.ts";

/** A cluster no case has used before. */
export interface TestCluster {
  readonly clusterKey: ClusterKey;
  readonly installationId: InstallationId;
  /** Everything the adapter needs to make the host with this 0-based index. */
  hostSpec(index: number): HostSpec;
}

export interface SubstrateUnderTest {
  readonly substrate: Substrate;
  readonly location: string;
  newCluster(): TestCluster;
  /** Lets as much time pass as the adapter asked for. */
  sleep(ms: number): Promise<void>;
  /** Called once, after all cases; every cluster was destroyed by then. */
  close(): Promise<void>;
}

export interface SubstrateSuiteOptions {
  readonly name?: string;
  /** Rules the adapter cannot keep: it must refuse them with this code, and the reason is part of the test's name. */
  readonly refuses?: readonly { readonly reason: string; readonly code: string; readonly cases: readonly string[] }[];
}

/** A cluster with the calls of one executor on it. */
class Handle {
  readonly cluster: TestCluster;
  readonly #under: SubstrateUnderTest;
  constructor(under: SubstrateUnderTest, cluster: TestCluster) {
    this.#under = under;
    this.cluster = cluster;
  }
  call(executorEpoch = 1, generation = 1): SubstrateCall {
    return { clusterKey: this.cluster.clusterKey, installationId: this.cluster.installationId, generation, executorEpoch };
  }
  async done<T>(work: (substrate: Substrate, call: SubstrateCall) => Promise<StepResult<T>>, epoch = 1): Promise<T> {
    const result = await this.final(work, epoch);
    if (result.kind === "failed") throw new Error(`${result.error.code}: ${result.error.message}`);
    return result.value;
  }
  final<T>(work: (substrate: Substrate, call: SubstrateCall) => Promise<StepResult<T>>, epoch = 1): Promise<Extract<StepResult<T>, { kind: "done" | "failed" }>> {
    return finish(() => work(this.#under.substrate, this.call(epoch)), (ms) => this.#under.sleep(ms));
  }
  network(epoch = 1): Promise<void> {
    return this.done((substrate, call) => substrate.ensureNetwork(call), epoch);
  }
  host(index: number, epoch = 1): Promise<SubstrateHost> {
    return this.done((substrate, call) => substrate.ensureHost(call, this.cluster.hostSpec(index)), epoch);
  }
  destroyHost(id: HostId, epoch = 1): Promise<void> {
    return this.done((substrate, call) => substrate.destroyHost(call, id), epoch);
  }
  observe(): Promise<readonly SubstrateHost[]> {
    return this.#under.substrate.observe(this.cluster.clusterKey);
  }
  async endpoints(endpoints: readonly EndpointLayout[]): Promise<readonly { name: string; address: string; port: number }[]> {
    const published = await this.done((substrate, call) => substrate.ensureEndpoints(call, endpoints));
    return published.map(({ name, address, port }) => ({ name, address, port }));
  }
}

const aPort = (host: HostId, name: string, port = 2049): EndpointLayout => ({ name, protocol: "nfs", hostId: host, port });

type Case = readonly [id: string, statement: string, run: (handle: Handle, under: SubstrateUnderTest) => Promise<void>];

const creationCases: readonly Case[] = [
  ["SUB-01", "offers sizes for its location and none for a location it does not know", async (_, { substrate, location }) => {
    const offers = await substrate.describeOffers(location);
    expect(offers.length).toBeGreaterThan(0);
    expect(offers.every((offer) => offer.location === location && offer.hostCountMax > 0 && offer.diskCount >= 0)).toBe(true);
    expect(await substrate.describeOffers("no-such-location")).toEqual([]);
  }],
  ["SUB-02", "a network may be ensured again", async (handle) => {
    await handle.network();
    await handle.network();
    expect(await handle.observe()).toEqual([]);
  }],
  ["SUB-03", "a host that is done is the one asked for, has an address and power, and is observed", async (handle) => {
    await handle.network();
    const spec = handle.cluster.hostSpec(0);
    const host = await handle.host(0);
    expect(host).toMatchObject({ hostId: spec.hostId, index: 0, size: spec.size, failureDomain: spec.failureDomain, power: "on", diskPaths: spec.disks.map((disk) => disk.path) });
    expect(host.address).not.toBe("");
    expect(await handle.observe()).toEqual([host]);
  }],
  ["SUB-04", "a host may be ensured again, also at the same time, and stays one host", async (handle) => {
    await handle.network();
    const [first, second] = await Promise.all([handle.host(0), handle.host(0)]);
    expect(second).toEqual(first);
    expect(await handle.host(0)).toEqual(first);
    expect(await handle.observe()).toHaveLength(1);
  }],
  ["SUB-05", "hosts of one cluster have addresses of their own", async (handle) => {
    await handle.network();
    const hosts = await Promise.all([0, 1, 2].map((index) => handle.host(index)));
    expect(new Set(hosts.map((host) => host.address)).size).toBe(3);
    expect((await handle.observe()).map((host) => host.hostId).sort()).toEqual(hosts.map((host) => host.hostId).sort());
  }],
];

const removalCases: readonly Case[] = [
  ["SUB-06", "destroying a host removes it; again, or one that never was, is done too", async (handle) => {
    await handle.network();
    const host = await handle.host(0);
    await handle.destroyHost(host.hostId);
    expect(await handle.observe()).toEqual([]);
    await handle.destroyHost(host.hostId);
    await handle.destroyHost(hostId("host-99"));
  }],
  ["SUB-07", "destroying a network that is gone or never was is done", async (handle) => {
    await handle.done((substrate, call) => substrate.destroyNetwork(call));
    await handle.network();
    await handle.done((substrate, call) => substrate.destroyNetwork(call));
    await handle.done((substrate, call) => substrate.destroyNetwork(call));
    expect(await handle.observe()).toEqual([]);
  }],
  ["SUB-08", "a cluster it does not know has no hosts", async (handle) => {
    expect(await handle.observe()).toEqual([]);
  }],
  ["SUB-09", "a host made again is found at the same address", async (handle) => {
    await handle.network();
    const before = await handle.host(1);
    await handle.destroyHost(before.hostId);
    expect((await handle.host(1)).address).toBe(before.address);
  }],
  ["SUB-10", "what is done to one cluster leaves another alone", async (handle, under) => {
    const other = new Handle(under, under.newCluster());
    await Promise.all([handle.network(), other.network()]);
    const [host, kept] = await Promise.all([handle.host(0), other.host(0)]);
    await handle.destroyHost(host.hostId);
    await handle.done((substrate, call) => substrate.destroyNetwork(call));
    expect(await other.observe()).toEqual([kept]);
    await demolish(other);
  }],
];

const fenceCases: readonly Case[] = [
  ["SUB-11", "an executor whose epoch was passed is refused by every method that writes, and changes nothing", async (handle) => {
    await handle.network(5);
    const host = await handle.host(0, 5);
    const spec = handle.cluster.hostSpec(1);
    const stale: ((substrate: Substrate, call: SubstrateCall) => Promise<StepResult<unknown>>)[] = [
      (substrate, call) => substrate.ensureNetwork(call),
      (substrate, call) => substrate.ensureHost(call, spec),
      (substrate, call) => substrate.destroyHost(call, host.hostId),
      (substrate, call) => substrate.destroyNetwork(call),
      (substrate, call) => substrate.power(call, host.hostId, "off"),
      (substrate, call) => substrate.ensureEndpoints(call, []),
    ];
    for (const method of stale) expect(await handle.final(method, 4)).toMatchObject({ kind: "failed", error: { code: "StaleExecutor" } });
    expect(await handle.observe()).toEqual([host]);
  }],
  ["SUB-12", "an executor that takes over goes on where the one before stopped", async (handle) => {
    await handle.network(1);
    const host = await handle.host(0, 1);
    expect(await handle.host(0, 2)).toEqual(host);
    expect(await handle.final((substrate, call) => substrate.ensureNetwork(call), 1)).toMatchObject({ kind: "failed", error: { code: "StaleExecutor" } });
  }],
];

const useCases: readonly Case[] = [
  ["SUB-13", "power off and on show in what is observed, as does that they were asked for, and keep the address", async (handle) => {
    await handle.network();
    const host = await handle.host(0);
    await handle.done((substrate, call) => substrate.power(call, host.hostId, "off"));
    expect(await handle.observe()).toMatchObject([{ hostId: host.hostId, power: "off", wantedPower: "off" }]);
    await handle.done((substrate, call) => substrate.power(call, host.hostId, "on"));
    expect(await handle.observe()).toMatchObject([{ hostId: host.hostId, power: "on", wantedPower: "on", address: host.address }]);
  }],
  ["SUB-14", "a link may be cut and restored, repeatedly, and shows as cut in what is observed meanwhile", async (handle) => {
    await handle.network();
    const { hostId: id } = await handle.host(0);
    for (const [action, link] of [["cutLink", "cut"], ["cutLink", "cut"], ["restoreLink", "up"], ["restoreLink", "up"]] as const) {
      await handle.done((substrate, call) => substrate.power(call, id, action));
      const [host] = await handle.observe();
      expect([host?.hostId, host?.power, host?.link ?? "up"]).toEqual([id, "on", link]);
    }
  }],
  ["SUB-15", "power over a host that does not exist fails and names it", async (handle) => {
    await handle.network();
    const result = await handle.final((substrate, call) => substrate.power(call, hostId("host-99"), "off"));
    expect(result.kind === "failed" && result.error.message).toContain("host-99");
  }],
  ["SUB-16", "exactly the endpoints asked for are published, each reachable at one place, the same when asked again", async (handle) => {
    await handle.network();
    const [a, b] = await Promise.all([handle.host(0), handle.host(1)]);
    const wanted = [aPort(a.hostId, "nfs-1"), aPort(b.hostId, "nfs-2")];
    const published = await handle.endpoints(wanted);
    expect(published.map((endpoint) => endpoint.name)).toEqual(["nfs-1", "nfs-2"]);
    expect(new Set(published.map((endpoint) => `${endpoint.address}:${endpoint.port}`)).size).toBe(2);
    expect(await handle.endpoints(wanted)).toEqual(published);
    expect(await handle.endpoints(wanted.slice(1))).toEqual(published.slice(1));
  }],
  ["SUB-17", "an empty list withdraws all; published again, they are where they were", async (handle) => {
    await handle.network();
    const { hostId: id } = await handle.host(0);
    const published = await handle.endpoints([aPort(id, "nfs-1"), { ...aPort(id, "s3-1", 7480), protocol: "s3" }]);
    expect(await handle.endpoints([])).toEqual([]);
    expect(await handle.endpoints([aPort(id, "nfs-1"), { ...aPort(id, "s3-1", 7480), protocol: "s3" }])).toEqual(published);
  }],
];

export const substrateCases: readonly Case[] = [...creationCases, ...removalCases, ...fenceCases, ...useCases];

/** Whatever the case left behind goes, under an epoch above any that a case used. */
async function demolish(handle: Handle): Promise<void> {
  const last = 1_000;
  await handle.done((substrate, call) => substrate.ensureEndpoints(call, []), last);
  for (const host of await handle.observe()) await handle.destroyHost(host.hostId, last);
  await handle.done((substrate, call) => substrate.destroyNetwork(call), last);
}

export function describeSubstrate(makeSubstrate: () => Promise<SubstrateUnderTest>, { name = "substrate", refuses = [] }: SubstrateSuiteOptions = {}): void {
  describe(`${name} keeps the substrate contract`, () => {
    let under: SubstrateUnderTest;
    beforeAll(async () => {
      under = await makeSubstrate();
    });
    afterAll(() => under.close());
    for (const [id, statement, run] of substrateCases) {
      const refused = refuses.find((each) => each.cases.includes(id));
      it(`${id}: ${statement}${refused === undefined ? "" : ` [refused with ${refused.code}: ${refused.reason}]`}`, async () => {
        const handle = new Handle(under, under.newCluster());
        try {
          if (refused === undefined) await run(handle, under);
          else await expect(run(handle, under)).rejects.toThrow(new RegExp(`^${refused.code}: `));
        } finally {
          await demolish(handle);
        }
      });
    }
  });
}
