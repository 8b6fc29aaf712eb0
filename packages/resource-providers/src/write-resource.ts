// The synchronous half of every PUT and PATCH: conditions, conflicts, whether it can be delivered at all, and then
// resource, operation, audit row and the queued planning of it in one transaction. Rules: P2, P5, P8, L11, S2, §10.
//
// Every operation begins waiting (planId null). Its plan is made right after by whoever takes the planning from the
// queue (plan-queue.ts), or, as one plan of a cluster runs at a time, when the plan that runs ends. A second, different
// write of the same resource, or a write of the cluster while anything of it is open, is a conflict that names the open operation.
import type { OperationReference, ProvisioningState } from "@cynosure/contract";
import type { RequestContext, ResourceId } from "@cynosure/arm-protocol";
import { applySystemDataStamp, decideWrite, formatResourceId, resourceNameOf, resourceTypeOf, stampSystemData } from "@cynosure/arm-protocol";
import { auditRow, describeResource, keyOf, notFound, parentKeyOf } from "@cynosure/arm-store";
import { v20261201 } from "@cynosure/converters";
import { ControlPlaneError, isSameJson, operationId as brandOperation } from "@cynosure/model";
import type { ClusterKey, HostSizeOffer, Operation, OperationCaller, ResourceKey } from "@cynosure/model";
import { emptyInventory } from "@cynosure/planner";
import { type ClusterLock, type ClusterView, type RecordedChange, type StoredResource, type Transaction, together } from "@cynosure/resource-store";
import { buildPolicy } from "./cluster-policy.ts";
import type { ResourceProvidersOptions } from "./options.ts";
import { CHILDREN_COUNT_MAX } from "./options.ts";
import { decideChange, findObstacles, readAround, refusal } from "./planning.ts";
import type { Around, ChangeRequest } from "./planning.ts";
import { isUnfinished, noChildren, readChildren, withChild } from "./stored-resources.ts";
import type { UnwrittenResource } from "./stored-resources.ts";

export interface Wish {
  readonly id: ResourceId;
  readonly clusterKey: ClusterKey;
  readonly location: string | null;
  /** Where its operations are shown. */
  readonly operationLocation: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, unknown>>;
  /** The provisioningState that a body repeats. */
  readonly claimedState: ProvisioningState | undefined;
}

export interface WriteRequest {
  readonly method: "PUT" | "PATCH";
  readonly context: RequestContext;
  readonly offer: HostSizeOffer;
  /** Checked before the resource would be made. */
  readonly checkName: () => void;
  /** Called in the transaction with the current row, which PATCH merges into. */
  readonly wish: (current: StoredResource | null) => Wish;
  readonly id: ResourceId;
  readonly clusterKey: ClusterKey;
  /** Properties that cannot change once the resource exists: dotted paths below `properties`. */
  readonly immutable: readonly string[];
}

export interface WriteOutcome {
  readonly resource: StoredResource;
  readonly created: boolean;
  readonly operation: OperationReference | null;
  /** What is seen of the cluster, where the write had to know it. */
  readonly seen: Pick<ClusterView, "health" | "endpoints" | "targetPlanId"> | null;
}

export const inProgress = (operation: Operation, what: string): ControlPlaneError =>
  new ControlPlaneError("AnotherOperationInProgress", `${what} cannot be changed now: operation '${operation.id}' (${operation.kind} of ${operation.resourceId}) is still running. Wait for it to finish, or POST 'cancel' to the cluster, then try again.`, { target: operation.id });

export const clusterFailed = (cluster: StoredResource): ControlPlaneError =>
  new ControlPlaneError("OperationNotAllowed", `The last change of cluster '${cluster.name}' ${cluster.provisioningState === "Canceled" ? "was canceled" : "failed"}, so nothing inside it can be changed. PUT the cluster again to complete it, or delete it.`, { target: cluster.id });

export const referenceTo = (operation: Pick<Operation, "id" | "location">): OperationReference => ({ operationId: operation.id, location: operation.location });

/** Who asks, as the operation remembers it. */
export const callerOf = ({ principal: { id, displayName, type } }: RequestContext): OperationCaller => ({ id, displayName, type });

