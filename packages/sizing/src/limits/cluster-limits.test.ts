import { describe, expect, it } from "vitest";
import type { RequirementFileSystem, SizingLimit } from "@cynosure/model";
import { sampleCatalogue, sampleCeph, sampleSize, unknown } from "../testkit/sample-catalogue.ts";
import { askFileSystem, askSite } from "../testkit/sample-requirement.ts";
import { optionOfSize, sizedSite, type SampleChange } from "../testkit/sized-sample.ts";

// Small: 10 GB/s each way, drives that read 20 and write 10 GB/s, 4 x 1,000 GB, 16 vCPUs; nothing is lost to headers, overhead or wear.
const only = (change: Parameters<typeof sampleSize>[1], more: Partial<typeof sampleCatalogue> = {}): SampleChange => ({ catalogue: { ...sampleCatalogue, sizes: [sampleSize("Small", change), ...sampleCatalogue.sizes.filter((size) => size.name !== "Small")], ...more } });

function limitsOf(fileSystem: RequirementFileSystem, change: SampleChange = {}): { readonly hosts: number; limit(name: string): SizingLimit | undefined } {
  const option = optionOfSize(sizedSite(askSite("here", [fileSystem]), {}, change), "Small");
  return { hosts: option.hostCount, limit: (name) => option.clusters[0]?.limits.find((each) => each.name === name) };
}
const both = (readGBps: number, writeGBps: number, simultaneous = true): RequirementFileSystem["throughput"] => ({ readGBps, writeGBps, simultaneous });
const held = (hostFailures: number): RequirementFileSystem["protection"] => ({ hostFailures, scheme: "replication", rackFailures: 0, performanceHeld: true });

describe("raw capacity", () => {
  it("is three copies of what is wanted after growth, on drives", () => {
    // 10,000 GB x 1.1^2 = 12,100; x 3 copies = 36,300; / 4,000 a host = 9.075
    const { hosts, limit } = limitsOf(askFileSystem("home", { usableCapacityGB: 10_000, growth: { percentPerYear: 10, years: 2 } }));
    expect(hosts).toBe(10);
    expect(limit("raw capacity")).toMatchObject({ available: 40_000, verdict: "met" });
    expect(limit("raw capacity")?.required).toBeCloseTo(36_300, 6);
  });

  it("loses overhead and fill, and keeps whole hosts free", () => {
    // 30,000 GB raw; a host gives 4,000 x 0.9 x 0.8 = 2,880; 30,000 / 2,880 = 10.4 and one spare
    const engine = { ...sampleCeph, overheadFraction: { ...unknown<number>(), value: 0.1 }, fillFractionMax: { ...unknown<number>(), value: 0.8 } };
    const change = only({}, { engines: [engine], assumptions: { ...sampleCatalogue.assumptions, spareHosts: { ...unknown<number>(), value: 1 } } });
    expect(limitsOf(askFileSystem("home", { usableCapacityGB: 10_000 }), change).hosts).toBe(12);
  });
});

