// Brute force, one cluster: every limit of docs/reference/sizing-model.md §3 and §4 for a given number of hosts, by straight
// arithmetic, and the smallest number by trying 1, 2, 3 and so on. Written apart from the model, from its page alone: it imports
// nothing but types, so that an error of the one is not an error of the other. Slow on purpose.
import type { BucketPolicy, CatalogueSize, EngineModel, HostSizeOffer, PlatformLimits, RequirementFileSystem, RequirementSite, SizingAssumptions } from "@cynosure/model";

export type Verdict = "met" | "notMet" | "undetermined";

export interface Judged {
  readonly name: string;
  readonly verdict: Verdict;
  /** What is known of it. */
  readonly required: number;
  readonly available: number;
}

/** What the limits of a cluster depend on beside its file systems and hosts. */
export interface BruteSetting {
  readonly site: RequirementSite;
  readonly kind: "azure" | "bareMetal" | "local";
  readonly engine: EngineModel;
  /** null exactly when `offer` is not. */
  readonly size: CatalogueSize | null;
  readonly offer: HostSizeOffer | null;
  readonly platform: PlatformLimits;
  readonly assumptions: { readonly [K in keyof SizingAssumptions]: number | null };
}

export interface BruteMembers {
  readonly fileSystems: readonly RequirementFileSystem[];
  readonly buckets: readonly BucketPolicy[];
  /** Hosts that may be down while performance holds, where protection was raised above what was asked. */
  readonly down?: number;
}

/** Relative: equality at a bound must not hang on the noise of decimal fractions. */
const TOLERANCE = 1e-9;
/** More hosts of one cluster are not tried. */
const HOSTS_TRIED_MAX = 10_000;
const DATA_CHUNKS_MAX = 4;
/** The contract takes no more. */
const HOST_FAILURES_MAX = 16;

/** Comparisons that came out as they did only because of the tolerance. */
export const toleranceCount = { value: 0 };

export function judge(name: string, required: number, isRequiredKnown: boolean, available: number, isAvailableKnown: boolean): Judged {
  let verdict: Verdict = "undetermined";
  if (required > available * (1 + TOLERANCE)) verdict = "notMet";
  else if (required === 0 && isRequiredKnown) verdict = "met";
  else if (isRequiredKnown && isAvailableKnown) verdict = "met";
  if (verdict !== "notMet" && required > available) toleranceCount.value++;
  return { name, verdict, required, available };
}

const nfsCrossings = (fs: RequirementFileSystem): number => (fs.dataPaths.includes("nfs") ? 1 : 0);
export const readOf = (fs: RequirementFileSystem): number => (fs.throughput === null ? 0 : fs.throughput.readGBps);
export const writeOf = (fs: RequirementFileSystem): number => (fs.throughput === null ? 0 : fs.throughput.writeGBps);

export function grownGB(fs: RequirementFileSystem): number {
  let capacityGB = fs.usableCapacityGB;
  if (fs.growth !== null) capacityGB *= (1 + fs.growth.percentPerYear / 100) ** fs.growth.years;
  return capacityGB;
}

const dataChunks = (n: number, hostFailures: number): number => Math.min(DATA_CHUNKS_MAX, n - (hostFailures + 1));

/** Raw bytes for each byte of a file system protected against `hostFailures`; null when the engine does not say. */
function rawOf(fs: RequirementFileSystem, n: number, hostFailures: number, engine: EngineModel): number | null {
  const path = engine.dataPath;
  if (path.kind === "sharedEverything") return path.usableFraction.value === null ? null : 1 / path.usableFraction.value;
  const isReplicated = fs.protection.scheme === "replication";
  const copies = hostFailures + 2;
  const k = dataChunks(n, hostFailures);
  const m = hostFailures + 1;
  if (fs.fileSizes.length === 0) return isReplicated ? copies : (k + m) / k;
  let raw = 0;
  for (const share of fs.fileSizes) {
    const u = path.allocationUnitBytes;
    const s = share.fileSizeKB * 1_000;
    raw += isReplicated ? (share.byteFraction * Math.ceil(s / u) * u * copies) / s : (share.byteFraction * Math.ceil(s / (k * u)) * u * (k + m)) / s;
  }
  return raw;
}

interface Factors {
  readonly a: number | null;
  readonly b: number | null;
}

