// The front door over a real TLS listener, before real resource providers and a real store, with a clock that
// stands still until a test moves it. Requests go out byte for byte as a test writes them.
import { request as httpsRequest } from "node:https";
import type { IncomingHttpHeaders } from "node:http";
import { contractRoutes, createHttpServer } from "@cynosure/http-server";
import type { HttpServer, HttpServerOptions, RequestLogEntry, ServedRoute } from "@cynosure/http-server";
import { authorizeTenant, createLoopbackCertificate, findFreePort } from "@cynosure/http-server/testkit";
import { createAuthenticate, createTokenIssuer, generateSigningKeyPem, signInRoutes } from "@cynosure/identity";
import { GROUP, SUBSCRIPTION, TENANT, clusterBody, clusterKeyIn, openWorld } from "@cynosure/resource-providers/testkit";
import type { World } from "@cynosure/resource-providers/testkit";

export { GROUP, SUBSCRIPTION, TENANT, clusterBody };

/** Of front-door types. */
export const VERSION = "api-version=2021-04-01";
/** Of the provider's types. */
export const PROVIDER_VERSION = "api-version=2026-12-01";

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: Record<string, unknown> & { readonly value?: readonly Record<string, unknown>[]; readonly nextLink?: string; readonly error?: { code: string; target?: string; message: string; details?: readonly { code: string; target?: string }[] } };
}

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text goes out as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly chunked?: boolean;
}

export interface ServedFrontDoor {
  readonly world: World;
  readonly baseUrl: string;
  readonly caPem: string;
  readonly logged: RequestLogEntry[];
  send(path: string, request?: Sent): Promise<Reply>;
  tokenFor(principalId: string, tenantId?: string): Promise<string>;
  /** Makes a cluster and delivers it. */
  deliver(group: string, name: string, tags?: Record<string, string>): Promise<void>;
  finishPlan(group: string, name: string): Promise<void>;
  failPlan(group: string, name: string): Promise<void>;
  close(): Promise<void>;
}

export interface ServedOptions extends Partial<Pick<HttpServerOptions, "throttle" | "handlerTimeoutMsMax">> {
  readonly routes?: readonly ServedRoute[] | ((world: World) => readonly ServedRoute[]);
}

export const groupPath = (name: string): string => `/subscriptions/${SUBSCRIPTION}/resourceGroups/${name}`;
export const clusterPath = (group: string, name: string): string => `${groupPath(group)}/providers/Cynosure.Storage/clusters/${name}`;

export async function openServedFrontDoor({ routes = [], ...more }: ServedOptions = {}): Promise<ServedFrontDoor> {
  const world = await openWorld();
  const { clock } = world;
  const baseUrl = `https://127.0.0.1:${await findFreePort()}`;
  const tls = await createLoopbackCertificate({ names: ["127.0.0.1"], nowMs: Date.now(), validDays: 1 });
  const issuerSettings = { signingKeyPem: generateSigningKeyPem(), issuer: `${baseUrl}/adfs`, audiences: [`${baseUrl}/`], lifetimeSeconds: 86_400 * 365, clock };
  const issuer = await createTokenIssuer({ ...issuerSettings, tenantId: TENANT });
  const logged: RequestLogEntry[] = [];
  const server: HttpServer = createHttpServer({
    baseUrl,
    tls,
    issuer: issuer.issuer,
    namespaces: ["Cynosure.Storage", "Microsoft.Resources"],
    routingName: "local",
    authenticate: createAuthenticate(issuer),
    admit: world.frontDoor.admit,
    authorize: authorizeTenant(TENANT),
    routes: [
      ...signInRoutes({ baseUrl, issuer, verifyClient: () => Promise.resolve(null) }),
      ...contractRoutes({ handlers: world.handlers, namespace: "Cynosure.Storage", locations: ["local"], retryAfterSecondsMin: 1 }),
      ...world.frontDoor.routes,
      ...(typeof routes === "function" ? routes(world) : routes),
    ],
    log: (entry) => logged.push(entry),
    ...more,
  });
  await server.listen();
  const tokenFor = async (principalId: string, tenantId = TENANT): Promise<string> => {
    const own = tenantId === TENANT ? issuer : await createTokenIssuer({ ...issuerSettings, tenantId });
    return (await own.issue({ id: principalId, type: "Application", displayName: principalId }, `${baseUrl}/`)).accessToken;
  };
  const bearer = `Bearer ${await tokenFor("tester")}`;
  const send = (path: string, request: Sent = {}): Promise<Reply> => exchange(path.startsWith("https:") ? path : `${baseUrl}${path}`, tls.certificatePem, { ...request, headers: { authorization: bearer, ...request.headers } });
  const key = (group: string, name: string) => clusterKeyIn({ subscriptionId: SUBSCRIPTION, resourceGroupName: group, clusterName: name });
  return {
    world,
    baseUrl,
    caPem: tls.certificatePem,
    logged,
    send,
    tokenFor,
    deliver: async (group, name, tags) => {
      const reply = await send(`${clusterPath(group, name)}?${PROVIDER_VERSION}`, { method: "PUT", body: clusterBody(tags === undefined ? {} : { tags }) });
      if (reply.status !== 201) throw new Error(`the cluster was not made: ${reply.text}`);
      await world.finishPlan(key(group, name));
    },
    finishPlan: (group, name) => world.finishPlan(key(group, name)),
    failPlan: (group, name) => world.failPlan(key(group, name)),
    close: async () => {
      await server.close();
      await world.close();
    },
  };
}

function exchange(url: string, ca: string, { method = "GET", headers = {}, body, chunked = false }: Sent): Promise<Reply> {
  const payload = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
  const about = { ...(payload === undefined ? {} : { "content-type": "application/json", ...(chunked ? { "transfer-encoding": "chunked" } : { "content-length": String(Buffer.byteLength(payload)) }) }), ...headers };
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    // The path as it was written: a URL object would already have mended it. A test may send another Host than it asks.
    const outgoing = httpsRequest({ host: hostname, port, ca, checkServerIdentity: () => undefined, method, path: url.slice(url.indexOf("/", "https://".length)), headers: about, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: text === "" ? {} : (JSON.parse(text) as Reply["body"]) });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(payload);
  });
}
