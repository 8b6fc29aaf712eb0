// The port through which a request gets its caller, and the challenge that tells a client where to sign in.
import type { RequestPrincipal } from "@cynosure/arm-protocol";

/** Throws AuthenticationFailed, InvalidAuthenticationToken or ExpiredAuthenticationToken. */
export type Authenticate = (authorization: string | undefined) => Promise<RequestPrincipal>;

/** WWW-Authenticate of a 401 (arm-rpc §11). The code is one of our own words, so it needs no quoting rules. */
export const challenge = (issuer: string, code: string): string =>
  `Bearer authorization_uri="${issuer}", error="${code === "AuthenticationFailed" ? "invalid_request" : "invalid_token"}", error_description="${code}"`;
