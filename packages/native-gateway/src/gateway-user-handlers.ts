// How gateway users are made, listed and removed: three actions on the cluster. Whoever may make one may read credentials
// anyway; the user made has no right until a role is assigned to its principal.
import { randomUUID } from "node:crypto";
import type { RequestContext } from "@cynosure/arm-protocol";
import { NAMESPACE, auditRow, clusterId, keyOf, notFound } from "@cynosure/arm-store";
import type { OurHandlers } from "@cynosure/arm-store";
import { ControlPlaneError, clusterKey } from "@cynosure/model";
import type { Clock } from "@cynosure/model";
import type { Store, StoredGatewayUser, StoredResource, Transaction } from "@cynosure/resource-store";
import { putGatewayUser } from "./gateway-users.ts";
import { GATEWAY_DOMAIN, gatewayIdOf } from "./place.ts";

export interface GatewayUserHandlersOptions {
  readonly store: Pick<Store, "resources" | "gatewayUsers" | "appendAudit" | "transaction">;
  readonly clock: Pick<Clock, "now">;
  readonly domain?: string;
}

export type GatewayUserHandlers = Pick<OurHandlers, "Clusters_CreateGatewayUser" | "Clusters_ListGatewayUsers" | "Clusters_RemoveGatewayUser">;

const shown = (user: StoredGatewayUser) => ({ name: user.name, principalId: user.principalId, createdAt: new Date(user.createdAtMs).toISOString(), secretExpiresAt: new Date(user.expiresAtMs).toISOString() });

export function gatewayUserHandlers({ store, clock, domain = GATEWAY_DOMAIN }: GatewayUserHandlersOptions): GatewayUserHandlers {
  const endpointsOf = (row: StoredResource, baseUrl: string): { readonly hostName: string; readonly path: string } => {
    const gatewayId = gatewayIdOf(row.name, row.key);
    const { port } = new URL(baseUrl);
    return { hostName: `${gatewayId}.${domain}${port === "" ? "" : `:${port}`}`, path: `${baseUrl}/clusters/${gatewayId}/api` };
  };
  const readCluster = async (params: Parameters<typeof clusterId>[0]): Promise<StoredResource> => {
    const id = clusterId(params);
    const row = await store.resources.get(keyOf(id));
    if (row === null) throw notFound(id);
    return row;
  };
  /** With its record, or not at all. */
  const audited = <T>(context: RequestContext, row: StoredResource, name: string, work: (tx: Transaction) => Promise<T>): Promise<T> =>
    store.transaction(async (tx) => {
      await store.appendAudit(auditRow({ context, atMs: clock.now(), action: `${NAMESPACE}/clusters/${name}/action`, resourceId: row.id, before: null, after: null }), tx);
      return work(tx);
    });
  return {
    Clusters_CreateGatewayUser: async ({ params, body, context }) => {
      const row = await readCluster(params);
      const { user, secret } = await audited(context, row, "createGatewayUser", (tx) => putGatewayUser(store.gatewayUsers, { clusterKey: clusterKey(row.key), name: body.userName, nowMs: clock.now(), newId: randomUUID }, tx));
      return { status: 200, headers: { "cache-control": "no-store" }, body: { ...shown(user), secret, endpoints: endpointsOf(row, context.baseUrl) } };
    },
    Clusters_ListGatewayUsers: async ({ params, context }) => {
      const row = await readCluster(params);
      return { status: 200, body: { value: (await store.gatewayUsers.list(clusterKey(row.key))).map(shown), endpoints: endpointsOf(row, context.baseUrl) } };
    },
    Clusters_RemoveGatewayUser: async ({ params, body, context }) => {
      const row = await readCluster(params);
      await audited(context, row, "removeGatewayUser", (tx) => store.gatewayUsers.remove(clusterKey(row.key), body.userName.toLowerCase(), tx));
      return { status: 204 };
    },
  };
}

/** Where no gateway is served: a secret would open nothing. */
export function noGatewayUserHandlers(why: string): GatewayUserHandlers {
  const refuse = (): Promise<never> => Promise.reject(new ControlPlaneError("OperationNotAllowed", `The cluster has no gateway before its engine's own API, and so no users of one: ${why}`));
  return { Clusters_CreateGatewayUser: refuse, Clusters_ListGatewayUsers: refuse, Clusters_RemoveGatewayUser: refuse };
}
