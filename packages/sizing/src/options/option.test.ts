import { describe, expect, it } from "vitest";
import type { RequirementFileSystem } from "@cynosure/model";
import { known, sampleCatalogue, sampleSize, unknown } from "../testkit/sample-catalogue.ts";
import { askFileSystem, askSite } from "../testkit/sample-requirement.ts";
import { optionOfSize, sizedSite, type SampleChange } from "../testkit/sized-sample.ts";

// 60 GB/s out of 10 a host is 6 Small; of 40 a host 3 Large, the least for three copies.
const fast = askFileSystem("fast", { throughput: { readGBps: 40, writeGBps: 10, simultaneous: true } });
const site = askSite("here", [fast], { quotaVcpus: 10_000 });
const sizes = (change: Parameters<typeof sampleSize>[1]): SampleChange => ({ catalogue: { ...sampleCatalogue, sizes: [sampleSize("Small", change), ...sampleCatalogue.sizes.filter((size) => size.name !== "Small")] } });
const codes = (change: SampleChange, where = site): string[] => optionOfSize(sizedSite(where, {}, change), "Small").risks.map(({ code }) => code);

describe("options of a site", () => {
  it("are ranked by cost, then place, and say what binds them and why one host fewer fails", () => {
    const { options } = sizedSite({ ...site, fallbackLocations: ["south"] });
    expect(options.map(({ rank, location, hostSize, hostCount, cost }) => [rank, location, hostSize, hostCount, cost.usdPerMonth])).toEqual([
      [1, "north", "Small", 6, 4_380], [2, "south", "Small", 6, 4_380], [3, "north", "Large", 3, 6_570], [4, "south", "Large", 3, 6_570],
    ]);
    expect(options[0]).toMatchObject({ binding: "NIC egress", whyNotOneFewer: "5 hosts would not do: NIC egress 60 GB/s required, 50 there." });
    expect(options[2]).toMatchObject({ binding: "hosts for protection", whyNotOneFewer: "2 hosts would not do: hosts for protection 3 hosts required, 2 there (file system fast against 1 failed host by replication)." });
    expect(options[0]?.slack).toContainEqual({ limit: "NIC ingress", slack: 1 }); // 30 of 60 GB/s
  });

  it("come first where fewer limits are open, then by preference", () => {
    const open = sizes({ drives: { readMBps: unknown() } });
    expect(sizedSite(site, {}, open).options.map(({ hostSize }) => hostSize)).toEqual(["Large", "Small"]);
    expect(sizedSite(site, { hostSizes: { allow: [], deny: [], prefer: ["Large"] } }).options.map(({ hostSize }) => hostSize)).toEqual(["Large", "Small"]);
    expect(sizedSite(site, {}, open).options[1]?.undetermined).toEqual(["drive throughput"]);
  });

  it("cost storage and management hosts, per usable TB and per GB/s; without a price the cost is open", () => {
    // 8 Small and a management host: (8 x 1 + 0.5) x 730 = 6,205
    const managed = optionOfSize(sizedSite(askSite("here", [askFileSystem("home", { usableCapacityGB: 5_000 })], { engine: "vast" })), "Small");
    expect(managed).toMatchObject({ hostCount: 8, managementHosts: { size: "Manage", count: 1 }, cost: { usdPerMonth: 6_205, usdPerUsableTBMonth: 1_241, usdPerGBpsMonth: null } });
    expect(optionOfSize(sizedSite(site), "Small").cost.usdPerGBpsMonth).toBeCloseTo(4_380 / 50, 9);
    expect(optionOfSize(sizedSite(site, {}, { prices: null }), "Small").cost).toMatchObject({ verdict: "undetermined", usdPerMonth: null, evidence: "no price of Small in north is known" });
  });

  it("say how they move when a judgement is a fifth off", () => {
    // Egress 72 of 10: 8 hosts; sustained write 8 of 10 GB/s: 40/20 + 30/8 = 5.75, still 6 hosts for the network
    const { sensitivity } = optionOfSize(sizedSite(site), "Small");
    expect(sensitivity.map(({ change, hostCount, usdPerMonth }) => [change, hostCount, Math.round(usdPerMonth ?? 0)])).toEqual([
      ["network amplification 20 % worse", 8, 5_840], ["sustained write 20 % worse", 6, 4_380], ["prices 20 % higher", 6, 5_256],
    ]);
  });

  it("lead to what may be taken without asking: next size here, same size next door, then the rest", () => {
    const answer = sizedSite({ ...site, fallbackLocations: ["south", "abroad"] });
    expect(optionOfSize(answer, "Small").fallbackLadder.map(({ location, hostSize, hostCount }) => [location, hostSize, hostCount])).toEqual([["north", "Large", 3], ["south", "Small", 6], ["abroad", "Small", 6], ["south", "Large", 3], ["abroad", "Large", 3]]);
    expect(optionOfSize(answer, "Large", "abroad").fallbackLadder).toEqual([]);
  });

  it("name load generators and the seconds that the API takes at least", () => {
    const many = askSite("here", [askFileSystem("big", { usableCapacityGB: 133_000 })], { quotaVcpus: 10_000, clients: { size: "Client", nicGbps: null, count: 20, location: null } });
    // 399,000 GB raw of 4,000 is 100 hosts: 200 writes are in the bucket
    expect(optionOfSize(sizedSite(many), "Small")).toMatchObject({ hostCount: 100, deploymentSecondsMin: 0, loadGenerators: null });
    const platform = { ...sampleCatalogue.platform, writesBucket: known(100) };
    expect(optionOfSize(sizedSite(many, {}, { catalogue: { ...sampleCatalogue, platform } }), "Small").deploymentSecondsMin).toBe(10);
    // 40 GB/s by clients of 5
    expect(optionOfSize(sizedSite({ ...site, clients: { size: "Client", nicGbps: null, count: 20, location: null } }), "Small").loadGenerators).toMatchObject({ size: "Client", nicGbps: 40, count: 8 });
  });

  it("are at most twenty, and a note counts the rest", () => {
    const catalogue = { ...sampleCatalogue, sizes: Array.from({ length: 23 }, (_, k) => sampleSize(`Size${k}`)) };
    const answer = sizedSite(site, {}, { catalogue });
    expect(answer.options).toHaveLength(20);
    expect(answer.notes).toContain("3 more options would do and are not shown.");
  });
});

