// Sends one request of the route table and reads one answer. Knows routes, tokens and errors; knows nothing of
// resources, pages or pollers.
import { bearerTokenAuthenticationPolicy, createDefaultHttpClient, createHttpHeaders, createPipelineFromOptions, createPipelineRequest, isRestError, proxyPolicyName } from "@azure/core-rest-pipeline";
import type { HttpClient, HttpMethods, Pipeline, PipelinePolicy, PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";
import { routes } from "@cynosure/contract";
import type { OperationId, Route } from "@cynosure/contract";
import { ArmError, errorOfResponse } from "./arm-error.ts";
import type { CynosureClientOptions, RequestOptions } from "./client-options.ts";

export interface TransportRequest {
  readonly method: HttpMethods;
  readonly url: string;
  readonly body?: unknown;
}

export interface TransportResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** What was answered when it is text and no JSON. */
  readonly text?: string;
}

/** What no operation of the contract is about: a resource that the engine of a cluster brings with it. */
export interface PathRequest {
  readonly method: "GET" | "PUT" | "PATCH" | "DELETE" | "POST";
  /** Words of the path below the subscription, not encoded. */
  readonly words: readonly string[];
  /** In this order; a name may come several times. */
  readonly query?: readonly (readonly [string, string])[];
  readonly body?: unknown;
}

export type PathParameters = Readonly<Record<string, string>>;

const publicAzureScope = "https://management.azure.com/.default";
const requestTimeoutMsMax = 120_000;
const routesById = new Map<OperationId, Route>(routes.map((route) => [route.operationId, route]));
/** Projected types are below clusters and have their version. */
const clusterApiVersion = routesById.get("Clusters_Get")?.apiVersions[0] ?? "";

/** The one parameter that is a path of its own: the id of what the scope is, `/` for the tenant. */
function encodeScope(scope: string): string {
  const words = scope.split("/").filter((word) => word !== "");
  // A URL takes the word before `..` away: that would be another scope.
  if (words.some((word) => word === "." || word === "..")) throw new ArmError({ code: "InvalidParameter", target: "scope", message: `'${scope}' is no scope; give the id of a subscription, a resource group or a resource, or /` });
  return words.map((word) => `/${encodeURIComponent(word)}`).join("");
}

const isLoopback = (host: string): boolean => host === "localhost" || host === "[::1]" || host.startsWith("127.");

/** The browser adds its cookie by itself; the header is what no other site's page can send along with it. */
const sessionCookiePolicy: PipelinePolicy = {
  name: "sessionCookiePolicy",
  sendRequest: (request, next) => {
    request.headers.set("x-cynosure-portal", "1");
    return next(request);
  },
};

function makePipeline(options: CynosureClientOptions, endpoint: URL): Pipeline {
  const pipeline = createPipelineFromOptions({
    ...(options.tlsOptions === undefined ? {} : { tlsOptions: options.tlsOptions }),
    ...(options.agent === undefined ? {} : { agent: options.agent }),
    ...(options.retryOptions === undefined ? {} : { retryOptions: options.retryOptions }),
    ...(options.userAgentPrefix === undefined ? {} : { userAgentOptions: { userAgentPrefix: options.userAgentPrefix } }),
  });
  // A proxy of the environment cannot reach this machine's own loopback.
  if (isLoopback(endpoint.hostname)) pipeline.removePolicy({ name: proxyPolicyName });
  const scopes = options.credentialScopes ?? publicAzureScope;
  if (options.credential === null) pipeline.addPolicy(sessionCookiePolicy);
  else pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential: options.credential, scopes: typeof scopes === "string" ? scopes : [...scopes] }));
  return pipeline;
}

export class Transport {
  readonly pollingIntervalMs: number;
  readonly #endpoint: URL;
  readonly #subscriptionId: string;
  readonly #pipeline: Pipeline;
  readonly #httpClient: HttpClient;

  constructor(options: CynosureClientOptions) {
    this.#endpoint = new URL(options.endpoint);
    this.#subscriptionId = options.subscriptionId;
    this.#pipeline = makePipeline(options, this.#endpoint);
    this.#httpClient = options.httpClient ?? createDefaultHttpClient();
    this.pollingIntervalMs = options.pollingIntervalMs ?? 2000;
  }

