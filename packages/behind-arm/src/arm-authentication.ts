// Is the caller Azure Resource Manager, and for whom does it call? A client certificate of its list or a token of
// the trusted issuer says the first; headers and the signed user token say the second. 403 means one thing only:
// this client certificate is not trusted (P9).
import type { RequestPrincipal } from "@cynosure/arm-protocol";
import type { Authenticate, AuthenticationRequest, Caller } from "@cynosure/http-server";
import { ControlPlaneError } from "@cynosure/model";
import { readManagedIdentity, readPrincipal, readPublicUrl, readSystemData, unknownPrincipal } from "./arm-headers.ts";
import type { ClientCertificates } from "./client-certificates.ts";
import type { SignedTokens } from "./signed-tokens.ts";

export interface ArmTrust {
  readonly certificates: ClientCertificates | null;
  readonly tokens: SignedTokens | null;
}

const USER_TOKEN_HEADER = "x-ms-arm-signed-user-token";

export function createArmAuthenticate(trust: ArmTrust): Authenticate {
  return async (request) => {
    const byCertificate = isArmByCertificate(trust, request);
    const said = await readTokens(trust, request, byCertificate);
    if (!byCertificate && said === null) refuse(trust, request);
    return callerOf(request, said);
  };
}

/** What a verified token says; null without one. The bearer of a caller known by its certificate is of no account: ARM puts its own in (H8). */
async function readTokens({ tokens }: ArmTrust, { headers }: AuthenticationRequest, byCertificate: boolean): Promise<RequestPrincipal | null> {
  if (tokens === null) return null;
  const signed = headers[USER_TOKEN_HEADER]?.trim() ?? "";
  const bearer = byCertificate ? undefined : /^Bearer +([\w.~+/=-]+)$/i.exec(headers["authorization"]?.trim() ?? "")?.[1];
  const door = bearer === undefined ? null : await tokens.verify(bearer);
  return signed === "" ? door : tokens.verify(signed.replace(/^Bearer +/i, ""));
}

function isArmByCertificate({ certificates }: ArmTrust, { clientCertificate }: AuthenticationRequest): boolean {
  if (certificates === null || clientCertificate === null) return false;
  if (!certificates.isKnown()) throw new ControlPlaneError("ServiceUnavailable", "The list of trusted client certificates could not be read yet, so no caller can be told from another. Try again.");
  return certificates.isTrusted(clientCertificate);
}

function refuse({ certificates, tokens }: ArmTrust, request: AuthenticationRequest): never {
  // With a list of certificates a caller without a trusted one is refused as such, unless it could have shown a token instead.
  if (certificates !== null && (request.clientCertificate !== null || tokens === null)) {
    const what = request.clientCertificate === null ? "The request came without a client certificate" : "The client certificate of the request is not one of those that Azure Resource Manager lists as its own now";
    throw new ControlPlaneError("AuthorizationFailed", `${what}. This endpoint serves Azure Resource Manager alone; send the request there.`, { target: "clientCertificate" });
  }
  throw new ControlPlaneError("AuthenticationFailed", "Authentication failed. This endpoint serves Azure Resource Manager alone, by its client certificate or a token of the issuer it is configured to trust.");
}

function callerOf(request: AuthenticationRequest, said: RequestPrincipal | null): Caller {
  const { headers, pathAndQuery } = request;
  const publicUrl = readPublicUrl(headers, pathAndQuery);
  const systemData = readSystemData(headers);
  const managedIdentity = readManagedIdentity(headers);
  return {
    principal: readPrincipal(headers) ?? said ?? unknownPrincipal(headers),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(systemData === undefined ? {} : { systemData }),
    ...(managedIdentity === undefined ? {} : { managedIdentity }),
  };
}
