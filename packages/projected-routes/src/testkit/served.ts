// A listener with projected routes over fakes, one delivered cluster of each kind, and a caller whose rights a test chooses.
import { createHttpServer } from "@cynosure/http-server";
import type { AuthorizationRequest, HttpServer } from "@cynosure/http-server";
import { createLoopbackCertificate } from "@cynosure/http-server/testkit";
import { aResource, createMemoryDatabase, openMemoryStore, testCluster } from "@cynosure/resource-store/testkit";
import type { AuditRow, ProvisioningState, Store } from "@cynosure/resource-store";
import { ControlPlaneError } from "@cynosure/model";
import { contractActions } from "./contract-actions.ts";
import { projectedRoutes } from "../projected-routes.ts";
import { fakeNativeApis } from "./fake-native-apis.ts";
import type { FakeNativeApis } from "./fake-native-apis.ts";
import { fakeProjectedTypes } from "./fake-projected-types.ts";
import type { FakeProjectedTypes } from "./fake-projected-types.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly body: { readonly error?: { readonly code: string; readonly message: string; readonly target?: string } } & Readonly<Record<string, unknown>>;
}

export interface Served {
  readonly store: Store;
  readonly projected: FakeProjectedTypes;
  readonly native: FakeNativeApis;
  readonly asked: readonly AuthorizationRequest[];
  /** Refuses what it answers true for. */
  refuses: (request: AuthorizationRequest) => boolean;
  /** Below the cluster `Harbour`, which runs vast; another one by its name. */
  send(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>, cluster?: string): Promise<Answer>;
  audited(): Promise<readonly AuditRow[]>;
  close(): Promise<void>;
}

export const BASE = "https://127.0.0.1:1";
export const clusterIdOf = (name: string): string => testCluster(name).id;

async function putCluster(store: Store, name: string, engine: string, provisioningState: ProvisioningState = "Succeeded"): Promise<void> {
  await store.resources.put(aResource(name, { properties: { engine }, provisioningState }), { kind: "none" });
}

export async function serve(): Promise<Served> {
  const store = openMemoryStore(createMemoryDatabase({ clock: { now: () => 1_000, sleep: () => Promise.resolve() } }));
  await putCluster(store, "Harbour", "vast");
  await putCluster(store, "Reef", "ceph");
  await putCluster(store, "Model", "simulated");
  await putCluster(store, "Young", "vast", "Provisioning");
  const [projected, native, asked] = [fakeProjectedTypes(), fakeNativeApis("vast"), [] as AuthorizationRequest[]];
  const authorize = (request: AuthorizationRequest): Promise<{ readonly allowed: boolean }> => {
    asked.push(request);
    return Promise.resolve({ allowed: !served.refuses(request) });
  };
  const options = {
    projected,
    native,
    store,
    requireGroup: async (id: { readonly resourceGroup: string | null }) => {
      await Promise.resolve();
      if (id.resourceGroup !== "quickstart") throw new ControlPlaneError("ResourceGroupNotFound", "There is no such group.");
    },
    authorize,
    locations: ["local"],
    retryAfterSecondsMin: 1,
    nowMs: () => 1_000,
  };
  const server: HttpServer = createHttpServer({
    baseUrl: BASE,
    routes: [...projectedRoutes(options), ...contractActions(options)],
    authenticate: () => Promise.resolve({ principal: { id: "p1", type: "User", displayName: "ada", tenantId: "t" } }),
    admit: () => Promise.resolve(),
    authorize,
    namespaces: ["Cynosure.Storage"],
    tls: await createLoopbackCertificate({ names: ["127.0.0.1"], nowMs: Date.now(), validDays: 1 }),
    issuer: BASE,
    log: () => undefined,
  });
  const served: Served = {
    store,
    projected,
    native,
    asked,
    refuses: () => false,
    async send(method, path, body, headers = {}, cluster = "Harbour") {
      const url = `${testCluster(cluster).id}/${path}${path.includes("?") ? "&" : "?"}api-version=2026-12-01`;
      const reply = await server.app.inject({ method: method as "GET", url, headers: { host: "127.0.0.1", ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers }, ...(body === undefined ? {} : { payload: typeof body === "string" ? body : JSON.stringify(body) }) }); // any method is sent as it is
      const isJson = String(reply.headers["content-type"] ?? "").startsWith("application/json");
      return { status: reply.statusCode, headers: reply.headers, text: reply.body, body: isJson ? reply.json<Answer["body"]>() : {} };
    },
    audited: () => store.audit.list({ limitMax: 100 }),
    close: async () => {
      await server.close();
      await store.close();
    },
  };
  return served;
}