  route(operationId: OperationId): Route {
    const route = routesById.get(operationId);
    if (route === undefined) throw new ArmError({ code: "UnknownOperation", message: `The contract has no operation ${operationId}` });
    return route;
  }

  /** The first request of an operation; the subscription comes from the client unless it is given. */
  request(operationId: OperationId, params: PathParameters, body?: unknown, query: Readonly<Record<string, string>> = {}): TransportRequest {
    const route = this.route(operationId);
    const values: PathParameters = { subscriptionId: this.#subscriptionId, ...params };
    const path = route.path.replace(/\/\{([^}]+)\}/g, (_, name: string) => {
      const value = values[name];
      if (name === "scope" && value !== undefined) return encodeScope(value);
      // An empty segment would be a different route: `…/clusters/` lists, and DELETE on it must never happen.
      if (value === undefined || value === "") throw new ArmError({ code: "InvalidParameter", target: name, message: `${operationId} needs ${name}; give it` });
      return `/${encodeURIComponent(value)}`;
    });
    const url = new URL(path, this.#endpoint);
    url.searchParams.set("api-version", route.apiVersions[0] ?? "");
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return { method: route.method, url: url.href, ...(body === undefined ? {} : { body }) };
  }

  /** A request by words of its path. */
  pathRequest({ method, words, query = [], body }: PathRequest): TransportRequest {
    // A URL takes `.` and `..` away, and an empty word is another route.
    const bad = words.find((word) => word === "" || word === "." || word === "..");
    if (bad !== undefined) throw new ArmError({ code: "InvalidParameter", target: "path", message: `'${bad}' cannot be a word of a path; give the object's id, as id-<n>` });
    const url = new URL(["", "subscriptions", this.#subscriptionId, ...words].map(encodeURIComponent).join("/"), this.#endpoint);
    url.searchParams.set("api-version", clusterApiVersion);
    for (const [name, value] of query) url.searchParams.append(name, value);
    return { method, url: url.href, ...(body === undefined ? {} : { body }) };
  }

  /** Sends a request; answers at or above 400 become an ArmError. */
  async send(request: TransportRequest, options: RequestOptions = {}): Promise<TransportResponse> {
    const url = new URL(request.url, this.#endpoint);
    // Links come from the server's answers: the token goes nowhere but to the server itself.
    if (url.origin !== this.#endpoint.origin) {
      throw new ArmError({ code: "ForeignLink", message: `The server handed out a link to ${url.origin}, but this client only talks to ${this.#endpoint.origin}; check the public base URL of the server` });
    }
    const headers = createHttpHeaders({ accept: "application/json", ...options.headers });
    if (request.body !== undefined) headers.set("content-type", "application/json");
    const response = await this.#exchange(
      createPipelineRequest({
        method: request.method,
        url: url.href,
        headers,
        timeout: options.timeoutMsMax ?? requestTimeoutMsMax,
        // What stays on this machine may go without TLS; a token is not sent even there.
        allowInsecureConnection: isLoopback(this.#endpoint.hostname),
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        ...(options.abortSignal === undefined ? {} : { abortSignal: options.abortSignal }),
      }),
    );
    const body = parseBody(response.bodyAsText);
    if (response.status >= 400) throw errorOfResponse(response, body);
    const isText = body === undefined && /^text\//i.test(response.headers.get("content-type") ?? "");
    return { status: response.status, headers: response.headers.toJSON(), body, ...(isText ? { text: response.bodyAsText ?? "" } : {}) };
  }

  async #exchange(request: PipelineRequest): Promise<PipelineResponse> {
    try {
      return await this.#pipeline.sendRequest(this.#httpClient, request);
    } catch (error) {
      if (!isRestError(error)) throw error; // cancelled by the caller, or the credential has no token
      // Not kept as the cause: the pipeline's error carries the request, and with it the token.
      const code = error.code ?? "RequestFailed";
      throw new ArmError({ code, message: `${request.method} to ${this.#endpoint.origin} got no answer (${code}): ${error.message}; check that the endpoint is up and its certificate is trusted` });
    }
  }
}

function parseBody(text: string | null | undefined): unknown {
  if (text === undefined || text === null || text === "") return undefined;
  try {
    const body: unknown = JSON.parse(text);
    return body;
  } catch {
    return undefined; // not JSON: the status code alone speaks
  }
}
