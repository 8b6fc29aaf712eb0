// What differs between the types of the portable core: names, what cannot change, and the way to the wire and back.
import type { Bucket, FileSystem, OperationId, ProvisioningState, Quota, Snapshot } from "@cynosure/contract";
import { BUCKET_TYPE, FILE_SYSTEM_TYPE, QUOTA_TYPE, SNAPSHOT_TYPE } from "@cynosure/arm-store";
import { v20261201 } from "@cynosure/converters";
import { ControlPlaneError } from "@cynosure/model";
import type { StoredResource } from "@cynosure/resource-store";
import { asBucket, asFileSystem, asQuota, asSnapshot, envelopeOf, toProperties } from "./stored-resources.ts";

/** What all bodies have in common. */
export interface ChildBody {
  readonly id?: string;
  readonly name?: string;
  readonly type?: string;
  readonly properties: { readonly provisioningState?: ProvisioningState };
}

export interface ChildType<W extends ChildBody> {
  readonly collection: string;
  readonly type: string;
  readonly createOperation: OperationId;
  readonly nameParameter: string;
  readonly immutable: readonly string[];
  toProperties(wire: W): Readonly<Record<string, unknown>>;
  toWire(row: StoredResource): W;
}

export const fileSystemType: ChildType<FileSystem> = {
  collection: "fileSystems",
  type: FILE_SYSTEM_TYPE,
  createOperation: "FileSystems_CreateOrUpdate",
  nameParameter: "fileSystemName",
  immutable: ["protection", "protocols"],
  toProperties: (wire) => toProperties(v20261201.fileSystemToStored(wire)),
  toWire: (row) => v20261201.fileSystemToWire(envelopeOf(row), asFileSystem(row)),
};

export const bucketType: ChildType<Bucket> = {
  collection: "buckets",
  type: BUCKET_TYPE,
  createOperation: "Buckets_CreateOrUpdate",
  nameParameter: "bucketName",
  immutable: ["protection"],
  toProperties: (wire) => toProperties(v20261201.bucketToStored(wire)),
  toWire: (row) => v20261201.bucketToWire(envelopeOf(row), asBucket(row)),
};

export const snapshotType: ChildType<Snapshot> = {
  collection: "snapshots",
  type: SNAPSHOT_TYPE,
  createOperation: "Snapshots_CreateOrUpdate",
  nameParameter: "snapshotName",
  immutable: ["fileSystem"],
  toProperties: (wire) => toProperties(v20261201.snapshotToStored(wire)),
  toWire: (row) => v20261201.snapshotToWire(envelopeOf(row), asSnapshot(row)),
};

export const quotaType: ChildType<Quota> = {
  collection: "quotas",
  type: QUOTA_TYPE,
  createOperation: "Quotas_CreateOrUpdate",
  nameParameter: "quotaName",
  immutable: ["fileSystem", "path"],
  toProperties: (wire) => toProperties(v20261201.quotaToStored(wire)),
  toWire: (row) => v20261201.quotaToWire(envelopeOf(row), asQuota(row)),
};

/** What a finished operation on a child answers. */
export function childToWire(row: StoredResource): FileSystem | Bucket | Snapshot | Quota {
  const type = [fileSystemType, bucketType, snapshotType, quotaType].find((each) => each.type === row.type);
  if (type === undefined) throw new ControlPlaneError("InternalServerError", `${row.id} is stored with a type that is no child of a cluster`);
  return type.toWire(row);
}
