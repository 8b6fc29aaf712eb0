// The native gateway: an engine's own API, per cluster, with our sign-in, roles and audit. Takes its requests off the listener
// before anything else reads them. In this order: place, path, caller, cluster, right, audit, engine.
import { createHash, randomUUID } from "node:crypto";
import { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { RequestPrincipal } from "@cynosure/arm-protocol";
import { isDataAction } from "@cynosure/contract";
import type { Authenticate, Authorize } from "@cynosure/http-server";
import type { ClusterKey } from "@cynosure/model";
import { ControlPlaneError } from "@cynosure/model";
import type { StreamingNativeClient } from "@cynosure/native-client";
import type { Catalogue } from "@cynosure/projection";
import type { GatewayUserStore } from "@cynosure/resource-store";
import { createCallers } from "./caller.ts";
import { checkHeaders, forward, requestBody } from "./forward.ts";
import { createGatewayTokens } from "./gateway-tokens.ts";
import { formatNativePath, parseNativePath } from "./native-path.ts";
import type { NativePath } from "./native-path.ts";
import { answerOurs } from "./own-operations.ts";
import { GATEWAY_DOMAIN, findGatewayPlace } from "./place.ts";
import type { GatewayPlace } from "./place.ts";
import { permissionDenied, refusalOf, sendAnswer } from "./refusals.ts";
import { requiredRight } from "./required-right.ts";
import type { RequiredRight } from "./required-right.ts";
import { createLinkRewriter } from "./rewrite-links.ts";

export interface GatewayCluster {
  readonly key: ClusterKey;
  /** As its owner wrote it: what rights are asked over. */
  readonly id: string;
}

export interface OpenedNative {
  readonly catalogue: Catalogue;
  readonly client: StreamingNativeClient;
}

export interface GatewayAuditEntry {
  readonly atMs: number;
  readonly principal: string;
  readonly correlationId: string;
  /** The permission that was used. */
  readonly action: string;
  /** Of the cluster, with method and path below `native`. */
  readonly resourceId: string;
  /** SHA-256 of the body, where it was held. */
  readonly afterSha256: string | null;
}

export interface NativeGatewayOptions {
  /** Null: the cluster has no API of its own, or none yet. */
  readonly native: { open(cluster: ClusterKey): Promise<OpenedNative | null> };
  readonly findCluster: (gatewayId: string) => Promise<GatewayCluster | null>;
  readonly users: Pick<GatewayUserStore, "find">;
  readonly authenticate: Authenticate;
  readonly authorize: Authorize;
  /** Before the request goes out: one that cannot be recorded is not sent. */
  readonly audit: (entry: GatewayAuditEntry) => Promise<void>;
  /** 32 bytes that sign the gateway's own tokens, the same for every control plane of an installation. */
  readonly tokenKey: Uint8Array;
  readonly tenantId: string;
  /** `gw.localhost` unless given. */
  readonly domain?: string;
  readonly nowMs: () => number;
  readonly onError: (error: unknown) => void;
}

export interface NativeGateway {
  /** False: the request is not for the gateway, and nothing was done with it. */
  take(request: IncomingMessage, response: ServerResponse): boolean;
}

interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  readonly place: GatewayPlace;
  readonly path: NativePath;
}