/** The largest part of a read that comes from other hosts, and the largest k x raw, over all protections up to the asked one. */
function worstOfFewerFailures(fs: RequirementFileSystem, n: number, engine: EngineModel): { readElsewhere: number; chunksTimesRaw: number | null } {
  let readElsewhere = 0;
  let chunksTimesRaw: number | null = 0;
  for (let failures = 0; failures <= fs.protection.hostFailures; failures++) {
    const k = dataChunks(n, failures);
    readElsewhere = Math.max(readElsewhere, (k - 1) / k);
    const raw = rawOf(fs, n, failures, engine);
    chunksTimesRaw = raw === null || chunksTimesRaw === null ? null : Math.max(chunksTimesRaw, k * raw);
  }
  return { readElsewhere, chunksTimesRaw };
}

function factorsOf(limit: "egress" | "ingress" | "driveWrite", fs: RequirementFileSystem, n: number, engine: EngineModel): Factors {
  const path = engine.dataPath;
  if (path.kind === "sharedEverything") {
    if (limit === "egress") return { a: path.egressPerRead.value, b: path.egressPerWrite.value };
    if (limit === "ingress") return { a: path.ingressPerRead.value, b: path.ingressPerWrite.value };
    return { a: 0, b: path.driveWritePerWrite.value };
  }
  const gw = nfsCrossings(fs);
  const f = fs.protection.hostFailures;
  if (limit === "driveWrite") return { a: 0, b: rawOf(fs, n, f, engine) };
  if (fs.protection.scheme === "replication") return limit === "egress" ? { a: 1 + gw, b: f + 2 - 1 + gw } : { a: gw, b: f + 2 + gw };
  const k = dataChunks(n, f);
  const m = f + 1;
  const elsewhere = worstOfFewerFailures(fs, n, engine).readElsewhere;
  return limit === "egress" ? { a: 1 + elsewhere + gw, b: (k + m - 1) / k + gw } : { a: elsewhere + gw, b: 1 + (k + m - 1) / k + gw };
}

interface Known {
  readonly value: number;
  readonly isKnown: boolean;
}

/** One file system's load; an unknown factor counts as 0 and is told. */
function loadOf(fs: RequirementFileSystem, { a, b }: Factors): Known {
  const r = readOf(fs);
  const w = writeOf(fs);
  const isKnown = !((a === null && r !== 0) || (b === null && w !== 0));
  const reading = (a ?? 0) * r;
  const writing = (b ?? 0) * w;
  return { value: fs.throughput?.simultaneous === true ? reading + writing : Math.max(reading, writing), isKnown };
}

/** `guaranteed`: the sum. `shared`: every one of the 2^k on and off states with its probability, by rising sum, until `confidence` is reached. */
function clusterLoad(site: RequirementSite, fileSystems: readonly RequirementFileSystem[], loads: readonly Known[]): Known {
  const isKnown = loads.every((load) => load.isKnown);
  const confidence = site.consolidation.confidence;
  if (site.consolidation.mode === "guaranteed" || confidence === null) {
    let sum = 0;
    for (const load of loads) sum += load.value;
    return { value: sum, isKnown };
  }
  const states: { sum: number; probability: number }[] = [];
  for (let bits = 0; bits < 2 ** loads.length; bits++) {
    let sum = 0;
    let probability = 1;
    loads.forEach((load, at) => {
      const isOn = Math.floor(bits / 2 ** at) % 2 === 1;
      const duty = fileSystems[at]?.dutyFraction ?? 0;
      if (isOn) sum += load.value;
      probability *= isOn ? duty : 1 - duty;
    });
    states.push({ sum, probability });
  }
  states.sort((one, other) => one.sum - other.sum);
  let reached = 0;
  for (const state of states) {
    reached += state.probability;
    if (reached >= confidence - 1e-12) return { value: state.sum, isKnown };
  }
  return { value: states.at(-1)?.sum ?? 0, isKnown };
}

function headroom(members: BruteMembers): number {
  if (members.down !== undefined) return members.down;
  let d = 0;
  for (const fs of members.fileSystems) if (fs.protection.performanceHeld && fs.protection.hostFailures > d) d = fs.protection.hostFailures;
  return d;
}

/** GB/s of making lost data again: what is read from and sent between hosts, and what is written. */
function rebuildOf(setting: BruteSetting, members: BruteMembers, n: number): { moved: Known; written: Known } {
  const d = headroom(members);
  let moved = 0;
  let written = 0;
  let isKnown = true;
  if (d > 0) {
    for (const fs of members.fileSystems) {
      const capacityGB = grownGB(fs);
      if (capacityGB === 0) continue;
      const raw = rawOf(fs, n, fs.protection.hostFailures, setting.engine);
      const hours = setting.assumptions.rebuildHours;
      if (raw === null || hours === null) {
        isKnown = false;
        continue;
      }
      const perRaw = (d * capacityGB) / (n * 3_600 * hours);
      const isCoded = fs.protection.scheme === "erasureCoding" && setting.engine.dataPath.kind === "primaryRelayed";
      const movedRaw = isCoded ? (worstOfFewerFailures(fs, n, setting.engine).chunksTimesRaw ?? 0) : raw;
      moved += perRaw * movedRaw;
      written += perRaw * raw;
    }
  }
  return { moved: { value: moved, isKnown }, written: { value: written, isKnown } };
}

