import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostOfSize } from "../host-model.ts";
import { clusterLimits } from "../limits/cluster-limits.ts";
import { siteCase } from "../site-case.ts";
import { sampleKnowledge } from "../testkit/sized-sample.ts";
import { sampleCatalogue, sampleSize, unknown } from "../testkit/sample-catalogue.ts";
import { askFileSystem, askSite, asked } from "../testkit/sample-requirement.ts";
import { firstBroken, smallestCount, type CountSearch } from "./smallest-count.ts";

const scan = ({ limits }: CountSearch, most: number): number | null => {
  for (let hosts = 1; hosts <= most; hosts += 1) if (firstBroken(limits, hosts) === null) return hosts;
  return null;
};

const ofFileSystem = fc.record({
  usableCapacityGB: fc.integer({ min: 1, max: 60_000 }),
  throughput: fc.option(fc.record({ readGBps: fc.integer({ min: 0, max: 200 }), writeGBps: fc.integer({ min: 1, max: 60 }), simultaneous: fc.boolean() }), { nil: null }),
  dataPaths: fc.constantFrom(["nfs" as const], ["native" as const]),
  fileSizes: fc.constantFrom([], [{ fileSizeKB: 3, byteFraction: 0.1 }, { fileSizeKB: 900, byteFraction: 0.9 }]),
  dutyFraction: fc.constantFrom(0.1, 0.5, 1),
  protection: fc.record({ hostFailures: fc.integer({ min: 0, max: 3 }), scheme: fc.constantFrom("replication" as const, "erasureCoding" as const), performanceHeld: fc.boolean(), rackFailures: fc.constant(0) }),
  growth: fc.constantFrom(null, { percentPerYear: 30, years: 2 }),
});

const ofHost = fc.record({ egressMbps: fc.integer({ min: 4_000, max: 200_000 }), writeMBps: fc.option(fc.integer({ min: 500, max: 20_000 }), { nil: null }), driveGB: fc.integer({ min: 200, max: 9_000 }) });

describe("the smallest count", () => {
  it("is what trying every count from one finds, on any requirement, host and rack rule", () => {
    const cases = fc.record({ fileSystems: fc.array(ofFileSystem, { minLength: 1, maxLength: 3 }), racks: fc.integer({ min: 0, max: 1 }), shared: fc.boolean(), spareHosts: fc.integer({ min: 0, max: 2 }), engine: fc.constantFrom("ceph" as const, "vast" as const), host: ofHost });
    fc.assert(
      fc.property(cases, ({ fileSystems, racks, shared, spareHosts, engine, host }) => {
        const asks = fileSystems.map((each, k) => askFileSystem(`f${k}`, { ...each, protection: { ...each.protection, rackFailures: Math.min(racks, each.protection.hostFailures) } }));
        const site = askSite("here", asks, { engine, consolidation: shared ? { mayShare: null, mode: "shared", confidence: 0.9 } : { mayShare: null, mode: "guaranteed", confidence: null } });
        const each = siteCase(asked([site], {}, { spareHosts }), 0, sampleKnowledge(), () => []);
        const model = each.groupsFor("azure")[0]?.together;
        if (model === undefined || model === null) throw new Error("three file systems make one cluster");
        const size = sampleSize("Drawn", { egressMbps: { ...unknown<number>(), value: host.egressMbps }, drives: { writeMBps: { ...unknown<number>(), value: host.writeMBps }, driveGB: { ...unknown<number>(), value: host.driveGB } } });
        const search = { limits: clusterLimits(model, hostOfSize(size)), stableFrom: model.stableFrom };
        expect(smallestCount(search)).toBe(scan(search, sampleCatalogue.platform.scaleSetHostsMax.value ?? 0));
      }),
      { numRuns: 2_000 },
    );
  });
});
