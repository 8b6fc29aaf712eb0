// OAuth 2.0 client credentials at /adfs/oauth2/token. Speaks OAuth's own error format, not ARM's: this is
// what client libraries parse.
import type { RequestPrincipal } from "@cynosure/arm-protocol";
import type { TokenIssuer } from "./token-issuer.ts";

/** Answers the client's principal when id and secret are right, else null. Given by the composition root. */
export type VerifyClient = (clientId: string, clientSecret: string) => Promise<Omit<RequestPrincipal, "tenantId"> | null>;

export interface TokenAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Each check of a secret costs tens of milliseconds of processor on purpose: more at once are turned away. */
const VERIFYING_COUNT_MAX = 8;

const refusal = (status: number, error: string, description: string): TokenAnswer => ({
  status,
  headers: { "cache-control": "no-store", ...(status === 429 ? { "retry-after": "2" } : {}) },
  body: { error, error_description: description },
});

/** `scope` is `{audience}/.default`, where the audience may itself end with a slash; `resource` is the older form. */
function audienceOf(form: URLSearchParams): string | null {
  const scope = (form.get("scope") ?? "").split(" ").find((entry) => entry.endsWith("/.default"));
  if (scope !== undefined) return scope.slice(0, -"/.default".length);
  return form.get("resource");
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

export function createTokenEndpoint(issuer: TokenIssuer, verifyClient: VerifyClient): (body: string, authorization: string | undefined) => Promise<TokenAnswer> {
  let verifyingCount = 0;
  return async (body, authorization) => {
    const form = new URLSearchParams(body);
    if (form.get("grant_type") !== "client_credentials") return refusal(400, "unsupported_grant_type", "Only grant_type=client_credentials is served. Sign in as a service principal.");
    const basic = basicCredentials(authorization);
    const clientId = basic?.id ?? form.get("client_id") ?? "";
    const clientSecret = basic?.secret ?? form.get("client_secret") ?? "";
    if (clientId === "" || clientSecret === "") return refusal(400, "invalid_request", "client_id and client_secret are required.");
    const asked = audienceOf(form);
    if (asked === null) return refusal(400, "invalid_scope", `Name the resource: scope={audience}/.default with one of: ${issuer.audiences.join(" ")}`);
    const audience = issuer.knownAudience(asked);
    if (audience === null) return refusal(400, "invalid_scope", `The resource asked for is not served here. Use one of: ${issuer.audiences.join(" ")}`);
    if (verifyingCount >= VERIFYING_COUNT_MAX) return refusal(429, "temporarily_unavailable", "Too many sign-ins at once. Try again shortly.");
    verifyingCount += 1;
    let principal: Omit<RequestPrincipal, "tenantId"> | null;
    try {
      principal = await verifyClient(clientId, clientSecret);
    } finally {
      verifyingCount -= 1;
    }
    if (principal === null) return refusal(401, "invalid_client", "AADSTS7000215: the client id or the client secret is wrong.");
    const token = await issuer.issue(principal, audience);
    return {
      status: 200,
      headers: { "cache-control": "no-store", pragma: "no-cache" },
      body: { token_type: "Bearer", expires_in: token.expiresInSeconds, ext_expires_in: token.expiresInSeconds, access_token: token.accessToken, resource: audience },
    };
  };
}
