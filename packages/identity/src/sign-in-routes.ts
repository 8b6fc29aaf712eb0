// Open routes: what a client reads before it has a token. The issuer's path is exactly `/adfs`, the one
// authority path that client libraries accept without asking a public directory (arm-rpc §19).
import { Buffer } from "node:buffer";
import type { RouteRequest, ServedRoute } from "@cynosure/http-server";
import { createTokenEndpoint } from "./token-endpoint.ts";
import type { VerifyClient } from "./token-endpoint.ts";
import type { TokenIssuer } from "./token-issuer.ts";

export const ISSUER_PATH = "/adfs";

export interface SignInOptions {
  readonly baseUrl: string;
  readonly issuer: TokenIssuer;
  readonly verifyClient: VerifyClient;
}

const openGet = (path: string, body: (request: RouteRequest) => unknown): ServedRoute => ({
  method: "GET",
  path,
  access: "open",
  takes: "nothing",
  apiVersion: null,
  permission: null,
  answer: (request) => Promise.resolve({ status: 200, body: body(request) }),
});

export function signInRoutes(options: SignInOptions): readonly ServedRoute[] {
  const { baseUrl, issuer } = options;
  const root = `${baseUrl}${ISSUER_PATH}`;
  const configuration = {
    issuer: issuer.issuer,
    authorization_endpoint: `${root}/oauth2/authorize`,
    token_endpoint: `${root}/oauth2/token`,
    jwks_uri: `${root}/discovery/keys`,
    token_endpoint_auth_methods_supported: ["client_secret_post", "client_secret_basic"],
    grant_types_supported: ["client_credentials"],
    response_types_supported: ["token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["ES256"],
    scopes_supported: issuer.audiences.map((audience) => `${audience}/.default`),
  };
  const answerToken = createTokenEndpoint(issuer, options.verifyClient);
  const token: ServedRoute = {
    method: "POST",
    path: `${ISSUER_PATH}/oauth2/token`,
    access: "open",
    takes: "form",
    apiVersion: null,
    permission: null,
    answer: (request) => answerToken(Buffer.isBuffer(request.body) ? request.body.toString("utf8") : "", request.headers["authorization"]),
  };
  return [
    openGet(`${ISSUER_PATH}/.well-known/openid-configuration`, () => configuration),
    // Some clients put the tenant name once more in front.
    openGet(`${ISSUER_PATH}/{tenant}/.well-known/openid-configuration`, () => configuration),
    openGet(`${ISSUER_PATH}/discovery/keys`, () => issuer.keys),
    openGet("/metadata/endpoints", (request) => metadata(baseUrl, issuer, request.query["api-version"] ?? "2015-01-01")),
    token,
  ];
}

/** Two shapes exist: one cloud up to 2018, a list of clouds from 2019 on. */
function metadata(baseUrl: string, issuer: TokenIssuer, apiVersion: string): unknown {
  const authentication = { loginEndpoint: `${baseUrl}${ISSUER_PATH}`, audiences: issuer.audiences, tenant: "adfs", identityProvider: "ADFS" };
  if (apiVersion < "2019") return { galleryEndpoint: baseUrl, graphEndpoint: baseUrl, portalEndpoint: baseUrl, authentication };
  return [
    {
      name: "Cynosure",
      portal: baseUrl,
      resourceManager: `${baseUrl}/`,
      graph: baseUrl,
      graphAudience: baseUrl,
      gallery: baseUrl,
      authentication,
      suffixes: {},
    },
  ];
}
