// Every bearer token passes here: to the built-in issuer or to the trusted one it claims to be of, then the two
// questions that no signature answers: does its principal still exist, and is its tenant the one served.
import type { RequestPrincipal } from "@cynosure/arm-protocol";
import { ControlPlaneError } from "@cynosure/model";
import type { IsLivingPrincipal } from "./principal-liveness.ts";
import { readUnproven, refuse } from "./token-claims.ts";
import type { TokenIssuer } from "./token-issuer.ts";
import type { TrustedIssuers } from "./trusted-issuers.ts";

export interface TokenVerifier {
  /** Throws InvalidAuthenticationToken, ExpiredAuthenticationToken or InvalidAuthenticationTokenTenant. */
  verify(token: string): Promise<RequestPrincipal>;
}

export interface TokenVerifierOptions {
  readonly issuer: Pick<TokenIssuer, "issuer" | "verify">;
  readonly trusted: TrustedIssuers | null;
  readonly isLiving: IsLivingPrincipal;
  /** Tenant of every subscription served here. */
  readonly tenantId: string;
}

export function createTokenVerifier({ issuer, trusted, isLiving, tenantId }: TokenVerifierOptions): TokenVerifier {
  const verifyOurs = async (token: string): Promise<RequestPrincipal> => {
    const principal = await issuer.verify(token);
    if (!(await isLiving(principal.id))) throw refuse("The principal of the access token was removed. Sign in as another one.");
    return principal;
  };
  const verifyTheirs = async (token: string, theirs: TrustedIssuers): Promise<RequestPrincipal> => {
    const unproven = readUnproven(token);
    if (!theirs.has(unproven.claims.iss ?? "")) return verifyOurs(token);
    const principal = await theirs.verify(token, unproven);
    // An issuer that is trusted for its own people must not speak for ours.
    if (await isLiving(principal.id)) throw refuse("The access token names a principal of the built-in issuer, for which another issuer cannot speak.");
    if (principal.tenantId === tenantId) return principal;
    throw new ControlPlaneError("InvalidAuthenticationTokenTenant", `The access token is from the tenant '${principal.tenantId}'. The subscriptions here belong to the tenant '${tenantId}': sign in to that one.`);
  };
  return { verify: (token) => (trusted === null ? verifyOurs(token) : verifyTheirs(token, trusted)) };
}
