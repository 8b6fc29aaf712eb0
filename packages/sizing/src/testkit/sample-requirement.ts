// Requirements for tests: one thing asked for at a time, everything else left out.
import type { Requirement, RequirementConstraints, RequirementFileSystem, RequirementSite } from "@cynosure/model";

/** 1 TB on two copies more than none, reached natively, and nothing else asked of it. */
export const askFileSystem = (name: string, change: Partial<RequirementFileSystem> = {}): RequirementFileSystem => ({
  name, usableCapacityGB: 1_000, dataPaths: ["native"], throughput: null, fileSizes: [], metadata: { uniqueDirectories: null, sharedDirectory: null },
  protection: { hostFailures: 1, scheme: "replication", rackFailures: 0, performanceHeld: false }, growth: null, dutyFraction: 1, ...change,
});

/** A site in the sample region `north` on Ceph. */
export const askSite = (name: string, fileSystems: readonly RequirementFileSystem[], change: Partial<RequirementSite> = {}): RequirementSite => ({
  name, location: "north", zone: null, fallbackLocations: [], room: null, engine: "ceph", clients: null, fabric: { kind: "ethernet" }, hostCount: null, quotaVcpus: null,
  consolidation: { mayShare: null, mode: "guaranteed", confidence: null }, fileSystems, buckets: [], ...change,
});

export const anything: RequirementConstraints = {
  residencyCountries: [], deploymentModes: [], paymentRoutes: [], readyBy: null, budget: null, ephemeralNvmeAllowed: true, hostSizes: { allow: [], deny: [], prefer: [] },
};

export const asked = (sites: readonly RequirementSite[], constraints: Partial<RequirementConstraints> = {}, assumptions: Requirement["assumptions"] = {}): Requirement => ({ name: "asked", sites, constraints: { ...anything, ...constraints }, assumptions });
