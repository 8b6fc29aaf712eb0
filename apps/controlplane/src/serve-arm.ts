// The ARM endpoint of this process: TLS on loopback under a certificate of our own authority, the built-in
// token issuer, and the routes of contract, front door and sign-in over the resource providers.
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Access } from "@cynosure/access";
import type { Authority } from "@cynosure/agent-gateway";
import type { FrontDoor } from "@cynosure/front-door";
import { contractRoutes, createHttpServer } from "@cynosure/http-server";
import { ISSUER_PATH, createAuthenticate, createPrincipalLiveness, createTokenIssuer, createTokenVerifier, createTrustedIssuers, createVerifyClient, generateSigningKeyPem, hashClientSecret, servicePrincipalHandlers, signInRoutes } from "@cynosure/identity";
import type { TrustedIssuerConfig } from "@cynosure/identity";
import type { Installation } from "@cynosure/machine";
import type { Clock } from "@cynosure/model";
import type { ResourceProviders } from "@cynosure/resource-providers";
import type { Store } from "@cynosure/resource-store";
import { BUILT_IN } from "./built-in.ts";
import type { Log } from "./log.ts";
import { describeError } from "./log.ts";
import { readOrCreate } from "./secrets.ts";
import type { Secrets } from "./secrets.ts";

const TOKEN_LIFETIME_SECONDS = 3_600;
/** Client and server share a machine: asking every second is no load. */
const RETRY_AFTER_SECONDS_MIN = 1;
/** Tools made for the public cloud ask for tokens of its audience. */
const PUBLIC_AUDIENCES = ["https://management.azure.com", "https://management.core.windows.net"];

export interface ServeOptions {
  readonly port: number;
  readonly installation: Installation;
  readonly authority: Authority;
  readonly store: Store;
  readonly providers: ResourceProviders;
  readonly frontDoor: FrontDoor;
  readonly access: Access;
  readonly client: Secrets["client"];
  readonly trustedIssuers: TrustedIssuerConfig | null;
  readonly clock: Clock;
  readonly log: Log;
}

export interface ServedArm {
  readonly baseUrl: string;
  close(): Promise<void>;
}

export async function serveArm(options: ServeOptions): Promise<ServedArm> {
  const { port, installation, store, providers, frontDoor, access, client, trustedIssuers, clock, log } = options;
  const baseUrl = `https://127.0.0.1:${port}`;
  const { keyPem, certificatePem } = options.authority.issueServerCertificate({ commonName: "Cynosure control plane", dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"] });
  const issuer = await createTokenIssuer({
    signingKeyPem: readOrCreate(join(installation.pkiDir, "token-signing.pem"), generateSigningKeyPem),
    tenantId: BUILT_IN.tenantId,
    issuer: `${baseUrl}${ISSUER_PATH}`,
    audiences: [baseUrl, ...PUBLIC_AUDIENCES],
    lifetimeSeconds: TOKEN_LIFETIME_SECONDS,
    clock,
  });
  const verifier = createTokenVerifier({
    issuer,
    trusted: trustedIssuers === null ? null : createTrustedIssuers({ config: trustedIssuers, clock, onTrouble: (what, error) => log("error", { what, ...describeError(error) }) }),
    isLiving: createPrincipalLiveness({ principals: store.principals, builtInObjectId: client.clientId, clock }),
    tenantId: BUILT_IN.tenantId,
  });
  // Only the hash stays in memory; the clear secret is in its 0600 file.
  const secretHash = await hashClientSecret(client.clientSecret);
  const handlers = { ...frontDoor.handlers, ...access.handlers, ...servicePrincipalHandlers({ store, clock, newId: randomUUID, tenantId: BUILT_IN.tenantId }), ...providers.handlers };
  const server = createHttpServer({
    baseUrl,
    tls: { keyPem, certificatePem },
    issuer: issuer.issuer,
    namespaces: [BUILT_IN.namespace, "Microsoft.Resources", "Microsoft.Authorization", "Cynosure.Identity", "Cynosure.Audit"],
    authenticate: createAuthenticate(verifier),
    routingName: BUILT_IN.location,
    throttle: frontDoor.throttle,
    admit: frontDoor.admit,
    authorize: access.authorize,
    routes: [
      ...signInRoutes({
        baseUrl,
        issuer,
        verifyClient: createVerifyClient({ builtIn: { clientId: client.clientId, secretHash, displayName: "built-in service principal" }, principals: store.principals, clock }),
        device: { store, clock },
      }),
      ...contractRoutes({ handlers: { ...handlers, Subscriptions_List: access.onlyVisible(handlers.Subscriptions_List), ...access.withLinked(handlers) }, namespace: BUILT_IN.namespace, locations: [BUILT_IN.location], retryAfterSecondsMin: RETRY_AFTER_SECONDS_MIN }),
      ...frontDoor.routes,
    ],
    log: (entry) => {
      const { error, ...facts } = entry;
      if (entry.method !== "GET" || entry.status >= 500) log("request", { ...facts, ...(error === undefined ? {} : { error: describeError(error) }) });
    },
  });
  await server.listen();
  return { baseUrl, close: () => server.close() };
}
