// Roles as clients meet them (arm-rpc §15): over a real listener and a real store.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtInRoles } from "./built-in-roles.ts";
import { EVERYONE } from "./decide-access.ts";
import { CLUSTER, GROUP, OWNER, SUBSCRIPTION, serveAccess } from "./testkit/served-access.ts";
import type { Reply, ServedAccess } from "./testkit/served-access.ts";

let served: ServedAccess;
beforeAll(async () => {
  served = await serveAccess();
});
afterAll(() => served.close());

const roleNamed = (name: string): string => `/providers/Microsoft.Authorization/roleDefinitions/${builtInRoles.find((role) => role.roleName === name)?.roleId ?? ""}`;
const under = (scope: string, type: string, name = ""): string => `${scope === "/" ? "" : scope}/providers/Microsoft.Authorization/${type}${name === "" ? "" : `/${name}`}`;
const newPrincipal = (): string => randomUUID();
const put = (scope: string, properties: Record<string, unknown>, name: string = randomUUID(), by: string = OWNER): Promise<Reply> => served.send(by, "PUT", under(scope, "roleAssignments", name), { properties });
const give = async (role: string, principalId: string, scope: string): Promise<string> => {
  const { status, body } = await put(scope, { roleDefinitionId: roleNamed(role), principalId });
  expect(status, JSON.stringify(body)).toBe(201);
  return String(body.id);
};
const mayRead = async (who: Parameters<ServedAccess["send"]>[0], path: string, by: ServedAccess = served): Promise<boolean> => {
  const { status } = await by.send(who, "GET", path);
  expect([200, 403]).toContain(status);
  return status === 200;
};
const customRole = (change: Record<string, unknown> = {}): Record<string, unknown> => ({ roleName: `role ${randomUUID()}`, permissions: [{ actions: ["Cynosure.Storage/clusters/read"] }], assignableScopes: [GROUP], ...change });
const putRole = (properties: Record<string, unknown>, name: string = randomUUID(), by: string = OWNER, scope = SUBSCRIPTION): Promise<Reply> => served.send(by, "PUT", under(scope, "roleDefinitions", name), { properties });

describe("§15 who may do what", () => {
  it("refuses a stranger with 403, naming principal, action and scope", async () => {
    const stranger = newPrincipal();
    const { status, body } = await served.send(stranger, "GET", CLUSTER);
    expect(status).toBe(403);
    expect(body.error?.code).toBe("AuthorizationFailed");
    for (const named of [stranger, "Cynosure.Storage/clusters/read", CLUSTER]) expect(body.error?.message).toContain(named);
  });

  it("lets in with the next request whoever was given a role, and out again with the next after it was taken", async () => {
    const ada = newPrincipal();
    const id = await give("Reader", ada, GROUP);
    expect(await mayRead(ada, CLUSTER)).toBe(true);
    expect((await served.send(OWNER, "DELETE", id)).status).toBe(200);
    expect(await mayRead(ada, CLUSTER)).toBe(false);
    expect((await served.send(OWNER, "DELETE", id)).status).toBe(204);
  });

  it("covers from tenant to child, in any casing, and never the neighbour whose name begins the same", async () => {
    for (const scope of ["/", SUBSCRIPTION, GROUP, GROUP.toUpperCase().replace("SUBSCRIPTIONS", "subscriptions"), CLUSTER]) {
      const ada = newPrincipal();
      const id = await give("Reader", ada, scope);
      expect(await mayRead(ada, CLUSTER), scope).toBe(true);
      expect(await mayRead(ada, `${CLUSTER}b`), scope).toBe(scope !== CLUSTER);
      await served.send(OWNER, "DELETE", id);
    }
  });

  it("refuses a list of the subscription to who has rights in one group only: nothing is left out silently", async () => {
    const ada = newPrincipal();
    await give("Owner", ada, GROUP);
    const { status, body } = await served.send(ada, "GET", `${SUBSCRIPTION}/providers/Cynosure.Storage/clusters`);
    expect(status).toBe(403);
    expect(body.error?.message).toContain(`over scope '${SUBSCRIPTION}'`);
  });

  it("lets whoever has a role in one group follow his operations, and nobody without any", async () => {
    const [ada, stranger] = [newPrincipal(), newPrincipal()];
    await give("Contributor", ada, GROUP);
    const poll = `${SUBSCRIPTION}/providers/Cynosure.Storage/locations/local/operationStatuses/x`;
    expect(await mayRead(ada, poll)).toBe(true);
    expect(await mayRead(stranger, poll)).toBe(false);
  });

  it.each([
    ["Owner", true],
    ["Contributor", true],
    ["Reader", false],
    ["User Access Administrator", false],
    ["Storage Cluster Operator", false],
    ["File System Contributor", false],
    ["Acceptance Reader", false],
  ])("%s holds the data actions of credentials and gateway users: %s", async (role, isHeld) => {
    const ada = newPrincipal();
    await give(role, ada, GROUP);
    for (const action of ["listCredentials", "createGatewayUser", "listGatewayUsers", "removeGatewayUser"]) expect((await served.send(ada, "POST", `${CLUSTER}/${action}`)).status).toBe(isHeld ? (action === "removeGatewayUser" ? 204 : 200) : 403);
    expect(await mayRead(ada, CLUSTER)).toBe(true);
  });

  it("counts the roles of the groups in the caller's token", async () => {
    const team = randomUUID();
    await give("Reader", team, CLUSTER);
    expect(await mayRead({ id: newPrincipal(), groups: [team] }, CLUSTER)).toBe(true);
    expect(await mayRead({ id: newPrincipal(), groups: [randomUUID()] }, CLUSTER)).toBe(false);
  });

  it("takes the installation's own principal from its own tenant only", async () => {
    expect(await mayRead(OWNER, CLUSTER)).toBe(true);
    expect(await mayRead({ id: OWNER, tenantId: randomUUID() }, CLUSTER)).toBe(false);
    expect(await mayRead({ id: newPrincipal(), groups: [OWNER] }, CLUSTER), "an issuer may name a group as it likes").toBe(false);
  });

  it("brings a change into force in another process without a request there", async () => {
    const peer = await served.openPeer();
    const ada = newPrincipal();
    expect(await mayRead(ada, CLUSTER, peer)).toBe(false);
    await give("Reader", ada, CLUSTER);
    await expect.poll(() => mayRead(ada, CLUSTER, peer), { timeout: 30_000 }).toBe(true);
    await peer.close();
  });
});

