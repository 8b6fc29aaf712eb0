// What a reader would see of a cluster, as digests, so that two looks say what of it changed: notices also come for
// what looks the same as before (a health that was seen again, a report that says nothing new).
import { createHash } from "node:crypto";
import type { ClusterKey, PlanId } from "@cynosure/model";
import { resourceKey } from "@cynosure/model";
import type { PlanRecord, Store } from "@cynosure/resource-store";

export type LookStore = Pick<Store, "clusterViews" | "plans" | "operations" | "hosts">;

export interface ClusterLook {
  readonly id: string;
  readonly plan: string;
  readonly health: string;
  /** Steps of a plan that has ended do not change any more: they are not read again. */
  readonly ended: { readonly planId: PlanId; readonly status: PlanRecord["status"]; readonly steps: string } | null;
}

const digest = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("base64");

/** Null when there is no such cluster. */
export async function lookAt(store: LookStore, cluster: ClusterKey, before: ClusterLook | null): Promise<ClusterLook | null> {
  const [view, open, hosts] = await Promise.all([store.clusterViews.get(resourceKey(cluster)), store.operations.listOpen(cluster), store.hosts.listHosts(cluster)]);
  if (view === null) return null;
  const planId = view.targetPlanId;
  const status = planId === null ? null : await store.plans.status(planId);
  const isKnown = planId !== null && before?.ended?.planId === planId && before.ended.status === status;
  const steps = isKnown ? (before?.ended?.steps ?? "") : planId === null ? "" : digest(await store.plans.stepStates(planId));
  return {
    id: view.row.id,
    plan: digest([planId, status, steps, open]),
    // That it was seen or reported again is no change.
    health: digest([{ ...view.health, observedAtMs: 0 }, view.endpoints, hosts.map((host) => ({ ...host, reportedAtMs: 0 }))]),
    ended: planId === null || status === null || status === "Running" ? null : { planId, status, steps },
  };
}
