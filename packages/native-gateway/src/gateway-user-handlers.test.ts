import { ControlPlaneError, clusterKey } from "@cynosure/model";
import type { RequestContext } from "@cynosure/arm-protocol";
import type { StoredGatewayUser, StoredResource } from "@cynosure/resource-store";
import { expect, test } from "vitest";
import { gatewayUserHandlers, noGatewayUserHandlers } from "./gateway-user-handlers.ts";
import { isSecretOf } from "./gateway-users.ts";
import { gatewayIdOf } from "./place.ts";

const PARAMS = { subscriptionId: "00000000-0000-4000-8000-000000000001", resourceGroupName: "g", clusterName: "Meadow" };
const ID = `/subscriptions/${PARAMS.subscriptionId}/resourceGroups/g/providers/Cynosure.Storage/clusters/Meadow`;
const KEY = clusterKey(ID.toLowerCase());
const NOW_MS = Date.parse("2026-12-01T00:00:00Z");
const context: RequestContext = { principal: { id: "ada", type: "User", displayName: "Ada", tenantId: "t" }, requestId: "r", correlationId: "c", apiVersion: "2026-12-01", condition: { kind: "none" }, baseUrl: "https://127.0.0.1:8443" };
const asked = { params: PARAMS, query: {}, context };

function rig(): { handlers: ReturnType<typeof gatewayUserHandlers>; users: Map<string, StoredGatewayUser>; audited: string[] } {
  const users = new Map<string, StoredGatewayUser>();
  const audited: string[] = [];
  const handlers = gatewayUserHandlers({
    clock: { now: () => NOW_MS },
    store: {
      resources: { get: (key: string) => Promise.resolve(key === KEY ? ({ id: ID, name: "Meadow", key: KEY } as unknown as StoredResource) : null) } as never, // what the handlers read of a row
      gatewayUsers: {
        find: () => Promise.resolve(null),
        list: () => Promise.resolve([...users.values()]),
        put: (user) => (users.set(user.name, { ...user, principalId: users.get(user.name)?.principalId ?? user.principalId }), Promise.resolve(users.get(user.name) ?? null)),
        remove: (_cluster, name) => Promise.resolve(users.delete(name)),
      },
      appendAudit: (entry) => (audited.push(`${entry.action} ${entry.resourceId} ${entry.principal}`), Promise.resolve()),
      transaction: (work) => work({ kind: "transaction" }),
    },
  });
  return { handlers, users, audited };
}

test("a user is made with a secret that is shown this once and not to be kept, and is told where it is for", async () => {
  const { handlers, users } = rig();
  const made = await handlers.Clusters_CreateGatewayUser({ ...asked, body: { userName: "Ann" } });
  const gatewayId = gatewayIdOf("Meadow", KEY);
  expect(made.headers).toEqual({ "cache-control": "no-store" });
  expect(made.body).toMatchObject({ name: "ann", createdAt: "2026-12-01T00:00:00.000Z", secretExpiresAt: "2027-12-01T00:00:00.000Z", endpoints: { hostName: `${gatewayId}.gw.localhost:8443`, path: `https://127.0.0.1:8443/clusters/${gatewayId}/api` } });
  expect(isSecretOf(made.body.secret, users.get("ann") ?? null, NOW_MS)).toBe(true);
  const listed = await handlers.Clusters_ListGatewayUsers({ ...asked, body: undefined });
  expect(listed.body).toEqual({ value: [{ name: "ann", principalId: made.body.principalId, createdAt: made.body.createdAt, secretExpiresAt: made.body.secretExpiresAt }], endpoints: made.body.endpoints });
});

test("a name that is there gets a new secret and keeps its principal, and with it its roles", async () => {
  const { handlers, users } = rig();
  const first = await handlers.Clusters_CreateGatewayUser({ ...asked, body: { userName: "ann" } });
  const second = await handlers.Clusters_CreateGatewayUser({ ...asked, body: { userName: "ANN" } });
  expect(second.body.principalId).toBe(first.body.principalId);
  expect(isSecretOf(first.body.secret, users.get("ann") ?? null, NOW_MS)).toBe(false);
});

test("making and removing are recorded, listing is not; removing what is gone is 204 as well", async () => {
  const { handlers, users, audited } = rig();
  await handlers.Clusters_CreateGatewayUser({ ...asked, body: { userName: "ann" } });
  await handlers.Clusters_ListGatewayUsers({ ...asked, body: undefined });
  for (const userName of ["Ann", "ann"]) expect(await handlers.Clusters_RemoveGatewayUser({ ...asked, body: { userName } })).toEqual({ status: 204 });
  expect(users.size).toBe(0);
  expect(audited).toEqual(["createGatewayUser", "removeGatewayUser", "removeGatewayUser"].map((action) => `Cynosure.Storage/clusters/${action}/action ${ID} ada`));
});

test("a cluster that is not there has no users, and where no gateway is served nobody has", async () => {
  const missing = { ...asked, params: { ...PARAMS, clusterName: "nowhere" } };
  await expect(rig().handlers.Clusters_CreateGatewayUser({ ...missing, body: { userName: "ann" } })).rejects.toMatchObject({ code: "ResourceNotFound" });
  for (const refused of Object.values(noGatewayUserHandlers("there is none here."))) await expect((refused as () => Promise<never>)()).rejects.toBeInstanceOf(ControlPlaneError); // they look at nothing
});