describe("risks of an option", () => {
  it("are what its size is known for", () => {
    const size = sizes({ drives: { isEphemeral: true }, isIsolated: true, hasCapacityReservation: known(false), rdma: unknown() });
    expect(codes(size)).toEqual(["ephemeralNvme", "noRdma", "noCapacityReservation", "isolatedSizeRetires", "burstWriteFigures"]);
    expect(codes(sizes({ status: "preview" }))).toContain("previewSize");
    expect(codes(sizes({ status: "requested" }))).toContain("requestedSize");
  });

  it("tell what a deallocation of ephemeral drives costs, in TB and in time", () => {
    // 1 TB usable on 6 hosts: 3,000 GB in at 60 GB/s is 50 s, 3,000 GB on drives that write 60 GB/s the same
    const risk = optionOfSize(sizedSite(site, {}, sizes({ drives: { isEphemeral: true } })), "Small").risks.find(({ code }) => code === "ephemeralNvme");
    expect(risk?.message).toMatch(/If all 6 hosts are deallocated, all data is lost: 1 TB usable, which takes at least 1 minute to write again/);
  });

  it("are what is not known of the place, the quota and a large allocation", () => {
    const listed = [{ regions: ["south"], isComplete: false, source: "sample", asOf: "2026-11-01" }];
    const unquoted = { ...site, quotaVcpus: null, zone: "1", clients: { size: "Client", nicGbps: null, count: 20, location: null } };
    const catalogue = { ...sampleCatalogue, platform: { ...sampleCatalogue.platform, largeAllocationVcpus: known(50) }, sizes: [sampleSize("Small", { availability: listed }), sampleSize("Client", { role: "client", availability: listed, egressMbps: known(40_000) })] };
    expect(codes({ catalogue }, unquoted)).toEqual(["noRdma", "sizeNotKnownInRegion", "clientsNotKnownInRegion", "quotaUnknown", "largeAllocation", "singleFaultDomain", "burstWriteFigures"]);
  });

  it("say that a shared-everything engine's factors are estimates, with their range", () => {
    const risk = optionOfSize(sizedSite({ ...site, engine: "vast" }), "Small").risks.find(({ code }) => code === "amplificationEstimate");
    expect(risk?.message).toMatch(/2 a byte read, between 1 and 3; 4 a byte written, between 3 and 6/);
  });

  it("and the whole answer say when a size does not exist", () => {
    const option = optionOfSize(sizedSite(site, {}, sizes({ hypothetical: true, status: "requested" })), "Small");
    expect(option).toMatchObject({ hypothetical: true });
    expect(option.risks[0]).toMatchObject({ code: "hypotheticalSize" });
  });
});

