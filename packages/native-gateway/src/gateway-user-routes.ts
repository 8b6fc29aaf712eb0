// How gateway users are made, listed and removed: three actions on the cluster. Whoever may make one may read credentials
// anyway; the user made has no right until a role is assigned to its principal.
import { randomUUID } from "node:crypto";
import { routes } from "@cynosure/contract";
import { NAMESPACE, clusterId, keyOf, notFound } from "@cynosure/arm-store";
import type { RouteAnswer, RouteRequest, ServedRoute } from "@cynosure/http-server";
import { ControlPlaneError, clusterKey } from "@cynosure/model";
import type { Store, StoredGatewayUser, StoredResource, Transaction } from "@cynosure/resource-store";
import { putGatewayUser } from "./gateway-users.ts";
import { GATEWAY_DOMAIN, gatewayIdOf } from "./place.ts";

export interface GatewayUserRoutesOptions {
  readonly store: Pick<Store, "resources" | "gatewayUsers" | "appendAudit" | "transaction">;
  readonly locations: readonly string[];
  readonly domain?: string;
  nowMs(): number;
}

const PERMISSION = `${NAMESPACE}/clusters/listCredentials/action`;
const PATH = `/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/${NAMESPACE}/clusters/{clusterName}`;

const shown = (user: StoredGatewayUser) => ({ name: user.name, principalId: user.principalId, createdAt: new Date(user.createdAtMs).toISOString(), secretExpiresAt: new Date(user.expiresAtMs).toISOString() });

export function gatewayUserRoutes(options: GatewayUserRoutesOptions): readonly ServedRoute[] {
  const { store, nowMs } = options;
  const domain = options.domain ?? GATEWAY_DOMAIN;
  const endpointsOf = (row: StoredResource, baseUrl: string): { readonly hostName: string; readonly path: string } => {
    const gatewayId = gatewayIdOf(row.name, row.key);
    const { port } = new URL(baseUrl);
    return { hostName: `${gatewayId}.${domain}${port === "" ? "" : `:${port}`}`, path: `${baseUrl}/clusters/${gatewayId}/api` };
  };
  const audited = (request: RouteRequest, row: StoredResource, action: string, tx: Transaction): Promise<void> =>
    store.appendAudit({ atMs: nowMs(), principal: request.principal?.id ?? "", correlationId: request.correlation.correlationId, action: `${NAMESPACE}/clusters/${action}/action`, resourceId: row.id, beforeSha256: null, afterSha256: null }, tx);
  const action = (name: string, takes: "json" | "nothing", work: (request: RouteRequest, row: StoredResource) => Promise<RouteAnswer>): ServedRoute => ({
    method: "POST",
    path: `${PATH}/${name}`,
    access: "bearer",
    takes,
    apiVersion: { providerType: { namespace: NAMESPACE, type: "clusters", locations: options.locations }, supported: [...new Set(routes.filter((route) => route.namespace === NAMESPACE).flatMap((route) => route.apiVersions))] },
    permission: PERMISSION,
    answer: async (request) => {
      const { subscriptionId = "", resourceGroupName = "", clusterName = "" } = request.params;
      const id = clusterId({ subscriptionId, resourceGroupName, clusterName });
      const row = await store.resources.get(keyOf(id));
      if (row === null) throw notFound(id);
      return work(request, row);
    },
  });
  return [
    action("createGatewayUser", "json", async (request, row) => {
      const made = await store.transaction(async (tx) => {
        await audited(request, row, "createGatewayUser", tx);
        return putGatewayUser(store.gatewayUsers, { clusterKey: clusterKey(row.key), name: nameOf(request.body), nowMs: nowMs(), newId: randomUUID }, tx);
      });
      return { status: 200, headers: { "cache-control": "no-store" }, body: { ...shown(made.user), secret: made.secret, endpoints: endpointsOf(row, request.baseUrl) } };
    }),
    action("listGatewayUsers", "nothing", async (request, row) => ({ status: 200, body: { value: (await store.gatewayUsers.list(clusterKey(row.key))).map(shown), endpoints: endpointsOf(row, request.baseUrl) } })),
    action("removeGatewayUser", "json", async (request, row) => {
      const removed = await store.transaction(async (tx) => {
        await audited(request, row, "removeGatewayUser", tx);
        return store.gatewayUsers.remove(clusterKey(row.key), nameOf(request.body).toLowerCase(), tx);
      });
      return { status: removed ? 200 : 204 };
    }),
  ];
}

function nameOf(body: unknown): string {
  const name = typeof body === "object" && body !== null && "name" in body ? body.name : undefined;
  if (typeof name !== "string") throw new ControlPlaneError("InvalidRequestContent", "The property 'name' is missing. Send { \"name\": \"…\" }.", { target: "name" });
  return name;
}
