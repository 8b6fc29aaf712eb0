// Whether a request may pass now: one bucket of its principal and one of the whole subscription (or tenant) must
// both have a token for its kind. A refused request costs nothing. All of it is in the memory of one process.
import type { Clock } from "@cynosure/model";
import { ControlPlaneError } from "@cynosure/model";
import type { Throttle, ThrottleVerdict } from "@cynosure/http-server";
import { BucketMap } from "./bucket-map.ts";
import type { RequestKind, ThrottleLimits } from "./limits.ts";
import { kindOf, timesFactor } from "./limits.ts";
import type { Bucket, BucketRule } from "./token-bucket.ts";
import { hasToken, remaining, secondsToToken, withoutToken } from "./token-bucket.ts";

export interface ThrottleOptions {
  readonly limits: ThrottleLimits;
  readonly clock: Clock;
  /** A made-up subscription id must not come with fresh buckets: what is not known counts at the tenant. */
  isKnownSubscription(subscriptionId: string): Promise<boolean>;
}

interface Place {
  readonly level: "subscription" | "tenant";
  readonly id: string;
}

interface Drawn {
  readonly name: string;
  readonly rule: BucketRule;
  readonly bucket: Bucket;
}

export function createThrottle(options: ThrottleOptions): Throttle {
  const buckets = new BucketMap(options.limits.bucketsMax);
  return async ({ principal, subscriptionId, method }) => {
    const isBelow = subscriptionId !== null && (await options.isKnownSubscription(subscriptionId));
    const place: Place = isBelow ? { level: "subscription", id: subscriptionId.toLowerCase() } : { level: "tenant", id: principal.tenantId.toLowerCase() };
    return draw(buckets, options.limits, { place, kind: kindOf(method), principalId: principal.id, nowMs: options.clock.now() });
  };
}

interface Wish {
  readonly place: Place;
  readonly kind: RequestKind;
  readonly principalId: string;
  readonly nowMs: number;
}

function draw(buckets: BucketMap, limits: ThrottleLimits, { place, kind, principalId, nowMs }: Wish): ThrottleVerdict {
  const rule = limits.perPrincipal[kind];
  const globalRule = timesFactor(rule, limits.globalFactor);
  const about = `${place.level}/${place.id}/${kind}`;
  const read = (name: string, its: BucketRule): Drawn => ({ name, rule: its, bucket: buckets.read(name, its, nowMs) });
  const own = read(`${about}/${principalId}`, rule);
  const everybody = read(about, globalRule);
  const mayPass = hasToken(own.bucket) && hasToken(everybody.bucket);
  const left = Math.min(remaining(own.bucket), remaining(everybody.bucket)) - (mayPass ? 1 : 0);
  const headers = { [`x-ms-ratelimit-remaining-${place.level}-${kind}`]: String(Math.max(0, left)) };
  if (mayPass) {
    for (const { name, rule: its, bucket } of [own, everybody]) buckets.keep(name, its, withoutToken(bucket));
    return { headers, refusal: null };
  }
  const empty = [own, everybody].filter(({ bucket }) => !hasToken(bucket));
  const waitSeconds = Math.max(...empty.map(({ rule: its, bucket }) => secondsToToken(its, bucket)));
  return { headers: { ...headers, "retry-after": String(waitSeconds) }, refusal: refusal(place, kind, own, everybody, waitSeconds) };
}

function refusal(place: Place, kind: RequestKind, own: Drawn, everybody: Drawn, waitSeconds: number): ControlPlaneError {
  const isOwn = !hasToken(own.bucket);
  const { rule } = isOwn ? own : everybody;
  const who = isOwn ? "one principal" : "all principals together";
  const code = place.level === "subscription" ? "SubscriptionRequestsThrottled" : "TooManyRequests";
  const where = place.level === "subscription" ? `subscription '${place.id}'` : `tenant '${place.id}'`;
  return new ControlPlaneError(code, `Too many ${kind} below ${where}: ${who} may make ${rule.capacity} at once and ${rule.refillPerSecond} more each second. Wait ${waitSeconds} s, as Retry-After says, and send the request again.`, { target: `${place.level}-${kind}` });
}
