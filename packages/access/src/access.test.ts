// What the room lends to handlers of other rooms: linked rights, and the list of subscriptions.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RequestContext } from "@cynosure/arm-protocol";
import type { OurHandlers } from "@cynosure/arm-store";
import { builtInRoles } from "./built-in-roles.ts";
import { GROUP, OWNER, SUBSCRIPTION, TENANT, serveAccess } from "./testkit/served-access.ts";
import type { ServedAccess } from "./testkit/served-access.ts";

const IDENTITY = `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/u1`;
const ADA = "ada0da00-0000-4000-8000-000000000001";

let served: ServedAccess;
beforeAll(async () => {
  served = await serveAccess();
});
afterAll(() => served.close());

const contextOf = (id: string): RequestContext => ({ principal: { id, type: "Application", displayName: id, tenantId: TENANT }, requestId: "r", correlationId: "c", apiVersion: "2026-12-01", condition: { kind: "none" }, baseUrl: "https://x" });
const give = async (roleName: string, scope: string): Promise<void> => {
  const roleId = builtInRoles.find((role) => role.roleName === roleName)?.roleId ?? "";
  const { status } = await served.send(OWNER, "PUT", `${scope}/providers/Microsoft.Authorization/roleAssignments/${crypto.randomUUID()}`, { properties: { roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${roleId}`, principalId: ADA } });
  expect(status).toBe(201);
};

describe("handlers of other rooms", () => {
  it("§15: a cluster is given an identity only by who may hand out that identity", async () => {
    const seen: unknown[] = [];
    const write = (request: { body: unknown }): Promise<never> => {
      seen.push(request.body);
      return Promise.reject(new Error("reached"));
    };
    const wrapped = served.access.withLinked({ Clusters_CreateOrUpdate: write, Clusters_Update: write });
    const params = { subscriptionId: SUBSCRIPTION.slice(15), resourceGroupName: "Quickstart", clusterName: "a" };
    const body = { identity: { type: "UserAssigned", userAssignedIdentities: { [IDENTITY]: {} } } } as unknown as Parameters<OurHandlers["Clusters_Update"]>[0]["body"]; // only what is looked at
    const patch = (): Promise<unknown> => wrapped.Clusters_Update({ params, query: {}, body, context: contextOf(ADA) });
    await expect(patch()).rejects.toMatchObject({ code: "LinkedAuthorizationFailed", target: "identity.userAssignedIdentities" });
    expect(seen).toEqual([]);
    await give("Contributor", GROUP);
    await expect(patch()).rejects.toThrow("reached");
    expect(seen).toEqual([body]);
  });

  it("§15: GET /subscriptions shows those in or above which the caller has a role", async () => {
    const id = SUBSCRIPTION;
    const list = served.access.onlyVisible(() => Promise.resolve({ status: 200, body: { value: [{ id }, { id: "/subscriptions/11111111-1111-4111-8111-111111111111" }] as never } }));
    const shownTo = async (who: string): Promise<unknown> => (await list({ params: {}, query: {}, body: undefined, context: contextOf(who) })).body.value.length;
    expect(await shownTo("nobody")).toBe(0);
    expect(await shownTo(ADA)).toBe(1);
    expect(await shownTo(OWNER)).toBe(2);
  });

  it("§15: the installation's own principal may bring faults upon hosts; an owner by role may not until he has that role too", async () => {
    const may = async (id: string): Promise<boolean> => (await served.access.authorize({ principal: contextOf(id).principal, permission: "Cynosure.Storage/clusters/hosts/kill/action", isDataAction: true, scope: GROUP })).allowed;
    expect(await may(OWNER)).toBe(true);
    await give("Owner", GROUP);
    expect(await may(ADA)).toBe(false);
    await give("Local Host Fault Operator", GROUP);
    expect(await may(ADA)).toBe(true);
  });
});
