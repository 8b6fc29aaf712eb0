// The stream of changes as a browser reads it: over a real listener, real providers and a real store, with another
// control plane of the same database beside it.
import { request as httpsRequest } from "node:https";
import type { ClientRequest, IncomingMessage } from "node:http";
import { afterEach, beforeAll, afterAll, describe, expect, it } from "vitest";
import type { Authorize, RouteRequest } from "@cynosure/http-server";
import { clusterKey, resourceKey } from "@cynosure/model";
import type { Store } from "@cynosure/resource-store";
import { createMemoryDatabase, openMemoryStore } from "@cynosure/resource-store/testkit/memory";
import { GROUP, PROVIDER_VERSION, SUBSCRIPTION, TENANT, VERSION, clusterBody, clusterPath, groupPath, openServedFrontDoor } from "../testkit/served-front-door.ts";
import type { ServedFrontDoor } from "../testkit/served-front-door.ts";
import { STREAMS_OF_PRINCIPAL_MAX, changesRoute } from "./changes-route.ts";
import type { ChangesRouteOptions } from "./changes-route.ts";

const PATH = `/subscriptions/${SUBSCRIPTION}/providers/Cynosure.Storage/changes?${PROVIDER_VERSION}`;
const SECOND_MS = 1_000;

interface Told {
  readonly event: string;
  readonly id?: string;
  readonly kind?: string;
}

/** What one client was told, block by block. */
class Stream {
  readonly response: IncomingMessage;
  readonly request: ClientRequest;
  readonly told: Told[] = [];
  beats = 0;
  hasEnded = false;
  #text = "";
  #wake: () => void = () => undefined;

  constructor(request: ClientRequest, response: IncomingMessage) {
    this.request = request;
    this.response = response;
    response.on("error", () => undefined);
    response.on("data", (chunk: Buffer) => this.#read(chunk.toString("utf8")));
    response.on("close", () => {
      this.hasEnded = true;
      this.#wake();
    });
  }

  #read(text: string): void {
    const blocks = `${this.#text}${text}`.split("\n\n");
    this.#text = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = /^event: (.*)$/m.exec(block)?.[1];
      const data: unknown = JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? "{}");
      if (event === undefined) this.beats += 1;
      else this.told.push({ event, ...(data as object) });
    }
    this.#wake();
  }

  async until(what: () => boolean): Promise<void> {
    while (!what()) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  has(id: string, kind: string): boolean {
    return this.told.some((each) => each.id === id && each.kind === kind);
  }
}

let door: ServedFrontDoor;
let other: Store;
const opened: Stream[] = [];
const may: { authorize: Authorize } = { authorize: () => Promise.resolve({ allowed: true }) };
const live: { isValid: boolean; times: NonNullable<ChangesRouteOptions["times"]> } = { isValid: true, times: {} };
const errors: unknown[] = [];

beforeAll(async () => {
  door = await openServedFrontDoor({
    routes: (world) => {
      const route = changesRoute({ store: world.testStore.store, authorize: (request) => may.authorize(request), locations: ["local"], onError: (error) => errors.push(error) });
      // Of its own for each test that has times of its own.
      const timed = (name: string, times: NonNullable<ChangesRouteOptions["times"]>) => ({ ...changesRoute({ store: world.testStore.store, authorize: may.authorize, locations: ["local"], onError: (error) => errors.push(error), times }), path: `/subscriptions/{subscriptionId}/providers/Cynosure.Storage/${name}` });
      const beating = timed("beating", { beatMs: 20 });
      return [route, timed("short", { streamMsMax: 200 }), { ...beating, answer: (request) => beating.answer({ ...request, isCallerValid: () => Promise.resolve(live.isValid) }) }];
    },
  });
  other = await door.world.testStore.openAgain();
});
afterEach(() => {
  for (const each of opened.splice(0)) each.request.destroy();
  may.authorize = () => Promise.resolve({ allowed: true });
});
afterAll(() => door.close());

async function open(path = PATH, principal = "watcher"): Promise<Stream> {
  const authorization = `Bearer ${await door.tokenFor(principal)}`;
  const stream = await new Promise<Stream>((resolve, reject) => {
    const request = httpsRequest(`${door.baseUrl}${path}`, { ca: door.caPem, agent: false, headers: { authorization, accept: "text/event-stream" } }, (response) => resolve(new Stream(request, response)));
    request.on("error", reject);
    request.end();
  });
  opened.push(stream);
  if (stream.response.statusCode === 200) await stream.until(() => stream.told.length > 0 || stream.hasEnded);
  return stream;
}

