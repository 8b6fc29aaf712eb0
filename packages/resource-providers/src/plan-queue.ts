// The planning of operations that wait: right after they were written, from the queue; or when the cluster's plan has
// ended, together, as one change, in the store's finishing transaction; and from a sweeper. Always with the cluster locked; idempotent.
import { describeResource } from "@cynosure/arm-store";
import { readInventory } from "@cynosure/inventory";
import { ControlPlaneError, resourceKey } from "@cynosure/model";
import type { ClusterKey, Operation, OperationId, ResourceKey } from "@cynosure/model";
import type { PlanRecord, StoredResource, Transaction } from "@cynosure/resource-store";
import { buildPolicy } from "./cluster-policy.ts";
import type { ResourceProvidersOptions } from "./options.ts";
import { decideChange, findOffer, refusal, startChange } from "./planning.ts";
import type { ChangeRequest, DecidedChange } from "./planning.ts";
import { allChildren, asCluster, collectionOf, isUnfinished, putState, readChildren } from "./stored-resources.ts";

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
  // What was put into a cluster while its own change waited comes after it: a file system that fails must not fail the cluster.
  const own = queued.filter((operation) => operation.resourceKey === cluster.key);
  await planTogether(options, { cluster, target, queued: own.length > 0 ? own : queued, later: own.length > 0 ? queued.filter((operation) => !own.includes(operation)) : [] }, tx);
}

/** The work that the queue has for an operation: nothing any more when it is planned or over. */
export async function planWaiting(options: ResourceProvidersOptions, id: OperationId): Promise<void> {
  await options.store.transaction(async (tx) => {
    const operation = await options.store.operations.get(id, tx);
    if (operation === null || operation.planId !== null || operation.finishedAtMs !== null) return;
    await planNextQueued(options, tx, operation.clusterKey);
  });
}

/** A row that failed or was canceled before and is part of a plan that has now succeeded was delivered after all. */
async function settleDelivered(options: ResourceProvidersOptions, clusterKey: ClusterKey, target: PlanRecord, tx: Transaction): Promise<void> {
  const rows = allChildren(await readChildren(options.store, clusterKey, tx));
  for (const row of rows.filter((each) => isUnfinished(each) && decidedOf(each, target) !== null)) await putState(options.store, row.key, "Succeeded", tx);
}

/** Children that were to go with a cluster whose removal failed or was canceled are no longer being deleted. */
async function settleUndeleted(options: ResourceProvidersOptions, clusterKey: ClusterKey, state: "Failed" | "Canceled", tx: Transaction): Promise<void> {
  for (const row of allChildren(await readChildren(options.store, clusterKey, tx))) if (row.provisioningState === "Deleting") await putState(options.store, row.key, state, tx);
}

interface Waiting {
  readonly cluster: StoredResource;
  readonly target: PlanRecord | null;
  /** Planned now. */
  readonly queued: readonly Operation[];
  /** Planned when that has ended. */
  readonly later: readonly Operation[];
}

/** Tries all at once; while that cannot be planned the newest wish is failed and taken back, so one cannot block the rest. */
async function planTogether(options: ResourceProvidersOptions, { cluster, target, queued, later }: Waiting, tx: Transaction): Promise<void> {
  const { store, config } = options;
  const clusterKey = queued[0]?.clusterKey;
  if (clusterKey === undefined) return;
  const offer = await findOffer(options, { substrate: asCluster(cluster).substrate, location: cluster.location ?? "", hosts: asCluster(cluster).hosts });
  const inventory = await readInventory(store, tx, clusterKey);
  const except = new Set<ResourceKey>(later.map((operation) => operation.resourceKey));
  for (let rest = [...queued]; rest.length > 0; ) {
    const [first] = rest;
    const children = await readChildren(store, clusterKey, tx);
    const policy = buildPolicy({ clusterKey, rows: { cluster, ...children }, installationId: config.installationId, presence: "present", before: target?.plan.policy ?? null, except });
    const comment = `${rest.map((operation) => `${operation.kind} ${describeResource(operation.resourceId)}`).join(", ")}`;
    const decided = decide(options, { clusterKey, policy, target, inventory, offer, createdBy: writerOf(rest, [cluster, ...allChildren(children)]), comment, label: first?.id ?? "" });
    if (decided.ok && first !== undefined) {
      // All of them belong to the plan before it starts: a plan without steps finishes at once, with all of them.
      for (const operation of rest) await store.operations.update(operation.id, { status: "Running", planId: decided.plan.id }, tx);
      await startChange(options, decided, first.id, tx);
      return;
    }
    const newest = rest.pop();
    if (newest === undefined || decided.ok) return;
    except.add(newest.resourceKey);
    await endQueued(options, newest, { status: "Failed", target }, decided.error, tx);
  }
}

/** A planner that throws fails the change it was asked for, and no other. */
function decide(options: ResourceProvidersOptions, request: ChangeRequest): (DecidedChange & { ok: true }) | { readonly ok: false; readonly error: { readonly code: string; readonly message: string } } {
  try {
    const decided = decideChange(options, request);
    if (decided.ok) return decided;
    const { code, message } = refusal(decided);
    return { ok: false, error: { code, message } };
  } catch (error) {
    return { ok: false, error: { code: "InternalServerError", message: `The change could not be planned: ${error instanceof Error ? error.message : String(error)}. This is a fault of the planner; another change of the cluster may still be planned.` } };
  }
}

/** Who wrote all of them; the control plane plans what several people wrote. */
function writerOf(operations: readonly Operation[], rows: readonly StoredResource[]): string {
  const writers = new Set(operations.map(({ kind, resourceKey }) => (kind === "delete" ? null : rows.find(({ key }) => key === resourceKey)?.systemData.lastModifiedBy) ?? "control plane"));
  const [writer] = writers;
  return writers.size === 1 && writer !== undefined ? writer : "control plane";
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

/** The child in what a plan wants; null when it has none of that name. */
function decidedOf(row: StoredResource, { plan: { policy } }: PlanRecord): { readonly name: string } | null {
  const collection = collectionOf(row);
  const all: readonly { readonly name: string }[] = collection === null ? [] : policy[collection];
  return all.find(({ name }) => name === row.name) ?? null;
}

/** As the target plan has the child; null when it has none of that name. */
function decidedProperties(row: StoredResource, target: PlanRecord | null): StoredResource["properties"] | null {
  if (target === null || target.plan.policy.presence === "absent") return null;
  const decided = decidedOf(row, target);
  return decided === null ? null : Object.fromEntries(Object.entries(decided).filter(([key]) => key !== "name"));
}

/** For a sweeper: a hook that threw left operations waiting. */
export async function sweepQueued(options: ResourceProvidersOptions, clusterKey: ClusterKey): Promise<void> {
  await options.store.transaction((tx) => planNextQueued(options, tx, clusterKey));
}

export const unknownOperation = (id: string): ControlPlaneError => new ControlPlaneError("OperationNotFound", `The operation '${id.slice(0, 100)}' was not found. It may have been removed after it finished, or belongs to another location or subscription.`);
