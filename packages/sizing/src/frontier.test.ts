// The curve behind an option says of the chosen number what the option says, and of one host fewer that it does not do.
import { describe, expect, it } from "vitest";
import type { Requirement, RequirementFileSystem, SizingOption } from "@cynosure/model";
import { frontierOf } from "./frontier.ts";
import { loadPartitionSolver } from "./partition/highs.ts";
import { size } from "./size.ts";
import { sampleCatalogue } from "./testkit/sample-catalogue.ts";

const fileSystem = (change: Partial<RequirementFileSystem> = {}): RequirementFileSystem => ({
  name: "scratch", usableCapacityGB: 40_000, dataPaths: ["native"], throughput: { readGBps: 60, writeGBps: 20, simultaneous: true }, fileSizes: [], metadata: { uniqueDirectories: null, sharedDirectory: null },
  protection: { hostFailures: 1, scheme: "replication", rackFailures: 0, performanceHeld: false }, growth: null, dutyFraction: 1, ...change,
});
const requirement = (...fileSystems: RequirementFileSystem[]): Requirement => ({
  name: "curve",
  sites: [{ name: "here", location: "north", zone: null, fallbackLocations: [], room: null, engine: "ceph", clients: null, fabric: { kind: "ethernet" }, hostCount: null, quotaVcpus: null, consolidation: { mayShare: fileSystems.map(({ name }) => [name]), mode: "guaranteed", confidence: null }, fileSystems, buckets: [] }],
  constraints: { residencyCountries: [], deploymentModes: [], paymentRoutes: [], readyBy: null, budget: null, ephemeralNvmeAllowed: true, hostSizes: { allow: ["Small"], deny: [], prefer: [] } },
  assumptions: {},
});
const knowledge = { catalogue: sampleCatalogue, prices: null, offers: [], today: "2026-12-01" };
const partition = await loadPartitionSolver();

function curvesOf(of: Requirement): { readonly option: SizingOption; readonly curves: ReturnType<typeof frontierOf> } {
  const option = size(of, knowledge, partition).sites[0]?.options[0];
  if (option === undefined) throw new Error("the sample catalogue has no option for it");
  return { option, curves: frontierOf(of, knowledge, partition, { siteName: "here", option }) };
}

describe("the frontier of an option", () => {
  it.each([["capacity", {}], ["throughput", { usableCapacityGB: 1_000, throughput: { readGBps: 200, writeGBps: 100, simultaneous: true } }]] as const)("where %s binds: the chosen number holds what is asked, one fewer does not, and more hosts never hold less", (_what, change) => {
    const { option, curves: [curve] } = curvesOf(requirement(fileSystem(change)));
    if (curve === undefined) throw new Error("no curve");
    expect(curve.chosenHosts).toBe(option.hostCount);
    const holds = (hosts: number): boolean => {
      const point = curve.points.find((each) => each.hosts === hosts);
      return point !== undefined && (point.capacityTB ?? 0) >= curve.askedTB * (1 - 1e-9) && (point.throughputGBps ?? 0) >= curve.askedGBps * (1 - 1e-9);
    };
    expect([holds(option.hostCount), holds(option.hostCount - 1)]).toEqual([true, false]);
    for (const [k, point] of curve.points.entries()) expect(point.capacityTB ?? 0).toBeGreaterThanOrEqual(curve.points[k - 1]?.capacityTB ?? 0);
  });

  it("has a curve for each cluster, and none for an option of another requirement", () => {
    const two = requirement(fileSystem(), fileSystem({ name: "home", throughput: null }));
    const { option, curves } = curvesOf(two);
    expect(curves.map((curve) => [curve.askedTB, curve.askedGBps])).toEqual(expect.arrayContaining([[40, 80], [40, 0]]));
    expect(frontierOf(two, knowledge, partition, { siteName: "elsewhere", option })).toEqual([]);
    expect(frontierOf(two, knowledge, partition, { siteName: "here", option: { ...option, hostSize: "Unheard" } })).toEqual([]);
  });
});