export function createNativeGateway(options: NativeGatewayOptions): NativeGateway {
  const domain = options.domain ?? GATEWAY_DOMAIN;
  const tokens = createGatewayTokens({ key: options.tokenKey, nowMs: options.nowMs });
  const callers = createCallers({ users: options.users, tokens, authenticate: options.authenticate, tenantId: options.tenantId, nowMs: options.nowMs });

  const answer = async (asked: Asked): Promise<void> => {
    const { request, response, method, place, path } = asked;
    checkHeaders(request);
    const cluster = await options.findCluster(place.gatewayId);
    const opened = cluster === null ? null : await options.native.open(cluster.key);
    const right: RequiredRight | null = opened === null || path.words[0]?.toLowerCase() !== "api" ? null : requiredRight(opened.catalogue, method, path.words);
    if (right?.kind === "ours" && right.what !== "login" && right.what !== "logout" && cluster !== null && opened !== null) {
      return sendAnswer(request, response, await answerOurs({ what: right.what, request, cluster: cluster.key, engine: opened.catalogue.engine, callers, tokens }));
    }
    // A stranger learns nothing about which clusters exist.
    const principal = await callers.identify(request.headers.authorization, cluster?.key ?? null);
    if (cluster === null) throw new ControlPlaneError("ResourceNotFound", `There is no cluster '${place.gatewayId}' here. The name is in the cluster's endpoints.`);
    if (path.words[0] !== "api" || right === null || opened === null) {
      if (opened !== null) throw new ControlPlaneError("InvalidResourceType", "Only paths below '/api/' are served here.");
      await requireRights(options.authorize, principal, ["Cynosure.Storage/clusters/read"], cluster);
      throw new ControlPlaneError("ServiceUnavailable", `Cluster '${cluster.id}' has no API of its engine that answers now. It has one once it is delivered, if its engine has any.`);
    }
    if (right.kind === "ours") return sendAnswer(request, response, await answerOurs({ what: right.what, request, cluster: cluster.key, engine: opened.catalogue.engine, callers, tokens, principal }));
    if (right.kind === "refused") throw permissionDenied(principal.displayName, `${method} ${formatNativePath(path.words, path.hasSlashAtEnd)}, because ${right.why},`, cluster.id);
    await requireRights(options.authorize, principal, right.permissions, cluster);
    await send(asked, cluster, opened, principal, right);
  };

  const send = async ({ request, response, method, place, path }: Asked, cluster: GatewayCluster, { client }: OpenedNative, principal: RequestPrincipal, right: Extract<RequiredRight, { readonly kind: "forward" }>): Promise<void> => {
    // Either form is understood; the engine gets the one its document has.
    const hasSlashAtEnd = right.operation === null ? path.hasSlashAtEnd : right.operation.path.endsWith("/");
    const nativePath = formatNativePath(path.words, hasSlashAtEnd);
    const body = await requestBody(request);
    if (!right.isRead) {
      const afterSha256 = Buffer.isBuffer(body) ? createHash("sha256").update(body).digest("hex") : null;
      await options.audit({ atMs: options.nowMs(), principal: principal.id, correlationId: randomUUID(), action: right.permissions[0] ?? "", resourceId: `${cluster.id}/native/${method}${nativePath}`, afterSha256 });
    }
    const target = path.query === "" ? nativePath : `${nativePath}?${path.query}`;
    await forward(request, response, { client, method, target, body, isRepeatable: right.isRead, links: createLinkRewriter(client.origin, place.publicBase), publicBase: place.publicBase });
  };

  return {
    take(request, response) {
      const place = findGatewayPlace(request.headers.host, request.url ?? "/", domain);
      if (place === null) return false;
      const fail = (error: unknown): void => {
        if (response.destroyed) return;
        const refusal = refusalOf(error);
        if (refusal.status === 500) options.onError(error);
        sendAnswer(request, response, refusal);
      };
      request.on("error", () => undefined);
      response.on("error", () => undefined);
      try {
        void answer({ request, response, method: request.method ?? "", place, path: parseNativePath(place.target) }).catch(fail);
      } catch (error) {
        fail(error);
      }
      return true;
    },
  };
}

async function requireRights(authorize: Authorize, principal: RequestPrincipal, permissions: readonly string[], cluster: GatewayCluster): Promise<void> {
  for (const permission of permissions) {
    const { allowed } = await authorize({ principal, permission, isDataAction: isDataAction(permission), scope: cluster.id });
    if (!allowed) throw permissionDenied(principal.displayName, permission, cluster.id);
  }
}
