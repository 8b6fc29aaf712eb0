// The built-in issuer: signs and verifies the bearer tokens of one installation (ES256). The private key
// is given as PEM by the composition root, which keeps it in a file only the service user may read.
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID } from "node:crypto";
import type { RequestPrincipal } from "@cynosure/arm-protocol";
import { ControlPlaneError } from "@cynosure/model";
import type { Clock } from "@cynosure/model";
import { calculateJwkThumbprint, errors, exportJWK, jwtVerify, SignJWT } from "jose";
import type { JWK, JWTPayload } from "jose";
import { VerifiedTokens } from "./verified-tokens.ts";

const ALGORITHM = "ES256";
const ID_TOKEN_TYPE = "id_token";
const TOKEN_LENGTH_MAX = 8192;

export interface TokenIssuerOptions {
  /** PKCS #8 PEM of a P-256 key. */
  readonly signingKeyPem: string;
  readonly tenantId: string;
  /** `https://host:port/adfs` */
  readonly issuer: string;
  /** Resources a token may be asked for and is accepted for; a trailing slash does not matter. */
  readonly audiences: readonly string[];
  readonly lifetimeSeconds: number;
  readonly clock: Clock;
}

export interface IssuedToken {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
}

export interface TokenIssuer {
  readonly issuer: string;
  readonly tenantId: string;
  readonly audiences: readonly string[];
  readonly keys: { readonly keys: readonly JWK[] };
  issue(principal: Omit<RequestPrincipal, "tenantId">, audience: string): Promise<IssuedToken>;
  /** Tells the program `clientId` who signed in; no service accepts it. */
  issueIdToken(principal: Omit<RequestPrincipal, "tenantId">, clientId: string): Promise<string>;
  /** Throws InvalidAuthenticationToken or ExpiredAuthenticationToken. */
  verify(token: string): Promise<RequestPrincipal>;
  /** The audience as asked for when it is one of ours, else null. */
  knownAudience(audience: string): string | null;
}

/** For the composition root's first start. */
export function generateSigningKeyPem(): string {
  return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

const withoutSlash = (audience: string): string => audience.replace(/\/+$/, "").toLowerCase();

export async function createTokenIssuer(options: TokenIssuerOptions): Promise<TokenIssuer> {
  const privateKey = createPrivateKey(options.signingKeyPem);
  const publicKey = createPublicKey(privateKey);
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  const accepted = new Set(options.audiences.map(withoutSlash));
  const verified = new VerifiedTokens();

  const verify = async (token: string): Promise<RequestPrincipal> => {
    const nowMs = options.clock.now();
    const cached = verified.get(token, nowMs);
    if (cached !== null) return cached;
    if (token.length > TOKEN_LENGTH_MAX) throw new ControlPlaneError("InvalidAuthenticationToken", `The access token is longer than ${TOKEN_LENGTH_MAX} characters.`);
    try {
      const { payload, protectedHeader } = await jwtVerify(token, publicKey, {
        issuer: options.issuer,
        algorithms: [ALGORITHM],
        currentDate: new Date(nowMs),
        requiredClaims: ["aud", "exp", "nbf", "oid", "tid"],
      });
      if (protectedHeader.typ === ID_TOKEN_TYPE) throw new ControlPlaneError("InvalidAuthenticationToken", "The token is not an access token. Send the access token, not the id token that came with it.");
      const audiences = typeof payload.aud === "string" ? [payload.aud] : (payload.aud ?? []);
      if (!audiences.some((audience) => accepted.has(withoutSlash(audience)))) throw new ControlPlaneError("InvalidAuthenticationToken", "The access token is for another audience. Ask for a token for this service's own address.");
      if (payload["tid"] !== options.tenantId) throw new ControlPlaneError("InvalidAuthenticationToken", "The access token is from another tenant.");
      const id = String(payload["oid"]);
      const principal: RequestPrincipal = {
        id,
        type: payload["idtyp"] === "user" ? "User" : "Application",
        displayName: typeof payload["app_displayname"] === "string" ? payload["app_displayname"] : id,
        tenantId: options.tenantId,
      };
      verified.keep(token, principal, (payload.exp ?? 0) * 1000);
      return principal;
    } catch (error) {
      if (error instanceof ControlPlaneError) throw error;
      if (error instanceof errors.JWTExpired) throw new ControlPlaneError("ExpiredAuthenticationToken", "The access token has expired. Sign in again.", { cause: error });
      throw new ControlPlaneError("InvalidAuthenticationToken", "The access token is invalid: it was not issued here, or was changed. Sign in again.", { cause: error });
    }
  };

  const sign = (claims: JWTPayload, about: { readonly subject: string; readonly audience: string; readonly typ: string }): Promise<string> => {
    const nowSeconds = Math.floor(options.clock.now() / 1000);
    return new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM, kid, typ: about.typ })
      .setIssuer(options.issuer)
      .setSubject(about.subject)
      .setAudience(about.audience)
      .setJti(randomUUID())
      .setIssuedAt(nowSeconds)
      .setNotBefore(nowSeconds)
      .setExpirationTime(nowSeconds + options.lifetimeSeconds)
      .sign(privateKey);
  };

  return {
    issuer: options.issuer,
    tenantId: options.tenantId,
    audiences: options.audiences,
    keys: { keys: [{ ...jwk, kid, alg: ALGORITHM, use: "sig" }] },
    knownAudience: (audience) => (accepted.has(withoutSlash(audience)) ? audience : null),
    issue: async (principal, audience) => {
      const claims = { tid: options.tenantId, oid: principal.id, appid: principal.id, idtyp: principal.type === "User" ? "user" : "app", app_displayname: principal.displayName };
      return { accessToken: await sign(claims, { subject: principal.id, audience, typ: "JWT" }), expiresInSeconds: options.lifetimeSeconds };
    },
    issueIdToken: (principal, clientId) => {
      const claims = { tid: options.tenantId, oid: principal.id, name: principal.displayName, preferred_username: principal.displayName, typ: "ID" };
      return sign(claims, { subject: principal.id, audience: clientId, typ: ID_TOKEN_TYPE });
    },
    verify,
  };
}