describe("§15 deny assignments", () => {
  const deny = (scope: string, properties: Record<string, unknown>, name: string = randomUUID()): Promise<Reply> => served.send(OWNER, "PUT", under(scope, "denyAssignments", name), { properties: { denyAssignmentName: "no", permissions: [{ actions: ["*/read"] }], ...properties } });

  it("come before roles, for all but those left out, and can be listed, shown and removed", async () => {
    const [ada, bob] = [newPrincipal(), newPrincipal()];
    for (const each of [ada, bob]) await give("Owner", each, CLUSTER);
    const { status, body } = await deny(CLUSTER, { principals: [{ id: EVERYONE }], excludePrincipals: [{ id: bob }] });
    expect(status).toBe(201);
    expect(body.properties).toMatchObject({ scope: CLUSTER, isSystemProtected: false, doNotApplyToChildScopes: false });
    expect(await mayRead(ada, CLUSTER)).toBe(false);
    expect(await mayRead(bob, CLUSTER)).toBe(true);
    const listed = await served.send(OWNER, "GET", `${under(CLUSTER, "denyAssignments")}?$filter=denyAssignmentName eq 'no' and assignedTo('${ada}')`.replaceAll(" ", "%20"));
    expect(listed.body.value?.map(({ id }) => id)).toEqual([body.id]);
    expect((await served.send(OWNER, "GET", String(body.id))).status).toBe(200);
    expect((await served.send(OWNER, "DELETE", String(body.id))).status).toBe(200);
    expect(await mayRead(ada, CLUSTER)).toBe(true);
    expect((await served.send(OWNER, "GET", String(body.id))).body.error?.code).toBe("DenyAssignmentNotFound");
  });

  it("hold for the installation's own principal too, who can always take them away", async () => {
    const { body } = await deny("/", { permissions: [{ actions: ["*"] }], principals: [{ id: EVERYONE }] });
    expect(await mayRead(OWNER, CLUSTER)).toBe(false);
    expect((await served.send(OWNER, "DELETE", String(body.id))).status).toBe(200);
    expect(await mayRead(OWNER, CLUSTER)).toBe(true);
  });
});

