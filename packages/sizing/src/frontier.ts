// What hosts of one size hold of a cluster's demand, by their number: the curve behind an option. The demand is scaled as a whole,
// so that every point is what the same limits say of it; limits that nobody can judge are left out, and so is a point without any.
import type { Requirement, SizedCluster, SizingOption } from "@cynosure/model";
import type { PartitionSolver, SizingKnowledge } from "./knowledge.ts";
import { clusterLimits } from "./limits/cluster-limits.ts";
import type { Limit } from "./limits/limit.ts";
import { capacityAfterGrowth, type ClusterModel } from "./loads/cluster-model.ts";
import type { HostModel } from "./host-model.ts";
import { siteCase } from "./site-case.ts";

const GB_PER_TB = 1_000;
const POINTS_MAX = 120;
/** Limits of protection and offer are of a count, not of a rate. */
const RATE_LIMITS: readonly string[] = ["NIC egress", "NIC ingress", "drive throughput", "processors"];

export interface FrontierPoint {
  readonly hosts: number;
  readonly capacityTB: number | null;
  /** Reading and writing together, in the proportion asked for. */
  readonly throughputGBps: number | null;
  /** The limit that throughput meets first. */
  readonly throughputLimit: string | null;
}

export interface ClusterFrontier {
  readonly clusterName: string;
  readonly hostSize: string;
  readonly chosenHosts: number;
  readonly askedTB: number;
  readonly askedGBps: number;
  readonly points: readonly FrontierPoint[];
}

/** How many times the demand so many hosts hold by this limit; null when nobody knows or nothing is asked of it. */
function timesHeld(limit: Limit, hosts: number): number | null {
  const { required, available } = limit.judge(hosts);
  if (!required.isWhole || !available.isWhole || required.value === 0) return null;
  return Math.max(0, available.value) / required.value;
}

function pointAt(limits: readonly Limit[], asked: { readonly TB: number; readonly GBps: number }, hosts: number): FrontierPoint {
  const capacity = limits.find((limit) => limit.name === "raw capacity");
  const held = capacity === undefined ? null : timesHeld(capacity, hosts);
  const rates = limits.filter((limit) => RATE_LIMITS.includes(limit.name)).flatMap((limit) => ({ name: limit.name, times: timesHeld(limit, hosts) }));
  let least: { readonly name: string; readonly times: number } | null = null;
  for (const { name, times } of rates) if (times !== null && (least === null || times < least.times)) least = { name, times };
  return { hosts, capacityTB: held === null ? null : held * asked.TB, throughputGBps: least === null ? null : least.times * asked.GBps, throughputLimit: least?.name ?? null };
}

/** Evenly spread from the fewest hosts that hold the schemes to twice the chosen number, which is among them. */
function countsAround(chosen: number, least: number): number[] {
  const from = Math.max(1, Math.min(least, chosen));
  const to = chosen * 2;
  const step = Math.max(1, Math.ceil((to - from) / POINTS_MAX));
  const counts = new Set<number>([chosen, to]);
  for (let hosts = from; hosts <= to; hosts += step) counts.add(hosts);
  return [...counts].toSorted((a, b) => a - b);
}

function frontierOfCluster(model: ClusterModel, host: HostModel, cluster: SizedCluster): ClusterFrontier {
  const limits = clusterLimits(model, host);
  const askedGB = model.fileSystems.reduce((sum, each) => sum + capacityAfterGrowth(each), 0);
  const askedGBps = model.fileSystems.reduce((sum, { throughput }) => sum + (throughput === null ? 0 : throughput.simultaneous ? throughput.readGBps + throughput.writeGBps : Math.max(throughput.readGBps, throughput.writeGBps)), 0);
  const asked = { TB: askedGB / GB_PER_TB, GBps: askedGBps };
  const points = countsAround(cluster.hostCount, model.schemeHosts).map((hosts) => pointAt(limits, asked, hosts));
  return { clusterName: cluster.name, hostSize: host.name, chosenHosts: cluster.hostCount, askedTB: asked.TB, askedGBps: asked.GBps, points };
}

/** Of each cluster of an option; empty where the option is not of this requirement and knowledge. */
export function frontierOf(requirement: Requirement, knowledge: SizingKnowledge, partition: PartitionSolver, of: { readonly siteName: string; readonly option: SizingOption }): readonly ClusterFrontier[] {
  const siteIndex = requirement.sites.findIndex((site) => site.name === of.siteName);
  if (siteIndex < 0) return [];
  const each = siteCase(requirement, siteIndex, knowledge, partition);
  const place = each.places.find(({ name }) => name === of.option.location);
  const host = place === undefined ? undefined : each.hostsAt(place).find(({ name }) => name === of.option.hostSize);
  if (host === undefined) return [];
  const models = each.groupsFor(host.kind).flatMap((group) => group.sets.map(({ model }) => model));
  return of.option.clusters.flatMap((cluster) => {
    const model = models.find(({ fileSystems }) => fileSystems.length === cluster.fileSystems.length && fileSystems.every(({ name }) => cluster.fileSystems.includes(name)));
    return model === undefined ? [] : [frontierOfCluster(model, host, cluster)];
  });
}
