// Requirements that ask for more than a given one, by one clause at a time: whatever they get must be enough for the given one too, so
// it can never be cheaper. `null` where the clause cannot be raised.
import type { MetadataRates, Requirement, RequirementFileSystem, RequirementSite } from "@cynosure/model";
import type { Draw } from "./draw.ts";

type Change<T> = (one: T, draw: Draw) => T | null;

const HOST_FAILURES_MAX = 3;
const factor = (draw: Draw): number => draw.pick([2, 1.1, 1.01, 5]);

const moreRates = (rates: MetadataRates | null, draw: Draw): MetadataRates => {
  const before = rates ?? { createPerSecond: 0, statPerSecond: 0, removePerSecond: 0 };
  return { createPerSecond: before.createPerSecond + 100 * draw.integer(0, 30), statPerSecond: before.statPerSecond + 100 * draw.integer(0, 90), removePerSecond: before.removePerSecond + 100 * draw.integer(0, 30) };
};

function moreThroughput(fs: RequirementFileSystem, readGBps: number, writeGBps: number): RequirementFileSystem {
  const before = fs.throughput ?? { readGBps: 0, writeGBps: 0, simultaneous: false };
  return { ...fs, throughput: { ...before, readGBps: before.readGBps + readGBps, writeGBps: before.writeGBps + writeGBps } };
}

const ofFileSystem: Readonly<Record<string, Change<RequirementFileSystem>>> = {
  capacity: (fs, draw) => ({ ...fs, usableCapacityGB: fs.usableCapacityGB * factor(draw) }),
  reading: (fs, draw) => moreThroughput(fs, draw.integer(1, 40) / 8, 0),
  writing: (fs, draw) => moreThroughput(fs, 0, draw.integer(1, 40) / 8),
  simultaneous: (fs) => (fs.throughput === null || fs.throughput.simultaneous ? null : { ...fs, throughput: { ...fs.throughput, simultaneous: true } }),
  "metadata in unique directories": (fs, draw) => ({ ...fs, metadata: { ...fs.metadata, uniqueDirectories: moreRates(fs.metadata.uniqueDirectories, draw) } }),
  "metadata in a shared directory": (fs, draw) => ({ ...fs, metadata: { ...fs.metadata, sharedDirectory: moreRates(fs.metadata.sharedDirectory, draw) } }),
  "host failures": (fs) => (fs.protection.hostFailures >= HOST_FAILURES_MAX ? null : { ...fs, protection: { ...fs.protection, hostFailures: fs.protection.hostFailures + 1 } }),
  "rack failures": (fs) => (fs.protection.rackFailures >= fs.protection.hostFailures ? null : { ...fs, protection: { ...fs.protection, rackFailures: fs.protection.rackFailures + 1 } }),
  "performance held": (fs) => (fs.protection.performanceHeld ? null : { ...fs, protection: { ...fs.protection, performanceHeld: true } }),
  growth: (fs, draw) => ({ ...fs, growth: fs.growth === null ? { percentPerYear: draw.pick([10, 50]), years: draw.integer(1, 3) } : { ...fs.growth, percentPerYear: fs.growth.percentPerYear + 10 } }),
  gateways: (fs) => (fs.dataPaths.includes("nfs") ? null : { ...fs, dataPaths: [...fs.dataPaths, "nfs"] }),
  "more often": (fs) => (fs.dutyFraction >= 1 ? null : { ...fs, dutyFraction: Math.min(1, fs.dutyFraction * 2) }),
};

const ofSite: Readonly<Record<string, Change<RequirementSite>>> = {
  "one more file system": (site) => {
    const like = site.fileSystems[0];
    return like === undefined || site.fileSystems.length > 4 ? null : { ...site, fileSystems: [...site.fileSystems, { ...like, name: "z-added" }] };
  },
  "a bucket's host failures": (site) => {
    const [bucket, ...rest] = site.buckets;
    return bucket === undefined || bucket.protection.hostFailures >= HOST_FAILURES_MAX ? null : { ...site, buckets: [{ ...bucket, protection: { ...bucket.protection, hostFailures: bucket.protection.hostFailures + 1 } }, ...rest] };
  },
  guaranteed: (site) => (site.consolidation.mode === "guaranteed" ? null : { ...site, consolidation: { ...site.consolidation, mode: "guaranteed", confidence: null } }),
  confidence: (site) => (site.consolidation.confidence === null ? null : { ...site, consolidation: { ...site.consolidation, confidence: 0.9999 } }),
  "nothing shared": (site) => (site.hostCount !== null ? null : { ...site, consolidation: { ...site.consolidation, mayShare: [] } }),
};

export interface AskedMore {
  readonly what: string;
  readonly requirement: Requirement;
}

/** One clause of one file system or site raised. */
export function askMore(requirement: Requirement, draw: Draw): AskedMore | null {
  const siteAt = draw.integer(0, requirement.sites.length - 1);
  const site = requirement.sites[siteAt];
  if (site === undefined) return null;
  const withSite = (changed: RequirementSite | null): Requirement | null => (changed === null ? null : { ...requirement, sites: requirement.sites.map((one, at) => (at === siteAt ? changed : one)) });
  const names = [...Object.keys(ofFileSystem), ...Object.keys(ofSite)];
  const what = names[draw.integer(0, names.length - 1)] ?? "capacity";
  let changed: Requirement | null = null;
  const forSite = ofSite[what];
  const forFileSystem = ofFileSystem[what];
  if (forSite !== undefined) changed = withSite(forSite(site, draw));
  else if (forFileSystem !== undefined && site.fileSystems.length > 0) {
    const at = draw.integer(0, site.fileSystems.length - 1);
    const fs = site.fileSystems[at];
    const more = fs === undefined ? null : forFileSystem(fs, draw);
    changed = more === null ? null : withSite({ ...site, fileSystems: site.fileSystems.map((one, index) => (index === at ? more : one)) });
  }
  return changed === null ? null : { what, requirement: changed };
}
