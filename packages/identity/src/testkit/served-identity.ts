// Identity as it is served: a real listener with the principals' handlers and the sign-in paths, over a real
// store. Several may share one database, as control planes do.
import { Agent, request as httpsRequest } from "node:https";
import type { IncomingHttpHeaders } from "node:http";
import type { Handlers } from "@cynosure/contract";
import type { RequestContext } from "@cynosure/arm-protocol";
import { contractRoutes, createHttpServer } from "@cynosure/http-server";
import { authorizeTenant, createLoopbackCertificate, findFreePort } from "@cynosure/http-server/testkit";
import type { Clock } from "@cynosure/model";
import type { Store } from "@cynosure/resource-store";
import { openTestStore } from "@cynosure/resource-store/testkit";
import type { TestStore } from "@cynosure/resource-store/testkit";
import { createAuthenticate } from "../bearer-authentication.ts";
import { hashClientSecret } from "../client-secret.ts";
import { createVerifyClient } from "../client-verification.ts";
import { portalRoutes } from "../portal/portal-routes.ts";
import { createPortalSessions } from "../portal/portal-sessions.ts";
import { createSessionAuthenticate } from "../portal/session-authentication.ts";
import { createPrincipalLiveness } from "../principal-liveness.ts";
import { servicePrincipalHandlers } from "../service-principals.ts";
import { ISSUER_PATH, signInRoutes } from "../sign-in-routes.ts";
import { createTokenIssuer, generateSigningKeyPem } from "../token-issuer.ts";
import { createTokenVerifier } from "../token-verifier.ts";

export const TENANT = "00000000-0000-4000-8000-0000000000aa";
export const BUILT_IN = { clientId: "0f0e0d0c-0000-4000-8000-000000000001", clientSecret: "not-a-secret-1" };
const VERSION = "api-version=2026-12-01";

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Empty when the text is no JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface ServedIdentity {
  readonly baseUrl: string;
  readonly caPem: string;
  /** Everything that was logged. */
  readonly logged: readonly unknown[];
  /** Object ids of those who may do nothing here. */
  readonly forbidden: Set<string>;
  post(path: string, form: Readonly<Record<string, string>>): Promise<Reply>;
  get(path: string): Promise<Reply>;
  /** ARM request about principals; `path` after servicePrincipals. */
  arm(method: string, path: string, body?: unknown, token?: string): Promise<Reply>;
  /** Any request, byte for byte. */
  send(method: string, path: string, headers: Readonly<Record<string, string>>, body?: string): Promise<Reply>;
  /** Client credentials for this listener. */
  signIn(clientId: string, clientSecret: string): Promise<Reply>;
  stop(): Promise<void>;
}

export interface IdentityRig {
  readonly testStore: TestStore;
  readonly clock: Clock & { nowMs: number };
  serve(): Promise<ServedIdentity>;
  close(): Promise<void>;
}

export async function openIdentityRig(): Promise<IdentityRig> {
  const clock = { nowMs: Date.parse("2026-12-01T00:00:00Z"), now: () => clock.nowMs, sleep: () => Promise.resolve() };
  const testStore = await openTestStore({ nowMs: () => clock.nowMs });
  const signingKeyPem = generateSigningKeyPem();
  const opened: ServedIdentity[] = [];
  return {
    testStore,
    clock,
    serve: async () => {
      const served = await serve({ store: opened.length === 0 ? testStore.store : await testStore.openAgain(), clock, signingKeyPem });
      opened.push(served);
      return served;
    },
    close: async () => {
      for (const each of opened) await each.stop();
      await testStore.close();
    },
  };
}

async function serve({ store, clock, signingKeyPem }: { readonly store: Store; readonly clock: Clock; readonly signingKeyPem: string }): Promise<ServedIdentity> {
  const baseUrl = `https://127.0.0.1:${await findFreePort()}`;
  const tls = await createLoopbackCertificate({ names: ["127.0.0.1", "localhost"], nowMs: Date.now(), validDays: 1 });
  const issuer = await createTokenIssuer({ signingKeyPem, tenantId: TENANT, issuer: `${baseUrl}${ISSUER_PATH}`, audiences: [baseUrl, "https://management.azure.com"], lifetimeSeconds: 3600, clock });
  const builtIn = { clientId: BUILT_IN.clientId, secretHash: await hashClientSecret(BUILT_IN.clientSecret), displayName: "built-in" };
  const logged: unknown[] = [];
  const forbidden = new Set<string>();
  const handlers = servicePrincipalHandlers({ store, clock, newId: () => crypto.randomUUID(), tenantId: TENANT });
  const isLiving = createPrincipalLiveness({ principals: store.principals, builtInObjectId: BUILT_IN.clientId, clock });
  const sessions = createPortalSessions({ store, isLiving, clock });
  const ownOrigins = [baseUrl];
  const server = createHttpServer({
    baseUrl,
    tls,
    issuer: issuer.issuer,
    namespaces: ["Cynosure.Identity"],
    authenticate: createSessionAuthenticate({ bearer: createAuthenticate(createTokenVerifier({ issuer, trusted: null, isLiving, tenantId: TENANT })), sessions, ownOrigins }),
    admit: () => Promise.resolve(),
    authorize: (request) => (forbidden.has(request.principal.id) ? Promise.resolve({ allowed: false }) : authorizeTenant(TENANT)(request)),
    routes: [
      ...signInRoutes({ baseUrl, issuer, verifyClient: createVerifyClient({ builtIn, principals: store.principals, clock }), device: { store, clock } }),
      ...portalRoutes({ sessions, ownOrigins, subscriptionId: "subscription", location: "local" }),
      // Tests of this room ask for principals only.
      ...contractRoutes({ handlers: handlers as unknown as Handlers<RequestContext>, namespace: "Cynosure.Storage", locations: ["local"] }),
    ],
    log: (entry) => logged.push(entry),
  });
  await server.listen();
  const agent = new Agent({ keepAlive: true, ca: tls.certificatePem });
  const send = (method: string, path: string, headers: Readonly<Record<string, string>>, body = ""): Promise<Reply> => exchange(agent, new URL(path, baseUrl), { method, headers, body });
  const post = (path: string, form: Readonly<Record<string, string>>): Promise<Reply> => send("POST", path, { "content-type": "application/x-www-form-urlencoded" }, new URLSearchParams(form).toString());
  const signIn = (clientId: string, clientSecret: string): Promise<Reply> => post("/adfs/oauth2/token", { grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret, scope: `${baseUrl}/.default` });
  const ownToken = String((await signIn(BUILT_IN.clientId, BUILT_IN.clientSecret)).body["access_token"]);
  return {
    baseUrl,
    caPem: tls.certificatePem,
    logged,
    forbidden,
    send,
    post,
    get: (path) => send("GET", path, {}, ""),
    arm: (method, path, body, token = ownToken) =>
      send(method, `/providers/Cynosure.Identity/servicePrincipals${path}${path.includes("?") ? "&" : "?"}${VERSION}`, { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": "application/json" }) }, body === undefined ? "" : JSON.stringify(body)),
    signIn,
    stop: async () => {
      agent.destroy();
      await server.close();
    },
  };
}

function exchange(agent: Agent, url: URL, { method, headers, body }: { readonly method: string; readonly headers: Readonly<Record<string, string>>; readonly body: string }): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = httpsRequest(url, { agent, method, headers: { ...headers, "content-length": String(Buffer.byteLength(body)) } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: objectIn(text) });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