describe("§15 role assignments", () => {
  const refusalOf = async (reply: Promise<Reply>): Promise<string> => {
    const { status, body } = await reply;
    return `${status} ${body.error?.code ?? "none"} ${body.error?.target ?? ""}`;
  };

  it("show who gave them where, keep the casing of the scope, and are the same when put again", async () => {
    const [name, ada] = [randomUUID(), newPrincipal()];
    const wish = { roleDefinitionId: roleNamed("Reader"), principalId: ada, principalType: "ServicePrincipal", description: "for the audit" };
    const first = await put(GROUP, wish, name);
    expect(first).toMatchObject({ status: 201, body: { id: under(GROUP, "roleAssignments", name), name, type: "Microsoft.Authorization/roleAssignments", properties: { ...wish, scope: GROUP, createdBy: OWNER, updatedBy: OWNER } } });
    expect(await put(GROUP.toLowerCase(), wish, name)).toMatchObject({ status: 200, body: { id: first.body.id } });
    expect(await put(GROUP, { ...first.body.properties }, name), "P3: what is read may be put").toMatchObject({ status: 200 });
  });

  it("are refused for a role that does not exist, that is not for the scope, and for a scope the body says otherwise", async () => {
    const principalId = newPrincipal();
    const { body: role } = await putRole(customRole({ assignableScopes: [CLUSTER] }));
    const wish = { principalId, roleDefinitionId: roleNamed("Reader") };
    expect(await refusalOf(put(GROUP, { ...wish, roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${randomUUID()}` }))).toBe("400 RoleDefinitionDoesNotExist properties.roleDefinitionId");
    expect(await refusalOf(put(GROUP, { ...wish, roleDefinitionId: "Reader" }))).toBe("400 RoleDefinitionDoesNotExist properties.roleDefinitionId");
    expect(await refusalOf(put(GROUP, { ...wish, roleDefinitionId: role.id }))).toBe("400 RoleAssignmentScopeNotAssignableToRoleDefinition properties.roleDefinitionId");
    expect(await refusalOf(put(GROUP, { ...wish, scope: CLUSTER }))).toBe("400 InvalidRequestContent properties.scope");
    expect(await refusalOf(put(GROUP, wish, "no-guid"))).toBe("400 InvalidResourceName name");
    expect(await refusalOf(put(`${SUBSCRIPTION}/resourceGroups/nowhere`, wish))).toMatch(/^404 ResourceGroupNotFound/);
    expect(await refusalOf(put(`${GROUP}/providers/Cynosure.Storage/clusters/none`, wish))).toMatch(/^404 ResourceNotFound/);
    expect((await put(CLUSTER, { ...wish, roleDefinitionId: role.id })).status).toBe(201);
  });

  it("are not made twice under two names, nor turned into others; only their description changes", async () => {
    const [name, principalId] = [randomUUID(), newPrincipal()];
    const wish = { principalId, roleDefinitionId: roleNamed("Reader"), description: "one" };
    await put(GROUP, wish, name);
    expect(await refusalOf(put(GROUP, { ...wish, principalId: principalId.toUpperCase() }))).toMatch(/^409 RoleAssignmentExists .*roleAssignments/i);
    expect(await refusalOf(put(GROUP, { ...wish, roleDefinitionId: roleNamed("Owner") }, name))).toBe("409 RoleAssignmentUpdateNotPermitted properties");
    expect(await refusalOf(put(GROUP, { ...wish, principalId: newPrincipal() }, name))).toBe("409 RoleAssignmentUpdateNotPermitted properties");
    expect(await put(GROUP, { ...wish, description: "two" }, name)).toMatchObject({ status: 200, body: { properties: { description: "two" } } });
    expect(await refusalOf(served.send(OWNER, "PUT", under(GROUP, "roleAssignments", name), { properties: wish }, { "if-none-match": "*" }))).toMatch(/^412 PreconditionFailed/);
  });

  it("of many same ones made at once exactly one is made", async () => {
    const wish = { principalId: newPrincipal(), roleDefinitionId: roleNamed("Reader") };
    const replies = await Promise.all(Array.from({ length: 8 }, () => put(GROUP, wish)));
    expect(replies.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409, 409, 409, 409]);
  });

  it("are given by nobody without the right to give them at that very scope", async () => {
    const [contributor, administrator, other] = [newPrincipal(), newPrincipal(), newPrincipal()];
    await give("Contributor", contributor, GROUP);
    await give("User Access Administrator", administrator, CLUSTER);
    const wish = { principalId: other, roleDefinitionId: roleNamed("Reader") };
    expect(await refusalOf(put(GROUP, wish, randomUUID(), contributor))).toMatch(/^403 AuthorizationFailed/);
    expect(await refusalOf(put(GROUP, wish, randomUUID(), administrator))).toMatch(/^403 AuthorizationFailed/);
    expect((await put(CLUSTER, wish, randomUUID(), administrator)).status).toBe(201);
  });

  it("are listed at a scope with those above and below it, those at and above with atScope(), page by page", async () => {
    const ada = newPrincipal();
    const scopes = ["/", SUBSCRIPTION, GROUP, CLUSTER, `${CLUSTER}/fileSystems/Home`];
    const ids = await Promise.all(scopes.map((scope) => give("Reader", ada, scope)));
    const list = async (scope: string, filter: string): Promise<readonly string[]> => {
      const found: string[] = [];
      let next: string | undefined = `${under(scope, "roleAssignments")}?$top=2&$filter=${encodeURIComponent(filter)}`;
      while (next !== undefined) {
        const { status, body }: Reply = await served.send(OWNER, "GET", next);
        expect(status, JSON.stringify(body)).toBe(200);
        found.push(...(body.value ?? []).map(({ id }) => id));
        next = body.nextLink;
      }
      return found.toSorted();
    };
    const [atTenant = "", atSubscription = "", atGroup = "", atCluster = "", atChild = ""] = ids;
    expect(await list(GROUP, `principalId eq '${ada}'`)).toEqual([...ids].toSorted());
    expect(await list(GROUP, `atScope() and assignedTo('${ada}')`)).toEqual([atTenant, atSubscription, atGroup].toSorted());
    expect(await list(`${CLUSTER}b`, `principalId eq '${ada}'`)).toEqual([atTenant, atSubscription, atGroup].toSorted());
    expect(await list(`${CLUSTER}/fileSystems/Home`, `principalId eq '${ada}'`)).toEqual([atTenant, atSubscription, atGroup, atCluster, atChild].toSorted());
  });

  it("refuse a filter they do not understand by name, and a body that names another", async () => {
    const refused = await served.send(OWNER, "GET", `${under(GROUP, "roleAssignments")}?$filter=${encodeURIComponent("createdOn gt '2020'")}`);
    expect(refused).toMatchObject({ status: 400, body: { error: { code: "InvalidParameter", target: "$filter" } } });
    expect(refused.body.error?.message).toContain("createdOn gt '2020'");
    const reply = served.send(OWNER, "PUT", under(GROUP, "roleAssignments", randomUUID()), { name: randomUUID(), properties: { principalId: newPrincipal(), roleDefinitionId: roleNamed("Reader") } });
    expect(await refusalOf(reply)).toBe("400 MismatchingResourceSegments name");
  });

  it.each(["2022-04-01", "2020-04-01-preview", "2015-07-01"])("are served to tools that send api-version %s", async (version) => {
    const path = under(GROUP, "roleAssignments", randomUUID());
    const made = await served.send(OWNER, "PUT", `${path}?api-version=${version}`, { properties: { principalId: newPrincipal(), roleDefinitionId: roleNamed("Reader") } });
    expect(made.status).toBe(201);
    expect((await served.send(OWNER, "GET", `${path}?api-version=${version}`)).body).toEqual(made.body);
  });

  it("leave an audit row with each change, in the same transaction", async () => {
    const id = await give("Reader", newPrincipal(), GROUP);
    await served.send(OWNER, "DELETE", id);
    const { rows } = await served.testStore.pool.query<{ action: string; principal: string }>("select action, principal from cynosure.audit where resource_id = $1 order by seq", [id]);
    expect(rows).toEqual(["write", "delete"].map((verb) => ({ action: `Microsoft.Authorization/roleAssignments/${verb}`, principal: OWNER })));
  });
});

describe("§15 role definitions", () => {
  const codeOf = async (reply: Promise<Reply>): Promise<string> => {
    const { status, body } = await reply;
    return `${status} ${body.error?.code ?? "none"}`;
  };

  it("built in are listed with the GUIDs of the public cloud, under the subscription they are asked for in, and cannot be changed", async () => {
    const { body } = await served.send(OWNER, "GET", `${under(GROUP, "roleDefinitions")}?$filter=${encodeURIComponent("roleName eq 'Owner' and type eq 'BuiltInRole'")}`);
    const id = under(SUBSCRIPTION, "roleDefinitions", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635");
    expect(body.value).toMatchObject([{ id, properties: { roleName: "Owner", type: "BuiltInRole", assignableScopes: ["/"] } }]);
    expect((await served.send(OWNER, "GET", id)).status).toBe(200);
    expect(await codeOf(putRole(customRole(), "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"))).toBe("409 OperationNotAllowed");
    expect(await codeOf(served.send(OWNER, "DELETE", id))).toBe("409 OperationNotAllowed");
  });

  it("made by users give what they say, change at once, and go only when nobody holds them", async () => {
    const [name, ada] = [randomUUID(), newPrincipal()];
    const wish = customRole();
    expect(await putRole(wish, name)).toMatchObject({ status: 201, body: { name, properties: { ...wish, type: "CustomRole" } } });
    const { body } = await put(GROUP, { roleDefinitionId: under("/", "roleDefinitions", name), principalId: ada });
    expect(await mayRead(ada, CLUSTER)).toBe(true);
    expect((await putRole({ ...wish, permissions: [{ actions: ["Cynosure.Storage/*"], notActions: ["*/read"] }] }, name)).status).toBe(200);
    expect(await mayRead(ada, CLUSTER)).toBe(false);
    expect(await codeOf(putRole({ ...wish, assignableScopes: [CLUSTER] }, name))).toBe("409 RoleDefinitionHasAssignments");
    expect(await codeOf(served.send(OWNER, "DELETE", under(SUBSCRIPTION, "roleDefinitions", name)))).toBe("409 RoleDefinitionHasAssignments");
    await served.send(OWNER, "DELETE", String(body.id));
    expect((await served.send(OWNER, "DELETE", under(SUBSCRIPTION, "roleDefinitions", name))).status).toBe(200);
    expect((await served.send(OWNER, "DELETE", under(SUBSCRIPTION, "roleDefinitions", name))).status).toBe(204);
    expect(await codeOf(served.send(OWNER, "GET", under(SUBSCRIPTION, "roleDefinitions", name)))).toBe("404 RoleDefinitionNotFound");
  });

  it("have a name of their own, scopes that are scopes, and actions that are actions", async () => {
    const wish = customRole();
    await putRole(wish);
    expect(await codeOf(putRole(customRole({ roleName: String(wish["roleName"]).toUpperCase() })))).toBe("409 RoleDefinitionWithSameNameExists");
    expect(await codeOf(putRole(customRole({ roleName: "reader" })))).toBe("409 RoleDefinitionWithSameNameExists");
    expect(await putRole(customRole({ assignableScopes: ["/nowhere"] }))).toMatchObject({ status: 400, body: { error: { target: "properties.assignableScopes[0]" } } });
    expect(await putRole(customRole({ permissions: [{ actions: ["*"], notActions: ["a b"] }] }))).toMatchObject({ status: 400, body: { error: { target: "properties.permissions[0].notActions[0]" } } });
    expect(await codeOf(putRole(customRole({ type: "BuiltInRole" })))).toBe("400 InvalidRequestContent");
  });

  it("are written by nobody who could not write them at every scope they reach", async () => {
    const [ada, name] = [newPrincipal(), randomUUID()];
    await give("Owner", ada, CLUSTER);
    expect(await codeOf(putRole(customRole({ assignableScopes: [CLUSTER, GROUP] }), name, ada, CLUSTER))).toBe("403 LinkedAuthorizationFailed");
    await putRole(customRole({ assignableScopes: [CLUSTER, GROUP] }), name);
    expect(await codeOf(putRole(customRole({ assignableScopes: [CLUSTER], permissions: [{ actions: ["*"] }] }), name, ada, CLUSTER))).toBe("403 LinkedAuthorizationFailed");
    expect(await codeOf(served.send(ada, "DELETE", under(CLUSTER, "roleDefinitions", name)))).toBe("403 LinkedAuthorizationFailed");
    expect((await putRole(customRole({ assignableScopes: [CLUSTER] }), randomUUID(), ada, CLUSTER)).status).toBe(201);
  });
});

describe("§15 permissions", () => {
  it("anybody may ask what he may do at a scope", async () => {
    const ada = newPrincipal();
    expect((await served.send(ada, "GET", under(CLUSTER, "permissions"))).body).toEqual({ value: [] });
    await give("Reader", ada, GROUP);
    expect((await served.send(ada, "GET", under(CLUSTER, "permissions"))).body.value).toMatchObject([{ actions: ["*/read", "Cynosure.Storage/clusters/readMetrics/action", "Cynosure.Storage/clusters/getParity/action"], notActions: [], dataActions: [] }]);
  });
});
