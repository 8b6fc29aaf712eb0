// The portable core: file systems, buckets, snapshots and quotas, the children of a cluster. One flow for all; what
// differs is in child-types.ts.
import type { OperationReference, QueryParameters } from "@cynosure/contract";
import { validate } from "@cynosure/contract";
import { checkBodyIdentity, patchResource } from "@cynosure/arm-protocol";
import type { RequestContext } from "@cynosure/arm-protocol";
import { checkNewName, childId, clusterId, clusterKeyOf, describeResource, groupId, keyOf, listResourcePage, notFound, pageAnswer, raise, readPageRequest } from "@cynosure/arm-store";
import type { ClusterParams, OurHandlers } from "@cynosure/arm-store";
import { ControlPlaneError } from "@cynosure/model";
import type { StoredResource } from "@cynosure/resource-store";
import { bucketType, fileSystemType, quotaType, snapshotType } from "./child-types.ts";
import type { ChildBody, ChildType } from "./child-types.ts";
import { deleteResource } from "./delete-resource.ts";
import type { ResourceProvidersOptions } from "./options.ts";
import { findOffer } from "./planning.ts";
import { asCluster } from "./stored-resources.ts";
import { writeResource } from "./write-resource.ts";
import type { WriteOutcome } from "./write-resource.ts";

class Children<W extends ChildBody> {
  readonly #options: ResourceProvidersOptions;
  readonly #type: ChildType<W>;

  constructor(options: ResourceProvidersOptions, type: ChildType<W>) {
    this.#options = options;
    this.#type = type;
  }

