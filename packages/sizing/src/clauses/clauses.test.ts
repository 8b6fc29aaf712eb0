import { describe, expect, it } from "vitest";
import type { PricedClause, Requirement, RequirementSite } from "@cynosure/model";
import { sampleCatalogue, sampleSize } from "../testkit/sample-catalogue.ts";
import { askFileSystem, askSite } from "../testkit/sample-requirement.ts";
import { sizedSite, type SampleChange } from "../testkit/sized-sample.ts";

const site = (change: Parameters<typeof askFileSystem>[1], more: Partial<RequirementSite> = {}): RequirementSite => askSite("here", [askFileSystem("home", { usableCapacityGB: 10, ...change })], more);
const clauseOf = (answer: { readonly clauses: readonly PricedClause[] }, words: string): PricedClause | undefined => answer.clauses.find(({ statement }) => statement.toLowerCase().startsWith(words));
const sized = (each: RequirementSite, constraints: Partial<Requirement["constraints"]> = {}, change: SampleChange = {}): ReturnType<typeof sizedSite> => sizedSite(each, { hostSizes: { allow: ["Small"], deny: [], prefer: [] }, ...constraints }, change);

describe("a clause that costs hosts", () => {
  it("is priced by counting the best option's size again without it", () => {
    // Together 40 + 2 x 20 = 80 GB/s out: 8 hosts; either alone 40: 6 hosts, for 60 GB/s on drives that write 10. 2 x 730 USD
    const answer = sized(site({ throughput: { readGBps: 40, writeGBps: 20, simultaneous: true } }));
    expect(clauseOf(answer, "writing at the same time")).toEqual({ target: "sites[0].fileSystems[0].throughput.simultaneous", statement: "Writing at the same time as reading costs 2 hosts and 1,460 USD a month.", hosts: 2, usdPerMonth: 1_460, bestWithout: null });
  });

  it("may be holding performance, a failed host, growth, metadata rates", () => {
    const all = sized(site({
      usableCapacityGB: 4_000, throughput: { readGBps: 40, writeGBps: 0, simultaneous: true }, growth: { percentPerYear: 100, years: 2 },
      protection: { hostFailures: 1, scheme: "replication", rackFailures: 0, performanceHeld: true }, metadata: { uniqueDirectories: { createPerSecond: 20_000, statPerSecond: 0, removePerSecond: 0 }, sharedDirectory: null },
    }));
    // 20,000 creates of 1,000 a host and one host down: 21. Without rates: 48,000 GB raw of 4,000 is 12.
    expect(all.clauses.slice(0, -1).map(({ statement, hosts }) => [statement.split(" cost")[0], hosts])).toEqual([["Holding performance while hosts are down", 1], ["Surviving one more failed host", 1], ["Growth", 0], ["Metadata rates", 9]]);
  });

  it("says so when it costs nothing", () => {
    expect(clauseOf(sized(site({ throughput: { readGBps: 1, writeGBps: 1, simultaneous: true } })), "writing at the same time")).toMatchObject({ statement: "Writing at the same time as reading costs nothing.", hosts: 0, usdPerMonth: 0 });
  });

  it("saves where peaks are shared, and is none where nothing of the kind is asked for", () => {
    const two = askSite("here", ["a", "b"].map((name) => askFileSystem(name, { usableCapacityGB: 10, throughput: { readGBps: 40, writeGBps: 0, simultaneous: true }, dutyFraction: 0.1 })), { consolidation: { mayShare: null, mode: "shared", confidence: 0.9 } });
    expect(clauseOf(sized(two), "sharing peaks")).toMatchObject({ hosts: -4, usdPerMonth: -2_920, statement: "Sharing peaks instead of guaranteeing them all at once saves 4 hosts and 2,920 USD a month." });
    expect(sizedSite(site({ protection: { hostFailures: 0, scheme: "replication", rackFailures: 0, performanceHeld: false } })).clauses).toEqual([]);
  });
});

describe("a clause that narrows the choice", () => {
  it("is priced by what would be best without it", () => {
    const answer = sized(site({ throughput: { readGBps: 40, writeGBps: 0, simultaneous: true } }), { hostSizes: { allow: ["Large"], deny: [], prefer: [] } });
    // 3 Large at 3 USD/h: 6,570; 4 Small at 1: 2,920
    expect(clauseOf(answer, "narrowing")).toEqual({ target: "constraints.hostSizes", statement: "Narrowing the host sizes: without it 4 x Small in north would be best, at 3,650 USD a month less.", hosts: 0, usdPerMonth: 3_650, bestWithout: { location: "north", hostSize: "Small", hostCount: 4 } });
  });

  it("may be residency, the budget and ephemeral NVMe, and says so when it costs nothing", () => {
    const catalogue = { ...sampleCatalogue, sizes: [sampleSize("Small"), sampleSize("Large", { drives: { isEphemeral: true } })] };
    const answer = sizedSite(site({}, { fallbackLocations: ["abroad"] }), { residencyCountries: ["GB"], budget: { kind: "monthly", monthlyUsd: 100_000 }, ephemeralNvmeAllowed: false }, { catalogue });
    expect(answer.clauses.map(({ target, statement }) => [target, statement])).toEqual(expect.arrayContaining([
      ["constraints.residencyCountries", "Residency in GB costs nothing: the best option stays the same."],
      ["constraints.budget", "The budget costs nothing: the best option stays the same."],
      ["constraints.ephemeralNvmeAllowed", "Refusing ephemeral NVMe costs nothing: the best option stays the same."],
    ]));
  });
});
