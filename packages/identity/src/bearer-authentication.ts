// Who is calling: reads the bearer token of a request. One answer for "nobody".
import type { Authenticate } from "@cynosure/http-server";
import { ControlPlaneError } from "@cynosure/model";
import type { TokenVerifier } from "./token-verifier.ts";

export function createAuthenticate(verifier: TokenVerifier): Authenticate {
  return async ({ headers }) => {
    const { authorization } = headers;
    if (authorization === undefined || authorization.trim() === "") {
      throw new ControlPlaneError("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing. Sign in and send 'Authorization: Bearer <token>'.");
    }
    const token = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization.trim())?.[1];
    if (token === undefined) throw new ControlPlaneError("AuthenticationFailed", "Authentication failed. The 'Authorization' header is not of the form 'Bearer <token>'.");
    return { principal: await verifier.verify(token), isStillValid: () => verifier.verify(token).then(() => true, () => false) };
  };
}
