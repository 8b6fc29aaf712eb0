// Every operation of the contract that is not a GET: accepted, it writes exactly one audit row, named after the
// right it took; refused, none. The list is the route table's own, so a new operation fails here until it is said.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { routes } from "@cynosure/contract";
import type { OperationId } from "@cynosure/contract";
import type { RequestContext } from "@cynosure/arm-protocol";
import { CLUSTER, GROUP, OWNER, SUBSCRIPTION, TENANT, bucketBody, clusterBody, clusterKeyIn, deliverLocal, fileSystemBody, openWorld, quotaBody, snapshotBody } from "./testkit/world.ts";
import type { World } from "./testkit/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

interface Request {
  readonly params: Readonly<Record<string, string>>;
  readonly body?: unknown;
}
interface Case {
  readonly accepted: Request;
  readonly refused: Request;
  /** Brings the world to where it is accepted. */
  readonly before?: () => Promise<void>;
}

const SCOPE = `/subscriptions/${SUBSCRIPTION}/resourceGroups/quickstart`;
const ROLE = "11111111-0000-4000-8000-000000000001";
const ASSIGNMENT = "11111111-0000-4000-8000-000000000002";
const DENIAL = "11111111-0000-4000-8000-000000000003";
const MISSING = "99999999-0000-4000-8000-000000000009";
const NOWHERE = { ...CLUSTER, clusterName: "nowhere" };
const FILE_SYSTEM = { ...CLUSTER, fileSystemName: "home" };
const BUCKET = { ...CLUSTER, bucketName: "results" };
const SNAPSHOT = { ...CLUSTER, snapshotName: "monday" };
const QUOTA = { ...CLUSTER, quotaName: "projects" };
const YARD = { ...CLUSTER, clusterName: "yard" };
const YARD_HOST = { ...YARD, hostName: "host-2" };
/** Its engine has an API of its own. */
const REEF = { ...CLUSTER, clusterName: "reef" };
const makeReef = async (): Promise<void> => {
  await world.call("Clusters_CreateOrUpdate", REEF, clusterBody({ engine: "ceph" }));
  await world.finishPlan(clusterKeyIn(REEF));
};
const SPARE = { ...GROUP, resourceGroupName: "spare" };
const ROBOT = { servicePrincipalName: "robot" };
const roleBody = (roleName = "Looker") => ({ properties: { roleName, permissions: [{ actions: ["Cynosure.Storage/*/read"] }], assignableScopes: [SCOPE] } });
const denialBody = (name: string) => ({ properties: { denyAssignmentName: name, permissions: [{ actions: ["Cynosure.Storage/clusters/delete"] }], principals: [{ id: MISSING, type: "User" }] } });
const finish = async (): Promise<void> => {
  if ((await world.testStore.store.plans.target(clusterKeyIn(CLUSTER)))?.status === "Running") await world.finishPlan();
};
const sizing = { name: "proof", sites: [{ name: "here", location: "local", hosts: { count: 8 }, fileSystems: [{ name: "home", ...fileSystemBody().properties }] }] };

/** They ask by POST and change nothing, hence they leave no row. */
const reads: Readonly<Partial<Record<OperationId, Request>>> = {
  Clusters_WhatIf: { params: { ...CLUSTER, clusterName: "maybe" }, body: clusterBody() },
  Clusters_GetParity: { params: REEF },
  Clusters_ListGatewayUsers: { params: CLUSTER },
  Clusters_ReadLiveClient: { params: YARD },
  Clusters_ReadMetrics: { params: CLUSTER, body: {} },
  Machine_RunDoctor: { params: { subscriptionId: SUBSCRIPTION, location: "local" } },
  NameAvailability_Check: { params: { subscriptionId: SUBSCRIPTION }, body: { name: "maybe", type: "Cynosure.Storage/clusters" } },
  Sizing_Size: { params: { subscriptionId: SUBSCRIPTION, location: "local" }, body: sizing },
};

