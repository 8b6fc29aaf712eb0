// From a gateway's name to its cluster: by the name it begins with, then by the digest it ends with. What was found is
// remembered for a moment, for each request asks.
import type { ClusterKey } from "@cynosure/model";
import { clusterKey } from "@cynosure/model";
import type { ResourceStore } from "@cynosure/resource-store";
import type { GatewayCluster } from "./gateway.ts";
import { gatewayIdOf } from "./place.ts";

const KNOWN_FOR_MS = 5_000;
const KNOWN_COUNT_MAX = 1_000;
const SUFFIX = /-[0-9a-f]{8}$/;
/** Clusters of one name, in other groups and subscriptions. */
const SAME_NAME_MAX = 1_000;

export function createClusterNames(options: { readonly resources: Pick<ResourceStore, "list">; nowMs(): number }): (gatewayId: string) => Promise<GatewayCluster | null> {
  const known = new Map<string, GatewayCluster & { readonly untilMs: number }>();
  return async (gatewayId) => {
    const kept = known.get(gatewayId);
    if (kept !== undefined && kept.untilMs > options.nowMs()) return kept;
    known.delete(gatewayId);
    if (!SUFFIX.test(gatewayId)) return null;
    const rows = await options.resources.list({ type: "Cynosure.Storage/clusters", nameKey: gatewayId.replace(SUFFIX, ""), limitMax: SAME_NAME_MAX });
    const row = rows.find((each) => gatewayIdOf(each.name, each.key) === gatewayId);
    if (row === undefined) return null;
    const oldest = known.size >= KNOWN_COUNT_MAX ? known.keys().next().value : undefined;
    if (oldest !== undefined) known.delete(oldest);
    const key: ClusterKey = clusterKey(row.key);
    known.set(gatewayId, { key, id: row.id, untilMs: options.nowMs() + KNOWN_FOR_MS });
    return { key, id: row.id };
  };
}
