import { describe, expect, it } from "vitest";
import type { Contradiction, Requirement, RequirementSite } from "@cynosure/model";
import { sampleCatalogue, sampleSize } from "../testkit/sample-catalogue.ts";
import { askFileSystem, askSite } from "../testkit/sample-requirement.ts";
import { sizedSite, type SampleChange } from "../testkit/sized-sample.ts";

const fast = askFileSystem("fast", { usableCapacityGB: 10, throughput: { readGBps: 40, writeGBps: 0, simultaneous: true } });
const onlySmall: Partial<Requirement["constraints"]> = { hostSizes: { allow: ["Small"], deny: [], prefer: [] } };

function contradiction(site: RequirementSite, constraints: Partial<Requirement["constraints"]> = {}, change: SampleChange = {}): Contradiction {
  const answer = sizedSite(site, constraints, change);
  expect(answer.options).toEqual([]);
  if (answer.contradiction === null) throw new Error("nothing says why there is no option");
  return answer.contradiction;
}

describe("a site without an option", () => {
  it("names the limits that rule out the nearest candidate, with numbers", () => {
    const found = contradiction(askSite("here", [fast], { quotaVcpus: 60, clients: { size: "Client", nicGbps: null, count: 7, location: null } }));
    // 4 Small are 64 vCPUs, 3 Large 192: Small is nearer. Seven clients read 35 GB/s.
    expect(found.limits).toEqual(["clients' reads", "vCPU quota"]);
    expect(found.message).toMatch(/^No option in north\. Small in north comes nearest and fails on 4 hosts: clients' reads 40 GB\/s required, 35 there; 4 hosts: vCPU quota 64 vCPUs required, 60 there\. With reading and writing in all at [\d.]+ instead of 40 GB\/s something would do\.$/);
    // Three hosts send 30 GB/s; found by bisection to 1 %.
    expect(Number(found.relaxation?.to)).toBeGreaterThan(30 * 0.99);
    expect(Number(found.relaxation?.to)).toBeLessThanOrEqual(30);
  });

  it("is told the least quota, budget, power, rack units, switches or clients that would do", () => {
    expect(contradiction(askSite("here", [fast], { quotaVcpus: 63 })).relaxation).toMatchObject({ target: "sites[0].quotaVcpus", from: 63, to: 64, unit: "vCPUs" });
    expect(contradiction(askSite("here", [fast]), { budget: { kind: "monthly", monthlyUsd: 2_900 } }).relaxation).toMatchObject({ target: "constraints.budget.monthlyUsd", from: 2_900, to: 2_920 });
    expect(contradiction(askSite("here", [fast], { clients: { size: "Client", nicGbps: null, count: 7, location: null } })).relaxation).toMatchObject({ target: "sites[0].clients.count", from: 7, to: 8 });
    const room = { powerKW: 3.9, rackUnits: 20, racks: 1, network: null, leadTimeWeeks: null };
    expect(contradiction(askSite("here", [fast], { location: "hall", room })).relaxation).toMatchObject({ target: "sites[0].room.powerKW", from: 3.9, to: 4 });
    expect(contradiction(askSite("here", [fast], { location: "hall", room: { ...room, powerKW: 9, rackUnits: 7.9 } })).relaxation).toMatchObject({ target: "sites[0].room.rackUnits", to: 8 });
    const network = { switchPorts: 5, portGbps: 100, uplinkPorts: 1, switchesMax: 1 };
    // 4 servers have 8 ports, and a switch takes 4
    expect(contradiction(askSite("here", [fast], { location: "hall", room: { ...room, powerKW: 9, network } })).relaxation).toMatchObject({ target: "sites[0].room.network.switchesMax", from: 1, to: 2 });
  });

  it("is told the largest capacity, throughput or metadata rates that would do, within 1 %", () => {
    // 100 hosts x 4,000 GB / 3 copies = 133,333 GB
    const large = contradiction(askSite("here", [askFileSystem("big", { usableCapacityGB: 150_000 })]), onlySmall).relaxation;
    expect(large).toMatchObject({ target: "sites[0].fileSystems[0].usableCapacityGB", from: 150_000, unit: "GB" });
    expect(Number(large?.to)).toBeGreaterThan(133_333 * 0.99);
    expect(Number(large?.to)).toBeLessThanOrEqual(133_333);
    expect(sizedSite(askSite("here", [askFileSystem("big", { usableCapacityGB: Number(large?.to) })]), onlySmall).options).toHaveLength(1);
    const rates = { uniqueDirectories: null, sharedDirectory: { createPerSecond: 1_000, statPerSecond: 0, removePerSecond: 0 } };
    const half = contradiction(askSite("here", [askFileSystem("deep", { metadata: rates })])).relaxation;
    expect(half).toMatchObject({ target: "sites[0].fileSystems[0].metadata", from: 1, unit: "x the rates" });
    expect(Number(half?.to)).toBeCloseTo(0.5, 2);
  });

  it("is told the country, the drives or the list that stand in the way", () => {
    expect(contradiction(askSite("here", [fast], { location: "abroad" }), { residencyCountries: ["GB"] }).relaxation).toMatchObject({ target: "constraints.residencyCountries", from: "GB", to: "GB, IE" });
    const catalogue = { ...sampleCatalogue, sizes: [sampleSize("Small", { drives: { isEphemeral: true } })] };
    expect(contradiction(askSite("here", [fast]), { ephemeralNvmeAllowed: false }, { catalogue }).relaxation).toMatchObject({ target: "constraints.ephemeralNvmeAllowed", from: "false", to: "true" });
    expect(contradiction(askSite("here", [fast]), { hostSizes: { allow: ["Client"], deny: [], prefer: [] } }).relaxation).toMatchObject({ target: "constraints.hostSizes.allow", to: "Client, Small" });
    expect(contradiction(askSite("here", [fast]), { hostSizes: { allow: [], deny: ["Small", "Large"], prefer: [] } }).relaxation).toMatchObject({ target: "constraints.hostSizes.deny", to: "Large" });
  });

  it("says so where no single change would leave an option", () => {
    const found = contradiction(askSite("here", [fast], { location: "abroad", fabric: { kind: "infiniband" } }), { residencyCountries: ["GB"] });
    expect(found).toMatchObject({ relaxation: null, message: expect.stringContaining("No single change was found that would leave an option.") as string });
    expect(found.limits).toEqual(["residency", "InfiniBand"]);
  });
});
