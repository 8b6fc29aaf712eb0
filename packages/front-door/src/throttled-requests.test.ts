// The throttle as clients meet it: over the wire, with small limits, and that the public ones are enough for
// whoever follows operations as our own command line does.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Throttle } from "@cynosure/http-server";
import { openServedFrontDoor, PROVIDER_VERSION, SUBSCRIPTION, VERSION, clusterPath, groupPath } from "./testkit/served-front-door.ts";
import type { ServedFrontDoor } from "./testkit/served-front-door.ts";
import type { ThrottleLimits } from "./throttling/limits.ts";
import { createThrottle } from "./throttling/throttle.ts";

const SMALL: ThrottleLimits = {
  perPrincipal: { reads: { capacity: 4, refillPerSecond: 2 }, writes: { capacity: 2, refillPerSecond: 1 }, deletes: { capacity: 2, refillPerSecond: 1 } },
  globalFactor: 2,
  bucketsMax: 100,
};

let door: ServedFrontDoor;
const late: { throttle?: Throttle } = {};

beforeAll(async () => {
  door = await openServedFrontDoor({ throttle: async (request) => late.throttle?.(request) ?? { headers: {}, refusal: null } });
});
afterAll(() => door.close());

/** Full buckets for each test. */
function limit(limits: ThrottleLimits = SMALL): void {
  late.throttle = createThrottle({ limits, clock: door.world.clock, isKnownSubscription: (id) => Promise.resolve(id === SUBSCRIPTION) });
}

const READS = "x-ms-ratelimit-remaining-subscription-reads";

describe("§12: throttling over the wire", () => {
  it("§12: each answer says what is left, also a refusal of another kind and a poll", async () => {
    limit();
    const answers = [await door.send(`${groupPath("quickstart")}?${VERSION}`), await door.send(`${groupPath("nowhere")}?${VERSION}`), await door.send(groupPath("quickstart")), await door.send(`/subscriptions/${SUBSCRIPTION}/providers/Cynosure.Storage/locations/local/operationStatuses/none?${PROVIDER_VERSION}`)];
    expect(answers.map(({ status, headers }) => [status, headers[READS]])).toEqual([[200, "3"], [404, "2"], [400, "1"], [404, "0"]]);
  });

  it("§12: 429 with the ARM envelope, whole seconds to wait, and nothing left", async () => {
    limit();
    for (let at = 0; at < 2; at += 1) await door.send(`${groupPath("quickstart")}?${VERSION}`, { method: "PUT", body: { location: "local" } });
    const reply = await door.send(`${groupPath("quickstart")}?${VERSION}`, { method: "PUT", body: { location: "local" } });
    expect([reply.status, reply.body.error?.code, reply.headers["retry-after"], reply.headers["x-ms-ratelimit-remaining-subscription-writes"]]).toEqual([429, "SubscriptionRequestsThrottled", "1", "0"]);
    expect(reply.headers["x-ms-request-id"]).toBeDefined();
    door.world.clock.nowMs += 1_000;
    expect((await door.send(`${groupPath("quickstart")}?${VERSION}`, { method: "PUT", body: { location: "local" } })).status).toBe(200);
  });

  it("§12: above subscriptions the tenant's buckets count", async () => {
    limit();
    const { headers } = await door.send(`/subscriptions?${VERSION}`);
    expect(headers["x-ms-ratelimit-remaining-tenant-reads"]).toBe("3");
    expect(headers).not.toHaveProperty(READS);
  });

  it("§12: principals do not take from each other until the subscription's own bucket is empty", async () => {
    limit();
    const read = async (name: string) => door.send(`${groupPath("quickstart")}?${VERSION}`, { headers: { authorization: `Bearer ${await door.tokenFor(name)}` } });
    const statuses: number[] = [];
    for (const name of ["a", "a", "a", "a", "a", "b", "b", "b", "b", "c"]) statuses.push((await read(name)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 429, 200, 200, 200, 200, 429]);
  });

  it("a stranger is told 401 and costs nobody anything", async () => {
    limit();
    for (let at = 0; at < 20; at += 1) expect((await door.send(`${groupPath("quickstart")}?${VERSION}`, { headers: { authorization: "Bearer nonsense" } })).status).toBe(401);
    expect((await door.send(`${groupPath("quickstart")}?${VERSION}`)).headers[READS]).toBe("3");
  });

  it("§12: a 429 on a poll does not fail the operation: it is there when the wait is over", async () => {
    late.throttle = () => Promise.resolve({ headers: {}, refusal: null });
    await door.send(`${groupPath("polled")}?${VERSION}`, { method: "PUT", body: { location: "local" } });
    await door.deliver("polled", "inside");
    const begun = await door.send(`${groupPath("polled")}?${VERSION}`, { method: "DELETE" });
    limit();
    const poll = () => door.send(String(begun.headers.location));
    const statuses = [];
    for (let at = 0; at < 5; at += 1) statuses.push((await poll()).status);
    expect(statuses).toEqual([202, 202, 202, 202, 429]);
    late.throttle = () => Promise.resolve({ headers: {}, refusal: null });
    await door.world.frontDoor.sweepGroups();
    await door.finishPlan("polled", "inside");
    await door.world.frontDoor.sweepGroups();
    expect((await poll()).status).toBe(204);
  });
});

describe("the default", () => {
  it("§12: ten programs of one principal that each poll twice a second for an hour are never refused", async () => {
    late.throttle = door.world.frontDoor.throttle;
    const principal = { id: "built-in", type: "Application", displayName: "built-in", tenantId: "t" } as const;
    let refused = 0;
    for (let second = 0; second < 3_600; second += 1) {
      for (let at = 0; at < 20; at += 1) if ((await door.world.frontDoor.throttle({ principal, subscriptionId: SUBSCRIPTION, method: "GET" })).refusal !== null) refused += 1;
      door.world.clock.nowMs += 1_000;
    }
    expect(refused).toBe(0);
  });

  it("§12: is the public cloud's 250 reads", async () => {
    late.throttle = door.world.frontDoor.throttle;
    expect((await door.send(`${clusterPath("quickstart", "none")}?${PROVIDER_VERSION}`, { headers: { authorization: `Bearer ${await door.tokenFor("newcomer")}` } })).headers[READS]).toBe("249");
  });
});
