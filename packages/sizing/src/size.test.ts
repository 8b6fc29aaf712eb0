import { beforeAll, describe, expect, it } from "vitest";
import fc from "fast-check";
import { chooseScheme, type BucketPolicy, type HostSizeOffer, type ProtectionPolicy, type RequirementFileSystem, type RequirementSite, type SizingAnswer } from "@cynosure/model";
import { loadPartitionSolver, size as sizeWith, type PartitionSolver } from "./index.ts";
import { askFileSystem, askSite, asked } from "./testkit/index.ts";
import { sampleCatalogue } from "./testkit/sample-catalogue.ts";

const GB = 1_000_000_000;
const offer: HostSizeOffer = { size: "local-small", location: "local", hostCountMax: 32, diskCount: 1, diskSizeBytes: 10 * GB, vcpus: 2, memoryBytes: 4 * GB, restriction: null };
const wish = (hostFailures: number, scheme: ProtectionPolicy["scheme"] = "replication"): ProtectionPolicy => ({ hostFailures, scheme });
const kept = (protection: ProtectionPolicy): RequirementFileSystem["protection"] => ({ ...protection, rackFailures: 0, performanceHeld: false });
const home = (usableCapacityGB: number, protection: ProtectionPolicy = wish(1)): RequirementFileSystem => askFileSystem("home", { usableCapacityGB, protection: kept(protection) });
const results: BucketPolicy = { name: "results", protection: wish(2) };
const site = (hostCount: number | null, change: Partial<RequirementSite> = {}): RequirementSite => askSite("here", [home(8)], { location: "local", hostCount, buckets: [results], ...change });

let partition: PartitionSolver;
beforeAll(async () => {
  partition = await loadPartitionSolver();
});
const size = (sites: readonly RequirementSite[], offers: readonly HostSizeOffer[] = [offer]): SizingAnswer => sizeWith(asked(sites), { catalogue: sampleCatalogue, prices: null, offers, today: "2026-11-29" }, partition);
const first = (answer: SizingAnswer): SizingAnswer["sites"][number] | undefined => answer.sites[0];
const limitOf = (answer: SizingAnswer, name: string): unknown => first(answer)?.options[0]?.clusters[0]?.limits.find((limit) => limit.name === name);

describe("a site with a host count, on hosts that are offered here", () => {
  it("is a fixed shape, and the answer says that local hosts are not sized by capacity or throughput", () => {
    const answer = size([site(8)]);
    expect(answer).toMatchObject({ requirementName: "asked", problems: [], sites: [{ siteName: "here", options: [{ rank: 1, hostSize: "local-small", hostCount: 8 }] }] });
    expect(first(answer)?.notes[0]).toBe("8 hosts is what the requirement fixes: local hosts are not sized by capacity or throughput.");
    expect(limitOf(answer, "hosts for protection")).toMatchObject({ required: 4, available: 8, slack: 1, verdict: "met" });
    expect(limitOf(answer, "raw capacity")).toMatchObject({ required: 24, available: 80, verdict: "met" });
    expect(limitOf(answer, "throughput")).toMatchObject({ required: null, available: null, verdict: "undetermined" });
    expect(first(answer)?.options[0]?.whyNotOneFewer).toBe("7 hosts would hold protection and capacity too; the requirement asks for 8.");
  });

  it("shows capacity that is not met, with its evidence, and still answers", () => {
    const answer = size([site(4, { fileSystems: [home(100)] })]);
    expect(limitOf(answer, "raw capacity")).toMatchObject({ required: 300, available: 40, verdict: "notMet" });
    expect(first(answer)?.notes.join(" ")).toMatch(/raw capacity is not met/);
    expect(first(answer)?.options[0]?.whyNotOneFewer).toMatch(/^3 hosts would not do: hosts for protection 4 hosts required, 3 there \(.*bucket results/);
  });

  it("is refused with target and remedy when it is too small, too large or no number", () => {
    const problemOf = (count: number): unknown => size([site(count)]).problems[0];
    expect(problemOf(3)).toMatchObject({ target: "sites[0].hosts.count", message: expect.stringContaining("Ask for 4 or more") as string });
    expect(problemOf(33)).toMatchObject({ target: "sites[0].hosts.count", message: expect.stringContaining("Ask for 32 or fewer") as string });
    for (const count of [0, -1, 4.5]) expect(problemOf(count)).toMatchObject({ target: "sites[0].hosts.count" });
    expect(size([site(2, { buckets: [], fileSystems: [] })]).problems).toMatchObject([{ target: "sites[0].hosts.count" }]);
  });
});

describe("a site without a host count, on hosts that are offered here", () => {
  it("gets the smallest count that holds protection and capacity, with the limit that binds", () => {
    expect(first(size([site(null)]))?.options[0]).toMatchObject({ hostCount: 4, binding: "hosts for protection" });
    const byCapacity = first(size([site(null, { fileSystems: [home(25)] })]))?.options[0];
    expect(byCapacity).toMatchObject({ hostCount: 8, binding: "raw capacity" });
    expect(byCapacity?.whyNotOneFewer).toMatch(/^7 hosts would not do: raw capacity 75 GB required, 70 there/);
  });

  it("is a problem when the whole location is too small", () => {
    expect(size([site(null, { fileSystems: [home(1_000)] })]).problems).toMatchObject([{ target: "sites[0].fileSystems" }]);
    expect(size([site(null)], [{ ...offer, hostCountMax: 3 }]).problems).toMatchObject([{ target: "sites[0].location" }]);
  });

  it("never gets a count that breaks a limit, nor one whose next smaller would do", () => {
    const protections = fc.record({ hostFailures: fc.integer({ min: 1, max: 3 }), scheme: fc.constantFrom("replication" as const, "erasureCoding" as const) });
    fc.assert(
      fc.property(protections, fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 4 }), (protection, capacityGB, diskCount) => {
        const [found] = first(size([site(null, { fileSystems: [home(capacityGB, protection)], buckets: [] })], [{ ...offer, diskCount }]))?.options ?? [];
        if (found === undefined) return;
        expect(chooseScheme(protection, found.hostCount).ok).toBe(true);
        expect(found.clusters.flatMap((cluster) => cluster.limits).filter((limit) => limit.verdict === "notMet")).toEqual([]);
        if (found.hostCount > 3) expect(found.whyNotOneFewer).toMatch(/would not do/);
      }),
    );
  });
});

describe("sites and offers", () => {
  it("are matched by location; an unknown or closed location is named with the remedy", () => {
    expect(size([site(8, { location: "nowhere" })]).problems).toEqual([{ target: "sites[0].location", message: "No host size is offered in nowhere. Locations with offers: local, north, south, abroad." }]);
    expect(size([site(8)], [{ ...offer, restriction: "no quota" }]).problems[0]?.message).toMatch(/no quota/);
    expect(size([site(8), site(null, { name: "there" })]).sites.map((each) => [each.siteName, each.options[0]?.hostCount])).toEqual([["here", 8], ["there", 4]]);
  });
});
