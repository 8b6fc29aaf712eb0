// What happens when a cluster's plan has ended: operations that waited are planned together, as one change.
// Runs in the store's finishing transaction with the cluster locked, and from a sweeper; idempotent.
import { BUCKET_TYPE, FILE_SYSTEM_TYPE, describeResource } from "@cynosure/arm-store";
import { readInventory } from "@cynosure/inventory";
import { ControlPlaneError, resourceKey } from "@cynosure/model";
import type { ClusterKey, Operation, ResourceKey } from "@cynosure/model";
import type { PlanRecord, StoredResource, Transaction } from "@cynosure/resource-store";
import { buildPolicy } from "./cluster-policy.ts";
import type { ResourceProvidersOptions } from "./options.ts";
import { decideChange, findOffer, refusal, startChange } from "./planning.ts";
import { asCluster, isUnfinished, putState, readChildren } from "./stored-resources.ts";

export async function planNextQueued(options: ResourceProvidersOptions, tx: Transaction, clusterKey: ClusterKey): Promise<void> {
  const { store } = options;
  await store.lockCluster(clusterKey, tx);
  const target = await store.plans.target(clusterKey, tx);
  if (target?.status === "Running") return;
  const cluster = await store.resources.get(resourceKey(clusterKey), tx);
  if (cluster !== null && target?.status === "Succeeded") await settleDelivered(options, clusterKey, target, tx);
  if (cluster !== null && (target?.status === "Failed" || target?.status === "Canceled") && target.plan.policy.presence === "absent") await settleUndeleted(options, clusterKey, target.status, tx);
  const queued = (await store.operations.listOpen(clusterKey, tx)).filter((operation) => operation.planId === null);
  if (queued.length === 0) return;
  if (cluster === null || isUnfinished(cluster)) {
    const reason = cluster === null ? "the cluster was removed" : "the cluster's own change did not come to its end; PUT the cluster again, then this resource";
    for (const operation of queued) await endQueued(options, operation, { status: "Failed", target }, { code: "OperationNotAllowed", message: `${operation.kind} of ${operation.resourceId} was not begun: ${reason}.` }, tx);
    return;
  }
  await planTogether(options, cluster, target, queued, tx);
}

/** A row that failed or was canceled before and is part of a plan that has now succeeded was delivered after all. */
async function settleDelivered(options: ResourceProvidersOptions, clusterKey: ClusterKey, target: PlanRecord, tx: Transaction): Promise<void> {
  const { fileSystems, buckets } = await readChildren(options.store, clusterKey, tx);
  const { policy } = target.plan;
  const isDelivered = (row: StoredResource, names: readonly { readonly name: string }[]): boolean => isUnfinished(row) && names.some(({ name }) => name === row.name);
  for (const row of fileSystems.filter((row) => isDelivered(row, policy.fileSystems))) await putState(options.store, row.key, "Succeeded", tx);
  for (const row of buckets.filter((row) => isDelivered(row, policy.buckets))) await putState(options.store, row.key, "Succeeded", tx);
}

/** Children that were to go with a cluster whose removal failed or was canceled are no longer being deleted. */
async function settleUndeleted(options: ResourceProvidersOptions, clusterKey: ClusterKey, state: "Failed" | "Canceled", tx: Transaction): Promise<void> {
  const { fileSystems, buckets } = await readChildren(options.store, clusterKey, tx);
  for (const row of [...fileSystems, ...buckets]) if (row.provisioningState === "Deleting") await putState(options.store, row.key, state, tx);
}

/** Tries all at once; while that cannot be planned the newest wish is failed and taken back, so one cannot block the rest. */
async function planTogether(options: ResourceProvidersOptions, cluster: StoredResource, target: PlanRecord | null, queued: readonly Operation[], tx: Transaction): Promise<void> {
  const { store, config } = options;
  const clusterKey = queued[0]?.clusterKey;
  if (clusterKey === undefined) return;
  const offer = await findOffer(options, { substrate: asCluster(cluster).substrate, location: cluster.location ?? "", hosts: asCluster(cluster).hosts });
  const inventory = await readInventory(store, tx, clusterKey);
  const except = new Set<ResourceKey>();
  for (let rest = [...queued]; rest.length > 0; ) {
    const [first] = rest;
    const children = await readChildren(store, clusterKey, tx);
    const policy = buildPolicy({ clusterKey, rows: { cluster, ...children }, installationId: config.installationId, presence: "present", before: target?.plan.policy ?? null, except });
    const comment = `${rest.map((operation) => `${operation.kind} ${describeResource(operation.resourceId)}`).join(", ")}`;
    const decided = decideChange(options, { clusterKey, policy, target, inventory, offer, createdBy: "control plane", comment, label: first?.id ?? "" });
    if (decided.ok && first !== undefined) {
      // All of them belong to the plan before it starts: a plan without steps finishes at once, with all of them.
      for (const operation of rest) await store.operations.update(operation.id, { status: "Running", planId: decided.plan.id }, tx);
      await startChange(options, decided, first.id, tx);
      return;
    }
    const newest = rest.pop();
    if (newest === undefined || decided.ok) return;
    except.add(newest.resourceKey);
    const error = refusal(decided);
    await endQueued(options, newest, { status: "Failed", target }, { code: error.code, message: error.message }, tx);
  }
}

export interface QueuedEnd {
  readonly status: "Failed" | "Canceled";
  /** The cluster's target plan. */
  readonly target: PlanRecord | null;
}

/** Of an operation that was never begun, so what the resource was still holds: its wish is taken back (S3), its systemData is not. */
export async function endQueued(options: ResourceProvidersOptions, operation: Operation, { status, target }: QueuedEnd, error: { code: string; message: string }, tx: Transaction): Promise<void> {
  const { store, clock } = options;
  await store.operations.update(operation.id, { status, error, finishedAtMs: clock.now() }, tx);
  const row = await store.resources.get(operation.resourceKey, tx);
  if (row === null) return;
  await store.resources.put({ ...row, properties: decidedProperties(row, target) ?? row.properties, provisioningState: status }, { kind: "mustExist" }, tx);
}

/** As the target plan has the child; null when it has none of that name. */
function decidedProperties(row: StoredResource, target: PlanRecord | null): StoredResource["properties"] | null {
  const { policy } = target?.plan ?? {};
  if (policy === undefined || policy.presence === "absent") return null;
  const of = row.type === FILE_SYSTEM_TYPE ? policy.fileSystems : row.type === BUCKET_TYPE ? policy.buckets : [];
  const decided = of.find(({ name }) => name === row.name);
  if (decided === undefined) return null;
  return Object.fromEntries(Object.entries(decided).filter(([key]) => key !== "name"));
}

/** For a sweeper: a hook that threw left operations waiting. */
export async function sweepQueued(options: ResourceProvidersOptions, clusterKey: ClusterKey): Promise<void> {
  await options.store.transaction((tx) => planNextQueued(options, tx, clusterKey));
}

export const unknownOperation = (id: string): ControlPlaneError => new ControlPlaneError("OperationNotFound", `The operation '${id.slice(0, 100)}' was not found. It may have been removed after it finished, or belongs to another location or subscription.`);