const stamp = { createdBy: "x", createdByType: "User", createdAt: "2026-12-01T00:00:00Z", lastModifiedBy: "x", lastModifiedByType: "User", lastModifiedAt: "2026-12-01T00:00:00Z" } as const;
const aGroup = (id: string, subscriptionId: string): Parameters<Store["resources"]["put"]>[0] => ({ key: resourceKey(id), id, type: "Microsoft.Resources/resourceGroups", name: "g", parentKey: resourceKey(`/subscriptions/${subscriptionId}`), subscriptionId, location: "local", tags: {}, properties: {}, systemData: stamp, provisioningState: "Succeeded" });
const fullId = (name: string): string => clusterPath(GROUP.resourceGroupName, name);
const put = (name: string, tags?: Record<string, string>) => door.send(`${fullId(name)}?${PROVIDER_VERSION}`, { method: "PUT", body: clusterBody(tags === undefined ? {} : { tags }) });
/** A change that comes after all before it were told. */
async function settle(stream: Stream, name: string): Promise<void> {
  await door.send(`${groupPath(name)}?${VERSION}`, { method: "PUT", body: { location: "local" } });
  await stream.until(() => stream.has(groupPath(name), "cluster"));
}

describe("the stream of changes", () => {
  it("begins with hello, is kept nowhere, and says when to come back", async () => {
    const stream = await open();
    expect([stream.response.statusCode, stream.response.headers["content-type"], stream.response.headers["cache-control"]]).toEqual([200, "text/event-stream; charset=utf-8", "no-store"]);
    expect(stream.told).toEqual([{ event: "hello" }]);
  });

  it("names a cluster within a second of its write, and holds none of its values", async () => {
    const stream = await open();
    const fromMs = performance.now();
    expect((await put("meadow", { owner: "a-secret-of-ada" })).status).toBe(201);
    await stream.until(() => stream.has(fullId("meadow"), "cluster") && stream.has(fullId("meadow"), "plan"));
    expect(performance.now() - fromMs).toBeLessThan(SECOND_MS);
    for (const each of stream.told.slice(1)) expect(Object.keys(each).toSorted()).toEqual(["event", "id", "kind"]);
    expect(JSON.stringify(stream.told)).not.toContain("a-secret-of-ada");
  });

  it("hears what another control plane of the database writes as soon", async () => {
    await door.deliver(GROUP.resourceGroupName, "elsewhere");
    const stream = await open();
    const fromMs = performance.now();
    await other.observations.putHealth(clusterKey(fullId("elsewhere")), { status: "HEALTH_WARN", ok: false, checks: [], observedAtMs: 1 });
    await stream.until(() => stream.has(fullId("elsewhere"), "health"));
    expect(performance.now() - fromMs).toBeLessThan(SECOND_MS);
  });

  it("tells of a health that changed, not of one that was only seen again", async () => {
    await door.deliver(GROUP.resourceGroupName, "steady");
    const health = { status: "HEALTH_OK", ok: true, checks: [], observedAtMs: 1 };
    const key = clusterKey(fullId("steady"));
    const stream = await open();
    await other.observations.putHealth(key, health);
    await stream.until(() => stream.has(fullId("steady"), "health"));
    stream.told.length = 0;
    for (let at = 2; at < 12; at += 1) await other.observations.putHealth(key, { ...health, observedAtMs: at });
    await settle(stream, "after-steady");
    expect(stream.told.filter(({ id }) => id === fullId("steady"))).toEqual([]);
    await other.observations.putHealth(key, { ...health, status: "HEALTH_ERR", ok: false });
    await stream.until(() => stream.has(fullId("steady"), "health"));
  });

  it("tells each change of one cluster once in a quarter of a second, however many there are", async () => {
    const stream = await open();
    stream.told.length = 0;
    await door.send(`${groupPath("busy")}?${VERSION}`, { method: "PUT", body: { location: "local" } });
    await stream.until(() => stream.told.length > 0);
    stream.told.length = 0;
    await Promise.all(Array.from({ length: 40 }, (_, at) => door.send(`${groupPath("busy")}?${VERSION}`, { method: "PUT", body: { location: "local", tags: { at: String(at) } } })));
    await settle(stream, "after-busy");
    const told = stream.told.filter(({ id }) => id === groupPath("busy"));
    expect(told.length).toBeGreaterThan(0);
    expect(told.length).toBeLessThan(20);
  });

  it("tells of the end of a plan, of a removed cluster and of roles", async () => {
    await put("short-lived");
    const stream = await open();
    await door.finishPlan(GROUP.resourceGroupName, "short-lived");
    await stream.until(() => stream.has(fullId("short-lived"), "plan"));
    stream.told.length = 0;
    await door.send(`${fullId("short-lived")}?${PROVIDER_VERSION}`, { method: "DELETE" });
    await door.finishPlan(GROUP.resourceGroupName, "short-lived");
    await stream.until(() => stream.told.some(({ id, kind }) => id === clusterKey(fullId("short-lived")) && kind === "cluster"));
    const role = { properties: { roleDefinitionId: "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7", principalId: crypto.randomUUID() } };
    const id = `${groupPath(GROUP.resourceGroupName)}/providers/Microsoft.Authorization/roleAssignments/${crypto.randomUUID()}?api-version=2022-04-01`;
    expect((await door.send(id, { method: "PUT", body: role })).status).toBe(201);
    await stream.until(() => stream.has(groupPath(GROUP.resourceGroupName), "access"));
  });

  it("tells nobody of what he may not read, by the roles of the moment, and asks for the right to read clusters", async () => {
    const asked: Parameters<Authorize>[0][] = [];
    const hidden = new Set([fullId("hidden")]);
    may.authorize = (request) => {
      asked.push(request);
      return Promise.resolve({ allowed: request.principal.id !== "half-blind" || !hidden.has(request.scope) });
    };
    const [half, whole] = [await open(PATH, "half-blind"), await open(PATH, "sees-all")];
    await put("hidden");
    await whole.until(() => whole.has(fullId("hidden"), "cluster"));
    await settle(half, "after-hidden");
    expect(half.told.filter(({ id }) => id === fullId("hidden"))).toEqual([]);
    expect(asked).toContainEqual({ principal: expect.objectContaining({ id: "half-blind" }), permission: "Cynosure.Storage/clusters/read", isDataAction: false, scope: fullId("hidden") });
    hidden.clear();
    await door.finishPlan(GROUP.resourceGroupName, "hidden");
    await half.until(() => half.has(fullId("hidden"), "plan"));
  });

  it("of one subscription holds nothing of another", async () => {
    const stream = await open();
    const foreign = "/subscriptions/22222222-0000-4000-8000-000000000002/resourcegroups/g";
    await other.resources.put(aGroup(foreign, "22222222-0000-4000-8000-000000000002"), { kind: "none" });
    await settle(stream, "after-foreign");
    expect(stream.told.filter(({ id }) => id === foreign)).toEqual([]);
  });
});

