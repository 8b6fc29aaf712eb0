// What a token says of itself before anything of it is proven: enough to know whom to ask for the proof, and
// to turn away at once what could never be accepted.
import { ControlPlaneError } from "@cynosure/model";
import { decodeJwt, decodeProtectedHeader } from "jose";
import type { JWTPayload, ProtectedHeaderParameters } from "jose";

export const TOKEN_LENGTH_MAX = 16_384;

export interface UnprovenToken {
  readonly header: ProtectedHeaderParameters;
  readonly claims: JWTPayload;
}

export const refuse = (message: string, cause?: unknown): ControlPlaneError => new ControlPlaneError("InvalidAuthenticationToken", message, cause === undefined ? {} : { cause });

export function readUnproven(token: string): UnprovenToken {
  if (token.length > TOKEN_LENGTH_MAX) throw refuse(`The access token is longer than ${TOKEN_LENGTH_MAX} characters.`);
  try {
    return { header: decodeProtectedHeader(token), claims: decodeJwt(token) };
  } catch (cause) {
    throw refuse("The access token is not a signed JSON web token. Sign in again.", cause);
  }
}

/** Header types of access tokens; one that is absent says nothing. */
const ACCESS_TYPES = ["jwt", "at+jwt", "application/at+jwt"];
/** What only a token about a sign-in carries, meant for the program that signed in and not for a service. */
const ID_TOKEN_CLAIMS = ["nonce", "at_hash", "c_hash", "s_hash"];
/** Of issuers that say it in the claims. */
const OTHER_CLAIM_TYPES = ["id", "refresh", "offline", "logout"];

export function requireAccessToken({ header, claims }: UnprovenToken): void {
  const { typ } = header;
  const claimType: unknown = claims["typ"];
  const isOther = (typ !== undefined && !ACCESS_TYPES.includes(String(typ).toLowerCase())) || (typeof claimType === "string" && OTHER_CLAIM_TYPES.includes(claimType.toLowerCase())) || ID_TOKEN_CLAIMS.some((name) => name in claims);
  if (isOther) throw refuse("The token is not an access token. Send the access token, not the id or refresh token that came with it.");
}