/** In this order: each finds what those before it made. */
const cases: readonly (readonly [OperationId, Case])[] = [
  ["ResourceGroups_CreateOrUpdate", { accepted: { params: SPARE, body: { location: "local" } }, refused: { params: SPARE, body: { location: "atlantis" } } }],
  ["ResourceGroups_Update", { accepted: { params: SPARE, body: { tags: { team: "a" } } }, refused: { params: { ...SPARE, resourceGroupName: "nowhere" }, body: { tags: {} } } }],
  ["ResourceGroups_Delete", { accepted: { params: SPARE }, refused: { params: { ...SPARE, resourceGroupName: "nowhere" } } }],
  ["Clusters_CreateOrUpdate", { accepted: { params: CLUSTER, body: clusterBody() }, refused: { params: NOWHERE, body: clusterBody({ count: 33 }) } }],
  ["Clusters_Update", { before: finish, accepted: { params: CLUSTER, body: { tags: { team: "b" } } }, refused: { params: NOWHERE, body: { tags: {} } } }],
  ["FileSystems_CreateOrUpdate", { accepted: { params: FILE_SYSTEM, body: fileSystemBody() }, refused: { params: { ...FILE_SYSTEM, clusterName: "nowhere" }, body: fileSystemBody() } }],
  ["FileSystems_Update", { before: finish, accepted: { params: FILE_SYSTEM, body: { properties: { usableCapacityGB: 9 } } }, refused: { params: { ...FILE_SYSTEM, fileSystemName: "nowhere" }, body: { properties: { usableCapacityGB: 9 } } } }],
  ["Buckets_CreateOrUpdate", { before: finish, accepted: { params: BUCKET, body: bucketBody() }, refused: { params: { ...BUCKET, clusterName: "nowhere" }, body: bucketBody() } }],
  ["Snapshots_CreateOrUpdate", { before: finish, accepted: { params: SNAPSHOT, body: snapshotBody() }, refused: { params: { ...SNAPSHOT, snapshotName: "astray" }, body: snapshotBody("nowhere") } }],
  ["Quotas_CreateOrUpdate", { before: finish, accepted: { params: QUOTA, body: quotaBody() }, refused: { params: { ...QUOTA, quotaName: "astray" }, body: quotaBody("/..") } }],
  ["Quotas_Update", { before: finish, accepted: { params: QUOTA, body: { properties: { hardLimitBytes: 9 } } }, refused: { params: { ...QUOTA, quotaName: "nowhere" }, body: { properties: { hardLimitBytes: 9 } } } }],
  ["Clusters_ListCredentials", { before: finish, accepted: { params: CLUSTER }, refused: { params: NOWHERE } }],
  ["Clusters_CreateGatewayUser", { accepted: { params: CLUSTER, body: { userName: "ann" } }, refused: { params: NOWHERE, body: { userName: "ann" } } }],
  ["Clusters_RemoveGatewayUser", { accepted: { params: CLUSTER, body: { userName: "ann" } }, refused: { params: NOWHERE, body: { userName: "ann" } } }],
  ["Clusters_Benchmark", { accepted: { params: CLUSTER, body: { seconds: 1 } }, refused: { params: NOWHERE, body: { seconds: 1 } } }],
  ["Hosts_Kill", { before: () => deliverLocal(world, YARD), accepted: { params: YARD_HOST }, refused: { params: { ...YARD_HOST, hostName: "host-9" } } }],
  ["Hosts_CutLink", { accepted: { params: YARD_HOST }, refused: { params: { ...CLUSTER, hostName: "host-1" } } }],
  ["Hosts_Restore", { accepted: { params: YARD_HOST }, refused: { params: { ...NOWHERE, hostName: "host-1" } } }],
  ["Clusters_InvokeNative", { before: () => makeReef(), accepted: { params: REEF, body: { method: "POST", path: "/api/not/in/the/document", body: { a: 1 } } }, refused: { params: REEF, body: { method: "POST", path: "/api/auth", body: {} } } }],
  ["Clusters_StartLiveClient", { accepted: { params: YARD, body: {} }, refused: { params: CLUSTER, body: {} } }],
  ["Clusters_StopLiveClient", { accepted: { params: YARD }, refused: { params: NOWHERE } }],
  ["Buckets_Delete", { accepted: { params: BUCKET }, refused: { params: { ...BUCKET, resourceGroupName: "nowhere" } } }],
  ["Snapshots_Delete", { before: finish, accepted: { params: SNAPSHOT }, refused: { params: { ...SNAPSHOT, resourceGroupName: "nowhere" } } }],
  ["Quotas_Delete", { before: finish, accepted: { params: QUOTA }, refused: { params: { ...QUOTA, resourceGroupName: "nowhere" } } }],
  ["FileSystems_Delete", { before: finish, accepted: { params: FILE_SYSTEM }, refused: { params: { ...FILE_SYSTEM, resourceGroupName: "nowhere" } } }],
  ["Clusters_Cancel", { accepted: { params: CLUSTER }, refused: { params: NOWHERE } }],
  ["Clusters_Delete", { accepted: { params: CLUSTER }, refused: { params: { ...CLUSTER, resourceGroupName: "nowhere" } } }],
  ["RoleDefinitions_CreateOrUpdate", { accepted: { params: { scope: SCOPE, roleDefinitionId: ROLE }, body: roleBody() }, refused: { params: { scope: SCOPE, roleDefinitionId: MISSING }, body: roleBody("Owner") } }],
  ["RoleAssignments_Create", { accepted: { params: { scope: SCOPE, roleAssignmentName: ASSIGNMENT }, body: { properties: { roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${ROLE}`, principalId: MISSING, principalType: "User" } } }, refused: { params: { scope: SCOPE, roleAssignmentName: MISSING }, body: { properties: { roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${MISSING}`, principalId: MISSING } } } }],
  ["RoleAssignments_Delete", { accepted: { params: { scope: SCOPE, roleAssignmentName: ASSIGNMENT } }, refused: { params: { scope: `${SCOPE}/not-a-scope`, roleAssignmentName: MISSING } } }],
  ["RoleDefinitions_Delete", { accepted: { params: { scope: SCOPE, roleDefinitionId: ROLE } }, refused: { params: { scope: SCOPE, roleDefinitionId: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635" } } }],
  ["DenyAssignments_CreateOrUpdate", { accepted: { params: { scope: SCOPE, denyAssignmentId: DENIAL }, body: denialBody("Nobody deletes") }, refused: { params: { scope: `${SCOPE}/not-a-scope`, denyAssignmentId: MISSING }, body: denialBody("x") } }],
  ["DenyAssignments_Delete", { accepted: { params: { scope: SCOPE, denyAssignmentId: DENIAL } }, refused: { params: { scope: `${SCOPE}/not-a-scope`, denyAssignmentId: MISSING } } }],
  ["ServicePrincipals_CreateOrUpdate", { accepted: { params: ROBOT, body: { properties: { displayName: "Robot" } } }, refused: { params: { servicePrincipalName: "Not A Name" }, body: { properties: {} } } }],
  ["ServicePrincipals_NewSecret", { accepted: { params: ROBOT, body: {} }, refused: { params: { servicePrincipalName: "nobody-here" }, body: {} } }],
  ["ServicePrincipals_Delete", { accepted: { params: ROBOT }, refused: { params: { servicePrincipalName: "nobody-here" } } }],
];

interface Written {
  readonly action: string;
  readonly principal: string;
  readonly correlationId: string;
  readonly resourceId: string;
}

async function rows(): Promise<readonly Written[]> {
  return world.testStore.store.audit.list({ limitMax: 10_000 });
}

async function written(work: () => Promise<unknown>): Promise<{ readonly isRefused: boolean; readonly status: number; readonly reason: string; readonly added: readonly Written[] }> {
  const before = (await rows()).length;
  const answer = await work().then(
    (result) => ({ isRefused: false, status: (result as { status: number }).status, reason: "" }), // every handler answers with one
    (reason: unknown) => ({ isRefused: true, status: 0, reason: String(reason) }),
  );
  return { ...answer, added: (await rows()).slice(before) };
}

const contextOf = (): RequestContext => ({
  principal: { id: OWNER, type: "Application", displayName: "ada", tenantId: TENANT },
  requestId: crypto.randomUUID(),
  correlationId: crypto.randomUUID(),
  apiVersion: "2026-12-01",
  condition: { kind: "none" },
  baseUrl: "https://127.0.0.1:8443",
});
const send = async (id: OperationId, { params, body }: Request): Promise<unknown> => {
  // Parameters and body of each are those of its own path and schema.
  const handler = world.handlers[id] as unknown as (request: unknown) => Promise<unknown>;
  return handler({ params, query: {}, body, context: contextOf() });
};
const permissionOf = (id: OperationId): string => routes.find(({ operationId }) => operationId === id)?.permission ?? "";

describe("what is audited", () => {
  it("is said for every operation of the contract that is not a GET", () => {
    const changing = routes.filter(({ method }) => method !== "GET" && method !== "HEAD").map(({ operationId }) => operationId);
    expect([...cases.map(([id]) => id), ...Object.keys(reads)].toSorted()).toEqual(changing.toSorted());
  });

  it.each(cases)("%s: one row when accepted, none when refused", async (id, { accepted, refused, before }) => {
    await before?.();
    const no = await written(() => send(id, refused));
    expect([no.isRefused || no.status === 204, no.added]).toEqual([true, []]);
    const yes = await written(() => send(id, accepted));
    expect(yes).toMatchObject({ reason: "", isRefused: false, added: [{ action: permissionOf(id), principal: OWNER }] });
    expect(yes.added).toHaveLength(1);
    expect(yes.added[0]?.correlationId).toMatch(/^[0-9a-f-]{36}$/);
    expect(yes.added[0]?.resourceId).toMatch(/^\//);
  });

  it.each(Object.entries(reads))("%s: changes nothing and leaves no row", async (id, request) => {
    const asked = await written(() => send(id as OperationId, request)); // the keys of the table above
    expect(asked).toMatchObject({ isRefused: false, status: 200, added: [] });
  });

  it("a write that changes nothing, and a delete of what is not there, leave no row", async () => {
    const group = (): Promise<unknown> => send("ResourceGroups_CreateOrUpdate", { params: { ...GROUP, resourceGroupName: "same" }, body: { location: "local" } });
    expect((await written(group)).added).toHaveLength(1);
    expect(await written(group)).toMatchObject({ isRefused: false, added: [] });
    expect(await written(() => send("Clusters_Delete", { params: NOWHERE }))).toMatchObject({ isRefused: false, status: 204, added: [] });
  });
});
