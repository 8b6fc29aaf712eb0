// The registry: every kind of change that starts a plan, as people call it. A step kind, an operation of the
// contract or an action of the simulated engine that no workflow here brings about fails the registry test.
import type { OperationId } from "@cynosure/contract";
import type { PlanStepAction } from "@cynosure/model";
import { changeQuota, deleteBucket, deleteCluster, deleteFileSystem, deleteQuota, deleteSnapshot, patchClusterHosts, putBucket, putCluster, putFileSystem, putQuota, putSnapshot, resizeFileSystem, type Wish } from "./wishes.ts";

export interface RegisteredWorkflow {
  readonly name: string;
  /** One line for people. */
  readonly about: string;
  /** What there is before, each delivered before the next is asked for. */
  readonly before: readonly Wish[];
  /** Asked for at once; what must wait for a running plan becomes one plan of its own. */
  readonly wishes: readonly Wish[];
  /** Which of the plans the wishes start is the workflow: 1 is the first. */
  readonly planNumber: 1 | 2;
}

const small = putCluster(3);

export const workflows = [
  { name: "create a cluster", about: "PUT of a cluster that does not exist", before: [], wishes: [small], planNumber: 1 },
  { name: "grow a cluster", about: "PUT or PATCH with more hosts", before: [small], wishes: [patchClusterHosts(4)], planNumber: 1 },
  { name: "protect a cluster better", about: "PUT with another protection", before: [putCluster(4)], wishes: [putCluster(4, 2)], planNumber: 1 },
  { name: "delete a cluster", about: "DELETE of a cluster with a file system and a bucket", before: [small, putFileSystem("home"), putBucket("results")], wishes: [deleteCluster], planNumber: 1 },
  { name: "create a file system", about: "PUT of a file system that does not exist", before: [small], wishes: [putFileSystem("home")], planNumber: 1 },
  { name: "resize a file system", about: "PUT or PATCH with another capacity", before: [small, putFileSystem("home")], wishes: [resizeFileSystem("home", 16)], planNumber: 1 },
  { name: "delete a file system", about: "DELETE of a file system", before: [small, putFileSystem("home")], wishes: [deleteFileSystem("home")], planNumber: 1 },
  { name: "create a bucket", about: "PUT of a bucket that does not exist", before: [small], wishes: [putBucket("results")], planNumber: 1 },
  { name: "delete a bucket", about: "DELETE of a bucket", before: [small, putBucket("results")], wishes: [deleteBucket("results")], planNumber: 1 },
  { name: "make a snapshot", about: "PUT of a snapshot that does not exist", before: [small, putFileSystem("home")], wishes: [putSnapshot("monday", "home")], planNumber: 1 },
  { name: "delete a snapshot", about: "DELETE of a snapshot", before: [small, putFileSystem("home"), putSnapshot("monday", "home")], wishes: [deleteSnapshot("monday")], planNumber: 1 },
  { name: "set a quota", about: "PUT of a quota that does not exist", before: [small, putFileSystem("home")], wishes: [putQuota("projects", "home")], planNumber: 1 },
  { name: "change a quota", about: "PUT or PATCH with another bound", before: [small, putFileSystem("home"), putQuota("projects", "home")], wishes: [changeQuota("projects", 2_000_000_000)], planNumber: 1 },
  { name: "delete a quota", about: "DELETE of a quota", before: [small, putFileSystem("home"), putQuota("projects", "home")], wishes: [deleteQuota("projects")], planNumber: 1 },
  { name: "deliver what waited", about: "changes asked for while a plan ran, as one plan when it has ended", before: [small], wishes: [putFileSystem("home"), putBucket("results"), putFileSystem("scratch")], planNumber: 2 },
] as const satisfies readonly RegisteredWorkflow[];

export type WorkflowName = (typeof workflows)[number]["name"];