describe("a stream", () => {
  it("beats while nothing happens, and ends once its caller is none any more", async () => {
    const stream = await open(PATH.replace("changes", "beating"));
    await stream.until(() => stream.beats > 1);
    live.isValid = false;
    await stream.until(() => stream.hasEnded);
    live.isValid = true;
  });

  it("ends by itself, and the next one may begin", async () => {
    const stream = await open(PATH.replace("changes", "short"));
    await stream.until(() => stream.hasEnded);
    expect((await open(PATH.replace("changes", "short"))).told).toEqual([{ event: "hello" }]);
  });

  it("is one of ten of a principal at most, and one that was left makes room", async () => {
    const streams: Stream[] = [];
    for (let at = 0; at < STREAMS_OF_PRINCIPAL_MAX; at += 1) streams.push(await open(PATH, "many"));
    const refused = await door.send(PATH, { headers: { authorization: `Bearer ${await door.tokenFor("many")}` } });
    expect([refused.status, refused.body.error?.code, refused.headers["retry-after"]]).toEqual([429, "TooManyRequests", "10"]);
    expect((await open(PATH, "another")).response.statusCode).toBe(200);
    streams[0]?.request.destroy();
    let next = await open(PATH, "many");
    // The server hears of the end of a connection a little after its client.
    while (next.response.statusCode !== 200) next = await open(PATH, "many");
    expect(next.told).toEqual([{ event: "hello" }]);
  });

  it("of a client that does not read ends once more than a thousand changes wait for it", async () => {
    const { clock } = door.world;
    const store = openMemoryStore(createMemoryDatabase({ clock }));
    const route = changesRoute({ store, authorize: () => Promise.resolve({ allowed: true }), locations: ["local"], onError: (error) => errors.push(error), times: { coalesceMs: 1 } });
    const principal = { id: "p", type: "User", displayName: "p", tenantId: TENANT } as const;
    const request = { principal, params: { subscriptionId: SUBSCRIPTION } } as unknown as RouteRequest; // the route reads no more of it
    const gone = new AbortController();
    const openStream = async (): Promise<AsyncIterator<string | Uint8Array>> => {
      const { stream } = await route.answer(request);
      if (stream === undefined) throw new Error("the answer does not go on");
      return stream(gone.signal)[Symbol.asyncIterator]();
    };
    const [slow, quick] = [await openStream(), await openStream()];
    for (const each of [slow, quick]) await each.next();
    for (let at = 0; at <= 1_000; at += 1) await store.resources.put(aGroup(groupPath(`group-${at}`), SUBSCRIPTION), { kind: "none" });
    for (let text = ""; !text.includes("group-1000\""); ) text = String((await quick.next()).value);
    expect(await slow.next()).toEqual({ done: true, value: undefined });
    gone.abort();
    expect((await quick.next()).done).toBe(true);
  });

  it("is for those who say who they are, name a version, and ask for a subscription there is", async () => {
    const statusOf = async (path: string, headers = {}): Promise<number> => (await door.send(path, { headers })).status;
    expect([await statusOf(PATH, { authorization: "Bearer nonsense" }), await statusOf(PATH.split("?", 1)[0] ?? ""), await statusOf(PATH.replace(SUBSCRIPTION, TENANT))]).toEqual([401, 400, 404]);
    expect(errors).toEqual([]);
  });
});