export function writeResource(options: ResourceProvidersOptions, request: WriteRequest): Promise<WriteOutcome> {
  return options.store.transaction((tx) => new ResourceWrite(options, request, tx).run());
}

/** Tags and identity are kept, not delivered. */
const delivered = (properties: StoredResource["properties"]): unknown => ({ ...properties, identity: undefined });
const isSameDelivery = (current: StoredResource, wish: Wish): boolean => isSameJson(delivered(current.properties), delivered(wish.properties));

const isChild = (id: ResourceId): boolean => id.segments.length > 1;
const shown = (id: ResourceId): string => `The resource '${formatResourceId(id)}'`;

/** Location, and what cannot change once a resource is there: dotted paths below `properties`. */
export function refuseImmutable(current: StoredResource, wish: Wish, immutable: readonly string[]): void {
  if (current.location !== wish.location) {
    throw new ControlPlaneError("InvalidResourceLocation", `The resource '${current.name}' already exists in location '${current.location ?? ""}' and cannot be moved to '${wish.location ?? ""}'. Keep the location, or choose another name.`, { target: "location" });
  }
  for (const path of immutable) {
    const [before, after] = [current.properties[path], wish.properties[path]];
    if (isSameJson(before, after)) continue;
    const message = `Changing property 'properties.${path}' from ${JSON.stringify(before)} to ${JSON.stringify(after)} is not allowed on a resource that exists. Keep the value, or make another resource.`;
    throw new ControlPlaneError("PropertyChangeNotAllowed", message, { target: `properties.${path}` });
  }
}

/** What a write finds under the cluster's lock. */
interface Before {
  /** The parent of what is inside one. */
  readonly cluster: StoredResource | null;
  readonly current: StoredResource | null;
  readonly open: readonly Operation[];
}

/** One write in its transaction. */
class ResourceWrite {
  readonly #options: ResourceProvidersOptions;
  readonly #request: WriteRequest;
  readonly #tx: Transaction;
  readonly #key: ResourceKey;

  constructor(options: ResourceProvidersOptions, request: WriteRequest, tx: Transaction) {
    this.#options = options;
    this.#request = request;
    this.#tx = tx;
    this.#key = keyOf(request.id);
  }