function hostsForProtection(setting: BruteSetting, members: BruteMembers, n: number): Judged {
  let required = 3;
  let isKnown = true;
  const atLeast = (hosts: number | null): void => {
    if (hosts === null) isKnown = false;
    else required = Math.max(required, hosts);
  };
  if (setting.kind !== "local") {
    atLeast(setting.engine.hostsMin.value);
    if (headroom(members) > 0) atLeast(setting.engine.hostsMinRideThrough.value);
  }
  for (const { protection } of [...members.fileSystems, ...members.buckets]) atLeast(protection.hostFailures + (protection.scheme === "replication" ? 2 : 3));
  return judge("hosts for protection", required, isKnown, n, true);
}

function hostsOnOffer(setting: BruteSetting, n: number): Judged[] {
  let available = Number.POSITIVE_INFINITY;
  let isKnown = true;
  if (setting.kind !== "local" && setting.engine.hostsMax.value !== null) available = setting.engine.hostsMax.value;
  if (setting.offer !== null) available = Math.min(available, setting.offer.hostCountMax);
  if (setting.kind === "azure") {
    const scaleSetHostsMax = setting.platform.scaleSetHostsMax.value;
    if (scaleSetHostsMax === null) isKnown = false;
    else available = Math.min(available, scaleSetHostsMax);
  }
  return available === Number.POSITIVE_INFINITY && isKnown ? [] : [judge("hosts on offer", n, true, available, isKnown)];
}

const racksOf = ({ site, platform }: BruteSetting): number | null =>
  site.room !== null ? site.room.racks : site.zone !== null ? platform.faultDomainsPerZone.value : platform.faultDomainsPerRegion.value;

/** Coded file systems get the first protection from the asked one on whose chunks the racks hold; what is held while hosts are down stays as asked. */
function raised(setting: BruteSetting, members: BruteMembers, n: number): BruteMembers {
  const racks = setting.kind === "local" ? null : racksOf(setting);
  if (racks === null) return members;
  const fileSystems = members.fileSystems.map((fs) => {
    if (fs.protection.scheme !== "erasureCoding" || fs.protection.rackFailures === 0) return fs;
    for (let hostFailures = fs.protection.hostFailures; hostFailures <= HOST_FAILURES_MAX && dataChunks(n, hostFailures) >= 2; hostFailures++) {
      const more = { ...fs, protection: { ...fs.protection, hostFailures } };
      if (racksNeeded(more, n) <= racks) return more;
    }
    return fs;
  });
  return { ...members, fileSystems, down: headroom(members) };
}

function racksNeeded(fs: { readonly protection: RequirementFileSystem["protection"] }, n: number): number {
  const { rackFailures, hostFailures, scheme } = fs.protection;
  if (rackFailures === 0) return 0;
  if (scheme === "replication") return rackFailures + 2;
  const chunks = dataChunks(n, hostFailures) + hostFailures + 1;
  for (let racks = 1; racks <= chunks; racks++) if (Math.ceil(chunks / racks) * rackFailures <= hostFailures) return racks;
  return Number.POSITIVE_INFINITY;
}

function racksForProtection(setting: BruteSetting, members: BruteMembers, n: number): Judged[] {
  let required = 0;
  for (const fs of members.fileSystems) required = Math.max(required, racksNeeded(fs, n));
  if (required === 0) return [];
  const racks = racksOf(setting);
  return [judge("racks for protection", required, true, racks ?? Number.POSITIVE_INFINITY, racks !== null)];
}

function rawCapacity(setting: BruteSetting, members: BruteMembers, n: number): Judged {
  let required = 0;
  let isRequiredKnown = true;
  for (const fs of members.fileSystems) {
    const raw = rawOf(fs, n, fs.protection.hostFailures, setting.engine);
    if (raw === null && grownGB(fs) !== 0) isRequiredKnown = false;
    required += grownGB(fs) * (raw ?? 0);
  }
  if (setting.offer !== null) return judge("raw capacity", required, isRequiredKnown, (n * setting.offer.diskCount * setting.offer.diskSizeBytes) / 1e9, true);
  const drives = setting.size?.drives;
  const { spareHosts } = setting.assumptions;
  const [count, driveGB] = [drives?.count.value ?? null, drives?.driveGB.value ?? null];
  const [overhead, fill] = [setting.engine.overheadFraction.value, setting.engine.fillFractionMax.value];
  const isAvailableKnown = spareHosts !== null && count !== null && driveGB !== null && overhead !== null && fill !== null;
  const available = count === null || driveGB === null ? Number.POSITIVE_INFINITY : (n - (spareHosts ?? 0)) * count * driveGB * (1 - (overhead ?? 0)) * (fill ?? 1);
  return judge("raw capacity", required, isRequiredKnown, available, isAvailableKnown);
}

