// Faults upon hosts: what is asked of the substrate, what shows, what is refused and leaves no record.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keepHostsOn } from "@cynosure/inventory";
import { ControlPlaneError, failed, retry } from "@cynosure/model";
import type { Clock } from "@cynosure/model";
import type { Substrate } from "@cynosure/substrate";
import { CLUSTER, clusterBody, clusterKeyIn, deliverLocal, openWorld } from "./testkit/world.ts";
import type { World } from "./testkit/world.ts";

const YARD = { ...CLUSTER, clusterName: "yard" };
const HOST = { ...YARD, hostName: "host-2" };
let world: World;
beforeAll(async () => {
  world = await openWorld();
  await deliverLocal(world, YARD);
});
afterAll(() => world.close());

type FaultOperation = "Hosts_Kill" | "Hosts_CutLink" | "Hosts_Restore";
const shown = async (): Promise<readonly (readonly [string, string])[]> => (await world.call("Hosts_ListByCluster", YARD)).body.value.map(({ properties }) => [properties.power, properties.fault] as const);
const answer = async (id: FaultOperation, params = HOST): Promise<readonly [string, string]> => {
  const { properties } = (await world.call(id, params)).body;
  return [properties.power, properties.fault];
};
const audited = async (): Promise<number> => (await world.testStore.store.audit.list({ limitMax: 10_000 })).filter(({ action }) => action.includes("/hosts/")).length;
async function refused(id: FaultOperation, params = HOST): Promise<{ readonly code: string; readonly message: string; readonly records: number }> {
  const before = await audited();
  const error: unknown = await world.call(id, params).then(() => null, (reason: unknown) => reason);
  if (!(error instanceof ControlPlaneError)) throw new Error(`${id} was not refused: ${String(error)}`);
  return { code: error.code, message: error.message, records: (await audited()) - before };
}

describe("a fault upon a host", () => {
  it("shows at once in the answer and in the list, on that host alone, and restore ends it", async () => {
    expect(await shown()).toEqual([["on", "none"], ["on", "none"], ["on", "none"]]);
    expect(await answer("Hosts_Kill")).toEqual(["off", "killed"]);
    expect(await shown()).toEqual([["on", "none"], ["off", "killed"], ["on", "none"]]);
    expect(await answer("Hosts_Restore")).toEqual(["on", "none"]);
    expect(await answer("Hosts_CutLink")).toEqual(["on", "linkCut"]);
    expect(await answer("Hosts_Restore")).toEqual(["on", "none"]);
  });

  it("may be brought again, and restore undoes both at once, the link before the power", async () => {
    for (const id of ["Hosts_CutLink", "Hosts_CutLink", "Hosts_Kill", "Hosts_Kill"] as const) await world.call(id, HOST);
    const before = world.localHosts.asked.length;
    expect(await answer("Hosts_Restore")).toEqual(["on", "none"]);
    expect(world.localHosts.asked.slice(before)).toEqual(["host-2 restoreLink", "host-2 on"]);
  });

  it("is not undone by who keeps hosts on: a killed host stays off until it is restored, while one that fell by itself is started", async () => {
    await world.call("Hosts_Kill", HOST);
    const before = world.localHosts.asked.length;
    world.localHosts.lose(clusterKeyIn(YARD), "host-3");
    const substrate = world.options.substrates.local as Substrate; // the task calls the two methods that the world's has
    const clock: Clock = { now: () => world.clock.now(), sleep: (_ms, signal) => new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new Error("awake")))) };
    await keepHostsOn({ store: world.options.store, clock, substrates: { local: substrate }, logError: (what) => expect.unreachable(what), onStarted: () => undefined }).run(new AbortController().signal);
    expect(world.localHosts.asked.slice(before)).toEqual(["host-3 on"]);
    expect(await shown()).toEqual([["on", "none"], ["off", "killed"], ["on", "none"]]);
    await world.call("Hosts_Restore", HOST);
  });

  it("waits for a substrate that is busy, and says so when that goes on too long", async () => {
    world.localHosts.answersNext.push(retry("LocalSubstrate", "the lock is taken", 1), retry("LocalSubstrate", "the lock is taken", 1));
    expect(await answer("Hosts_Kill")).toEqual(["off", "killed"]);
    await world.call("Hosts_Restore", HOST);
    world.localHosts.answersNext.push(...Array.from({ length: 20 }, () => retry("LocalSubstrate", "the lock is taken", 1)));
    expect(await refused("Hosts_Kill")).toMatchObject({ code: "ServiceUnavailable", message: expect.stringContaining("the lock is taken"), records: 0 });
  });
});

describe("a fault is refused, and leaves no record,", () => {
  it("where the substrate cannot do it, in the substrate's words", async () => {
    world.localHosts.answersNext.push(failed("LinkCannotBeCut", "the link of host-2 cannot be cut on rung c"));
    expect(await refused("Hosts_CutLink")).toEqual({ code: "OperationNotAllowed", message: "the link of host-2 cannot be cut on rung c", records: 0 });
  });

  it("upon hosts of any other substrate, naming it", async () => {
    await world.call("Clusters_CreateOrUpdate", CLUSTER, clusterBody());
    for (const id of ["Hosts_Kill", "Hosts_CutLink", "Hosts_Restore"] as const) expect(await refused(id, { ...CLUSTER, hostName: "host-1" })).toMatchObject({ code: "OperationNotAllowed", message: expect.stringContaining("substrate 'simulated'"), records: 0 });
  });

  it("upon a host that is planned and not made yet", async () => {
    const young = { ...CLUSTER, clusterName: "young" };
    await world.call("Clusters_CreateOrUpdate", young, clusterBody({ substrate: "local" }));
    expect(await refused("Hosts_Kill", { ...young, hostName: "host-1" })).toMatchObject({ code: "OperationNotAllowed", message: expect.stringContaining("not been made yet"), records: 0 });
    expect(await world.options.store.hosts.listHosts(clusterKeyIn(young))).toEqual([]);
  });

  it("upon a host or in a cluster that is not there", async () => {
    expect(await refused("Hosts_Kill", { ...YARD, hostName: "host-9" })).toMatchObject({ code: "ResourceNotFound", records: 0 });
    expect(await refused("Hosts_Restore", { ...YARD, clusterName: "nowhere", hostName: "host-1" })).toMatchObject({ code: "ResourceNotFound", records: 0 });
  });
});
