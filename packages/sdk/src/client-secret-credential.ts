// Signs in as a service principal at the server's own issuer (OAuth 2.0 client credentials) and keeps the token
// until shortly before its end. For an outside issuer use a credential of `@azure/identity` instead.
import type { AccessToken, TokenCredential } from "@azure/core-auth";
import { createDefaultHttpClient, createHttpHeaders, createPipelineFromOptions, createPipelineRequest, proxyPolicyName } from "@azure/core-rest-pipeline";
import type { HttpClient, TlsSettings } from "@azure/core-rest-pipeline";
import { ArmError } from "./arm-error.ts";

export interface ClientSecretOptions {
  /** Base URL of the ARM endpoint; its issuer is below it at /adfs. */
  readonly endpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Certificates to trust besides the machine's own, as in `{ ca: pem }`; Node only. */
  readonly tlsOptions?: TlsSettings;
  /** Replaces the transport, for tests and browsers. */
  readonly httpClient?: HttpClient;
}

const TOKEN_PATH = "/adfs/oauth2/token";
/** A token is asked for anew this long before it ends. */
const TOKEN_MARGIN_MS = 60_000;
const SIGN_IN_TIMEOUT_MS_MAX = 30_000;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null;

export function createClientSecretCredential(options: ClientSecretOptions): TokenCredential {
  const httpClient = options.httpClient ?? createDefaultHttpClient();
  const pipeline = createPipelineFromOptions(options.tlsOptions === undefined ? {} : { tlsOptions: options.tlsOptions });
  pipeline.removePolicy({ name: proxyPolicyName });
  const kept = new Map<string, AccessToken>();

  const signIn = async (scope: string): Promise<AccessToken> => {
    const form = new URLSearchParams({ grant_type: "client_credentials", client_id: options.clientId, client_secret: options.clientSecret, scope });
    const request = createPipelineRequest({ method: "POST", url: new URL(TOKEN_PATH, options.endpoint).href, timeout: SIGN_IN_TIMEOUT_MS_MAX, headers: createHttpHeaders({ "content-type": "application/x-www-form-urlencoded", accept: "application/json" }), body: form.toString() });
    // Errors of the transport carry the request, and with it the secret: only their words go on.
    const response = await pipeline.sendRequest(httpClient, request).catch((error: unknown) => {
      throw new ArmError({ code: "SignInFailed", message: `${options.endpoint} does not answer a sign-in: ${error instanceof Error ? error.message : "no reason given"}; check that it is up and its certificate is trusted` });
    });
    const answer = readJson(response.bodyAsText);
    const { access_token: token, expires_in: seconds, error_description: reason } = answer;
    if (response.status === 200 && typeof token === "string") return { token, expiresOnTimestamp: Date.now() + (typeof seconds === "number" ? seconds : 300) * 1000 };
    throw new ArmError({ code: "AuthenticationFailed", message: typeof reason === "string" ? reason : `the sign-in was answered with status ${response.status} and no token`, statusCode: response.status });
  };

  return {
    getToken: async (scopes) => {
      const scope = typeof scopes === "string" ? scopes : scopes.join(" ");
      const current = kept.get(scope);
      if (current !== undefined && current.expiresOnTimestamp - Date.now() > TOKEN_MARGIN_MS) return current;
      const fresh = await signIn(scope);
      kept.set(scope, fresh);
      return fresh;
    },
  };
}

function readJson(text: string | null | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return isRecord(value) ? value : {};
  } catch {
    return {}; // not JSON: the status speaks
  }
}