function nic(setting: BruteSetting, members: BruteMembers, n: number, limit: "egress" | "ingress"): Judged {
  const engine = setting.engine;
  const load = clusterLoad(setting.site, members.fileSystems, members.fileSystems.map((fs) => loadOf(fs, factorsOf(limit, fs, n, engine))));
  const rebuild = rebuildOf(setting, members, n).moved;
  const mbps = limit === "egress" ? (setting.size?.egressMbps.value ?? null) : (setting.size?.ingressMbps.value ?? setting.size?.egressMbps.value ?? null);
  const payload = setting.assumptions.nicPayloadFraction;
  const hosts = n - headroom(members);
  const available = mbps === null ? Number.POSITIVE_INFINITY : ((hosts * mbps) / 8_000) * (payload ?? 1);
  return judge(`NIC ${limit}`, load.value + rebuild.value, load.isKnown && rebuild.isKnown, available, mbps !== null && payload !== null);
}

function driveThroughput(setting: BruteSetting, members: BruteMembers, n: number): Judged {
  const hosts = n - headroom(members);
  const drives = setting.size?.drives;
  const readGBps = drives === undefined || drives.readMBps.value === null ? null : (drives.readMBps.value / 1_000) * hosts;
  const fresh = drives?.writeMBps.value ?? null;
  const sustained = setting.assumptions.sustainedWriteFraction;
  // An unknown part of a write rate at its best is the fresh rate.
  const writeGBps = fresh === null ? null : (fresh / 1_000) * hosts * (sustained ?? 1);
  const loads = members.fileSystems.map((fs) => {
    const b = factorsOf("driveWrite", fs, n, setting.engine).b;
    const known = loadOf(fs, { a: readGBps === null ? null : 1 / readGBps, b: b === null || writeGBps === null ? null : b / writeGBps });
    return sustained === null && writeOf(fs) !== 0 ? { ...known, isKnown: false } : known;
  });
  const load = clusterLoad(setting.site, members.fileSystems, loads);
  const { moved, written } = rebuildOf(setting, members, n);
  let required = load.value;
  let isKnown = load.isKnown && moved.isKnown && written.isKnown;
  if (readGBps !== null) required += moved.value / readGBps;
  else if (moved.value !== 0) isKnown = false;
  if (writeGBps !== null) required += written.value / writeGBps;
  else if (written.value !== 0) isKnown = false;
  if (sustained === null && written.value !== 0) isKnown = false;
  return judge("drive throughput", required, isKnown, 1, true);
}

function driveReads(setting: BruteSetting, members: BruteMembers, n: number): Judged[] {
  let required = 0;
  let isAsked = false;
  for (const fs of members.fileSystems) {
    for (const share of fs.fileSizes) {
      isAsked = true;
      required += (readOf(fs) * share.byteFraction) / (share.fileSizeKB / 1e6);
    }
  }
  const iops = setting.size?.drives.readIops.value ?? null;
  return isAsked ? [judge("drive reads per second", required, true, iops === null ? Number.POSITIVE_INFINITY : (n - headroom(members)) * iops, iops !== null)] : [];
}

function processors(setting: BruteSetting, members: BruteMembers, n: number): Judged {
  const factors = { a: setting.engine.vcpusPerReadGBps.value, b: setting.engine.vcpusPerWriteGBps.value };
  const load = clusterLoad(setting.site, members.fileSystems, members.fileSystems.map((fs) => loadOf(fs, factors)));
  const vcpus = setting.size?.vcpus.value ?? null;
  return judge("processors", load.value, load.isKnown, vcpus === null ? Number.POSITIVE_INFINITY : (n - headroom(members)) * vcpus, vcpus !== null);
}