describe("clusters of an option", () => {
  const home = (name: string, change: Partial<RequirementFileSystem> = {}): RequirementFileSystem => askFileSystem(name, change);

  it("are one where file systems may share, and as many as must be where they may not", () => {
    const apart = askSite("here", [home("a"), home("b")], { consolidation: { mayShare: [["a"], ["b"]], mode: "guaranteed", confidence: null }, buckets: [{ name: "results", protection: { hostFailures: 2, scheme: "replication" } }] });
    const option = optionOfSize(sizedSite(apart), "Small");
    expect(option.clusters.map(({ name, fileSystems, buckets, hostCount }) => [name, fileSystems, buckets, hostCount])).toEqual([["a", ["a"], ["results"], 4], ["b", ["b"], [], 3]]);
    expect(optionOfSize(sizedSite({ ...apart, consolidation: { mayShare: null, mode: "guaranteed", confidence: null } }), "Small").clusters.map(({ name, hostCount }) => [name, hostCount])).toEqual([["here", 4]]);
  });

  it("are parted where holding the performance of one would cost the other hosts", () => {
    // `b` may lose 3 hosts and hold 50 GB/s: 5 + 3 hosts. Sharing, `a` with its 60 GB/s would pay for 3 hosts down as well, and make its lost data again.
    const a = home("a", { usableCapacityGB: 30_000, throughput: { readGBps: 10, writeGBps: 0, simultaneous: true } });
    const b = home("b", { throughput: { readGBps: 50, writeGBps: 0, simultaneous: true }, protection: { hostFailures: 3, scheme: "replication", rackFailures: 0, performanceHeld: true } });
    const together = optionOfSize(sizedSite(askSite("here", [a, b])), "Small");
    const apart = optionOfSize(sizedSite(askSite("here", [a, b], { consolidation: { mayShare: [], mode: "guaranteed", confidence: null } })), "Small");
    expect(together.hostCount).toBeLessThanOrEqual(apart.hostCount);
  });

  it("share peaks with a confidence, where that is asked for", () => {
    // Four file systems of 30 GB/s, each on for a tenth of the time: 0.9^4 = 0.6561, two or fewer at once 0.9963: 60 GB/s instead of 120
    const four = ["a", "b", "c", "d"].map((name) => home(name, { usableCapacityGB: 10, throughput: { readGBps: 30, writeGBps: 0, simultaneous: true }, dutyFraction: 0.1 }));
    const shared = optionOfSize(sizedSite(askSite("here", four, { consolidation: { mayShare: null, mode: "shared", confidence: 0.99 } })), "Small");
    expect(shared.hostCount).toBe(6);
    expect(optionOfSize(sizedSite(askSite("here", four)), "Small").hostCount).toBe(12);
  });

  it("are judged at a fixed count, and ruled out where a limit is not met", () => {
    expect(optionOfSize(sizedSite({ ...site, hostCount: 7 }), "Small")).toMatchObject({ hostCount: 7, whyNotOneFewer: "6 hosts would meet every limit too; the requirement asks for 7." });
    expect(sizedSite({ ...site, hostCount: 5 }).ruledOut).toContainEqual({ location: "north", hostSize: "Small", limit: "NIC egress", reason: "5 hosts: NIC egress 60 GB/s required, 50 there" });
  });
});
