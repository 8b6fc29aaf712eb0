// Cancel (L10): whatever is being done to a cluster stops, and what waits behind it does not begin. Nothing is
// undone here: the next PUT completes what was begun, a DELETE removes it.
//
// The plan ends in this request's own transaction; a step under way hears of it and stops at its next call, which
// every port refuses from now on. With nothing to stop the answer is 409, as AKS gives it for its abort.
import type { OperationReference } from "@cynosure/contract";
import type { RequestContext } from "@cynosure/arm-protocol";
import { CLUSTER_TYPE, auditRow, clusterId, clusterKeyOf, keyOf, notFound } from "@cynosure/arm-store";
import type { ClusterParams } from "@cynosure/arm-store";
import { ControlPlaneError, clusterKey, operationId as brandOperation } from "@cynosure/model";
import type { Operation } from "@cynosure/model";
import type { StoredResource, Transaction } from "@cynosure/resource-store";
import type { ResourceProvidersOptions } from "./options.ts";
import { endQueued } from "./plan-queue.ts";
import { callerOf, referenceTo } from "./write-resource.ts";

const CANCELED = "OperationCanceled";
const message = (operation: Operation): string => `The ${operation.kind} of ${operation.resourceId} was canceled on request. PUT the resource again to complete it, or delete it.`;

export function cancelCluster(options: ResourceProvidersOptions, params: ClusterParams, context: RequestContext): Promise<OperationReference> {
  return options.store.transaction((tx) => cancelInTransaction(options, params, context, tx));
}

async function cancelInTransaction(options: ResourceProvidersOptions, params: ClusterParams, context: RequestContext, tx: Transaction): Promise<OperationReference> {
  const { store } = options;
  const key = clusterKeyOf(params);
  await store.lockCluster(key, tx);
  const cluster = await store.resources.get(keyOf(clusterId(params)), tx);
  if (cluster === null) throw notFound(clusterId(params));
  const open = await store.operations.listOpen(key, tx);
  const [running] = open.filter((operation) => operation.planId !== null);
  if (open.length === 0) {
    throw new ControlPlaneError("OperationNotAllowed", `Nothing is being done to cluster '${cluster.name}', so there is nothing to cancel: its provisioningState is ${cluster.provisioningState}.`, { target: cluster.id });
  }
  const target = await store.plans.target(key, tx);
  // First what waits: the end of the running plan would plan it.
  for (const operation of open.filter(({ planId }) => planId === null)) await endQueued(options, operation, { status: "Canceled", target }, { code: CANCELED, message: message(operation) }, tx);
  if (running !== undefined && target !== null) await store.plans.cancel(target.plan.id, { code: CANCELED, message: message(running) }, tx);
  return record(options, cluster, context, tx);
}

/** Over when it is answered: the operation that clients follow has already succeeded. */
async function record(options: ResourceProvidersOptions, cluster: StoredResource, context: RequestContext, tx: Transaction): Promise<OperationReference> {
  const { store, clock, newId } = options;
  const nowMs = clock.now();
  const operation: Operation = {
    id: brandOperation(newId()),
    kind: "action",
    resourceKey: cluster.key,
    resourceId: cluster.id,
    clusterKey: clusterKey(cluster.key),
    location: cluster.location ?? "",
    planId: null,
    status: "Succeeded",
    percentComplete: 100,
    startedAtMs: nowMs,
    startedBy: callerOf(context),
    finishedAtMs: nowMs,
    error: null,
  };
  await store.operations.insert(operation, tx);
  await store.appendAudit(auditRow({ context, atMs: nowMs, action: `${CLUSTER_TYPE}/cancel/action`, resourceId: cluster.id, before: null, after: null }), tx);
  return referenceTo(operation);
}