function metadata(setting: BruteSetting, members: BruteMembers, n: number): Judged[] {
  const rates = setting.engine.metadata;
  const sums = { create: 0, stat: 0, remove: 0 };
  const largest = { create: 0, stat: 0, remove: 0 };
  for (const fs of members.fileSystems) {
    const [unique, shared] = [fs.metadata.uniqueDirectories, fs.metadata.sharedDirectory];
    sums.create += unique?.createPerSecond ?? 0;
    sums.stat += unique?.statPerSecond ?? 0;
    sums.remove += unique?.removePerSecond ?? 0;
    largest.create = Math.max(largest.create, shared?.createPerSecond ?? 0);
    largest.stat = Math.max(largest.stat, shared?.statPerSecond ?? 0);
    largest.remove = Math.max(largest.remove, shared?.removePerSecond ?? 0);
  }
  const ratio = (asked: readonly number[], rate: readonly (number | null)[]): Known => {
    let value = 0;
    let isKnown = true;
    asked.forEach((ask, at) => {
      const of = rate[at] ?? null;
      if (ask === 0) return;
      if (of === null) isKnown = false;
      else value = Math.max(value, ask / of);
    });
    return { value, isKnown };
  };
  const unique = ratio([sums.create, sums.stat, sums.remove], [rates.createPerSecondPerHost.value, rates.statPerSecondPerHost.value, rates.removePerSecondPerHost.value]);
  const shared = ratio([largest.create, largest.stat, largest.remove], [rates.sharedCreatePerSecond.value, rates.sharedStatPerSecond.value, rates.sharedRemovePerSecond.value]);
  return [
    judge("metadata, unique directories", unique.value, unique.isKnown, n - headroom(members), true),
    judge("metadata, shared directory", shared.value, shared.isKnown, 1, true),
  ];
}

function driveEndurance(setting: BruteSetting, members: BruteMembers, n: number): Judged {
  let writtenGBps = 0;
  let isKnown = true;
  for (const fs of members.fileSystems) {
    const { b } = factorsOf("driveWrite", fs, n, setting.engine);
    const part = setting.site.consolidation.mode === "shared" ? fs.dutyFraction : 1;
    if (b === null && writeOf(fs) * part !== 0) isKnown = false;
    writtenGBps += writeOf(fs) * (b ?? 0) * part;
  }
  const drives = setting.size?.drives;
  const [count, driveGB, rated] = [drives?.count.value ?? null, drives?.driveGB.value ?? null, drives?.driveWritesPerDay.value ?? null];
  const isRateKnown = count !== null && driveGB !== null;
  const required = isRateKnown ? (86_400 * writtenGBps) / (n * count * driveGB) : 0;
  return judge("drive endurance", required, isKnown && (isRateKnown || writtenGBps === 0), rated ?? Number.POSITIVE_INFINITY, rated !== null);
}

/** One limit after the other; only the first, when there are too few hosts for the schemes to mean anything. */
function* limitsOf(setting: BruteSetting, asked: BruteMembers, n: number): Generator<Judged> {
  const protection = hostsForProtection(setting, asked, n);
  yield protection;
  if (protection.verdict === "notMet") return;
  const members = raised(setting, asked, n);
  yield* hostsOnOffer(setting, n);
  yield* setting.kind === "local" ? [] : racksForProtection(setting, members, n);
  yield rawCapacity(setting, members, n);
  if (setting.kind === "local") {
    yield { name: "throughput", verdict: "undetermined", required: 0, available: 0 };
    return;
  }
  yield nic(setting, members, n, "egress");
  yield nic(setting, members, n, "ingress");
  yield driveThroughput(setting, members, n);
  yield* driveReads(setting, members, n);
  yield processors(setting, members, n);
  yield* metadata(setting, members, n);
  yield driveEndurance(setting, members, n);
}

/** All limits of a cluster of n hosts. */
export const judgeCluster = (setting: BruteSetting, members: BruteMembers, n: number): Judged[] => [...limitsOf(setting, members, n)];

/** The first limit that n hosts break, in the page's order. */
export function firstBroken(setting: BruteSetting, members: BruteMembers, n: number): string | null {
  for (const limit of limitsOf(setting, members, n)) if (limit.verdict === "notMet") return limit.name;
  return null;
}

/** The smallest number of hosts that breaks no limit, or null. */
export function smallestCount(setting: BruteSetting, members: BruteMembers): number | null {
  const largest = hostsOnOffer(setting, 1)[0]?.available ?? Number.POSITIVE_INFINITY;
  for (let n = 1; n <= Math.min(largest, HOSTS_TRIED_MAX); n++) {
    const broken = firstBroken(setting, members, n);
    if (broken === null) return n;
    // What more hosts do not change: one directory, and racks once there are hosts for all data chunks.
    const isWide = n >= HOST_FAILURES_MAX + 1 + DATA_CHUNKS_MAX;
    if (broken === "metadata, shared directory" || (isWide && broken === "racks for protection")) return null;
  }
  return null;
}
