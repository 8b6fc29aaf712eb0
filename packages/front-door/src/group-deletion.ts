// Deleting a group with everything in it. The request only marks the group; a background task of the control plane
// that leads deletes what is inside, and goes on after a restart, for all it knows is in the group's row. What
// refuses to go is tried again, and then named in the operation's error: the group stays.
import type { OperationReference } from "@cynosure/contract";
import type { RequestContext, ResourceId } from "@cynosure/arm-protocol";
import { parseResourceId, resourceNameOf } from "@cynosure/arm-protocol";
import { CLUSTER_TYPE, GROUP_TYPE, auditRow, groupNotFound, keyOf, raise } from "@cynosure/arm-store";
import { ControlPlaneError, clusterKey, operationId as brandOperation, resourceKey } from "@cynosure/model";
import type { ClusterKey, Operation, ResourceKey } from "@cynosure/model";
import type { StoredResource, Transaction } from "@cynosure/resource-store";
import { deletionOf } from "./group-rows.ts";
import type { BlockedResource, GroupDeletion } from "./group-rows.ts";
import type { FrontDoorOptions, ProviderPort } from "./options.ts";

/** Begun or refused this often, a cluster counts as one that will not go. */
export const DELETE_ATTEMPTS_MAX = 3;
const AT_ONCE_MAX = 8;
const ROWS_PER_PAGE = 200;
const GROUPS_PER_PAGE = 200;
const BLOCKED_NAMED_MAX = 20;

export type GroupDeletionStart = { readonly kind: "gone" } | { readonly kind: "started"; readonly operation: OperationReference };

const DELETE_ACTION = "Microsoft.Resources/subscriptions/resourceGroups/delete";

/** An empty group goes at once; another one is marked, and asking again finds the same operation. */
export async function startGroupDeletion(options: FrontDoorOptions, context: RequestContext, id: ResourceId): Promise<GroupDeletionStart> {
  const { store, clock, newId } = options;
  const key = keyOf(id);
  return store.transaction(async (tx) => {
    // Whoever makes a cluster has entered: the group is had alone once those are there to be counted.
    const row = await store.resources.lockOut(key, tx);
    if (row === null) throw groupNotFound(id.resourceGroup ?? "");
    const running = deletionOf(row);
    if (running !== null) return { kind: "started", operation: { operationId: running.operationId, location: row.location ?? "" } };
    const nowMs = clock.now();
    await store.appendAudit(auditRow({ context, atMs: nowMs, action: DELETE_ACTION, resourceId: row.id, before: row, after: null }), tx);
    const inside = await store.resources.list({ type: CLUSTER_TYPE, parentKey: key, limitMax: 1 }, tx);
    if (inside.length === 0) {
      await removeGroup(options, row, tx);
      return { kind: "gone" };
    }
    const operation: Operation = { id: brandOperation(newId()), kind: "delete", resourceKey: key, resourceId: row.id, clusterKey: subscriptionAsCluster(row), location: row.location ?? "", planId: null, status: "Running", percentComplete: 0, startedAtMs: nowMs, finishedAtMs: null, error: null };
    const deletion: GroupDeletion = { operationId: operation.id, requestedBy: context.principal, correlationId: context.correlationId, attempts: {}, blocked: [] };
    await store.operations.insert(operation, tx);
    await store.resources.put({ ...row, provisioningState: "Deleting", properties: { deletion } }, { kind: "mustExist" }, tx);
    return { kind: "started", operation: { operationId: operation.id, location: operation.location } };
  });
}

/** The past of operations is kept by cluster. Groups have none, and their names are often new: theirs is kept by subscription. */
const subscriptionAsCluster = ({ parentKey }: StoredResource): ClusterKey => parentKey as unknown as ClusterKey; // another lower-cased id under its brand

/** What was the front door's own below the group (roles given there, for one) goes with it. */
async function removeGroup({ store }: FrontDoorOptions, row: StoredResource, tx: Transaction): Promise<void> {
  for (;;) {
    const below = await store.resources.list({ keyPrefix: `${row.key}/`, limitMax: ROWS_PER_PAGE }, tx);
    for (const each of below) await store.resources.remove(each.key, tx);
    if (below.length < ROWS_PER_PAGE) break;
  }
  await store.resources.remove(row.key, tx);
}

export interface GroupSweeper {
  /** One round over all groups that are being deleted. */
  sweep(): Promise<void>;
}

export function createGroupSweeper(options: FrontDoorOptions, provider: () => ProviderPort): GroupSweeper {
  const { store } = options;
  return {
    sweep: async () => {
      let after: ResourceKey | undefined;
      for (;;) {
        const groups = await store.resources.list({ type: GROUP_TYPE, limitMax: GROUPS_PER_PAGE, ...(after === undefined ? {} : { afterKey: after }) });
        for (const group of groups) if (group.provisioningState === "Deleting") await advance(options, provider(), group);
        after = groups.at(-1)?.key;
        if (groups.length < GROUPS_PER_PAGE) return;
      }
    },
  };
}

async function advance(options: FrontDoorOptions, provider: ProviderPort, group: StoredResource): Promise<void> {
  const deletion = deletionOf(group);
  if (deletion === null) return;
  const attempts: Record<ResourceKey, number> = { ...deletion.attempts };
  const blocked: BlockedResource[] = [];
  let going = 0;
  await forEachCluster(options, group.key, async (cluster) => {
    const outcome = await deleteCluster(options, provider, { cluster, deletion, attempts });
    if (outcome === "going") going += 1;
    else if (outcome !== "gone") blocked.push(outcome);
  });
  await keep(options, group, { ...deletion, attempts, blocked }, going);
}

