// Roles as they are served: a real listener over a real store, where the token of a request is the name of its
// caller. Beside the paths of roles it has three more, so that there is something to have a right to.
import { Agent, request as httpsRequest } from "node:https";
import type { Handlers } from "@cynosure/contract";
import type { RequestContext } from "@cynosure/arm-protocol";
import { contractRoutes, createHttpServer } from "@cynosure/http-server";
import type { HttpServer, ServedRoute } from "@cynosure/http-server";
import { createLoopbackCertificate, findFreePort } from "@cynosure/http-server/testkit";
import { resourceKey } from "@cynosure/model";
import type { Store } from "@cynosure/resource-store";
import { openTestStore } from "@cynosure/resource-store/testkit";
import type { TestStore } from "@cynosure/resource-store/testkit";
import { createAccess } from "../access.ts";
import type { Access } from "../access.ts";

export const TENANT = "00000000-0000-4000-8000-0000000000aa";
export const OWNER = "0f0e0d0c-0000-4000-8000-000000000001";
export const SUBSCRIPTION = "/subscriptions/00000000-0000-4000-8000-000000000001";
export const GROUP = `${SUBSCRIPTION}/resourceGroups/Quickstart`;
export const CLUSTER = `${GROUP}/providers/Cynosure.Storage/clusters/a`;

export interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown> & { readonly id?: string; readonly name?: string; readonly nextLink?: string; readonly value?: readonly { readonly id: string; readonly name: string; readonly properties: Record<string, unknown> }[]; readonly properties?: Record<string, unknown>; readonly error?: { readonly code: string; readonly message: string; readonly target?: string } };
}

export interface Caller {
  readonly id: string;
  readonly groups?: readonly string[];
  readonly tenantId?: string;
}

export interface ServedAccess {
  readonly access: Access;
  readonly testStore: TestStore;
  send(caller: Caller | string, method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  /** Another process over the same database. */
  openPeer(): Promise<ServedAccess>;
  close(): Promise<void>;
}

const encode = (caller: Caller): string => Buffer.from(JSON.stringify(caller)).toString("base64url");
const decode = (header: string | undefined): Caller => JSON.parse(Buffer.from((header ?? "").replace("Bearer ", ""), "base64url").toString()) as Caller; // the test's own words

/** Answered as the contract has it: nothing is left to say where something was removed. */
const route = (method: string, path: string, permission: string): ServedRoute => ({ method, path, access: "bearer", takes: "nothing", apiVersion: null, permission, answer: () => Promise.resolve(permission.includes("/remove") ? { status: 204 } : { status: 200, body: {} }) });

const someRoutes: readonly ServedRoute[] = [
  route("GET", "/subscriptions/{subscriptionId}/resourceGroups/{g}/providers/Cynosure.Storage/clusters/{c}", "Cynosure.Storage/clusters/read"),
  ...["listCredentials", "createGatewayUser", "listGatewayUsers", "removeGatewayUser"].map((action) => route("POST", `/subscriptions/{subscriptionId}/resourceGroups/{g}/providers/Cynosure.Storage/clusters/{c}/${action}`, `Cynosure.Storage/clusters/${action}/action`)),
  route("GET", "/subscriptions/{subscriptionId}/providers/Cynosure.Storage/clusters", "Cynosure.Storage/clusters/read"),
  route("GET", "/subscriptions/{subscriptionId}/providers/Cynosure.Storage/locations/{l}/operationStatuses/{o}", "Cynosure.Storage/locations/operationStatuses/read"),
];

async function putScopes(store: Store): Promise<void> {
  const at = "2026-12-01T00:00:00Z";
  const systemData = { createdBy: "t", createdByType: "User", createdAt: at, lastModifiedBy: "t", lastModifiedByType: "User", lastModifiedAt: at } as const;
  for (const [id, type] of [[GROUP, "Microsoft.Resources/resourceGroups"], [CLUSTER, "Cynosure.Storage/clusters"], [`${CLUSTER}b`, "Cynosure.Storage/clusters"], [`${CLUSTER}/fileSystems/Home`, "Cynosure.Storage/clusters/fileSystems"]] as const) {
    await store.resources.put({ key: resourceKey(id), id, type, name: id.split("/").at(-1) ?? "", parentKey: resourceKey(id.split("/").slice(0, -2).join("/")), subscriptionId: SUBSCRIPTION.slice(15), location: "local", tags: {}, properties: {}, systemData, provisioningState: "Succeeded" }, { kind: "none" });
  }
}

export async function serveAccess(): Promise<ServedAccess> {
  const testStore = await openTestStore();
  await putScopes(testStore.store);
  return serve(testStore, testStore.store, () => testStore.close());
}

async function serve(testStore: TestStore, store: Store, end: () => Promise<void>): Promise<ServedAccess> {
  const access = createAccess({
    store,
    clock: { now: () => Date.now(), sleep: () => Promise.resolve() },
    tenantId: TENANT,
    ownerIds: [OWNER],
    onError: (error) => {
      throw error;
    },
  });
  access.watch();
  const port = await findFreePort();
  const baseUrl = `https://127.0.0.1:${port}`;
  const tls = await createLoopbackCertificate({ names: ["127.0.0.1"], nowMs: Date.now(), validDays: 1 });
  const server: HttpServer = createHttpServer({
    baseUrl,
    tls,
    issuer: baseUrl,
    namespaces: ["Cynosure.Storage", "Microsoft.Authorization"],
    authenticate: ({ headers }) => {
      const { id, groups = [], tenantId = TENANT } = decode(headers["authorization"]);
      return Promise.resolve({ principal: { id, type: "Application", displayName: `client ${id}`, tenantId, groups } });
    },
    admit: () => Promise.resolve(),
    authorize: access.authorize,
    // Only what hangs on a scope is served, and all of it has its handler in this room.
    routes: [...contractRoutes({ handlers: access.handlers as unknown as Handlers<RequestContext>, namespace: "Cynosure.Storage", locations: ["local"] }).filter((each) => each.path.includes("/Microsoft.Authorization/")), ...someRoutes],
    log: ({ error }) => {
      if (error !== undefined) console.error(error);
    },
  });
  await server.listen();
  const agent = new Agent({ keepAlive: true, ca: tls.certificatePem });
  return {
    access,
    testStore,
    send: (caller, method, path, body, headers = {}) => {
      const who = typeof caller === "string" ? { id: caller } : caller;
      const version = path.includes("api-version=") ? "" : `${path.includes("?") ? "&" : "?"}api-version=2022-04-01`;
      const url = path.startsWith("https:") ? path : `${baseUrl}${path}${version}`;
      return sendTo(agent, method, url, { authorization: `Bearer ${encode(who)}`, ...headers }, body);
    },
    openPeer: async () => {
      const other = await testStore.openAgain();
      return serve(testStore, other, () => Promise.resolve());
    },
    close: async () => {
      agent.destroy();
      await server.close();
      await access.close();
      await end();
    },
  };
}

function sendTo(agent: Agent, method: string, url: string, headers: Readonly<Record<string, string>>, body: unknown): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const sent = httpsRequest(url, { agent, method, headers: { ...headers, ...(text === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }) } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => {
        const raw = Buffer.concat(chunks).toString();
        resolve({ status: answer.statusCode ?? 0, body: (raw === "" ? {} : JSON.parse(raw)) as Reply["body"] }); // read by tests, which say what they expect
      });
    });
    sent.on("error", reject);
    sent.end(text);
  });
}
