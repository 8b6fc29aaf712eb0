// A shape: the clusters of a site on one kind of host, each with its count. Counts depend on the host alone, and are
// computed once for all places; which clusters are formed depends on prices too, where clusters need management hosts.
import type { HostModel } from "../host-model.ts";
import { clusterLimits } from "../limits/cluster-limits.ts";
import { verdictAt, type Limit } from "../limits/limit.ts";
import type { ClusterModel } from "../loads/cluster-model.ts";
import { hostsOfDivision } from "../partition/joint-floor.ts";
import { choosePartition } from "../partition/choose-partition.ts";
import type { SharingGroup, SiteCase } from "../site-case.ts";
import { firstBroken, smallestCount } from "../count/smallest-count.ts";

export interface ShapedCluster {
  readonly name: string;
  readonly model: ClusterModel;
  readonly limits: readonly Limit[];
  readonly hosts: number;
}

export interface Shape {
  readonly clusters: readonly ShapedCluster[];
  /** Storage hosts of all clusters. */
  readonly hosts: number;
  readonly managementHosts: number;
  /** Names of limits of clusters that cannot be judged. */
  readonly undetermined: readonly string[];
}

interface SetCount {
  readonly model: ClusterModel;
  readonly limits: readonly Limit[];
  readonly hosts: number | null;
}

export interface HourlyPrices {
  readonly host: number | null;
  readonly management: number | null;
}

/** The hosts of a live offer have a fixed shape: too little capacity is shown, and not mended. */
const isJudgedOnly = (cluster: ClusterModel, limit: Limit): boolean => cluster.kind === "live" && limit.name === "raw capacity";

export function countOn(each: SiteCase, model: ClusterModel, limits: readonly Limit[]): number | null {
  const { hostCount } = each.site;
  if (hostCount === null) return smallestCount({ limits, stableFrom: model.stableFrom });
  const binding = limits.filter((limit) => !isJudgedOnly(model, limit));
  return firstBroken(binding, hostCount) === null ? hostCount : null;
}

/** What a site's shapes remember: the count of every allowed set on a host, and the shapes themselves. */
export class Shapes {
  readonly #case: SiteCase;
  readonly #counted = new Map<HostModel, Map<ClusterModel, SetCount>>();
  /** Partitions by costs: many kinds of hosts need the same counts. */
  readonly #partitions = new Map<string, readonly number[] | null>();
  readonly #shapes = new Map<HostModel, Map<string, Shape | null>>();

  constructor(each: SiteCase) {
    this.#case = each;
  }

  /** For each of the group's sets; a set that has one that cannot be had for its beginning cannot be had either. */
  #counts(host: HostModel, group: SharingGroup): readonly SetCount[] {
    const lost = new Set<string>();
    return group.sets.map(({ members, model }) => {
      const isLost = lost.has(members.slice(0, -1).join(" "));
      const count = isLost ? { model, limits: [], hosts: null } : this.count(host, model);
      if (count.hosts === null) lost.add(members.join(" "));
      return count;
    });
  }

  count(host: HostModel, model: ClusterModel): SetCount {
    const ofHost = this.#counted.get(host) ?? new Map<ClusterModel, SetCount>();
    this.#counted.set(host, ofHost);
    const found = ofHost.get(model);
    if (found !== undefined) return found;
    const limits = clusterLimits(model, host);
    const count = { model, limits, hosts: countOn(this.#case, model, limits) };
    ofHost.set(model, count);
    return count;
  }

  /** Null when some file system fits no cluster of such hosts. */
  shape(host: HostModel, prices: HourlyPrices): Shape | null {
    const perCluster = host.kind === "live" ? 0 : (this.#case.engine.managementHosts?.count ?? 0);
    const ratio = perCluster === 0 ? 0 : prices.host === null || prices.management === null || prices.host === 0 ? 1 : prices.management / prices.host;
    const byRatio = this.#shapes.get(host) ?? new Map<string, Shape | null>();
    this.#shapes.set(host, byRatio);
    const key = String(ratio);
    const found = byRatio.get(key);
    if (found !== undefined) return found;
    const shape = this.#form(host, perCluster, ratio);
    byRatio.set(key, shape);
    return shape;
  }

  #form(host: HostModel, managementHosts: number, ratio: number): Shape | null {
    const chosen: SetCount[] = [];
    for (const group of this.#case.groupsFor(host.kind)) {
      const sets = this.#choose(host, group, managementHosts * ratio);
      if (sets === null) return null;
      chosen.push(...sets);
    }
    const clusters = chosen.map(({ model, limits, hosts }) => ({ name: this.#nameOf(model, chosen.length), model, limits, hosts: hosts ?? 0 }));
    const open = clusters.flatMap(({ limits, hosts }) => limits.filter((limit) => verdictAt(limit, hosts) === "undetermined").map((limit) => limit.name));
    return { clusters, hosts: clusters.reduce((sum, each) => sum + each.hosts, 0), managementHosts: managementHosts * clusters.length, undetermined: [...new Set(open)] };
  }

  #choose(host: HostModel, group: SharingGroup, managementCost: number): readonly SetCount[] | null {
    const all = group.together === null ? null : this.count(host, group.together);
    if (all !== null && group.sets.length === 1) return all.hosts === null ? null : [all];
    // One cluster that needs no more hosts than any two is cheapest: two give at least two members' protection …
    if (all !== null && all.hosts !== null && all.hosts <= group.twoClustersAtLeast) return [all];
    const alone = group.sets.filter(({ members }) => members.length === 1).map(({ model }) => this.count(host, model).hosts);
    // … a part asks for no more than the whole, so what cannot be had alone cannot be had at all, and any two clusters need what
    // the dearest and the cheapest member do alone …
    if (alone.includes(null)) return null;
    const known = alone.filter((hosts) => hosts !== null);
    if (all !== null && all.hosts !== null && all.hosts <= Math.max(...known) + Math.min(...known)) return [all];
    // … and carry the same bytes.
    if (all !== null && all.hosts !== null && group.floor !== null && all.hosts <= hostsOfDivision(group.floor, host)) return [all];
    const counts = this.#counts(host, group);
    const costs = counts.map(({ hosts }) => (hosts === null ? null : hosts + managementCost));
    const key = `${group.sets[0]?.model.fileSystems[0]?.name ?? ""} ${costs.join(" ")}`;
    let chosen = this.#partitions.get(key);
    if (chosen === undefined) {
      chosen = choosePartition(group.items, group.sets.map(({ members }, k) => ({ members, cost: costs[k] ?? null })), this.#case.partition);
      this.#partitions.set(key, chosen);
    }
    return chosen?.map((k) => counts[k]).filter((count) => count !== undefined) ?? null;
  }

  #nameOf(model: ClusterModel, clusters: number): string {
    const first = model.fileSystems[0]?.name;
    return clusters === 1 || first === undefined ? this.#case.site.name : first;
  }
}
