// A gateway on loopback before a recording engine, with one cluster, and rights that the test gives.
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import type { RequestPrincipal } from "@cynosure/arm-protocol";
import type { ClusterKey } from "@cynosure/model";
import { ControlPlaneError, clusterKey } from "@cynosure/model";
import type { NativeClientLimits } from "@cynosure/native-client";
import { createNativeClient } from "@cynosure/native-client";
import type { Catalogue } from "@cynosure/projection";
import type { StoredGatewayUser } from "@cynosure/resource-store";
import type { GatewayAuditEntry } from "../gateway.ts";
import { createNativeGateway } from "../gateway.ts";
import { putGatewayUser } from "../gateway-users.ts";
import { gatewayIdOf } from "../place.ts";
import { vastCatalogue } from "./vast-catalogue.ts";

const CLUSTER_ID = "/subscriptions/s/resourceGroups/g/providers/Cynosure.Storage/clusters/Sample";

export interface GatewayRigOptions {
  readonly origin: string;
  readonly basePath?: string;
  readonly catalogue?: Catalogue;
  readonly limits?: Partial<NativeClientLimits>;
  /** Of an engine that answers over TLS. */
  readonly caPem?: string | null;
  /** Of requests to the engine. */
  readonly headers?: (isRefused: boolean) => Promise<Record<string, string>>;
  /** For real clients, that speak TLS only; else plain. */
  readonly createServer?: (listener: http.RequestListener) => http.Server;
}

export interface GatewayRig {
  readonly port: number;
  readonly gatewayId: string;
  readonly clusterId: string;
  /** `{name, secret}` of a user of the gateway. */
  readonly user: { readonly name: string; readonly secret: string; readonly principalId: string };
  /** Permissions that everybody holds; `*` for all but data actions and what is internal. */
  readonly granted: Set<string>;
  readonly audited: GatewayAuditEntry[];
  readonly errors: unknown[];
  nowMs: number;
  /** Makes the user's secret anew; answers it. */
  renewSecret(): Promise<string>;
  close(): Promise<void>;
}

export async function openGatewayRig(options: GatewayRigOptions): Promise<GatewayRig> {
  const key: ClusterKey = clusterKey(CLUSTER_ID.toLowerCase());
  const client = createNativeClient({ endpoint: { origin: options.origin, basePath: options.basePath ?? "/api/latest", caPem: options.caPem ?? null, headers: options.headers ?? (() => Promise.resolve({ authorization: "Basic ENGINE-SECRET" })) }, limits: { retryPauseMs: 1, ...options.limits } });
  let kept: StoredGatewayUser | null = null;
  const users = {
    find: (cluster: ClusterKey, name: string) => Promise.resolve(cluster === key && name === kept?.name ? kept : null),
    put: (user: StoredGatewayUser) => Promise.resolve((kept = { ...user, principalId: kept?.principalId ?? user.principalId })),
    list: () => Promise.resolve([]),
    remove: () => Promise.resolve(false),
  };
  const newSecret = async () => putGatewayUser(users, { clusterKey: key, name: "Anna", nowMs: rig?.nowMs ?? START_MS, newId: () => "principal-anna" }, { kind: "transaction" });
  let rig: GatewayRig | null = null;
  const first = await newSecret();
  const granted = new Set<string>();
  const [audited, errors]: [GatewayAuditEntry[], unknown[]] = [[], []];
  const gateway = createNativeGateway({
    native: { open: () => Promise.resolve({ catalogue: options.catalogue ?? vastCatalogue, client }) },
    findCluster: (id) => Promise.resolve(id === gatewayIdOf("Sample", key) ? { key, id: CLUSTER_ID } : null),
    users,
    authenticate: async ({ headers }) => {
      await Promise.resolve();
      if (headers["authorization"] === "Bearer expired") throw new ControlPlaneError("ExpiredAuthenticationToken", "The access token has expired. Sign in again.");
      if (headers["authorization"] !== "Bearer ours") throw new ControlPlaneError("InvalidAuthenticationToken", "The access token is invalid.");
      return { principal: { id: "somebody", type: "User", displayName: "somebody", tenantId: "t" } satisfies RequestPrincipal };
    },
    authorize: ({ permission, scope }) => Promise.resolve({ allowed: scope === CLUSTER_ID && (granted.has(permission) || (granted.has("*") && !permission.includes("/engineInternals/"))) }),
    audit: async (entry) => void audited.push(await Promise.resolve(entry)),
    tokenKey: new Uint8Array(32).fill(7),
    tenantId: "t",
    nowMs: () => rig?.nowMs ?? START_MS,
    onError: (error) => errors.push(error),
  });
  const server = (options.createServer ?? ((listener) => http.createServer(listener)))((request, response) => {
    if (!gateway.take(request, response)) response.writeHead(418).end("not the gateway's");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // listens on TCP
  rig = {
    port,
    gatewayId: gatewayIdOf("Sample", key),
    clusterId: CLUSTER_ID,
    user: { name: first.user.name, secret: first.secret, principalId: first.user.principalId },
    granted,
    audited,
    errors,
    nowMs: START_MS,
    renewSecret: async () => (await newSecret()).secret,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await client.close();
    },
  };
  return rig;
}

const START_MS = 1_000_000;
