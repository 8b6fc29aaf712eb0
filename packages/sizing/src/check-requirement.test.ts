import { describe, expect, it } from "vitest";
import type { Requirement, RequirementFileSystem, RequirementSite, SizingProblem } from "@cynosure/model";
import { checkRequirement } from "./check-requirement.ts";
import { sampleKnowledge, sizedSample } from "./testkit/sized-sample.ts";
import { askFileSystem, askSite, asked } from "./testkit/sample-requirement.ts";

const problemsOf = (requirement: Requirement): readonly SizingProblem[] => checkRequirement(requirement, sampleKnowledge());
const ofFileSystem = (change: Partial<RequirementFileSystem>): readonly SizingProblem[] => problemsOf(asked([askSite("here", [askFileSystem("home", change)])]));
const ofSite = (change: Partial<RequirementSite>): readonly SizingProblem[] => problemsOf(asked([askSite("here", [askFileSystem("home"), askFileSystem("work")], change)]));
const ofConstraints = (constraints: Partial<Requirement["constraints"]>): readonly SizingProblem[] => problemsOf(asked([askSite("here", [askFileSystem("home")])], constraints));

describe("an empty requirement", () => {
  it("is told what to give", () => {
    expect(problemsOf(asked([]))).toEqual([{ target: "sites", message: "There is no site to size. Give at least one." }]);
    expect(ofSite({ fileSystems: [] })).toEqual([{ target: "sites[0].fileSystems", message: expect.stringContaining("nothing to size") as string }]);
    expect(ofFileSystem({ dataPaths: [] })).toMatchObject([{ target: "sites[0].fileSystems[0].dataPaths", message: expect.stringContaining("Allowed: nfs, native, or both") as string }]);
  });

  it("is not answered", () => expect(sizedSample(asked([]))).toMatchObject({ sites: [], problems: [{ target: "sites" }] }));
});

describe("an absurd number", () => {
  it("is refused with its path and what is allowed", () => {
    for (const usableCapacityGB of [10_000_000_000, 0, -1, Number.NaN, Infinity])
      expect(ofFileSystem({ usableCapacityGB })).toEqual([{ target: "sites[0].fileSystems[0].usableCapacityGB", message: `${usableCapacityGB} is not possible here. Allowed: more than 0 to 1000000000 GB (1 EB).` }]);
    expect(ofFileSystem({ throughput: { readGBps: -1, writeGBps: 200_000, simultaneous: true } }).map(({ target }) => target)).toEqual(["sites[0].fileSystems[0].throughput.readGBps", "sites[0].fileSystems[0].throughput.writeGBps"]);
    expect(ofFileSystem({ throughput: { readGBps: 0, writeGBps: 0, simultaneous: true } })).toMatchObject([{ target: "sites[0].fileSystems[0].throughput" }]);
    expect(ofFileSystem({ protection: { hostFailures: 1.5, scheme: "replication", rackFailures: 0, performanceHeld: false } })).toMatchObject([{ message: expect.stringContaining("whole numbers only") as string }]);
    expect(ofFileSystem({ growth: { percentPerYear: -5, years: 99 } })).toHaveLength(2);
    expect(ofFileSystem({ dutyFraction: 1.1 })).toMatchObject([{ target: "sites[0].fileSystems[0].dutyFraction" }]);
    expect(ofFileSystem({ metadata: { uniqueDirectories: { createPerSecond: -1, statPerSecond: 0, removePerSecond: 0 }, sharedDirectory: null } })).toMatchObject([{ target: "sites[0].fileSystems[0].metadata.uniqueDirectories.createPerSecond" }]);
    expect(ofSite({ quotaVcpus: -1 })).toMatchObject([{ target: "sites[0].quotaVcpus" }]);
    expect(ofSite({ hostCount: 0 })).toMatchObject([{ target: "sites[0].hosts.count" }]);
    expect(ofSite({ fabric: { kind: "gateway", gatewayGBps: 0 } })).toMatchObject([{ target: "sites[0].fabric.gatewayGBps" }]);
    expect(ofConstraints({ budget: { kind: "total", totalUsd: 0, termMonths: 0.5 } }).map(({ target }) => target)).toEqual(["constraints.budget.totalUsd", "constraints.budget.termMonths"]);
    expect(problemsOf(asked([askSite("here", [askFileSystem("home")])], {}, { rebuildHours: 0, spareHosts: -1, nicPayloadFraction: 1.5, sustainedWriteFraction: 0 }))).toHaveLength(4);
  });

  it("of a room or its clients, too", () => {
    const room = { powerKW: 0, rackUnits: 0, racks: 0, network: { switchPorts: 8, portGbps: 100, uplinkPorts: 8, switchesMax: 0 }, leadTimeWeeks: -1 };
    expect(ofSite({ room }).map(({ target }) => target)).toEqual(["powerKW", "rackUnits", "racks", "leadTimeWeeks", "network.uplinkPorts", "network.switchesMax"].map((name) => `sites[0].room.${name}`));
    expect(ofSite({ clients: { size: null, nicGbps: 0, count: 0, location: null } }).map(({ target }) => target)).toEqual(["sites[0].clients.nicGbps", "sites[0].clients.count"]);
  });
});

