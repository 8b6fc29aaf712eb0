import { describe, expect, it } from "vitest";
import type { EngineLayout, LayoutHost } from "@cynosure/model";
import { suiteRng } from "@cynosure/engine/testkit";
import { aPolicy, hosts } from "../testkit/emulated-cluster.ts";
import { actionNames } from "./names.ts";
import { vastPlanner } from "./engine-planner.ts";

const bucket = (hostFailures: number) => ({ name: "results", protection: { hostFailures, scheme: "replication" as const } });
const lay = (change: Parameters<typeof aPolicy>[1], parent: EngineLayout | null = null, on: readonly LayoutHost[] = hosts(5)) => vastPlanner.layout({ policy: aPolicy(on.length, change), hosts: on, parent, rng: suiteRng("a") });
const laid = (...args: Parameters<typeof lay>): EngineLayout => {
  const result = lay(...args);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.layout;
};

describe("a layout of VAST", () => {
  it("starts nothing on hosts, which come up with the vendor's software", () => {
    const layout = laid({});
    expect(Object.values(layout.daemons).flat()).toEqual([]);
    expect(Object.values(layout.files).flat()).toEqual([]);
  });

  it("makes boxes of hosts with drives, and compute of those without", () => {
    const [first, ...rest] = hosts(4);
    if (first === undefined) throw new Error("no host");
    const discover = laid({}, null, [...rest, { ...first, diskPaths: [] }]).steps.find((step) => step.id === actionNames.discover);
    expect(discover?.action.params["nodes"]).toEqual(expect.arrayContaining([{ hostId: "host-1", kind: "cnode" }, { hostId: "host-2", kind: "ebox" }]));
    expect(lay({}, null, hosts(4).map((host) => ({ ...host, diskPaths: [] })))).toMatchObject({ ok: false, problems: [{ target: "properties.hosts.size" }] });
  });

  it("keeps the protection it was born with, and refuses a later wish above it", () => {
    const parent = laid({ protection: { hostFailures: 2, scheme: "replication" }, buckets: [bucket(2)] });
    expect(laid({ buckets: [] }, parent).pools.find(({ name }) => name === "store")).toEqual(parent.pools.find(({ name }) => name === "store"));
    const young = laid({ buckets: [] });
    expect(lay({ protection: { hostFailures: 2, scheme: "replication" }, buckets: [bucket(2)] }, young)).toMatchObject({
      ok: false,
      problems: [{ target: "properties.protection.hostFailures" }, { target: "properties.buckets.results.protection", message: expect.stringContaining("was born to survive 1 failed hosts") }],
    });
  });

  it("forgets the removal of what is wanted again", () => {
    const parent = laid({});
    const without = laid({ buckets: [] }, parent);
    expect(without.steps.map(({ id }) => id)).toContain("vast.dropBucket:results");
    const again = laid({}, without);
    expect(again.steps.map(({ id }) => id)).not.toContain("vast.dropBucket:results");
    expect(again.steps.map(({ id }) => id)).toContain("vast.bucket:results");
  });
});
