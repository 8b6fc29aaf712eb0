// What happens when a cluster's plan has ended: operations that waited are planned together, as one change.
// Runs in the store's finishing transaction with the cluster locked, and from a sweeper; idempotent.
import { describeResource } from "@cynosure/arm-store";
import { ControlPlaneError, resourceKey } from "@cynosure/model";
import type { ClusterKey, Operation, ResourceKey } from "@cynosure/model";
import type { PlanRecord, StoredResource, Transaction } from "@cynosure/resource-store";
import { buildPolicy } from "./cluster-policy.ts";
import type { ResourceProvidersOptions } from "./options.ts";
import { decideChange, findOffer, refusal, startChange } from "./planning.ts";
import { asCluster, putState, readChildren } from "./stored-resources.ts";

export async function planNextQueued(options: ResourceProvidersOptions, tx: Transaction, clusterKey: ClusterKey): Promise<void> {
  const { store } = options;
  await store.lockCluster(clusterKey, tx);
  const target = await store.plans.target(clusterKey, tx);
  if (target?.status === "Running") return;
  const cluster = await store.resources.get(resourceKey(clusterKey), tx);
  if (cluster !== null && target?.status === "Succeeded") await settleDelivered(options, clusterKey, target, tx);
  if (cluster !== null && target?.status === "Failed" && target.plan.policy.presence === "absent") await settleUndeleted(options, clusterKey, tx);
  const queued = (await store.operations.listOpen(clusterKey, tx)).filter((operation) => operation.planId === null);
  if (queued.length === 0) return;
  if (cluster === null || cluster.provisioningState === "Failed") {
    const reason = cluster === null ? "the cluster was removed" : "the cluster's own change failed; PUT the cluster again, then this resource";
    for (const operation of queued) await failQueued(options, operation, { code: "OperationNotAllowed", message: `${operation.kind} of ${operation.resourceId} was not begun: ${reason}.` }, tx);
    return;
  }
  await planTogether(options, cluster, target, queued, tx);
}

/** A row that failed before and is part of a plan that has now succeeded was delivered after all. */
async function settleDelivered(options: ResourceProvidersOptions, clusterKey: ClusterKey, target: PlanRecord, tx: Transaction): Promise<void> {
  const { fileSystems, buckets } = await readChildren(options.store, clusterKey, tx);
  const { policy } = target.plan;
  const isDelivered = (row: StoredResource, names: readonly { readonly name: string }[]): boolean => row.provisioningState === "Failed" && names.some(({ name }) => name === row.name);
  for (const row of fileSystems.filter((row) => isDelivered(row, policy.fileSystems))) await putState(options.store, row.key, "Succeeded", tx);
  for (const row of buckets.filter((row) => isDelivered(row, policy.buckets))) await putState(options.store, row.key, "Succeeded", tx);
}

/** Children that were to go with a cluster whose removal failed are no longer being deleted. */
async function settleUndeleted(options: ResourceProvidersOptions, clusterKey: ClusterKey, tx: Transaction): Promise<void> {
  const { fileSystems, buckets } = await readChildren(options.store, clusterKey, tx);
  for (const row of [...fileSystems, ...buckets]) if (row.provisioningState === "Deleting") await putState(options.store, row.key, "Failed", tx);
}

/** Tries all at once; while that cannot be planned the newest wish is failed and taken back, so one cannot block the rest. */
async function planTogether(options: ResourceProvidersOptions, cluster: StoredResource, target: PlanRecord | null, queued: readonly Operation[], tx: Transaction): Promise<void> {
  const { store, config } = options;
  const clusterKey = queued[0]?.clusterKey;
  if (clusterKey === undefined) return;
  const offer = await findOffer(options, { substrate: asCluster(cluster).substrate, location: cluster.location ?? "", hosts: asCluster(cluster).hosts });
  const except = new Set<ResourceKey>();
  for (let rest = [...queued]; rest.length > 0; ) {
    const [first] = rest;
    const children = await readChildren(store, clusterKey, tx);
    const policy = buildPolicy({ clusterKey, rows: { cluster, ...children }, installationId: config.installationId, presence: "present", before: target?.plan.policy ?? null, except });
    const comment = `${rest.map((operation) => `${operation.kind} ${describeResource(operation.resourceId)}`).join(", ")}`;
    const decided = await decideChange(options, { clusterKey, policy, target, offer, createdBy: "control plane", comment, label: first?.id ?? "" }, tx);
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
    await failQueued(options, newest, { code: error.code, message: error.message }, tx);
  }
}

async function failQueued(options: ResourceProvidersOptions, operation: Operation, error: { code: string; message: string }, tx: Transaction): Promise<void> {
  await options.store.operations.update(operation.id, { status: "Failed", error, finishedAtMs: options.clock.now() }, tx);
  await putState(options.store, operation.resourceKey, "Failed", tx);
}

/** For a sweeper: a hook that threw left operations waiting. */
export async function sweepQueued(options: ResourceProvidersOptions, clusterKey: ClusterKey): Promise<void> {
  await options.store.transaction((tx) => planNextQueued(options, tx, clusterKey));
}

export const unknownOperation = (id: string): ControlPlaneError => new ControlPlaneError("OperationNotFound", `The operation '${id.slice(0, 100)}' was not found. It may have been removed after it finished, or belongs to another location or subscription.`);
