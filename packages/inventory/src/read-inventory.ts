// The inventory as the store has it: nobody is asked, so it may be read inside the transaction that plans.
import type { ClusterKey, Inventory, InventoryHost } from "@cynosure/model";
import { type HostStore, type Store, type Transaction, together } from "@cynosure/resource-store";
import { withStaleness } from "./staleness.ts";

type StoredHost = Awaited<ReturnType<HostStore["listHosts"]>>[number];

export const inventoryHost = ({ host, joinedAtMs, report, publishedGeneration }: StoredHost): InventoryHost => ({ ...host, joined: joinedAtMs !== null, report, publishedGeneration });

/** `nowMs` dates the inventory and marks old health; without it the inventory is as old as the newest thing in it. */
export async function readInventory(store: Pick<Store, "hosts" | "observations">, tx: Transaction | undefined, cluster: ClusterKey, nowMs?: number): Promise<Inventory> {
  const [hosts, { health, endpoints }] = await together(store.hosts.listHosts(cluster, tx), store.observations.read(cluster, tx));
  const newestMs = Math.max(0, health?.observedAtMs ?? 0, ...hosts.map((host) => host.reportedAtMs ?? host.joinedAtMs ?? 0));
  const gaps = hosts.filter((host) => host.joinedAtMs !== null && host.report === null).map(({ host }) => `${host.hostId} joined but has not reported yet`);
  return { clusterKey: cluster, collectedAtMs: nowMs ?? newestMs, hosts: hosts.map(inventoryHost), health: nowMs === undefined ? health : withStaleness(health, nowMs), endpoints, gaps };
}
