// The throttle against the public numbers, and against a naive model that keeps every bucket for ever and counts
// in time steps instead of arithmetic. THROTTLE_SEED=<n> repeats a run.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Throttle, ThrottleRequest } from "@cynosure/http-server";
import { BucketMap } from "./bucket-map.ts";
import type { ThrottleLimits } from "./limits.ts";
import { PUBLIC_LIMITS, kindOf, sharedBy } from "./limits.ts";
import { createThrottle } from "./throttle.ts";
import { fullBucket, withoutToken } from "./token-bucket.ts";

const SUBSCRIPTION = "00000000-0000-4000-8000-000000000001";
const TENANT = "00000000-0000-4000-8000-0000000000aa";
const seed = Number(process.env["THROTTLE_SEED"] ?? Date.now() % 2 ** 31);

interface Rig {
  readonly clock: { nowMs: number };
  readonly throttle: Throttle;
}

function openRig(limits: ThrottleLimits = PUBLIC_LIMITS): Rig {
  const clock = { nowMs: 1_000_000 };
  return { clock, throttle: createThrottle({ limits, clock: { now: () => clock.nowMs, sleep: () => Promise.resolve() }, isKnownSubscription: (id) => Promise.resolve(id.startsWith("0")) }) };
}

const ask = (rig: Rig, method: string, principalId = "p1", subscriptionId: string | null = SUBSCRIPTION) => {
  const request: ThrottleRequest = { principal: { id: principalId, type: "Application", displayName: principalId, tenantId: TENANT }, subscriptionId, method };
  return rig.throttle(request);
};

async function admittedOf(rig: Rig, count: number, method: string, principalId?: string, subscriptionId?: string | null): Promise<number> {
  let admitted = 0;
  for (let at = 0; at < count; at += 1) if ((await ask(rig, method, principalId, subscriptionId)).refusal === null) admitted += 1;
  return admitted;
}

describe("the public numbers", () => {
  it.each([
    ["GET", 250, 25],
    ["HEAD", 250, 25],
    ["PUT", 200, 10],
    ["PATCH", 200, 10],
    ["POST", 200, 10],
    ["DELETE", 200, 10],
  ])("§12: %s passes %i times at once and %i times more each second", async (method, capacity, refill) => {
    const rig = openRig();
    expect(await admittedOf(rig, capacity + 50, method)).toBe(capacity);
    rig.clock.nowMs += 1_000;
    expect(await admittedOf(rig, capacity, method)).toBe(refill);
    rig.clock.nowMs += 3_600_000;
    expect(await admittedOf(rig, capacity + 50, method)).toBe(capacity);
  });

  it("§12: reads, writes and deletes have buckets of their own, and so have principals", async () => {
    const rig = openRig();
    expect(await admittedOf(rig, 300, "PUT")).toBe(200);
    expect(await admittedOf(rig, 1, "GET")).toBe(1);
    expect(await admittedOf(rig, 1, "DELETE")).toBe(1);
    expect(await admittedOf(rig, 1, "PUT", "p2")).toBe(1);
  });

  it("§12: all principals of a subscription together have 15 times as much as one", async () => {
    const rig = openRig();
    let admitted = 0;
    for (let at = 0; at < 20; at += 1) admitted += await admittedOf(rig, 250, "PUT", `p${at}`);
    expect(admitted).toBe(15 * 200);
    const { refusal } = await ask(rig, "PUT", "somebody-new");
    expect(refusal?.message).toContain("all principals together");
  });

  it("§12: a refusal names the limit, gives whole seconds to wait, and waiting them is enough", async () => {
    const rig = openRig();
    await admittedOf(rig, 200, "DELETE");
    const { refusal, headers } = await ask(rig, "DELETE");
    expect(refusal).toMatchObject({ code: "SubscriptionRequestsThrottled", kind: "tooMany", target: "subscription-deletes" });
    expect(headers).toEqual({ "x-ms-ratelimit-remaining-subscription-deletes": "0", "retry-after": "1" });
    rig.clock.nowMs += 1_000;
    expect((await ask(rig, "DELETE")).refusal).toBeNull();
  });

  it("§12: what is left is told with each request that passes", async () => {
    const rig = openRig();
    expect((await ask(rig, "GET")).headers).toEqual({ "x-ms-ratelimit-remaining-subscription-reads": "249" });
    expect((await ask(rig, "GET")).headers).toEqual({ "x-ms-ratelimit-remaining-subscription-reads": "248" });
    expect((await ask(rig, "GET", "p1", null)).headers).toEqual({ "x-ms-ratelimit-remaining-tenant-reads": "249" });
  });

  it("a made-up subscription comes with no fresh bucket: it counts at the tenant", async () => {
    const rig = openRig();
    let admitted = 0;
    for (let at = 0; at < 400; at += 1) admitted += await admittedOf(rig, 1, "GET", "p1", `9${String(at).padStart(7, "0")}-0000-4000-8000-000000000000`);
    expect(admitted).toBe(250);
    expect((await ask(rig, "GET", "p1", "999")).refusal?.code).toBe("TooManyRequests");
  });

  it("two control planes that share the load can each be given half", () => {
    expect(sharedBy(PUBLIC_LIMITS, 2).perPrincipal).toEqual({ reads: { capacity: 125, refillPerSecond: 13 }, writes: { capacity: 100, refillPerSecond: 5 }, deletes: { capacity: 100, refillPerSecond: 5 } });
  });
});

