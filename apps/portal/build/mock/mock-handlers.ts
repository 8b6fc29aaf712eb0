// The ARM API as the portal sees it, over data in memory: the same typed handlers that the control plane implements.
// Operations that no page calls are left out; the server answers 501 for them, by name.
import type { AuditRecord, Cluster, ClusterHost, FileSystem, Handlers, HostFault, RoleAssignment, ServicePrincipal } from "@cynosure/contract";
import { fileSystemOf, group, mockFleet, subscriptionId } from "./mock-fleet.ts";
import type { MockCluster } from "./mock-fleet.ts";
import { mockDoctor, mockLiveClient, mockMetrics, withFault } from "./mock-demonstration.ts";
import { mockPlanSummary, mockSizing } from "./mock-sizing.ts";
import { operationsOf } from "./mock-operations.ts";

/** Thrown by a handler: answered as an ARM error. */
export class MockError extends Error {
  readonly status: number;
  readonly code: string;
  readonly target: string | undefined;
  constructor(status: number, code: string, message: string, target?: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.target = target;
  }
}

export interface MockContext {
  readonly headers: Readonly<Record<string, string | undefined>>;
}

type MockHandlers = Partial<Handlers<MockContext>>;

const ownerId = "0b6d7f2e-1111-4c2b-9a53-0c1a5e7a1b00";
export const ownerName = "owner";
const roles = [
  { name: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", roleName: "Owner", description: "Does everything, gives roles to others, and reads credentials." },
  { name: "acdd72a7-3385-48ef-bd42-f606fba81ae7", roleName: "Reader", description: "Reads everything but credentials." },
];
const roleId = (name: string): string => `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${name}`;

export interface MockWorld {
  readonly handlers: MockHandlers;
  readonly fleet: Map<string, MockCluster>;
}

/** `tell` is called with the id of what changed. */
export function mockWorld(tell: (id: string) => void): MockWorld {
  const startMs = Date.now();
  const fleet = mockFleet(startMs);
  const records: AuditRecord[] = [];
  const principals = new Map<string, ServicePrincipal>([["owner", { id: "/providers/Cynosure.Identity/servicePrincipals/owner", name: "owner", type: "Cynosure.Identity/servicePrincipals", properties: { displayName: ownerName, kind: "Application", principalId: ownerId, clientId: "7c0d3c1e-6f0b-4d8e-9a53-0c1a5e7a1b77", createdOn: new Date(startMs).toISOString(), secretsExpireOn: [new Date(startMs + 15_552_000_000).toISOString()] } }]]);
  const assignments = new Map<string, RoleAssignment>([["3a3a7b0c-0d1e-4f2a-8b3c-4d5e6f7a8b9c", { id: `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleAssignments/3a3a7b0c-0d1e-4f2a-8b3c-4d5e6f7a8b9c`, name: "3a3a7b0c-0d1e-4f2a-8b3c-4d5e6f7a8b9c", type: "Microsoft.Authorization/roleAssignments", properties: { roleDefinitionId: roleId("8e3af657-a8ff-443c-a75c-2fe8c4bcb635"), principalId: ownerId, principalType: "ServicePrincipal", scope: `/subscriptions/${subscriptionId}`, createdOn: new Date(startMs).toISOString(), createdBy: ownerId } }]]);

  const find = (name: string): MockCluster => {
    const found = fleet.get(name.toLowerCase());
    if (found === undefined) throw new MockError(404, "ResourceNotFound", `The Resource 'Cynosure.Storage/clusters/${name}' under resource group '${group}' was not found.`);
    return found;
  };
  const record = (action: string, resourceId: string): void => {
    const atMs = Date.now();
    records.push({ seq: records.length + 1, atMs, eventTimestamp: new Date(atMs).toISOString(), action, resourceId, principalId: ownerId, correlationId: crypto.randomUUID() });
    tell(resourceId);
  };
  const checkEtag = (sent: string | undefined, etag: string | undefined): void => {
    if (sent !== undefined && sent !== etag) throw new MockError(412, "PreconditionFailed", "The resource was changed by somebody else since it was read.");
  };
  for (const { cluster } of fleet.values()) record("Cynosure.Storage/clusters/write", cluster.id ?? "");
  const later = (change: () => void, id: string): void => void setTimeout(() => { change(); tell(id); }, 1_500).unref();

  const clusters: MockHandlers = {
    Clusters_ListBySubscription: async () => ({ status: 200, body: { value: [...fleet.values()].map(({ cluster }) => cluster) } }),
    Clusters_Get: async ({ params }) => ({ status: 200, body: find(params.clusterName).cluster }),
    Clusters_WhatIf: async ({ body }) => ({ status: 200, body: mockPlanSummary(body) }),
    Clusters_Update: async ({ params, body, context }) => {
      const found = find(params.clusterName);
      checkEtag(context.headers["if-match"], found.cluster.etag);
      if ((body.properties?.hosts?.count ?? 8) > 100) throw new MockError(400, "InvalidParameter", "The local substrate has room for 100 hosts; ask for fewer.", "properties.hosts.count");
      found.cluster = { ...found.cluster, etag: `"${Date.now()}"`, properties: { ...found.cluster.properties, hosts: { ...found.cluster.properties.hosts, count: body.properties?.hosts?.count ?? found.cluster.properties.hosts.count } } } satisfies Cluster;
      record("Cynosure.Storage/clusters/write", found.cluster.id ?? "");
      return { status: 200, body: found.cluster };
    },
    Clusters_CreateOrUpdate: async ({ params, body }) => {
      if (fleet.has(params.clusterName)) throw new MockError(412, "PreconditionFailed", `There is a cluster ${params.clusterName} already.`);
      const made = mockFleet(Date.now()).get("harbour");
      if (made === undefined) throw new MockError(500, "InternalServerError", "The mock has no cluster to copy.");
      const id = made.cluster.id?.replace("harbour", params.clusterName) ?? "";
      const cluster: Cluster = { ...made.cluster, ...body, id, name: params.clusterName, properties: { ...body.properties, provisioningState: "Creating", isSimulated: true } };
      fleet.set(params.clusterName.toLowerCase(), { ...made, cluster, fileSystems: new Map(), buckets: new Map() });
      record("Cynosure.Storage/clusters/write", id);
      return { status: 201, body: cluster };
    },
    Clusters_Delete: async ({ params }) => {
      const found = find(params.clusterName);
      fleet.delete(params.clusterName.toLowerCase());
      record("Cynosure.Storage/clusters/delete", found.cluster.id ?? "");
      return { status: 204 };
    },
    Clusters_ListCredentials: async ({ params }) => {
      record("Cynosure.Storage/clusters/listCredentials/action", find(params.clusterName).cluster.id ?? "");
      return { status: 200, body: { s3: { accessKeyId: "CYNOSUREEXAMPLEKEY00", secretAccessKey: "not-a-secret-this-is-the-mock" } } };
    },
    Hosts_ListByCluster: async ({ params }) => ({ status: 200, body: { value: find(params.clusterName).hosts } }),
    ClusterOperations_ListByCluster: async ({ params }) => ({ status: 200, body: { value: operationsOf(find(params.clusterName).plans) } }),
    Plans_ListByCluster: async ({ params }) => ({ status: 200, body: { value: find(params.clusterName).plans } }),
  };

  let live: { readonly startedMs: number | undefined; readonly isRunning: boolean } = { startedMs: startMs - 120_000, isRunning: true };
  const setLive = (startedMs: number | undefined, isRunning: boolean) => {
    live = { startedMs, isRunning };
    return mockLiveClient(Date.now(), startedMs, isRunning);
  };
  const setFault = (clusterName: string, hostName: string, fault: HostFault): ClusterHost => {
    const { hosts, cluster } = find(clusterName);
    const index = hosts.findIndex(({ name }) => name === hostName);
    const host = hosts[index];
    if (host === undefined) throw new MockError(404, "ResourceNotFound", `There is no host ${hostName}.`);
    const changed = withFault(host, fault);
    hosts[index] = changed;
    tell(cluster.id ?? "");
    return changed;
  };
  const demonstration: MockHandlers = {
    Clusters_ReadMetrics: async () => ({ status: 200, body: mockMetrics(Date.now()) }),
    Clusters_ReadLiveClient: async () => ({ status: 200, body: mockLiveClient(Date.now(), live.startedMs, live.isRunning) }),
    Clusters_StartLiveClient: async () => ({ status: 200, body: setLive(Date.now(), true) }),
    Clusters_StopLiveClient: async () => ({ status: 200, body: setLive(live.startedMs, false) }),
    Hosts_Kill: async ({ params }) => ({ status: 200, body: setFault(params.clusterName, params.hostName, "killed") }),
    Hosts_CutLink: async ({ params }) => ({ status: 200, body: setFault(params.clusterName, params.hostName, "linkCut") }),
    Hosts_Restore: async ({ params }) => ({ status: 200, body: setFault(params.clusterName, params.hostName, "none") }),
    Machine_RunDoctor: async () => ({ status: 200, body: mockDoctor }),
  };

  const children: MockHandlers = {
    FileSystems_ListByCluster: async ({ params }) => ({ status: 200, body: { value: [...find(params.clusterName).fileSystems.values()] } }),
    FileSystems_Get: async ({ params }) => {
      const item = find(params.clusterName).fileSystems.get(params.fileSystemName);
      if (item === undefined) throw new MockError(404, "ResourceNotFound", `There is no file system ${params.fileSystemName}.`);
      return { status: 200, body: item };
    },
    FileSystems_CreateOrUpdate: async ({ params, body }) => {
      const { fileSystems, cluster } = find(params.clusterName);
      if (body.properties.protection.hostFailures > 2) throw new MockError(400, "InvalidParameter", "8 hosts cannot lose more than 2 at once; ask for 2.", "properties.protection.hostFailures");
      const made: FileSystem = { ...fileSystemOf(params.clusterName, params.fileSystemName, body.properties.usableCapacityGB), properties: { ...body.properties, provisioningState: "Creating" } };
      fileSystems.set(params.fileSystemName, made);
      record("Cynosure.Storage/clusters/fileSystems/write", made.id ?? "");
      later(() => fileSystems.set(params.fileSystemName, { ...made, properties: { ...made.properties, provisioningState: "Succeeded", mountPath: `/${params.fileSystemName}` } }), cluster.id ?? "");
      return { status: 201, body: made };
    },
    FileSystems_Update: async ({ params, body, context }) => {
      const { fileSystems } = find(params.clusterName);
      const item = fileSystems.get(params.fileSystemName);
      if (item === undefined) throw new MockError(404, "ResourceNotFound", `There is no file system ${params.fileSystemName}.`);
      checkEtag(context.headers["if-match"], item.etag);
      const changed: FileSystem = { ...item, etag: `"${Date.now()}"`, properties: { ...item.properties, usableCapacityGB: body.properties?.usableCapacityGB ?? item.properties.usableCapacityGB } };
      fileSystems.set(params.fileSystemName, changed);
      record("Cynosure.Storage/clusters/fileSystems/write", item.id ?? "");
      return { status: 200, body: changed };
    },
    FileSystems_Delete: async ({ params }) => {
      const { fileSystems, cluster } = find(params.clusterName);
      fileSystems.delete(params.fileSystemName);
      record("Cynosure.Storage/clusters/fileSystems/delete", `${cluster.id ?? ""}/fileSystems/${params.fileSystemName}`);
      return { status: 204 };
    },
    Buckets_ListByCluster: async ({ params }) => ({ status: 200, body: { value: [...find(params.clusterName).buckets].map(([name, { hostFailures, provisioningState }]) => ({ id: `${find(params.clusterName).cluster.id ?? ""}/buckets/${name}`, name, properties: { protection: { hostFailures }, provisioningState } })) } }),
  };

  const access: MockHandlers = {
    RoleAssignments_List: async () => ({ status: 200, body: { value: [...assignments.values()] } }),
    RoleAssignments_Create: async ({ params, body }) => {
      const made: RoleAssignment = { name: params.roleAssignmentName, properties: { ...body.properties, scope: params.scope, createdBy: ownerId } };
      assignments.set(params.roleAssignmentName, made);
      return { status: 201, body: made };
    },
    RoleAssignments_Delete: async ({ params }) => {
      const taken = assignments.get(params.roleAssignmentName);
      assignments.delete(params.roleAssignmentName);
      return taken === undefined ? { status: 204 } : { status: 200, body: taken };
    },
    RoleDefinitions_List: async () => ({ status: 200, body: { value: roles.map(({ name, roleName, description }) => ({ id: roleId(name), name, properties: { roleName, description, type: "BuiltInRole", permissions: [], assignableScopes: ["/"] } })) } }),
    ServicePrincipals_List: async () => ({ status: 200, body: { value: [...principals.values()] } }),
    ServicePrincipals_CreateOrUpdate: async ({ params, body }) => {
      const made: ServicePrincipal = { name: params.servicePrincipalName, properties: { ...body.properties, principalId: crypto.randomUUID(), clientId: crypto.randomUUID(), secretsExpireOn: [] } };
      principals.set(params.servicePrincipalName, made);
      return { status: 201, body: made };
    },
    ServicePrincipals_NewSecret: async ({ params }) => ({ status: 200, body: { clientId: principals.get(params.servicePrincipalName)?.properties.clientId ?? "", clientSecret: "not-a-secret-this-is-the-mock", tenantId: "adfs", expiresOn: new Date(startMs + 15_552_000_000).toISOString() } }),
    AuditLog_List: async () => ({ status: 200, body: { value: records } }),
    ResourceGroups_List: async () => ({ status: 200, body: { value: [{ id: `/subscriptions/${subscriptionId}/resourceGroups/${group}`, name: group, location: "local" }] } }),
    Sizing_Size: async ({ body }) => {
      const wrong = body.sites.findIndex(({ fileSystems }) => fileSystems?.some(({ usableCapacityGB }) => usableCapacityGB > 100_000_000));
      if (wrong >= 0) throw new MockError(400, "InvalidParameter", "No site holds that much; ask for at most 100000000.", `sites[${wrong}].fileSystems[0].usableCapacityGB`);
      return { status: 200, body: mockSizing(body) };
    },
  };
  return { handlers: { ...clusters, ...demonstration, ...children, ...access }, fleet };
}
