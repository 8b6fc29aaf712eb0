// The inventory as it is now: what the store has, with the substrate's and the engine's own word on top.
// Partial by design: whoever does not answer in time becomes a gap, never an error.
import type { ClusterKey, EngineHealth, Inventory, InventoryHost, Plan, SubstrateHost } from "@cynosure/model";
import { within } from "./bounded.ts";
import { readInventory } from "./read-inventory.ts";
import { ANSWER_MS_MAX, askHealth, messageOf, type InventorySources } from "./sources.ts";
import { withStaleness } from "./staleness.ts";

type Answer<T> = { readonly value: T; readonly gap: null } | { readonly value: null; readonly gap: string };

async function ask<T>(what: string, work: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await work(), gap: null };
  } catch (error) {
    return { value: null, gap: `${what}: ${messageOf(error)}` };
  }
}

async function askSubstrate({ clock, substrates }: InventorySources, cluster: ClusterKey, plan: Plan): Promise<readonly SubstrateHost[]> {
  const substrate = substrates[plan.policy.substrate];
  if (substrate === undefined) throw new Error(`no substrate ${plan.policy.substrate} in this control plane`);
  return within(clock, ANSWER_MS_MAX, `substrate ${substrate.name}`, undefined, () => substrate.observe(cluster));
}

/** Hosts the substrate sees are as it says; those it does not see any more keep their record, without power. */
function mergeHosts(stored: readonly InventoryHost[], seen: readonly SubstrateHost[] | null): InventoryHost[] {
  if (seen === null) return stored.map((host) => ({ ...host, power: "unknown" }));
  const known = new Map(stored.map((host) => [host.hostId, host]));
  const present = seen.map((host): InventoryHost => ({ ...(known.get(host.hostId) ?? { joined: false, report: null, publishedGeneration: 0 }), ...host }));
  const ids = new Set(seen.map((host) => host.hostId));
  return [...present, ...stored.filter((host) => !ids.has(host.hostId)).map((host): InventoryHost => ({ ...host, power: "off" }))].sort((a, b) => a.index - b.index);
}

export async function collectInventory(sources: InventorySources, cluster: ClusterKey): Promise<Inventory> {
  const { store, clock } = sources;
  const target = await store.plans.target(cluster);
  const stored = await readInventory(store, undefined, cluster, clock.now());
  if (target === null) return stored;
  const [seen, health] = await Promise.all([
    ask("hosts", () => askSubstrate(sources, cluster, target.plan)),
    ask<EngineHealth | null>("health", () => within(clock, ANSWER_MS_MAX, `engine ${target.plan.policy.engine}`, undefined, (signal) => askHealth(sources, cluster, target.plan, signal))),
  ]);
  const hosts = mergeHosts(stored.hosts, seen.value);
  const lost = seen.value === null ? [] : stored.hosts.filter((host) => !seen.value.some((each) => each.hostId === host.hostId)).map((host) => `${host.hostId} is on record but its substrate does not see it`);
  const silent = health.gap === null && health.value === null ? ["health: no daemon of the engine answers"] : [];
  const gaps = [...stored.gaps, ...[seen.gap, health.gap].filter((gap) => gap !== null), ...lost, ...silent];
  return { ...stored, collectedAtMs: clock.now(), hosts, health: health.value ?? withStaleness(stored.health, clock.now()), gaps };
}
