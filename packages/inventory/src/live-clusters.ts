// Which clusters there are: every background task of this room goes over the same list, read in pages.
import { clusterKey, type ClusterKey } from "@cynosure/model";
import type { Store } from "@cynosure/resource-store";

const CLUSTERS_PER_PAGE_MAX = 200;
const CLUSTER_TYPE = "Cynosure.Storage/clusters";

export async function liveClusters(store: Pick<Store, "resources">): Promise<ClusterKey[]> {
  const found: ClusterKey[] = [];
  for (;;) {
    const last = found.at(-1);
    const page = await store.resources.list({ type: CLUSTER_TYPE, limitMax: CLUSTERS_PER_PAGE_MAX, ...(last === undefined ? {} : { afterKey: last as unknown as Awaited<ReturnType<typeof store.resources.list>>[number]["key"] }) }); // a cluster's key is its resource key
    found.push(...page.map((resource) => clusterKey(resource.key)));
    if (page.length < CLUSTERS_PER_PAGE_MAX) return found;
  }
}
