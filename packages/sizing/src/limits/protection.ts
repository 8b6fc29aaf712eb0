// Limits on the number of hosts as such: enough for copies, chunks, quorum and engine; no more than can be had; racks.
import type { BucketPolicy, RequirementFileSystem } from "@cynosure/model";
import type { HostModel } from "../host-model.ts";
import type { ClusterModel, FileSystemLoad } from "../loads/cluster-model.ts";
import { racksNeeded } from "../loads/raised-protection.ts";
import { hostsNeeded } from "../loads/raw-factor.ts";
import { number, plural, sourced } from "../words.ts";
import { NOTHING, UNBOUNDED_UNKNOWN, whole, type Amount } from "./amount.ts";
import type { Limit } from "./limit.ts";

/** Three monitors on three hosts: two of them are a majority when one is down. */
export const QUORUM_HOSTS = 3;

type Wish = RequirementFileSystem | BucketPolicy;

/** The wish that asks for the most hosts, in words; null when nothing is to be kept. */
export function hardestWish(cluster: ClusterModel): { readonly wish: Wish; readonly name: string } | null {
  const wishes = [...cluster.fileSystems.map((wish) => ({ wish, name: `file system ${wish.name}` })), ...cluster.buckets.map((wish) => ({ wish, name: `bucket ${wish.name}` }))];
  return wishes.reduce<(typeof wishes)[number] | null>((hardest, each) => (hardest === null || hostsNeeded(each.wish.protection) > hostsNeeded(hardest.wish.protection) ? each : hardest), null);
}

const schemeWords = ({ protection }: Wish): string => (protection.scheme === "replication" ? "replication" : "erasure coding");

/** What protection alone asks for; the engine's minimum counts except for hosts that a substrate offers now. */
export function protectionHosts(cluster: ClusterModel): Amount {
  const { engine, down, schemeHosts } = cluster;
  const minima = cluster.kind === "live" ? [] : [engine.hostsMin.value, ...(down > 0 ? [engine.hostsMinRideThrough.value] : [])];
  return { value: Math.max(QUORUM_HOSTS, schemeHosts, ...minima.map((minimum) => minimum ?? 0)), isWhole: minima.every((minimum) => minimum !== null) };
}

function protectionEvidence(cluster: ClusterModel): string {
  const hardest = hardestWish(cluster);
  const parts = [`a quorum needs ${QUORUM_HOSTS} hosts`];
  if (hardest !== null && cluster.schemeHosts >= QUORUM_HOSTS) {
    parts.push(`${hardest.name}: ${hardest.wish.protection.hostFailures} failed hosts by ${schemeWords(hardest.wish)}, one copy or chunk a host, writes going on: ${cluster.schemeHosts} hosts`);
  }
  if (cluster.kind === "live") return parts.join("; ");
  parts.push(`${cluster.engine.engine} needs ${sourced(cluster.engine.hostsMin, "hosts")}`);
  if (cluster.down > 0) parts.push(`and to hold its performance with ${plural(cluster.down, "host")} down ${sourced(cluster.engine.hostsMinRideThrough, "hosts")}`);
  return parts.join("; ");
}

/** What asks for the most, shortly. */
function protectionReason(cluster: ClusterModel, required: number): string {
  const hardest = hardestWish(cluster);
  if (hardest !== null && cluster.schemeHosts === required) return `${hardest.name} against ${plural(hardest.wish.protection.hostFailures, "failed host")} by ${schemeWords(hardest.wish)}`;
  if (required === QUORUM_HOSTS) return "a quorum";
  return cluster.down > 0 && cluster.engine.hostsMinRideThrough.value === required ? `${cluster.engine.engine} with ${plural(cluster.down, "host")} down` : `the least of ${cluster.engine.engine}`;
}

export function protectionLimit(cluster: ClusterModel): Limit {
  const required = protectionHosts(cluster);
  return { name: "hosts for protection", unit: "hosts", because: () => protectionReason(cluster, required.value), judge: (hosts) => ({ required, available: whole(hosts) }), evidence: () => protectionEvidence(cluster), hostsAtLeast: () => required.value };
}

export function offerLimits(cluster: ClusterModel, host: HostModel): Limit[] {
  const name = "hosts on offer";
  const asked = (hosts: number): { required: Amount } => ({ required: whole(hosts) });
  const { engine, platform } = cluster;
  const engineMax = engine.hostsMax.value ?? Infinity;
  if (host.offer !== null) {
    const { hostCountMax, location, size } = host.offer;
    return [{ name, unit: "hosts", judge: (hosts) => ({ ...asked(hosts), available: whole(hostCountMax) }), evidence: () => `${location} offers at most ${hostCountMax} of ${size}`, hostsAtLeast: () => 0 }];
  }
  if (host.kind === "azure") {
    const available: Amount = { value: Math.min(engineMax, platform.scaleSetHostsMax.value ?? Infinity), isWhole: platform.scaleSetHostsMax.value !== null };
    const evidence = (): string => `a scale set holds ${sourced(platform.scaleSetHostsMax, "hosts")}; ${engine.engine} ${engine.hostsMax.value === null ? "states no most" : `at most ${sourced(engine.hostsMax, "hosts")}`}`;
    return [{ name, unit: "hosts", judge: (hosts) => ({ ...asked(hosts), available }), evidence, hostsAtLeast: () => 0 }];
  }
  if (engine.hostsMax.value === null) return [];
  return [{ name, unit: "hosts", judge: (hosts) => ({ ...asked(hosts), available: whole(engineMax) }), evidence: () => `${engine.engine} runs on at most ${sourced(engine.hostsMax, "hosts")}`, hostsAtLeast: () => 0 }];
}

const racksOf = ({ protection, chosen }: Pick<FileSystemLoad, "protection" | "chosen">): number => racksNeeded(protection, chosen.scheme);

export function rackLimits(cluster: ClusterModel): Limit[] {
  if (cluster.fileSystems.every((each) => each.protection.rackFailures === 0)) return [];
  const { count, evidence } = cluster.racks;
  const available: Amount = count === null ? UNBOUNDED_UNKNOWN : whole(count);
  const needed = (hosts: number): Amount => {
    const loads = cluster.at(hosts);
    return loads === null ? { ...NOTHING, isWhole: false } : whole(Math.max(...loads.fileSystems.map(racksOf)));
  };
  const words = (hosts: number): string => {
    const hardest = cluster.at(hosts)?.fileSystems.toSorted((a, b) => racksOf(b) - racksOf(a))[0];
    if (hardest === undefined) return evidence;
    const { scheme } = hardest.chosen;
    const kept = scheme.kind === "replication" ? `${scheme.copies} copies` : `${scheme.dataChunks} + ${scheme.codingChunks} chunks`;
    return `file system ${hardest.fileSystem.name}: ${kept} spread evenly, ${plural(hardest.fileSystem.protection.rackFailures, "rack")} down, writes going on: ${number(racksOf(hardest))} racks; ${evidence}`;
  };
  // Chunks grow with hosts until the scheme is stable; from there on the limit is the same for every count.
  const hostsAtLeast = (): number => (needed(cluster.stableFrom).value > available.value ? Infinity : 0);
  return [{ name: "racks for protection", unit: "racks", judge: (hosts) => ({ required: needed(hosts), available }), evidence: words, hostsAtLeast }];
}