/** A page at a time, a few of each at once. */
async function forEachCluster({ store }: FrontDoorOptions, parentKey: ResourceKey, work: (cluster: StoredResource) => Promise<void>): Promise<void> {
  let after: ResourceKey | undefined;
  for (;;) {
    const page = await store.resources.list({ type: CLUSTER_TYPE, parentKey, limitMax: ROWS_PER_PAGE, ...(after === undefined ? {} : { afterKey: after }) });
    for (let at = 0; at < page.length; at += AT_ONCE_MAX) await Promise.all(page.slice(at, at + AT_ONCE_MAX).map(work));
    after = page.at(-1)?.key;
    if (page.length < ROWS_PER_PAGE) return;
  }
}

interface ClusterTurn {
  readonly cluster: StoredResource;
  readonly deletion: GroupDeletion;
  readonly attempts: Record<ResourceKey, number>;
}

async function deleteCluster(options: FrontDoorOptions, provider: ProviderPort, { cluster, deletion, attempts }: ClusterTurn): Promise<"going" | "gone" | BlockedResource> {
  if (cluster.provisioningState === "Deleting") return "going";
  const before = attempts[cluster.key] ?? 0;
  if (before >= DELETE_ATTEMPTS_MAX) return (await reasonOf(options, cluster, deletion)) ?? "going";
  try {
    const id = parseResourceId(cluster.id);
    if (!id.ok) throw raise(id.problem);
    const { subscriptionId, resourceGroup } = id.value;
    const result = await provider.Clusters_Delete({ params: { subscriptionId, resourceGroupName: resourceGroup ?? "", clusterName: resourceNameOf(id.value) }, query: {}, body: undefined, context: contextFor(deletion, options) });
    if (result.status === 204) return "gone";
    attempts[cluster.key] = before + 1;
    return "going";
  } catch (error) {
    if (!(error instanceof ControlPlaneError) || error.kind === "internal" || error.kind === "unavailable") throw error;
    // What still runs ends by itself: waiting for it is no failure.
    if (error.code === "AnotherOperationInProgress") return "going";
    attempts[cluster.key] = before + 1;
    return { id: cluster.id, code: error.code, message: error.message };
  }
}

/** Why a cluster that was told to go is still there; null while something of it runs. */
async function reasonOf({ store }: FrontDoorOptions, cluster: StoredResource, deletion: GroupDeletion): Promise<BlockedResource | null> {
  const key = clusterKey(cluster.key);
  if ((await store.operations.listOpen(key)).length > 0) return null;
  const known = deletion.blocked.find(({ id }) => resourceKey(id) === cluster.key);
  const [last] = await store.operations.list(key, 1);
  const failed = last?.kind === "delete" ? last.error : null;
  const { code, message } = failed ?? known ?? { code: "OperationFailed", message: "Its deletion was begun and did not end; no reason was recorded." };
  return { id: cluster.id, code, message };
}

const contextFor = (deletion: GroupDeletion, { newId }: FrontDoorOptions): RequestContext => ({ principal: deletion.requestedBy, requestId: newId(), correlationId: deletion.correlationId, apiVersion: "", condition: { kind: "none" }, baseUrl: "" });

/** Keeps what was tried, ends the deletion when nothing is left, and gives up when only what refuses is left. */
async function keep(options: FrontDoorOptions, group: StoredResource, deletion: GroupDeletion, going: number): Promise<void> {
  const { store: rows } = options;
  await rows.transaction(async (tx) => {
    const row = await rows.resources.lockOut(group.key, tx);
    if (row === null || deletionOf(row)?.operationId !== deletion.operationId) return;
    const end = async (change: { readonly status: "Succeeded" } | { readonly status: "Failed"; readonly error: { readonly code: string; readonly message: string } }): Promise<void> => {
      await rows.operations.update(brandOperation(deletion.operationId), change, tx);
      await rows.operations.dropEnded(subscriptionAsCluster(row), tx);
    };
    const left = await rows.resources.list({ type: CLUSTER_TYPE, parentKey: group.key, limitMax: 1 }, tx);
    if (left.length === 0) {
      await removeGroup(options, row, tx);
      return end({ status: "Succeeded" });
    }
    const isStuck = going === 0 && deletion.blocked.length > 0 && deletion.blocked.every(({ id }) => (deletion.attempts[resourceKey(id)] ?? 0) >= DELETE_ATTEMPTS_MAX);
    if (isStuck) {
      await rows.resources.put({ ...row, provisioningState: "Succeeded", properties: {} }, { kind: "mustExist" }, tx);
      return end({ status: "Failed", error: { code: "ResourceGroupDeletionBlocked", message: describeBlocked(row, deletion.blocked) } });
    }
    if (JSON.stringify(deletionOf(row)) === JSON.stringify(deletion)) return;
    await rows.resources.put({ ...row, properties: { deletion } }, { kind: "mustExist" }, tx);
  });
}

function describeBlocked(row: StoredResource, blocked: readonly BlockedResource[]): string {
  const named = blocked.slice(0, BLOCKED_NAMED_MAX).map(({ id, code, message }) => `'${id}' (${code}: ${message})`);
  const more = blocked.length > named.length ? ` and ${blocked.length - named.length} more` : "";
  return `Deletion of resource group '${row.name}' failed as resources in it could not be deleted: ${named.join("; ")}${more}. Mend what is named, then delete the group again.`;
}
