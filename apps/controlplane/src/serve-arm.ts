// The ARM endpoint of this process: TLS on loopback under a certificate of our own authority, the built-in
// token issuer, and the routes of contract, front door and sign-in over the resource providers.
import { randomUUID } from "node:crypto";
import type { Access } from "@cynosure/access";
import type { Authority } from "@cynosure/agent-gateway";
import { changesRoute } from "@cynosure/front-door";
import type { FrontDoor } from "@cynosure/front-door";
import { contractRoutes, createHttpServer, openStaticFiles } from "@cynosure/http-server";
import { servicePrincipalHandlers } from "@cynosure/identity";
import type { TrustedIssuerConfig } from "@cynosure/identity";
import type { Installation } from "@cynosure/machine";
import type { Clock } from "@cynosure/model";
import { GATEWAY_DOMAIN, gatewayUserHandlers } from "@cynosure/native-gateway";
import type { NativeGatewayOptions } from "@cynosure/native-gateway";
import type { ResourceProviders } from "@cynosure/resource-providers";
import type { Store } from "@cynosure/resource-store";
import { BUILT_IN } from "./built-in.ts";
import type { Log } from "./log.ts";
import { describeError } from "./log.ts";
import { openIdentity } from "./open-identity.ts";
import { openNativeGateway } from "./open-native-gateway.ts";
import type { Projected } from "./open-projected.ts";
import { HASHED_UNDER, PAGE, portalPages } from "./portal-pages.ts";
import type { Secrets } from "./secrets.ts";

/** Client and server share a machine: asking every second is no load. */
const RETRY_AFTER_SECONDS_MIN = 1;

export interface ServeOptions {
  readonly port: number;
  /** Where the portal was built; it may come later, or never. */
  readonly portalDir: string;
  readonly installation: Installation;
  readonly authority: Authority;
  readonly store: Store;
  readonly providers: ResourceProviders;
  readonly frontDoor: FrontDoor;
  readonly access: Access;
  readonly client: Secrets["client"];
  readonly trustedIssuers: TrustedIssuerConfig | null;
  /** The engines' own APIs, and the key of the tokens with which users of their gateways sign in. */
  readonly native: NativeGatewayOptions["native"];
  readonly gatewayTokenKey: Uint8Array;
  readonly projected: Projected;
  readonly clock: Clock;
  readonly log: Log;
}

export interface ServedArm {
  readonly baseUrl: string;
  close(): Promise<void>;
}

export async function serveArm(options: ServeOptions): Promise<ServedArm> {
  const { port, store, providers, frontDoor, access, clock, log } = options;
  const baseUrl = `https://127.0.0.1:${port}`;
  const { keyPem, certificatePem } = options.authority.issueServerCertificate({ commonName: "Cynosure control plane", dnsNames: ["localhost", `*.${GATEWAY_DOMAIN}`], ipAddresses: ["127.0.0.1"] });
  const identity = await openIdentity(options, baseUrl);
  const logError = (what: string) => (error: unknown): void => log("error", { what, ...describeError(error) });
  const projected = options.projected.serve({ authorize: access.authorize, requireGroup: (id) => frontDoor.parents.requireGroup(id), locations: [BUILT_IN.location], retryAfterSecondsMin: RETRY_AFTER_SECONDS_MIN });
  const handlers = { ...frontDoor.handlers, ...access.handlers, ...servicePrincipalHandlers({ store, clock, newId: randomUUID, tenantId: BUILT_IN.tenantId }), ...providers.handlers, ...projected.handlers, ...gatewayUserHandlers({ store, clock }) };
  const portalFiles = openStaticFiles({ dir: options.portalDir, marker: PAGE, hashedUnder: HASHED_UNDER, nowMs: () => clock.now() });
  const gateway = openNativeGateway({ native: options.native, store, authenticate: identity.authenticate, authorize: access.authorize, tokenKey: options.gatewayTokenKey, clock, onError: logError("native gateway") });
  const server = createHttpServer({
    baseUrl,
    tls: { keyPem, certificatePem },
    issuer: identity.issuer,
    namespaces: [BUILT_IN.namespace, "Microsoft.Resources", "Microsoft.Authorization", "Cynosure.Identity", "Cynosure.Audit"],
    authenticate: identity.authenticate,
    routingName: BUILT_IN.location,
    throttle: frontDoor.throttle,
    admit: frontDoor.admit,
    authorize: access.authorize,
    takesRaw: (request, response) => gateway.take(request, response),
    routes: [
      ...identity.routes,
      ...contractRoutes({ handlers: { ...handlers, Subscriptions_List: access.onlyVisible(handlers.Subscriptions_List), ...access.withLinked(handlers) }, namespace: BUILT_IN.namespace, locations: [BUILT_IN.location], retryAfterSecondsMin: RETRY_AFTER_SECONDS_MIN }),
      ...frontDoor.routes,
      ...projected.routes,
      changesRoute({ store, authorize: access.authorize, locations: [BUILT_IN.location], onError: logError("telling of changes") }),
      ...portalPages({ files: portalFiles, onError: logError("reading the built portal") }),
    ],
    log: (entry) => {
      const { error, ...facts } = entry;
      if (entry.method !== "GET" || entry.status >= 500 || error !== undefined) log("request", { ...facts, ...(error === undefined ? {} : { error: describeError(error) }) });
    },
  });
  await server.listen();
  // Packed before the first browser comes.
  portalFiles.open().catch(logError("reading the built portal"));
  return { baseUrl, close: () => server.close() };
}