describe("NIC egress and ingress", () => {
  it("carry copies as well as clients", () => {
    // Native, three copies: egress 30 x 1 + 15 x 2 = 60 GB/s, ingress 15 x 3 = 45 GB/s; 10 GB/s a host (drives: 30/20 + 45/10 = 6 hosts, too)
    const { hosts, limit } = limitsOf(askFileSystem("home", { throughput: both(30, 15) }));
    expect(hosts).toBe(6);
    expect(limit("NIC egress")).toMatchObject({ required: 60, available: 60, slack: 0, verdict: "met" });
    expect(limit("NIC ingress")).toMatchObject({ required: 45, available: 60 });
  });

  it("carry the worse of reading and writing where both need not hold at once", () => {
    expect(limitsOf(askFileSystem("home", { throughput: both(30, 20, false) })).limit("NIC egress")).toMatchObject({ required: 40 });
  });

  it("count only hosts that are up, and make lost data again, where performance is held", () => {
    // d = 1: n' = n - 1. Lost: 1 x 7,200 GB x 3 copies / (n x 3,600 s) = 6/n GB/s more. n = 5: 40 + 1.2 > 40 of four; n = 6: 40 + 1 <= 50
    const { hosts, limit } = limitsOf(askFileSystem("home", { usableCapacityGB: 7_200, throughput: both(40, 0), protection: held(1) }));
    expect(hosts).toBe(6);
    expect(limit("NIC egress")).toMatchObject({ required: 41, available: 50, verdict: "met" });
  });

  it("take the egress figure for an unknown ingress, and say so", () => {
    const { limit } = limitsOf(askFileSystem("home", { throughput: both(0, 20) }), only({ ingressMbps: unknown() }));
    expect(limit("NIC ingress")).toMatchObject({ required: 60, available: 60, verdict: "met" });
    expect(limit("NIC ingress")?.evidence).toMatch(/the egress figure, as no ingress figure is published/);
  });
});

describe("drives", () => {
  it("read and write in one budget of time", () => {
    // Reading 20 of 20 GB/s a host is 1 host; writing 10 x 3 copies of 10 GB/s is 3 hosts: 4 host-loads. NIC: 20 + 20 = 40 of 10 is 4 hosts, too.
    const { hosts, limit } = limitsOf(askFileSystem("home", { throughput: both(20, 10) }));
    expect(hosts).toBe(4);
    expect(limit("drive throughput")).toMatchObject({ required: 1, available: 1, slack: 0 });
  });

  it("write less than published once they are no longer fresh", () => {
    // 10 x 3 / (10 x 0.5) = 6 hosts
    const change = only({}, { assumptions: { ...sampleCatalogue.assumptions, sustainedWriteFraction: { ...unknown<number>(), value: 0.5 } } });
    expect(limitsOf(askFileSystem("home", { throughput: both(0, 10) }), change).hosts).toBe(6);
  });

  it("read once a file", () => {
    // 4 GB/s of files of 1 KB: 4,000,000 reads a second of 1,000,000 a host
    const { hosts, limit } = limitsOf(askFileSystem("home", { usableCapacityGB: 10, throughput: both(4, 0), fileSizes: [{ fileSizeKB: 1, byteFraction: 1 }] }));
    expect(hosts).toBe(4);
    expect(limit("drive reads per second")).toMatchObject({ required: 4_000_000, available: 4_000_000 });
  });

  it("are worn by every copy of every byte", () => {
    // 1 GB/s x 3 copies x 86,400 s = 259,200 GB a day over 3 x 4,000 GB: 21.6 writes a day
    expect(limitsOf(askFileSystem("home", { throughput: both(0, 1) })).limit("drive endurance")?.required).toBeCloseTo(21.6, 9);
  });
});

describe("processors", () => {
  it("are counted by what is read and written, not by copies", () => {
    // 1 vCPU per GB/s read, 2 per GB/s written: 60 + 2 x 10 = 80 of 16; the network needs 60 + 20 = 80 of 10
    expect(limitsOf(askFileSystem("home", { throughput: both(60, 10) })).limit("processors")).toMatchObject({ required: 80, available: 128 });
  });
});

describe("metadata", () => {
  const rates = (createPerSecond: number): RequirementFileSystem["metadata"]["uniqueDirectories"] => ({ createPerSecond, statPerSecond: 0, removePerSecond: 0 });

  it("in directories of their own is spread over hosts", () => {
    expect(limitsOf(askFileSystem("home", { metadata: { uniqueDirectories: rates(7_500), sharedDirectory: null } })).hosts).toBe(8); // 7,500 / 1,000
  });

  it("in one directory is what one directory does, whatever the hosts", () => {
    const withRate = (rate: number): RequirementFileSystem => askFileSystem("home", { metadata: { uniqueDirectories: null, sharedDirectory: rates(rate) } });
    expect(limitsOf(withRate(500)).limit("metadata, shared directory")).toMatchObject({ required: 1, available: 1, verdict: "met" });
    expect(sizedSite(askSite("here", [withRate(501)])).ruledOut).toContainEqual(expect.objectContaining({ hostSize: "Small", limit: "metadata, shared directory" }));
  });
});

