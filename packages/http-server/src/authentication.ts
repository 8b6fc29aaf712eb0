// Who is calling: reads the bearer token of a request. One answer for "nobody", with the challenge that
// tells a client where to sign in.
import { ControlPlaneError } from "@cynosure/model";
import type { Principal, TokenIssuer } from "./token-issuer.ts";

export type Authenticate = (authorization: string | undefined) => Promise<Principal>;

export function createAuthenticate(issuer: TokenIssuer): Authenticate {
  return async (authorization) => {
    if (authorization === undefined || authorization.trim() === "") {
      throw new ControlPlaneError("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing. Sign in and send 'Authorization: Bearer <token>'.");
    }
    const token = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization.trim())?.[1];
    if (token === undefined) throw new ControlPlaneError("AuthenticationFailed", "Authentication failed. The 'Authorization' header is not of the form 'Bearer <token>'.");
    return issuer.verify(token);
  };
}

/** WWW-Authenticate of a 401 (arm-rpc §11). The code is one of our own words, so it needs no quoting rules. */
export const challenge = (issuer: string, code: string): string =>
  `Bearer authorization_uri="${issuer}", error="${code === "AuthenticationFailed" ? "invalid_request" : "invalid_token"}", error_description="${code}"`;