/** Every operation of the contract: which workflows it starts, or none. A new operation does not compile until it is here. */
export const startedBy: Readonly<Record<OperationId, readonly WorkflowName[] | "starts no plan">> = {
  Clusters_CreateOrUpdate: ["create a cluster", "grow a cluster", "protect a cluster better"],
  Clusters_Update: ["grow a cluster", "protect a cluster better"],
  Clusters_Delete: ["delete a cluster"],
  FileSystems_CreateOrUpdate: ["create a file system", "resize a file system", "deliver what waited"],
  FileSystems_Update: ["resize a file system", "deliver what waited"],
  FileSystems_Delete: ["delete a file system", "deliver what waited"],
  Buckets_CreateOrUpdate: ["create a bucket", "deliver what waited"],
  Buckets_Delete: ["delete a bucket", "deliver what waited"],
  Snapshots_CreateOrUpdate: ["make a snapshot", "deliver what waited"],
  Snapshots_Delete: ["delete a snapshot", "deliver what waited"],
  Quotas_CreateOrUpdate: ["set a quota", "change a quota", "deliver what waited"],
  Quotas_Update: ["change a quota", "deliver what waited"],
  Quotas_Delete: ["delete a quota", "deliver what waited"],
  AuditAnchors_List: "starts no plan",
  AuditChain_List: "starts no plan",
  AuditLog_List: "starts no plan",
  Buckets_Get: "starts no plan",
  Buckets_ListByCluster: "starts no plan",
  Clusters_Benchmark: "starts no plan",
  Clusters_Cancel: "starts no plan",
  Clusters_CreateGatewayUser: "starts no plan",
  Clusters_Get: "starts no plan",
  Clusters_ListByResourceGroup: "starts no plan",
  Clusters_ListBySubscription: "starts no plan",
  Clusters_GetParity: "starts no plan",
  Clusters_InvokeNative: "starts no plan",
  Clusters_ListCredentials: "starts no plan",
  Clusters_ListGatewayUsers: "starts no plan",
  Clusters_ReadMetrics: "starts no plan",
  Clusters_ReadLiveClient: "starts no plan",
  Clusters_RemoveGatewayUser: "starts no plan",
  Clusters_StartLiveClient: "starts no plan",
  Clusters_StopLiveClient: "starts no plan",
  Clusters_WhatIf: "starts no plan",
  Hosts_CutLink: "starts no plan",
  Hosts_Kill: "starts no plan",
  Hosts_Restore: "starts no plan",
  FileSystems_Get: "starts no plan",
  FileSystems_ListByCluster: "starts no plan",
  Hosts_Get: "starts no plan",
  Hosts_ListByCluster: "starts no plan",
  OperationResults_Get: "starts no plan",
  OperationStatuses_Get: "starts no plan",
  NameAvailability_Check: "starts no plan",
  Operations_List: "starts no plan",
  ClusterOperations_Get: "starts no plan",
  ClusterOperations_ListByCluster: "starts no plan",
  Plans_Get: "starts no plan",
  Plans_ListByCluster: "starts no plan",
  Snapshots_Get: "starts no plan",
  Snapshots_ListByCluster: "starts no plan",
  Quotas_Get: "starts no plan",
  Quotas_ListByCluster: "starts no plan",
  ResourceGroups_CheckExistence: "starts no plan",
  ResourceGroups_CreateOrUpdate: "starts no plan",
  ResourceGroups_Delete: "starts no plan",
  ResourceGroups_Get: "starts no plan",
  ResourceGroups_List: "starts no plan",
  ResourceGroups_Update: "starts no plan",
  ServicePrincipals_CreateOrUpdate: "starts no plan",
  ServicePrincipals_Delete: "starts no plan",
  ServicePrincipals_Get: "starts no plan",
  ServicePrincipals_List: "starts no plan",
  ServicePrincipals_NewSecret: "starts no plan",
  DenyAssignments_CreateOrUpdate: "starts no plan",
  DenyAssignments_Delete: "starts no plan",
  DenyAssignments_Get: "starts no plan",
  DenyAssignments_List: "starts no plan",
  Permissions_List: "starts no plan",
  RoleAssignments_Create: "starts no plan",
  RoleAssignments_Delete: "starts no plan",
  RoleAssignments_Get: "starts no plan",
  RoleAssignments_List: "starts no plan",
  RoleDefinitions_CreateOrUpdate: "starts no plan",
  RoleDefinitions_Delete: "starts no plan",
  RoleDefinitions_Get: "starts no plan",
  RoleDefinitions_List: "starts no plan",
  Machine_RunDoctor: "starts no plan",
  Sizing_Size: "starts no plan",
  Subscriptions_Get: "starts no plan",
  Subscriptions_List: "starts no plan",
};

/** Long-running in the contract but without a plan of their own: a group is only marked, and its clusters' own deletions are workflows; a plan is canceled in one transaction (cancel.test.ts). */
export const endsAtOnce: readonly OperationId[] = ["ResourceGroups_Delete", "Clusters_Cancel"];

/** Every kind of step there is: a new one does not compile until it is here, and must then occur in a workflow. */
export const stepKinds: Readonly<Record<PlanStepAction["kind"], true>> = {
  "network.ensure": true,
  "host.ensure": true,
  "host.join": true,
  "host.converge": true,
  "engine.act": true,
  "endpoints.ensure": true,
  "endpoints.remove": true,
  "host.destroy": true,
  "network.destroy": true,
  "cluster.forget": true,
};
