// Answers in OAuth's own format, not ARM's: what client libraries parse at the sign-in paths.
import type { RequestPrincipal } from "@cynosure/arm-protocol";
import type { TokenIssuer } from "./token-issuer.ts";

export interface TokenAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export const refusal = (status: number, error: string, description: string): TokenAnswer => ({
  status,
  headers: { "cache-control": "no-store", ...(status === 429 ? { "retry-after": "2" } : {}) },
  body: { error, error_description: description },
});

export const BUSY = refusal(429, "temporarily_unavailable", "Too many sign-ins at once. Try again shortly.");

export async function grantToken(issuer: TokenIssuer, principal: Omit<RequestPrincipal, "tenantId">, audience: string): Promise<TokenAnswer> {
  const token = await issuer.issue(principal, audience);
  return {
    status: 200,
    headers: { "cache-control": "no-store", pragma: "no-cache" },
    body: { token_type: "Bearer", expires_in: token.expiresInSeconds, ext_expires_in: token.expiresInSeconds, access_token: token.accessToken, scope: `${audience}/.default`, resource: audience },
  };
}

/** For clients that keep an account of the person (they ask with client_info=1): who it is, beside the token. */
export async function withAccount(answer: TokenAnswer, issuer: TokenIssuer, principal: RequestPrincipal, clientId: string): Promise<TokenAnswer> {
  const clientInfo = Buffer.from(JSON.stringify({ uid: principal.id, utid: principal.tenantId })).toString("base64url");
  return { ...answer, body: { ...(answer.body as object), id_token: await issuer.issueIdToken(principal, clientId), client_info: clientInfo } }; // a granted token is an object
}

/** `scope` is `{audience}/.default`, where the audience may itself end with a slash; `resource` is the older form. */
function askedAudience(form: URLSearchParams): string | null {
  const scope = (form.get("scope") ?? "").split(" ").find((entry) => entry.endsWith("/.default"));
  if (scope !== undefined) return scope.slice(0, -"/.default".length);
  return form.get("resource");
}

/** The audience asked for when it is served here, else the refusal. */
export function audienceOf(form: URLSearchParams, issuer: TokenIssuer): { readonly audience: string } | TokenAnswer {
  const asked = askedAudience(form);
  if (asked === null) return refusal(400, "invalid_scope", `Name the resource: scope={audience}/.default with one of: ${issuer.audiences.join(" ")}`);
  const audience = issuer.knownAudience(asked);
  return audience === null ? refusal(400, "invalid_scope", `The resource asked for is not served here. Use one of: ${issuer.audiences.join(" ")}`) : { audience };
}
