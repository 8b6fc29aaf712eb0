// Open routes: what a client reads before it has a token. The issuer's path is exactly `/adfs`, the one
// authority path that client libraries accept without asking a public directory (arm-rpc §19).
import type { Clock } from "@cynosure/model";
import type { RouteRequest, ServedRoute } from "@cynosure/http-server";
import type { Store } from "@cynosure/resource-store";
import { createCheckClient } from "./client-check.ts";
import type { VerifyClient } from "./client-check.ts";
import { describeCloud } from "./cloud-metadata.ts";
import { deviceRoutes, formOf, openRoute } from "./device-routes.ts";
import { createDeviceSignIn } from "./device-sign-in.ts";
import { DEVICE_GRANT, createTokenEndpoint } from "./token-endpoint.ts";
import type { TokenIssuer } from "./token-issuer.ts";

export const ISSUER_PATH = "/adfs";
const DEVICE_CODE_PATH = `${ISSUER_PATH}/oauth2/devicecode`;
const DEVICE_PAGE_PATH = `${ISSUER_PATH}/oauth2/deviceauth`;
/** As the public cloud has them, for clients that do not read the configuration. */
const PUBLIC_CODE_PATH = "/{tenant}/oauth2/v2.0/devicecode";
const PUBLIC_TOKEN_PATH = "/{tenant}/oauth2/v2.0/token";

export interface SignInOptions {
  readonly baseUrl: string;
  readonly issuer: TokenIssuer;
  readonly verifyClient: VerifyClient;
  /** Where device codes wait; without it people do not sign in here. */
  readonly device?: { readonly store: Pick<Store, "deviceCodes" | "principals" | "appendAudit" | "transaction">; readonly clock: Clock };
}

export function signInRoutes(options: SignInOptions): readonly ServedRoute[] {
  const { baseUrl, issuer, device } = options;
  const checkClient = createCheckClient(options.verifyClient);
  const deviceSignIn = device === undefined ? null : createDeviceSignIn({ ...device, issuer, checkClient, pageUrl: `${baseUrl}${DEVICE_PAGE_PATH}` });
  const configuration = describeIssuer(baseUrl, issuer, deviceSignIn !== null);
  const answerToken = createTokenEndpoint({ issuer, checkClient, deviceSignIn });
  const token = (path: string): ServedRoute => openRoute("POST", path, (request) => answerToken(formOf(request).toString(), request.headers["authorization"]));
  const get = (path: string, body: (request: RouteRequest) => unknown): ServedRoute => openRoute("GET", path, (request) => Promise.resolve({ status: 200, body: body(request) }));
  return [
    get(`${ISSUER_PATH}/.well-known/openid-configuration`, () => configuration),
    // Some clients put the tenant name once more in front.
    get(`${ISSUER_PATH}/{tenant}/.well-known/openid-configuration`, () => configuration),
    get(`${ISSUER_PATH}/discovery/keys`, () => issuer.keys),
    get("/metadata/endpoints", (request) => describeCloud(baseUrl, `${baseUrl}${ISSUER_PATH}`, issuer, request.query["api-version"])),
    token(`${ISSUER_PATH}/oauth2/token`),
    token(PUBLIC_TOKEN_PATH),
    ...(deviceSignIn === null ? [] : deviceRoutes({ deviceSignIn, codePaths: [DEVICE_CODE_PATH, PUBLIC_CODE_PATH], pagePath: DEVICE_PAGE_PATH })),
  ];
}

function describeIssuer(baseUrl: string, issuer: TokenIssuer, hasDeviceSignIn: boolean): unknown {
  const root = `${baseUrl}${ISSUER_PATH}`;
  return {
    issuer: issuer.issuer,
    authorization_endpoint: `${root}/oauth2/authorize`,
    token_endpoint: `${root}/oauth2/token`,
    ...(hasDeviceSignIn ? { device_authorization_endpoint: `${baseUrl}${DEVICE_CODE_PATH}` } : {}),
    jwks_uri: `${root}/discovery/keys`,
    token_endpoint_auth_methods_supported: ["client_secret_post", "client_secret_basic"],
    grant_types_supported: ["client_credentials", ...(hasDeviceSignIn ? [DEVICE_GRANT] : [])],
    response_types_supported: ["token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["ES256"],
    scopes_supported: issuer.audiences.map((audience) => `${audience}/.default`),
  };
}
