// File systems and buckets: the portable children of a cluster. One flow for both; what differs is in a
// small description of the type.
import type { Bucket, FileSystem, OperationReference } from "@cynosure/contract";
import { validate } from "@cynosure/contract";
import type { OperationId, ProvisioningState, QueryParameters } from "@cynosure/contract";
import { checkBodyIdentity, patchResource } from "@cynosure/arm-protocol";
import type { RequestContext } from "@cynosure/arm-protocol";
import { BUCKET_TYPE, FILE_SYSTEM_TYPE, checkNewName, childId, clusterId, clusterKeyOf, groupId, keyOf, listResourcePage, notFound, pageAnswer, raise, readPageRequest } from "@cynosure/arm-store";
import type { ClusterParams, OurHandlers } from "@cynosure/arm-store";
import { v20261201 } from "@cynosure/converters";
import { ControlPlaneError } from "@cynosure/model";
import type { StoredResource } from "@cynosure/resource-store";
import { deleteResource } from "./delete-resource.ts";
import type { ResourceProvidersOptions } from "./options.ts";
import { findOffer } from "./planning.ts";
import { asBucket, asCluster, asFileSystem, envelopeOf, toProperties } from "./stored-resources.ts";
import { writeResource } from "./write-resource.ts";
import type { WriteOutcome } from "./write-resource.ts";

/** What both bodies have in common. */
interface ChildBody {
  readonly id?: string;
  readonly name?: string;
  readonly type?: string;
  readonly properties: { readonly provisioningState?: ProvisioningState };
}

interface ChildType<W extends ChildBody> {
  readonly collection: string;
  readonly type: string;
  readonly createOperation: OperationId;
  readonly nameParameter: string;
  readonly immutable: readonly string[];
  toProperties(wire: W): Readonly<Record<string, unknown>>;
  toWire(row: StoredResource): W;
}

const fileSystemType: ChildType<FileSystem> = {
  collection: "fileSystems",
  type: FILE_SYSTEM_TYPE,
  createOperation: "FileSystems_CreateOrUpdate",
  nameParameter: "fileSystemName",
  immutable: ["protection", "protocols"],
  toProperties: (wire) => toProperties(v20261201.fileSystemToStored(wire)),
  toWire: (row) => v20261201.fileSystemToWire(envelopeOf(row), asFileSystem(row)),
};

const bucketType: ChildType<Bucket> = {
  collection: "buckets",
  type: BUCKET_TYPE,
  createOperation: "Buckets_CreateOrUpdate",
  nameParameter: "bucketName",
  immutable: ["protection"],
  toProperties: (wire) => toProperties(v20261201.bucketToStored(wire)),
  toWire: (row) => v20261201.bucketToWire(envelopeOf(row), asBucket(row)),
};

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
}

/** What a finished operation on a child answers. */
export function childToWire(row: StoredResource): FileSystem | Bucket {
  return row.type === FILE_SYSTEM_TYPE ? fileSystemType.toWire(row) : bucketType.toWire(row);
}

function patchedFileSystem(row: StoredResource, patch: object): FileSystem {
  const merged = patchResource({ ...fileSystemType.toWire(row) }, { ...patch });
  const issues = validate("FileSystems_CreateOrUpdate", merged);
  const [first] = issues;
  if (first !== undefined) throw new ControlPlaneError("InvalidRequestContent", `The file system would not be valid after the change: ${first.target}: ${first.message}`, { target: first.target, details: issues.map((issue) => ({ code: "InvalidRequestContent", ...issue })) });
  return merged as unknown as FileSystem; // just validated
}

type ChildHandlers = Pick<
  OurHandlers,
  "FileSystems_Get" | "FileSystems_CreateOrUpdate" | "FileSystems_Update" | "FileSystems_Delete" | "FileSystems_ListByCluster" | "Buckets_Get" | "Buckets_CreateOrUpdate" | "Buckets_Delete" | "Buckets_ListByCluster"
>;

export function childHandlers(options: ResourceProvidersOptions): ChildHandlers {
  const fileSystems = new Children(options, fileSystemType);
  const buckets = new Children(options, bucketType);
  return {
    FileSystems_Get: async ({ params }) => ({ status: 200, body: fileSystems.toWire(await fileSystems.get(params, params.fileSystemName)) }),
    FileSystems_CreateOrUpdate: ({ params, body, context }) => fileSystems.put(params, params.fileSystemName, context, body),
    FileSystems_Update: async ({ params, body, context }) => {
      const row = await fileSystems.get(params, params.fileSystemName);
      const { resource, operation } = await fileSystems.write(params, params.fileSystemName, context, "PATCH", (current) => patchedFileSystem(current ?? row, body));
      return operation === null ? { status: 200, body: fileSystems.toWire(resource) } : { status: 202, operation };
    },
    FileSystems_Delete: ({ params, context }) => fileSystems.remove(params, params.fileSystemName, context),
    FileSystems_ListByCluster: ({ params, query }) => fileSystems.list(params, query),
    Buckets_Get: async ({ params }) => ({ status: 200, body: buckets.toWire(await buckets.get(params, params.bucketName)) }),
    Buckets_CreateOrUpdate: ({ params, body, context }) => buckets.put(params, params.bucketName, context, body),
    Buckets_Delete: ({ params, context }) => buckets.remove(params, params.bucketName, context),
    Buckets_ListByCluster: ({ params, query }) => buckets.list(params, query),
  };
}
