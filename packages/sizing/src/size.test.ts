import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseScheme, type HostSizeOffer, type ProtectionPolicy, type Requirement, type RequirementSite } from "@cynosure/model";
import { hostsNeeded, size } from "./index.ts";

const GB = 1_000_000_000;
const offer: HostSizeOffer = { size: "local-small", location: "local", hostCountMax: 32, diskCount: 1, diskSizeBytes: 10 * GB, vcpus: 2, memoryBytes: 4 * GB, restriction: null };
const wish = (hostFailures: number, scheme: ProtectionPolicy["scheme"] = "replication"): ProtectionPolicy => ({ hostFailures, scheme });
const site = (hostCount: number | null, change: Partial<RequirementSite> = {}): RequirementSite => ({
  name: "here", location: "local", hostCount, fileSystems: [{ name: "home", usableCapacityBytes: 8 * GB, protocols: ["nfs"], protection: wish(1) }], buckets: [{ name: "results", protection: wish(2) }], ...change,
});
const requirement = (...sites: RequirementSite[]): Requirement => ({ name: "proof-of-concept", sites });
const limitOf = (answer: ReturnType<typeof size>, name: string): unknown => answer.options[0]?.limits.find((limit) => limit.name === name);

describe("a site with a host count", () => {
  it("is a fixed shape, and the answer says that local hosts are not sized by capacity or throughput", () => {
    const answer = size(requirement(site(8)), [offer]);
    expect(answer).toMatchObject({ requirementName: "proof-of-concept", problems: [], options: [{ rank: 1, siteName: "here", hostSize: "local-small", hostCount: 8, bindingLimit: "hosts.count, fixed by the requirement" }] });
    expect(answer.options[0]?.reasons[0]).toBe("8 hosts is what the requirement fixes: local hosts are not sized by capacity or throughput.");
    expect(limitOf(answer, "hosts for protection")).toMatchObject({ required: 4, available: 8, slack: 1, verdict: "met" });
    expect(limitOf(answer, "raw capacity")).toMatchObject({ required: 24, available: 80, verdict: "met" });
    expect(limitOf(answer, "throughput")).toMatchObject({ required: null, available: null, verdict: "undetermined" });
    expect(answer.options[0]?.reasons.at(-1)).toBe("7 hosts would hold protection and capacity too; the requirement asks for 8.");
  });

  it("shows capacity that is not met, with its evidence, and still answers", () => {
    const answer = size(requirement(site(4, { fileSystems: [{ name: "home", usableCapacityBytes: 100 * GB, protocols: ["nfs"], protection: wish(1) }] })), [offer]);
    expect(limitOf(answer, "raw capacity")).toMatchObject({ required: 300, available: 40, verdict: "notMet" });
    expect(answer.options[0]?.reasons.join(" ")).toMatch(/raw capacity is not met/);
    expect(answer.options[0]?.reasons.at(-1)).toMatch(/^3 hosts would not do: hosts for protection 4 hosts required, 3 there \(bucket results/);
  });

  it("is refused with target and remedy when it is too small, too large or no number", () => {
    const problemOf = (count: number): unknown => size(requirement(site(count)), [offer]).problems[0];
    expect(problemOf(3)).toMatchObject({ target: "sites[0].hosts.count", message: expect.stringContaining("Ask for 4 or more") as string });
    expect(problemOf(33)).toMatchObject({ target: "sites[0].hosts.count", message: expect.stringContaining("Ask for 32 or fewer") as string });
    for (const count of [0, -1, 4.5]) expect(problemOf(count)).toMatchObject({ target: "sites[0].hosts.count" });
    expect(size(requirement(site(2, { buckets: [], fileSystems: [] })), [offer]).problems).toMatchObject([{ target: "sites[0].hosts.count" }]);
  });
});

describe("a site without a host count", () => {
  it("gets the smallest count that holds protection and capacity, with the limit that binds", () => {
    const byProtection = size(requirement(site(null)), [offer]).options[0];
    expect(byProtection).toMatchObject({ hostCount: 4, bindingLimit: "hosts for protection" });
    const byCapacity = size(requirement(site(null, { fileSystems: [{ name: "home", usableCapacityBytes: 25 * GB, protocols: ["nfs"], protection: wish(1) }] })), [offer]).options[0];
    expect(byCapacity).toMatchObject({ hostCount: 8, bindingLimit: "raw capacity" });
    expect(byCapacity?.reasons[1]).toMatch(/^7 hosts would not do: raw capacity 75 GB required, 70 there/);
  });

  it("is a problem when the whole location is too small", () => {
    expect(size(requirement(site(null, { fileSystems: [{ name: "home", usableCapacityBytes: 1_000 * GB, protocols: ["nfs"], protection: wish(1) }] })), [offer]).problems).toMatchObject([{ target: "sites[0].fileSystems" }]);
    expect(size(requirement(site(null)), [{ ...offer, hostCountMax: 3 }]).problems).toMatchObject([{ target: "sites[0].location" }]);
  });

  it("never gets a count that breaks a limit, nor one whose next smaller would do", () => {
    const protections = fc.record({ hostFailures: fc.integer({ min: 1, max: 3 }), scheme: fc.constantFrom("replication" as const, "erasureCoding" as const) });
    fc.assert(
      fc.property(protections, fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 4 }), (protection, capacityGB, diskCount) => {
        const wanted = site(null, { fileSystems: [{ name: "home", usableCapacityBytes: capacityGB * GB, protocols: ["nfs"], protection }], buckets: [] });
        const here = { ...offer, diskCount };
        const [found] = size(requirement(wanted), [here]).options;
        if (found === undefined) return;
        expect(chooseScheme(protection, found.hostCount).ok).toBe(true);
        expect(found.limits.filter((limit) => limit.verdict === "notMet")).toEqual([]);
        if (found.hostCount > 3) expect(found.reasons[1]).toMatch(/would not do/);
      }),
    );
  });
});

describe("sites and offers", () => {
  it("are matched by location; an unknown or closed location is named with the remedy", () => {
    expect(size(requirement(site(8, { location: "nowhere" })), [offer]).problems).toEqual([{ target: "sites[0].location", message: "No host size is offered in nowhere. Locations with offers: local." }]);
    expect(size(requirement(site(8)), [{ ...offer, restriction: "no quota" }]).problems[0]?.message).toMatch(/no quota/);
    expect(size(requirement(site(8), site(null, { name: "there" })), [offer]).options.map((option) => [option.siteName, option.hostCount])).toEqual([["here", 8], ["there", 4]]);
  });
  it("needs as many hosts as copies or chunks", () => {
    expect([hostsNeeded(wish(1)), hostsNeeded(wish(2)), hostsNeeded(wish(1, "erasureCoding")), hostsNeeded(wish(2, "erasureCoding"))]).toEqual([3, 4, 4, 5]);
  });
});