  async get(params: ClusterParams, name: string): Promise<StoredResource> {
    const id = childId(params, this.#type.collection, name);
    const row = await this.#options.store.resources.get(keyOf(id));
    if (row === null) throw notFound(id);
    return row;
  }

  async show(params: ClusterParams, name: string): Promise<{ status: 200; body: W }> {
    return { status: 200, body: this.toWire(await this.get(params, name)) };
  }

  async write(params: ClusterParams, name: string, context: RequestContext, method: "PUT" | "PATCH", bodyOf: (current: StoredResource | null) => W): Promise<WriteOutcome> {
    const { store } = this.#options;
    const id = childId(params, this.#type.collection, name);
    const cluster = await store.resources.get(keyOf(clusterId(params)));
    if (cluster === null) await this.#missingParent(params);
    // Size, substrate and location of a cluster never change, so what is read here still holds in the transaction.
    const wanted = cluster === null ? null : asCluster(cluster);
    const location = cluster?.location ?? "";
    const offer = await findOffer(this.#options, { substrate: wanted?.substrate ?? "local", location, hosts: { size: wanted?.hosts.size ?? "" } });
    return writeResource(this.#options, {
      method, context, id, clusterKey: clusterKeyOf(params), offer, immutable: this.#type.immutable,
      checkName: () => checkNewName(this.#type.createOperation, this.#type.nameParameter, id),
      wish: (current) => {
        const body = bodyOf(current);
        const identity = checkBodyIdentity({ id: body.id, name: body.name, type: body.type }, id);
        if (!identity.ok) throw raise(identity.problem);
        return { id, clusterKey: clusterKeyOf(params), location: null, operationLocation: location, tags: {}, properties: this.#type.toProperties(body), claimedState: body.properties.provisioningState };
      },
    });
  }

  async #missingParent(params: ClusterParams): Promise<never> {
    await this.#options.parents.requireGroup(groupId(params));
    throw new ControlPlaneError("ParentResourceNotFound", `Can not perform the requested operation on nested resource. Parent resource '${params.clusterName.slice(0, 100)}' not found. Create the cluster first.`);
  }

  async put(params: ClusterParams, name: string, context: RequestContext, body: W): Promise<{ status: 200 | 201; body: W; operation?: OperationReference }> {
    const { resource, created, operation } = await this.write(params, name, context, "PUT", () => body);
    return { status: created ? 201 : 200, body: this.#type.toWire(resource), ...(operation === null ? {} : { operation }) };
  }

  async remove(params: ClusterParams, name: string, context: RequestContext): Promise<{ status: 204 } | { status: 202; operation: OperationReference }> {
    const outcome = await deleteResource(this.#options, { context, id: childId(params, this.#type.collection, name), clusterKey: clusterKeyOf(params) });
    return outcome.kind === "absent" ? { status: 204 } : { status: 202, operation: outcome.operation };
  }

  async list(params: ClusterParams, query: QueryParameters): Promise<{ status: 200; body: { value: readonly W[] }; skipToken?: string }> {
    const parentKey = keyOf(clusterId(params));
    if ((await this.#options.store.resources.get(parentKey)) === null) await this.#missingParent(params);
    return pageAnswer(await listResourcePage(this.#options.store, { type: this.#type.type, parentKey }, readPageRequest(query), (row) => Promise.resolve(this.#type.toWire(row))));
  }

  toWire(row: StoredResource): W {
    return this.#type.toWire(row);
  }

  async patch(params: ClusterParams, name: string, context: RequestContext, patch: object): Promise<{ status: 200; body: W } | { status: 202; operation: OperationReference }> {
    const row = await this.get(params, name);
    const { resource, operation } = await this.write(params, name, context, "PATCH", (current) => this.#patched(current ?? row, patch));
    return operation === null ? { status: 200, body: this.toWire(resource) } : { status: 202, operation };
  }

  /** The merged body must itself be valid: a removed property may be a required one. */
  #patched(row: StoredResource, patch: object): W {
    const merged = patchResource({ ...(this.toWire(row) as object) }, { ...patch });
    const issues = validate(this.#type.createOperation, merged);
    const [first] = issues;
    if (first !== undefined) throw new ControlPlaneError("InvalidRequestContent", `The ${describeResource(row.id)} would not be valid after the change: ${first.target}: ${first.message}`, { target: first.target, details: issues.map((issue) => ({ code: "InvalidRequestContent", ...issue })) });
    return merged as unknown as W; // just validated
  }
}

type ChildOperation = "FileSystems_Update" | "Quotas_Update" | `${"FileSystems" | "Buckets" | "Snapshots" | "Quotas"}_${"Get" | "CreateOrUpdate" | "Delete" | "ListByCluster"}`;

export function childHandlers(options: ResourceProvidersOptions): Pick<OurHandlers, ChildOperation> {
  const fileSystems = new Children(options, fileSystemType);
  const buckets = new Children(options, bucketType);
  const snapshots = new Children(options, snapshotType);
  const quotas = new Children(options, quotaType);
  return {
    FileSystems_Get: ({ params }) => fileSystems.show(params, params.fileSystemName),
    FileSystems_CreateOrUpdate: ({ params, body, context }) => fileSystems.put(params, params.fileSystemName, context, body),
    FileSystems_Update: ({ params, body, context }) => fileSystems.patch(params, params.fileSystemName, context, body),
    FileSystems_Delete: ({ params, context }) => fileSystems.remove(params, params.fileSystemName, context),
    FileSystems_ListByCluster: ({ params, query }) => fileSystems.list(params, query),
    Buckets_Get: ({ params }) => buckets.show(params, params.bucketName),
    Buckets_CreateOrUpdate: ({ params, body, context }) => buckets.put(params, params.bucketName, context, body),
    Buckets_Delete: ({ params, context }) => buckets.remove(params, params.bucketName, context),
    Buckets_ListByCluster: ({ params, query }) => buckets.list(params, query),
    Snapshots_Get: ({ params }) => snapshots.show(params, params.snapshotName),
    Snapshots_CreateOrUpdate: ({ params, body, context }) => snapshots.put(params, params.snapshotName, context, body),
    Snapshots_Delete: ({ params, context }) => snapshots.remove(params, params.snapshotName, context),
    Snapshots_ListByCluster: ({ params, query }) => snapshots.list(params, query),
    Quotas_Get: ({ params }) => quotas.show(params, params.quotaName),
    Quotas_CreateOrUpdate: ({ params, body, context }) => quotas.put(params, params.quotaName, context, body),
    Quotas_Update: ({ params, body, context }) => quotas.patch(params, params.quotaName, context, body),
    Quotas_Delete: ({ params, context }) => quotas.remove(params, params.quotaName, context),
    Quotas_ListByCluster: ({ params, query }) => quotas.list(params, query),
  };
}
