// Version-free properties of our resources as the resource store keeps them: what is wanted, in base units.
// Every api-version converts to and from these.
import type { BucketPolicy, EngineName, FileSystemPolicy, ProtectionPolicy, QuotaPolicy, SnapshotPolicy, SubstrateName } from "@cynosure/model";

export type DeploymentMode = "customerTenant" | "hosted" | "service";

/** Who a cluster is to others: as asked for, with what the front door made of it. */
export interface StoredIdentity {
  readonly type: "None" | "SystemAssigned" | "UserAssigned" | "SystemAssigned,UserAssigned";
  readonly principalId?: string;
  readonly tenantId?: string;
  /** Ids of user-assigned identities, as the user wrote them. */
  readonly userAssigned?: readonly string[];
}

export interface StoredCluster {
  readonly engine: EngineName;
  readonly engineVersion: string;
  readonly substrate: SubstrateName;
  readonly deploymentMode: DeploymentMode;
  readonly hosts: { readonly size: string; readonly count: number };
  readonly protection: ProtectionPolicy;
  /** Not part of what is delivered: a change of it starts no plan. */
  readonly identity?: StoredIdentity;
}

export type StoredFileSystem = Omit<FileSystemPolicy, "name">;
export type StoredBucket = Omit<BucketPolicy, "name">;
export type StoredSnapshot = Omit<SnapshotPolicy, "name">;
export type StoredQuota = Omit<QuotaPolicy, "name">;

/** What every wire resource shows beside its properties; a stored resource has it all. */
export interface ResourceEnvelope {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly location: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly systemData: {
    readonly createdBy: string;
    readonly createdByType: "User" | "Application" | "ManagedIdentity" | "Key";
    readonly createdAt: string;
    readonly lastModifiedBy: string;
    readonly lastModifiedByType: "User" | "Application" | "ManagedIdentity" | "Key";
    readonly lastModifiedAt: string;
  };
  readonly provisioningState: "Accepted" | "Provisioning" | "Updating" | "Deleting" | "Succeeded" | "Failed" | "Canceled";
  /** Quoted, as the ETag header has it. */
  readonly etag: string;
}
