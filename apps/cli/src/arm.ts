// What the CLI needs of the ARM API, in its own words: one bounded call per operation it uses by name, and
// errors that already carry an exit code. connect.ts makes one from the SDK; tests hand in their own.
import type {
  BenchmarkRequest,
  BenchmarkResult,
  Bucket,
  BucketListResult,
  Cluster,
  ClusterCredentials,
  ClusterHostListResult,
  ClusterPlan,
  FileSystem,
  FileSystemListResult,
  OperationId,
  OperationStatus,
  PlanSummary,
  Requirement,
  SizedBucketBody,
  SizedClusterBody,
  SizedFileSystemBody,
  SizingAnswer,
} from "@cynosure/sdk";
import { CommandError } from "./exit-code.ts";

/** Where commands act unless told otherwise. */
export interface ArmScope {
  readonly subscriptionId: string;
  readonly resourceGroupName: string;
  readonly location: string;
}

/** The operations that are called by name, with what they take and answer. All others go through the verb table. */
interface UsedOperations {
  Sizing_Size: { body: Requirement; answer: SizingAnswer };
  Clusters_Get: { body: undefined; answer: Cluster };
  Clusters_WhatIf: { body: SizedClusterBody; answer: PlanSummary };
  Clusters_CreateOrUpdate: { body: SizedClusterBody; answer: undefined };
  Clusters_ListCredentials: { body: undefined; answer: ClusterCredentials };
  Clusters_Benchmark: { body: BenchmarkRequest; answer: BenchmarkResult };
  Plans_Get: { body: undefined; answer: ClusterPlan };
  Hosts_ListByCluster: { body: undefined; answer: ClusterHostListResult };
  FileSystems_Get: { body: undefined; answer: FileSystem };
  FileSystems_CreateOrUpdate: { body: SizedFileSystemBody; answer: undefined };
  FileSystems_ListByCluster: { body: undefined; answer: FileSystemListResult };
  Buckets_Get: { body: undefined; answer: Bucket };
  Buckets_CreateOrUpdate: { body: SizedBucketBody; answer: undefined };
  Buckets_ListByCluster: { body: undefined; answer: BucketListResult };
  OperationStatuses_Get: { body: undefined; answer: OperationStatus };
}

export type UsedOperation = keyof UsedOperations & OperationId;

export interface ArmAnswer<Body> {
  readonly body: Body;
  /** Set when a long-running operation was started. */
  readonly operationId: string | null;
}

export interface Arm {
  readonly endpoint: string;
  readonly scope: ArmScope;
  /** Path parameters; the subscription comes from the scope. */
  send<Id extends UsedOperation>(id: Id, params: Readonly<Record<string, string>>, body: UsedOperations[Id]["body"]): Promise<ArmAnswer<UsedOperations[Id]["answer"]>>;
  /** For commands made from the verb table, where operation and body are data. Lists answer all pages. */
  sendAny(id: OperationId, params: Readonly<Record<string, string>>, body: unknown, headers: Readonly<Record<string, string>>): Promise<ArmAnswer<unknown>>;
  /** The items of a list one by one, page after page, for lists that are too long to hold. */
  items(id: OperationId, params: Readonly<Record<string, string>>, options: { readonly pageSizeMax: number; readonly filter?: string }): AsyncIterable<unknown>;
  /** A bearer token for other tools. */
  token(): Promise<string>;
}

/** The answer, or null when the thing is not there. */
export async function sendOrNull<Id extends UsedOperation>(arm: Arm, id: Id, params: Readonly<Record<string, string>>, body: UsedOperations[Id]["body"]): Promise<UsedOperations[Id]["answer"] | null> {
  try {
    return (await arm.send(id, params, body)).body;
  } catch (error) {
    if (error instanceof CommandError && error.httpStatus === 404) return null;
    throw error;
  }
}