  async run(): Promise<WriteOutcome> {
    const { id, context, method } = this.#request;
    const { cluster, current, open, around } = await this.#lockAndRead();
    if (cluster !== null) this.#refuseBelow(cluster, open);
    if (current === null) this.#request.checkName();
    const verdict = decideWrite(method, context.condition, current?.etag ?? null);
    if (verdict === "notFound") throw notFound(id);
    if (verdict === "preconditionFailed") {
      throw new ControlPlaneError("PreconditionFailed", `${shown(id)} ${current === null ? "does not exist" : `has etag "${current.etag}"`}, which the If-Match or If-None-Match header of the request excludes. Read it again and decide.`, { target: "If-Match" });
    }
    const wish = this.#request.wish(current);
    const attached = this.#attachOrRefuse(current, wish, open);
    if (attached !== null) return attached;
    if (current !== null) this.#refuseOtherState(current, wish);
    if (current !== null) refuseImmutable(current, wish, this.#request.immutable);
    if (current !== null && current.provisioningState === "Succeeded" && isSameDelivery(current, wish)) return this.#putEnvelope(current, wish);
    return this.#record(current, wish, { cluster, open, ...(around ?? (await readAround(this.#options, this.#request.clusterKey, this.#tx))) });
  }

  /** All of it is sent at once and runs in this order: first what holds the group, in the order in which a group's deletion
   *  takes its locks, then the cluster's own lock, then what is read under them. Of a cluster that never was nothing is read. */
  async #lockAndRead(): Promise<Before & { readonly around: Around | null }> {
    const { store, parents } = this.#options;
    const { id, clusterKey, method } = this.#request;
    // Its lock may tell that nothing was ever recorded of it; then nothing of it is read.
    const mayBeNew = method === "PUT" && !isChild(id);
    const group: ResourceId = { ...id, namespace: null, segments: [] };
    const lock = (): Promise<readonly [void, ClusterLock]> => together(isChild(id) ? Promise.resolve() : parents.holdGroup(group, this.#tx), store.lockCluster(clusterKey, this.#tx));
    if (mayBeNew) {
      const [, { isNew }] = await lock();
      if (isNew) return { cluster: null, current: null, open: [], around: { target: null, inventory: emptyInventory({ clusterKey }, 0) } };
    }
    const [, cluster, current, open] = await together(
      mayBeNew ? Promise.resolve() : lock(),
      isChild(id) ? this.#requireParent(group) : Promise.resolve(null),
      store.resources.get(this.#key, this.#tx),
      store.operations.listOpen(clusterKey, this.#tx),
    );
    return { cluster, current, open, around: null };
  }

  async #requireParent(group: ResourceId): Promise<StoredResource> {
    const { id } = this.#request;
    const [, cluster] = await together(this.#options.parents.requireGroup(group, this.#tx), this.#options.store.resources.get(parentKeyOf(id), this.#tx));
    if (cluster === null) {
      throw new ControlPlaneError("ParentResourceNotFound", `Can not perform the requested operation on nested resource. Parent resource '${id.segments[0]?.name ?? ""}' not found. Create the cluster first.`);
    }
    return cluster;
  }

  #refuseBelow(cluster: StoredResource, [first]: readonly Operation[]): void {
    if (cluster.provisioningState === "Deleting" && first !== undefined) throw inProgress(first, shown(this.#request.id));
    if (isUnfinished(cluster)) throw clusterFailed(cluster);
  }

  #attachOrRefuse(current: StoredResource | null, wish: Wish, open: readonly Operation[]): WriteOutcome | null {
    const { id } = this.#request;
    const own = open.find((operation) => operation.resourceKey === this.#key);
    if (own !== undefined) {
      const isReplay = current !== null && own.kind !== "delete" && isSameJson(current.properties, wish.properties) && isSameJson(current.tags, wish.tags);
      if (isReplay) return { resource: current, created: own.kind === "create", operation: referenceTo(own), seen: null };
      throw inProgress(own, shown(id));
    }
    const [other] = open;
    const isEnvelopeOnly = current !== null && isSameDelivery(current, wish);
    if (!isChild(id) && other !== undefined && !isEnvelopeOnly) throw inProgress(other, shown(id));
    return null;
  }

  /** P4: what a body repeats of the state must be what it is; a body may well leave it out. */
  #refuseOtherState(current: StoredResource, wish: Wish): void {
    const state = v20261201.wireStates[current.provisioningState];
    if (this.#request.method !== "PUT" || wish.claimedState === undefined || wish.claimedState === state) return;
    throw new ControlPlaneError("InvalidRequestContent", `The body says that provisioningState is '${wish.claimedState}', but it is '${state}'. Leave it out, or read the resource again and decide.`, { target: "properties.provisioningState" });
  }

  /** Nothing to deliver: the answer is final at once. */
  async #putEnvelope(current: StoredResource, wish: Wish): Promise<WriteOutcome> {
    if (isSameJson(current.tags, wish.tags) && isSameJson(current.properties, wish.properties)) return { resource: current, created: false, operation: null, seen: null };
    const resource = await this.#put(current, this.#row(current, wish, "Succeeded"), { operation: null, isPlannedNext: false });
    return { resource, created: false, operation: null, seen: null };
  }

  /** Clusters are tracked, what is inside them is not: of those the front door does not know who made them (H9). */
  #systemData(current: StoredResource | null, nowMs: number): StoredResource["systemData"] {
    const { context, id } = this.#request;
    const before = current?.systemData ?? null;
    const seen = stampSystemData(before, context.principal.displayName, context.principal.type, new Date(nowMs).toISOString());
    return applySystemDataStamp(before, seen, context.systemData, isChild(id) ? "proxy" : "tracked");
  }

  #row(current: StoredResource | null, wish: Wish, state: StoredResource["provisioningState"]): Omit<StoredResource, "etag"> {
    const { id } = this.#request;
    return {
      key: this.#key,
      id: formatResourceId(wish.id), // U2: the casing of the latest request
      type: resourceTypeOf(id),
      name: resourceNameOf(wish.id),
      parentKey: parentKeyOf(id),
      subscriptionId: id.subscriptionId,
      location: wish.location,
      tags: wish.tags,
      properties: wish.properties,
      systemData: this.#systemData(current, this.#options.clock.now()),
      provisioningState: state,
    };
  }

  /** Ends the transaction. */
  async #put(current: StoredResource | null, resource: Omit<StoredResource, "etag">, then: Pick<RecordedChange, "operation" | "isPlannedNext">): Promise<StoredResource> {
    const { store, clock } = this.#options;
    const { context, id } = this.#request;
    const condition = current === null ? ({ kind: "mustNotExist" } as const) : ({ kind: "etag", etag: current.etag } as const);
    const audit = auditRow({ context, atMs: clock.now(), action: `${resource.type}/write`, resourceId: resource.id, before: current, after: resource });
    const outcome = await store.recordChange({ resource, condition, audit, ...then }, this.#tx);
    if (!outcome.ok) throw new ControlPlaneError("PreconditionFailed", `${shown(id)} was changed by another request at the same time. Read it again and decide.`);
    return outcome.resource;
  }

  async #record(current: StoredResource | null, wish: Wish, before: Omit<Before, "current"> & Around): Promise<WriteOutcome> {
    const { clock, newId } = this.#options;
    const { clusterKey } = this.#request;
    const { target, inventory, open } = before;
    const isBehindOthers = target?.status === "Running" || open.length > 0;
    const row = this.#row(current, wish, isBehindOthers ? "Accepted" : current === null ? "Provisioning" : "Updating");
    const operation: Operation = {
      id: brandOperation(newId()),
      kind: current === null ? "create" : "update",
      resourceKey: this.#key,
      resourceId: row.id,
      clusterKey,
      location: wish.operationLocation,
      planId: null,
      status: "Accepted",
      percentComplete: 0,
      startedAtMs: clock.now(),
      startedBy: callerOf(this.#request.context),
      finishedAtMs: null,
      error: null,
    };
    await this.#refuseUndeliverable(row, operation, before);
    const resource = await this.#put(current, row, { operation, isPlannedNext: target?.status !== "Running" });
    const { health, endpoints } = inventory;
    return { resource, created: current === null, operation: referenceTo(operation), seen: { health, endpoints, targetPlanId: target?.plan.id ?? null } };
  }

  /** What cannot be laid out, or would break a rule of what is there, is refused here, and the plan thrown away: it is made again of what is there then. */
  async #refuseUndeliverable(row: UnwrittenResource, operation: Operation, { cluster: parent, target, inventory }: Pick<Before, "cluster"> & Around): Promise<void> {
    const { store, config } = this.#options;
    const { id, clusterKey, context, offer } = this.#request;
    const isNewCluster = !isChild(id) && operation.kind === "create";
    // Nothing can be inside what has just been made.
    const children = isNewCluster ? noChildren : withChild(await readChildren(store, clusterKey, this.#tx), row);
    if (Object.values(children).some((rows) => rows.length > CHILDREN_COUNT_MAX)) {
      throw new ControlPlaneError("OperationNotAllowed", `A cluster holds at most ${CHILDREN_COUNT_MAX} ${id.segments.at(-1)?.type ?? "children"}. Delete some first.`, { target: "name" });
    }
    const policy = buildPolicy({ clusterKey, rows: { cluster: parent ?? row, ...children }, installationId: config.installationId, presence: "present", before: target?.plan.policy ?? null });
    const change: ChangeRequest = { clusterKey, policy, target, inventory, offer, createdBy: context.principal.displayName, comment: `${operation.kind} ${describeResource(id)}`, label: operation.id, assumesTargetDone: target?.status === "Running" };
    const refused = isNewCluster ? findObstacles(this.#options, change) : decideChange(this.#options, change);
    const innermost = id.segments.at(-1);
    if (refused !== null && !refused.ok) throw refusal(refused, isChild(id) && innermost !== undefined ? { collection: innermost.type, name: innermost.name } : undefined);
  }
}