describe("a misspelt name", () => {
  it("is refused with the names there are", () => {
    expect(ofSite({ location: "nroth" })).toMatchObject([{ target: "sites[0].location", message: expect.stringContaining("north, south, abroad") as string }]);
    expect(ofSite({ fallbackLocations: ["suoth"] })).toEqual([{ target: "sites[0].fallbackLocations[0]", message: "There is no location suoth. Allowed: north, south, abroad." }]);
    expect(ofSite({ engine: "simulated" })).toEqual([{ target: "sites[0].engine", message: "There is no engine in the catalogue simulated. Allowed: ceph, vast." }]);
    expect(ofSite({ clients: { size: "Cliont", nicGbps: null, count: 1, location: "nroth" } }).map(({ target }) => target)).toEqual(["sites[0].clients.size", "sites[0].clients.location"]);
    expect(ofSite({ consolidation: { mayShare: [["home", "wrok"]], mode: "guaranteed", confidence: null } })).toEqual([{ target: "sites[0].consolidation.mayShare[0][1]", message: "There is no file system wrok. Allowed: home, work." }]);
    expect(ofConstraints({ hostSizes: { allow: ["Smal"], deny: ["Larg"], prefer: ["Medium"] } }).map(({ target }) => target)).toEqual(["constraints.hostSizes.allow[0]", "constraints.hostSizes.deny[0]", "constraints.hostSizes.prefer[0]"]);
    expect(ofConstraints({ residencyCountries: ["UK", "gb"] })).toMatchObject([{ message: "There is no region in the country UK. Allowed: GB, IE." }, { message: expect.stringContaining("no country code") as string }]);
    expect(ofConstraints({ readyBy: "2026-02-30" })).toEqual([{ target: "constraints.readyBy", message: "2026-02-30 is no date. Allowed: YYYY-MM-DD." }]);
  });
});

describe("a contradiction within the requirement", () => {
  it("is refused with what to change", () => {
    expect(problemsOf(asked([askSite("here", [askFileSystem("a")]), askSite("here", [askFileSystem("a"), askFileSystem("a")])])).map(({ target }) => target)).toEqual(["sites[1].name", "sites[1].fileSystems[1].name"]);
    expect(ofFileSystem({ fileSizes: [{ fileSizeKB: 4, byteFraction: 0.5 }, { fileSizeKB: 64, byteFraction: 0.4 }] })).toEqual([{ target: "sites[0].fileSystems[0].fileSizes", message: "The byte fractions add up to 0.9. Allowed: shares that add up to 1." }]);
    // Once made an endless number of reads a second (seed 22435838 of extremes.test.ts).
    expect(ofFileSystem({ fileSizes: [{ fileSizeKB: Number.MIN_VALUE, byteFraction: 1 }] })).toMatchObject([{ target: "sites[0].fileSystems[0].fileSizes[0].fileSizeKB", message: expect.stringContaining("0.001") as string }]);
    expect(ofFileSystem({ protection: { hostFailures: 1, scheme: "replication", rackFailures: 2, performanceHeld: false } })).toMatchObject([{ target: "sites[0].fileSystems[0].protection.rackFailures", message: expect.stringContaining("Allowed: 0 to 1") as string }]);
    expect(ofConstraints({ hostSizes: { allow: ["Small"], deny: ["Small"], prefer: [] } })).toMatchObject([{ target: "constraints.hostSizes.deny[0]" }]);
    expect(ofSite({ consolidation: { mayShare: null, mode: "shared", confidence: null } })).toMatchObject([{ target: "sites[0].consolidation.confidence", message: expect.stringContaining("0.5 to 0.99999") as string }]);
    expect(ofSite({ consolidation: { mayShare: null, mode: "guaranteed", confidence: 0.9 } })).toMatchObject([{ target: "sites[0].consolidation.confidence" }]);
    expect(ofSite({ consolidation: { mayShare: [["home"], ["home"]], mode: "guaranteed", confidence: null } })).toMatchObject([{ target: "sites[0].consolidation.mayShare[1][0]" }]);
    expect(ofSite({ hostCount: 8, consolidation: { mayShare: [["home"], ["work"]], mode: "guaranteed", confidence: null } })).toMatchObject([{ target: "sites[0].hosts.count" }]);
    const ten = Array.from({ length: 10 }, (_, k) => askFileSystem(`f${k}`));
    const inOneList = [ten.map(({ name }) => name)];
    expect(problemsOf(asked([askSite("here", ten, { consolidation: { mayShare: inOneList, mode: "guaranteed", confidence: null } })]))).toMatchObject([{ target: "sites[0].consolidation.mayShare", message: expect.stringContaining("lists of at most 8") as string }]);
    expect(problemsOf(asked([askSite("here", ten, { consolidation: { mayShare: null, mode: "shared", confidence: 0.99 } })]))).toMatchObject([{ target: "sites[0].consolidation.mayShare", message: expect.stringContaining("set mode to guaranteed") as string }]);
    expect(problemsOf(asked([askSite("here", ten)]))).toEqual([]);
    expect(problemsOf(asked([askSite("here", ten, { hostCount: 12 })]))).toEqual([]);
  });
});

describe("a requirement of which nothing is wrong", () => {
  it("has no problems", () => expect(ofSite({})).toEqual([]));
});