const METHODS = ["GET", "PUT", "DELETE"] as const;

/** Keeps every bucket for ever, in fractions of a token, and lets time pass one millisecond at a time. */
class NaiveModel {
  readonly #limits: ThrottleLimits;
  readonly #levels = new Map<string, { thousandths: number; readonly max: number; readonly perMs: number }>();

  constructor(limits: ThrottleLimits) {
    this.#limits = limits;
  }

  passes(ms: number): void {
    for (let at = 0; at < ms; at += 1) for (const level of this.#levels.values()) level.thousandths = Math.min(level.max, level.thousandths + level.perMs);
  }

  admits(principalId: string, method: string): boolean {
    const kind = kindOf(method);
    const { capacity, refillPerSecond } = this.#limits.perPrincipal[kind];
    const level = (name: string, factor: number) => {
      const found = this.#levels.get(name) ?? { thousandths: capacity * factor * 1000, max: capacity * factor * 1000, perMs: refillPerSecond * factor };
      this.#levels.set(name, found);
      return found;
    };
    const both = [level(`${kind}/${principalId}`, 1), level(kind, this.#limits.globalFactor)];
    if (both.some(({ thousandths }) => thousandths < 1000)) return false;
    for (const each of both) each.thousandths -= 1000;
    return true;
  }
}

describe("against a naive model", () => {
  it(`the same requests pass, whatever comes when (seed=${seed})`, async () => {
    const rule = fc.record({ capacity: fc.integer({ min: 1, max: 6 }), refillPerSecond: fc.integer({ min: 1, max: 40 }) });
    const limitsArbitrary = fc.record({ reads: rule, writes: rule, deletes: rule, globalFactor: fc.integer({ min: 1, max: 3 }) });
    const step = fc.oneof(
      fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 400 }) }),
      fc.record({ kind: fc.constant("ask" as const), principal: fc.constantFrom("p1", "p2", "p3", "p4"), method: fc.constantFrom(...METHODS) }),
    );
    await fc.assert(
      fc.asyncProperty(limitsArbitrary, fc.array(step, { maxLength: 120 }), async ({ globalFactor, ...perPrincipal }, steps) => {
        const limits: ThrottleLimits = { perPrincipal, globalFactor, bucketsMax: 1_000 };
        const [rig, model] = [openRig(limits), new NaiveModel(limits)];
        for (const each of steps) {
          if (each.kind === "wait") {
            rig.clock.nowMs += each.ms;
            model.passes(each.ms);
          } else {
            expect((await ask(rig, each.method, each.principal)).refusal === null).toBe(model.admits(each.principal, each.method));
          }
        }
      }),
      { seed, numRuns: 300 },
    );
  });

  it(`Retry-After is never too short and never a second too long (seed=${seed})`, async () => {
    const rule = fc.record({ capacity: fc.integer({ min: 1, max: 5 }), refillPerSecond: fc.integer({ min: 1, max: 30 }) });
    await fc.assert(
      fc.asyncProperty(rule, fc.array(fc.integer({ min: 0, max: 900 }), { maxLength: 20 }), async (writes, waits) => {
        const rig = openRig({ ...PUBLIC_LIMITS, perPrincipal: { ...PUBLIC_LIMITS.perPrincipal, writes } });
        for (const ms of waits) {
          rig.clock.nowMs += ms;
          await ask(rig, "PUT");
        }
        await admittedOf(rig, writes.capacity + 1, "PUT");
        const { refusal, headers } = await ask(rig, "PUT");
        expect(refusal).not.toBeNull();
        const seconds = Number(headers["retry-after"]);
        expect(Number.isInteger(seconds) && seconds >= 1).toBe(true);
        if (seconds > 1) {
          rig.clock.nowMs += (seconds - 1) * 1000;
          expect((await ask(rig, "PUT")).refusal).not.toBeNull();
          rig.clock.nowMs += 1000;
        } else rig.clock.nowMs += 1000;
        expect((await ask(rig, "PUT")).refusal).toBeNull();
      }),
      { seed, numRuns: 300 },
    );
  });
});

describe("how many buckets are kept", () => {
  const rule = { capacity: 2, refillPerSecond: 1 };
  it("never more than the limit, full ones go first, and one in use stays empty", () => {
    const buckets = new BucketMap(4);
    const drained = withoutToken(withoutToken(fullBucket(rule, 0)));
    buckets.keep("drained", rule, drained);
    for (let at = 0; at < 50; at += 1) {
      buckets.keep("drained", rule, { ...buckets.read("drained", rule, 0) });
      buckets.keep(`other-${at}`, rule, fullBucket(rule, 0));
      expect(buckets.count).toBeLessThanOrEqual(4);
    }
    expect(buckets.read("drained", rule, 0).parts).toBe(0);
  });

  it("with more active callers than room the longest unused one goes", () => {
    const buckets = new BucketMap(3);
    for (const name of ["a", "b", "c", "d"]) buckets.keep(name, rule, withoutToken(fullBucket(rule, 0)));
    expect(buckets.count).toBe(3);
    expect(["a", "b", "c", "d"].map((name) => buckets.read(name, rule, 0).parts)).toEqual([2000, 1000, 1000, 1000]);
  });

  it("a clock that goes back refills nothing", async () => {
    const rig = openRig();
    await admittedOf(rig, 200, "PUT");
    rig.clock.nowMs -= 3_600_000;
    expect((await ask(rig, "PUT")).refusal).not.toBeNull();
  });
});
