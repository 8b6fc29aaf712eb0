// Who calls the ARM endpoint of this process: the built-in token issuer, the issuers trusted besides it, and the
// sessions of the portal, as the port of the listener and the open routes that go with them.
import { join } from "node:path";
import type { Authenticate, ServedRoute } from "@cynosure/http-server";
import {
  ISSUER_PATH,
  createAuthenticate,
  createPortalSessions,
  createPrincipalLiveness,
  createSessionAuthenticate,
  createTokenIssuer,
  createTokenVerifier,
  createTrustedIssuers,
  createVerifyClient,
  generateSigningKeyPem,
  hashClientSecret,
  portalRoutes,
  signInRoutes,
} from "@cynosure/identity";
import { BUILT_IN } from "./built-in.ts";
import { describeError } from "./log.ts";
import { readOrCreate } from "./secrets.ts";
import type { ServeOptions } from "./serve-arm.ts";

const TOKEN_LIFETIME_SECONDS = 3_600;
/** Tools made for the public cloud ask for tokens of its audience. */
const PUBLIC_AUDIENCES = ["https://management.azure.com", "https://management.core.windows.net"];

export interface OpenedIdentity {
  /** Where clients are sent to sign in. */
  readonly issuer: string;
  readonly authenticate: Authenticate;
  readonly routes: readonly ServedRoute[];
}

export async function openIdentity(options: ServeOptions, baseUrl: string): Promise<OpenedIdentity> {
  const { installation, store, client, trustedIssuers, clock, log } = options;
  const issuer = await createTokenIssuer({
    signingKeyPem: readOrCreate(join(installation.pkiDir, "token-signing.pem"), generateSigningKeyPem),
    tenantId: BUILT_IN.tenantId,
    issuer: `${baseUrl}${ISSUER_PATH}`,
    audiences: [baseUrl, ...PUBLIC_AUDIENCES],
    lifetimeSeconds: TOKEN_LIFETIME_SECONDS,
    clock,
  });
  const isLiving = createPrincipalLiveness({ principals: store.principals, builtInObjectId: client.clientId, clock });
  const verifier = createTokenVerifier({
    issuer,
    trusted: trustedIssuers === null ? null : createTrustedIssuers({ config: trustedIssuers, clock, onTrouble: (what, error) => log("error", { what, ...describeError(error) }) }),
    isLiving,
    tenantId: BUILT_IN.tenantId,
  });
  const sessions = createPortalSessions({ store, isLiving, clock });
  // The names that the certificate of the endpoint has.
  const ownOrigins = [baseUrl, `https://localhost:${options.port}`];
  // Only the hash stays in memory; the clear secret is in its 0600 file.
  const secretHash = await hashClientSecret(client.clientSecret);
  const verifyClient = createVerifyClient({ builtIn: { clientId: client.clientId, secretHash, displayName: "built-in service principal" }, principals: store.principals, clock });
  return {
    issuer: issuer.issuer,
    authenticate: createSessionAuthenticate({ bearer: createAuthenticate(verifier), sessions, ownOrigins }),
    routes: [...signInRoutes({ baseUrl, issuer, verifyClient, device: { store, clock } }), ...portalRoutes({ sessions, ownOrigins, subscriptionId: BUILT_IN.subscriptionId, location: BUILT_IN.location })],
  };
}
