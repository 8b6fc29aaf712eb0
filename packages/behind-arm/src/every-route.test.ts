// Each route of the provider's contract, one by one: who gets in (P9), what a suspended subscription leaves (§13),
// and that no header of a front door is added where ARM adds its own (H5).
import { routes } from "@cynosure/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeArmClient, serveProvider } from "./testkit/index.ts";
import type { ListedClient, ServedProvider } from "./testkit/index.ts";

const ACTIVE = "10000000-0000-4000-8000-0000000000a1";
const SUSPENDED = "10000000-0000-4000-8000-0000000000a2";
const UNREGISTERED = "10000000-0000-4000-8000-0000000000a3";
const OWN = routes.filter(({ namespace }) => namespace === "Cynosure.Storage");

const VALUES: Readonly<Record<string, string>> = { location: "local", resourceGroupName: "g", operationId: "44444444-0000-4000-8000-000000000044" };
const pathOf = (path: string, subscriptionId: string): string => `${path.replace(/\{(\w+)\}/g, (_all, name: string) => (name === "subscriptionId" ? subscriptionId : (VALUES[name] ?? "some-name")))}?api-version=2026-12-01`;

let served: ServedProvider;
let stranger: ListedClient;
beforeAll(async () => {
  served = await serveProvider();
  stranger = await makeArmClient(served.world.clock.now());
  for (const [id, state] of [[SUSPENDED, "Suspended"], [UNREGISTERED, "Unregistered"]] as const) await served.send("PUT", `/subscriptions/${id}?api-version=2.0`, { state });
});
afterAll(() => served.close());

const send = (route: (typeof OWN)[number], subscriptionId: string, client?: ListedClient | null) => served.send(route.method, pathOf(route.path, subscriptionId), route.requestSchema === null ? undefined : {}, {}, client);

describe("every route of the provider", () => {
  it("P9: is there for ARM without any role, and 403 for everybody else", async () => {
    expect(OWN.length).toBeGreaterThan(25);
    for (const route of OWN) {
      const { status, headers } = await send(route, ACTIVE);
      expect([route.operationId, status < 500, [401, 403, 405, 429].includes(status)]).toEqual([route.operationId, true, false]);
      expect(Object.keys(headers).filter((name) => name === "x-ms-routing-request-id" || name.startsWith("x-ms-ratelimit-"))).toEqual([]);
      expect([route.operationId, (await send(route, ACTIVE, stranger)).status, (await send(route, ACTIVE, null)).status]).toEqual([route.operationId, 403, 403]);
    }
  });

  it("13: below a suspended subscription is 409 unless it reads or deletes, below an unregistered one unless it reads", async () => {
    const below = OWN.filter(({ path }) => path.includes("{subscriptionId}"));
    expect(below.length).toBeGreaterThan(20);
    for (const { route, reads, deletes } of below.map((each) => ({ route: each, reads: each.method === "GET" || each.method === "HEAD", deletes: each.method === "DELETE" }))) {
      expect([route.operationId, (await send(route, SUSPENDED)).status === 409]).toEqual([route.operationId, !reads && !deletes]);
      expect([route.operationId, (await send(route, UNREGISTERED)).status === 409]).toEqual([route.operationId, !reads]);
    }
  });
});
