// OAuth 2.0 at /adfs/oauth2/token: client credentials, and device codes where they are served.
import type { CheckClient } from "./client-check.ts";
import type { DeviceSignIn } from "./device-sign-in.ts";
import { BUSY, audienceOf, grantToken, refusal } from "./token-answer.ts";
import type { TokenAnswer } from "./token-answer.ts";
import type { TokenIssuer } from "./token-issuer.ts";

export const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
/** What some client libraries write for the same. */
const DEVICE_GRANT_SHORT = "device_code";

export interface TokenEndpointOptions {
  readonly issuer: TokenIssuer;
  readonly checkClient: CheckClient;
  /** Null: people do not sign in here. */
  readonly deviceSignIn: Pick<DeviceSignIn, "redeem"> | null;
}

function basicCredentials(authorization: string | undefined): { id: string; secret: string } | null {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? "")?.[1];
  if (encoded === undefined) return null;
  const [id = "", ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  try {
    return { id: decodeURIComponent(id), secret: decodeURIComponent(rest.join(":")) };
  } catch {
    return null;
  }
}

export function createTokenEndpoint(options: TokenEndpointOptions): (body: string, authorization: string | undefined) => Promise<TokenAnswer> {
  const { deviceSignIn } = options;
  return (body, authorization) => {
    const form = new URLSearchParams(body);
    const grant = form.get("grant_type");
    if (grant === "client_credentials") return byClientCredentials(options, form, authorization);
    if (deviceSignIn !== null && (grant === DEVICE_GRANT || grant === DEVICE_GRANT_SHORT)) return deviceSignIn.redeem(form);
    return Promise.resolve(refusal(400, "unsupported_grant_type", "Only grant_type=client_credentials and device codes are served. Sign in as a service principal, or with a device code."));
  };
}

async function byClientCredentials({ issuer, checkClient }: TokenEndpointOptions, form: URLSearchParams, authorization: string | undefined): Promise<TokenAnswer> {
  const basic = basicCredentials(authorization);
  const clientId = basic?.id ?? form.get("client_id") ?? "";
  const clientSecret = basic?.secret ?? form.get("client_secret") ?? "";
  if (clientId === "" || clientSecret === "") return refusal(400, "invalid_request", "client_id and client_secret are required.");
  const asked = audienceOf(form, issuer);
  if (!("audience" in asked)) return asked;
  const principal = await checkClient(clientId, clientSecret);
  if (principal === "busy") return BUSY;
  if (principal === null) return refusal(401, "invalid_client", "AADSTS7000215: the client id or the client secret is wrong.");
  return grantToken(issuer, principal, asked.audience);
}
