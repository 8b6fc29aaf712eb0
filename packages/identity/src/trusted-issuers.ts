// Tokens of issuers that are not ours: which issuer a token claims, its proof by that issuer's published keys,
// and the rules of §17 of the contract. Issuers are independent: one that is away disturbs no other.
import type { RequestPrincipal } from "@cynosure/arm-protocol";
import { ControlPlaneError } from "@cynosure/model";
import type { Clock } from "@cynosure/model";
import { errors, jwtVerify } from "jose";
import type { JWTPayload } from "jose";
import { createFetchJson } from "./fetch-json.ts";
import { IssuerAwayError, IssuerKeys } from "./issuer-keys.ts";
import { refuse, requireAccessToken } from "./token-claims.ts";
import type { UnprovenToken } from "./token-claims.ts";
import { principalOf } from "./token-principal.ts";
import type { TrustedIssuerConfig, TrustedIssuerSettings } from "./trusted-issuer-config.ts";
import { VerifiedTokens } from "./verified-tokens.ts";

/** Asymmetric, and of today's strength: with anything else a public key could serve as a shared secret. */
export const ALGORITHMS: readonly string[] = ["RS256", "PS256", "ES256", "ES384"];
const FETCH_TIMEOUT_MS_MAX = 5_000;
const FETCH_BYTES_MAX = 256 * 1024;
/** A verified token is verified again after this, so that a key its issuer took back does not serve for as long as its tokens live. */
export const VERIFIED_MS_MAX = 300_000;

export interface TrustedIssuersOptions {
  readonly config: TrustedIssuerConfig;
  readonly clock: Clock;
  /** For the log: no part of any token. */
  readonly onTrouble: (what: string, error: unknown) => void;
}

export interface TrustedIssuers {
  has(issuer: string): boolean;
  /** `unproven` is the token's own word, read by the caller already. */
  verify(token: string, unproven: UnprovenToken): Promise<RequestPrincipal>;
}

const withoutSlash = (text: string): string => text.replace(/\/+$/, "").toLowerCase();

export function createTrustedIssuers({ config, clock, onTrouble }: TrustedIssuersOptions): TrustedIssuers {
  const verified = new VerifiedTokens();
  const issuers = new Map(config.issuers.map((settings) => [settings.issuer, { settings, keys: keysOf(settings, clock, onTrouble) }]));
  return {
    has: (issuer) => issuers.has(issuer),
    verify: async (token, unproven) => {
      const nowMs = clock.now();
      const cached = verified.get(token, nowMs);
      if (cached !== null) return cached;
      const trusted = issuers.get(unproven.claims.iss ?? "");
      if (trusted === undefined) throw refuse("The access token is of an issuer that is not trusted here.");
      const { settings, keys } = trusted;
      // Before its keys are asked for: nobody makes us ask an issuer with a token that cannot be accepted anyway.
      if (!ALGORITHMS.includes(unproven.header.alg ?? "")) throw refuse(`The access token is signed in a way that is not accepted. Accepted: ${ALGORITHMS.join(", ")}.`);
      requireAccessToken(unproven);
      const claims = await prove(token, { settings, keys, skewSeconds: config.clockSkewSeconds, nowMs });
      checkAudience(claims, settings);
      checkTenant(claims, settings);
      const principal = principalOf(claims, settings);
      verified.keep(token, principal, Math.min(((claims.exp ?? 0) + config.clockSkewSeconds) * 1000, nowMs + VERIFIED_MS_MAX));
      return principal;
    },
  };
}

function keysOf(settings: TrustedIssuerSettings, clock: Clock, onTrouble: TrustedIssuersOptions["onTrouble"]): IssuerKeys {
  const fetchJson = createFetchJson({ caPem: settings.caPem, timeoutMsMax: FETCH_TIMEOUT_MS_MAX, bytesMax: FETCH_BYTES_MAX });
  const isIssuer = (claimed: string): boolean => claimed.replace(/\{tenantid\}/gi, settings.tokenTenantId) === settings.issuer;
  return new IssuerKeys({ issuer: settings.issuer, discoveryUrl: settings.discoveryUrl, isIssuer, fetchJson, clock, onTrouble });
}

async function prove(token: string, by: { readonly settings: TrustedIssuerSettings; readonly keys: IssuerKeys; readonly skewSeconds: number; readonly nowMs: number }): Promise<JWTPayload> {
  const { settings, keys, skewSeconds, nowMs } = by;
  try {
    const { payload } = await jwtVerify(token, keys.find, { issuer: settings.issuer, algorithms: [...ALGORITHMS], clockTolerance: skewSeconds, currentDate: new Date(nowMs), requiredClaims: ["aud", "exp"] });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw new ControlPlaneError("ExpiredAuthenticationToken", "The access token has expired. Sign in again.", { cause: error });
    if (error instanceof IssuerAwayError) throw new ControlPlaneError("ServiceUnavailable", `The issuer ${settings.issuer} of the access token cannot be asked for its keys now. Try again shortly.`, { cause: error });
    if (error instanceof errors.JWKSNoMatchingKey) throw refuse("The access token is signed with a key that its issuer does not publish. Sign in again.", error);
    if (error instanceof errors.JWTClaimValidationFailed && error.claim === "nbf") throw refuse("The access token is not valid yet. Check the clocks of the issuer and of this service.", error);
    throw refuse("The access token is invalid: it was changed, or is not what its issuer makes. Sign in again.", error);
  }
}

function checkAudience({ aud }: JWTPayload, settings: TrustedIssuerSettings): void {
  // The type is the library's word for it; the token's own may be anything.
  const given: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  const accepted = new Set(settings.audiences.map(withoutSlash));
  if (given.some((each) => typeof each === "string" && accepted.has(withoutSlash(each)))) return;
  throw refuse(`The access token is for another audience. Ask its issuer for one for: ${settings.audiences.join(", ")}.`);
}

function checkTenant(claims: JWTPayload, settings: TrustedIssuerSettings): void {
  const given = claims["tid"];
  if (given === undefined && !settings.requiresTenantClaim) return;
  if (typeof given === "string" && given.toLowerCase() === settings.tokenTenantId) return;
  throw new ControlPlaneError("InvalidAuthenticationTokenTenant", `The access token is from another tenant than '${settings.tokenTenantId}', which is the one trusted of its issuer. Sign in to that tenant.`);
}
