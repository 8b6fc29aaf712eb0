// The synchronous half of DELETE (D1-D3). A cluster takes its children with it; what is still being written
// is not deleted under the writer's feet: 409 names the open operation. After a failed create it may go. A file system
// whose snapshots or quotas are to stay does not go: 409 names them.
import type { OperationReference } from "@cynosure/contract";
import type { RequestContext, ResourceId } from "@cynosure/arm-protocol";
import { decideWrite, formatResourceId } from "@cynosure/arm-protocol";
import { FILE_SYSTEM_TYPE, auditRow, describeResource, keyOf } from "@cynosure/arm-store";
import { readInventory } from "@cynosure/inventory";
import { ControlPlaneError, operationId as brandOperation, resourceKey } from "@cynosure/model";
import type { ClusterKey, Operation } from "@cynosure/model";
import type { StoredResource, Transaction } from "@cynosure/resource-store";
import { buildPolicy } from "./cluster-policy.ts";
import type { ResourceProvidersOptions } from "./options.ts";
import { decideChange, findOffer, refusal, startChange } from "./planning.ts";
import { allChildren, asCluster, holdersOf, isUnfinished, putState, readChildren } from "./stored-resources.ts";
import type { UnwrittenResource } from "./stored-resources.ts";
import { callerOf, clusterFailed, inProgress, referenceTo } from "./write-resource.ts";

export interface DeleteRequest {
  readonly context: RequestContext;
  readonly id: ResourceId;
  readonly clusterKey: ClusterKey;
}

export type DeleteOutcome = { readonly kind: "absent" } | { readonly kind: "started"; readonly operation: OperationReference };

export function deleteResource(options: ResourceProvidersOptions, request: DeleteRequest): Promise<DeleteOutcome> {
  return options.store.transaction((tx) => deleteInTransaction(options, request, tx));
}

async function deleteInTransaction(options: ResourceProvidersOptions, request: DeleteRequest, tx: Transaction): Promise<DeleteOutcome> {
  const { store } = options;
  const { id, clusterKey, context } = request;
  const key = keyOf(id);
  const clusterItself = id.segments.length === 1;
  await store.lockCluster(clusterKey, tx);
  const current = await store.resources.get(key, tx);
  const verdict = decideWrite("DELETE", context.condition, current?.etag ?? null);
  if (current === null || verdict === "nothingToDelete") return { kind: "absent" };
  if (verdict !== "proceed") throw new ControlPlaneError("PreconditionFailed", `The resource '${formatResourceId(id)}' has etag "${current.etag}", which the If-Match header of the request excludes. Read it again and decide.`, { target: "If-Match" });

  const open = await store.operations.listOpen(clusterKey, tx);
  const own = open.find((operation) => operation.resourceKey === key);
  if (own?.kind === "delete") return { kind: "started", operation: referenceTo(own) };
  const blocking = own ?? (clusterItself ? open[0] : open.find((operation) => operation.resourceKey === resourceKey(clusterKey) && operation.kind === "delete"));
  if (blocking !== undefined) throw inProgress(blocking, `The resource '${formatResourceId(id)}'`);

  const cluster = clusterItself ? current : await store.resources.get(resourceKey(clusterKey), tx);
  if (cluster === null) throw new ControlPlaneError("InternalServerError", `${formatResourceId(id)} is stored without its cluster`);
  if (!clusterItself && isUnfinished(cluster)) throw clusterFailed(cluster);
  if (current.type === FILE_SYSTEM_TYPE) refuseWhileHeld(current, holdersOf(current, await readChildren(store, clusterKey, tx)));
  const operation = await record(options, request, current, cluster, tx);
  // Behind what waits a child waits too; it is planned with it.
  if (open.length === 0) await planRemoval(options, request, cluster, operation, tx);
  return { kind: "started", operation: referenceTo(operation) };
}

const HOLDERS_NAMED_MAX = 10;

function refuseWhileHeld(fileSystem: StoredResource, holders: readonly UnwrittenResource[]): void {
  if (holders.length === 0) return;
  const named = holders.slice(0, HOLDERS_NAMED_MAX).map(({ id }) => describeResource(id));
  const more = holders.length > named.length ? ` and ${holders.length - named.length} more` : "";
  const message = `The file system '${fileSystem.name}' cannot be deleted while it has ${named.join(", ")}${more}. Delete these first; nothing was changed.`;
  const details = holders.map(({ id }) => ({ code: "OperationNotAllowed", message: `${describeResource(id)} is of this file system.`, target: id }));
  throw new ControlPlaneError("OperationNotAllowed", message, { target: fileSystem.id, details });
}

async function record(options: ResourceProvidersOptions, request: DeleteRequest, current: StoredResource, cluster: StoredResource, tx: Transaction): Promise<Operation> {
  const { store, clock, newId } = options;
  const nowMs = clock.now();
  const operation: Operation = {
    id: brandOperation(newId()),
    kind: "delete",
    resourceKey: current.key,
    resourceId: current.id,
    clusterKey: request.clusterKey,
    location: cluster.location ?? "",
    planId: null,
    status: "Accepted",
    percentComplete: 0,
    startedAtMs: nowMs,
    startedBy: callerOf(request.context),
    finishedAtMs: null,
    error: null,
  };
  await putState(store, current.key, "Deleting", tx);
  if (current.key === cluster.key) {
    for (const child of allChildren(await readChildren(store, request.clusterKey, tx))) await putState(store, child.key, "Deleting", tx);
  }
  await store.operations.insert(operation, tx);
  await store.appendAudit(auditRow({ context: request.context, atMs: nowMs, action: `${current.type}/delete`, resourceId: current.id, before: current, after: null }), tx);
  return operation;
}

async function planRemoval(options: ResourceProvidersOptions, request: DeleteRequest, cluster: StoredResource, operation: Operation, tx: Transaction): Promise<void> {
  const { store, config } = options;
  const { id, clusterKey, context } = request;
  const target = await store.plans.target(clusterKey, tx);
  // A child waits its turn; it is planned, with all that waits, when the running plan ends.
  if (target?.status === "Running") return;
  const presence = id.segments.length === 1 ? "absent" : "present";
  const policy = buildPolicy({ clusterKey, rows: { cluster, ...(await readChildren(store, clusterKey, tx)) }, installationId: config.installationId, presence, before: target?.plan.policy ?? null });
  const offer = await findOffer(options, { substrate: asCluster(cluster).substrate, location: policy.location, hosts: policy.hosts });
  const comment = `delete ${describeResource(id)}`;
  const decided = decideChange(options, { clusterKey, policy, target, inventory: await readInventory(options.store, tx, clusterKey), offer, createdBy: context.principal.displayName, comment, label: operation.id });
  if (!decided.ok) throw refusal(decided);
  await startChange(options, decided, operation.id, tx);
}