describe("hosts and racks for protection", () => {
  it("are copies, a quorum, and what the engine needs to ride through a lost host", () => {
    expect(limitsOf(askFileSystem("home")).hosts).toBe(3);
    expect(limitsOf(askFileSystem("home", { protection: { ...held(1), performanceHeld: true } })).hosts).toBe(4);
    expect(limitsOf(askFileSystem("home", { protection: { ...held(3), performanceHeld: false } })).hosts).toBe(5);
  });

  it("spread chunks over fault domains so that writes go on", () => {
    const racks = (hostFailures: number, scheme: "replication" | "erasureCoding"): RequirementFileSystem => askFileSystem("home", { usableCapacityGB: 10, protection: { hostFailures, scheme, rackFailures: 1, performanceHeld: false } });
    // Three copies on the three fault domains of a region: one down leaves two.
    expect(limitsOf(racks(1, "replication")).limit("racks for protection")).toMatchObject({ required: 3, available: 3, verdict: "met" });
    // 2 + 3 chunks on three domains: two in one of them, and two may be missing.
    expect(limitsOf(racks(2, "erasureCoding")).limit("racks for protection")).toMatchObject({ required: 3, verdict: "met" });
    // 2 + 2 chunks: with two in one of three domains that is down, one too many is missing. 2 + 3 chunks do, so those are taken.
    const raised = sizedSite(askSite("here", [racks(1, "erasureCoding")])).options[0];
    expect(raised?.clusters[0]).toMatchObject({ hostCount: 5, raisedProtection: [{ fileSystem: "home", asked: 1, hostFailures: 2 }] });
    expect(raised?.risks).toContainEqual({ code: "raisedProtection", message: "File system home gets protection against 2 failed hosts, not 1: the chunks of less do not fit the racks." });
    expect(limitsOf(racks(2, "erasureCoding")).limit("raw capacity")).toEqual(limitsOf(racks(1, "erasureCoding")).limit("raw capacity"));
    // Two of three domains down leave one copy of whatever number: nothing helps.
    const two = askFileSystem("home", { usableCapacityGB: 10, protection: { hostFailures: 2, scheme: "replication", rackFailures: 2, performanceHeld: false } });
    expect(sizedSite(askSite("here", [two])).ruledOut).toContainEqual(expect.objectContaining({ hostSize: "Small", limit: "racks for protection" }));
  });
});

describe("what is not known", () => {
  it("leaves a limit undetermined only where it is asked for, and never meets it", () => {
    const change = only({ drives: { writeMBps: unknown() } });
    expect(limitsOf(askFileSystem("home", { throughput: both(10, 0) }), change).limit("drive throughput")).toMatchObject({ verdict: "met" });
    expect(limitsOf(askFileSystem("home", { throughput: both(10, 1) }), change).limit("drive throughput")).toMatchObject({ verdict: "undetermined", required: null, slack: null });
  });

  it("does not hide what is known to be too little", () => {
    // Reading alone keeps 5 hosts' drives busy, whatever writing does.
    const change = only({ egressMbps: { ...unknown<number>(), value: 8_000_000 }, drives: { writeMBps: unknown() } });
    expect(limitsOf(askFileSystem("home", { throughput: both(100, 1) }), change).hosts).toBe(7); // 102 vCPUs of 16
    const fast = only({ vcpus: { ...unknown<number>(), value: 1_000 }, egressMbps: { ...unknown<number>(), value: 8_000_000 }, drives: { writeMBps: unknown() } });
    expect(limitsOf(askFileSystem("home", { throughput: both(100, 1) }), fast).hosts).toBe(5);
  });
});
