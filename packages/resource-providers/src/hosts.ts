// clusters/hosts: what was last seen of each host, and the hosts of the target plan that were not seen yet.
import { childId, cutPage, itemsAfter, notFound, pageAnswer, readPageRequest } from "@cynosure/arm-store";
import type { ClusterParams, OurHandlers } from "@cynosure/arm-store";
import type { ClusterHost } from "@cynosure/contract";
import { v20261201 } from "@cynosure/converters";
import { clusterKey } from "@cynosure/model";
import type { PlannedHost } from "@cynosure/model";
import type { StoredResource } from "@cynosure/resource-store";
import { readCluster } from "./clusters.ts";
import type { ResourceProvidersOptions } from "./options.ts";
import { asCluster } from "./stored-resources.ts";

export type HostParams = ClusterParams & { readonly hostName: string };

const notMadeYet = (planned: PlannedHost): v20261201.SeenHost => ({
  host: { hostId: planned.hostId, index: planned.index, address: "", size: planned.size, failureDomain: planned.failureDomain, power: "unknown", diskPaths: [], diskSizeBytes: 0 },
  joined: false,
  report: null,
  publishedGeneration: 0,
});

/**
 * What was asked of power and links is the substrate's own to say, at once; a substrate that fails leaves what was last
 * seen. Faults are brought upon hosts of local clusters alone (host-faults.ts), so no other substrate is asked.
 */
async function withFaults(options: ResourceProvidersOptions, cluster: StoredResource, hosts: readonly v20261201.SeenHost[]): Promise<readonly v20261201.SeenHost[]> {
  if (asCluster(cluster).substrate !== "local") return hosts;
  const now = (await options.substrates[asCluster(cluster).substrate]?.observe(clusterKey(cluster.key)).catch(() => [])) ?? [];
  const byId = new Map(now.map((host) => [host.hostId, host]));
  return hosts.map((seen) => {
    const found = byId.get(seen.host.hostId);
    if (found === undefined) return seen;
    const { power, wantedPower = "on", link = "up" } = found;
    return { ...seen, host: { ...seen.host, power, wantedPower, link } };
  });
}

async function readHosts(options: ResourceProvidersOptions, cluster: StoredResource): Promise<readonly ClusterHost[]> {
  const key = clusterKey(cluster.key);
  const [seen, target] = await Promise.all([options.store.hosts.listHosts(key), options.store.plans.target(key)]);
  const hosts = seen.map(({ host, joinedAtMs, report, publishedGeneration }): v20261201.SeenHost => ({ host, joined: joinedAtMs !== null, report, publishedGeneration }));
  const known = new Set(hosts.map(({ host }) => host.hostId));
  const planned = target?.plan.policy.presence === "present" ? Object.values(target.plan.hosts).filter((host) => !known.has(host.hostId)).map(notMadeYet) : [];
  return [...(await withFaults(options, cluster, hosts)), ...planned].toSorted((a, b) => a.host.index - b.host.index).map((host) => v20261201.hostToWire(cluster.id, host));
}

export async function readHost(options: ResourceProvidersOptions, cluster: StoredResource, params: HostParams): Promise<ClusterHost> {
  const hosts = await readHosts(options, cluster);
  const host = hosts.find(({ name }) => name?.toLowerCase() === params.hostName.toLowerCase());
  if (host === undefined) throw notFound(childId(params, "hosts", params.hostName));
  return host;
}

export function hostHandlers(options: ResourceProvidersOptions): Pick<OurHandlers, "Hosts_Get" | "Hosts_ListByCluster"> {
  return {
    Hosts_Get: async ({ params }) => ({ status: 200, body: await readHost(options, await readCluster(options, params), params) }),
    Hosts_ListByCluster: async ({ params, query }) => {
      const page = readPageRequest(query);
      const hosts = await readHosts(options, await readCluster(options, params));
      return pageAnswer(await cutPage(itemsAfter(hosts, page.afterKey, ({ name }) => name ?? ""), page.top, ({ name }) => name ?? "", (host) => Promise.resolve(host)));
    },
  };
}
