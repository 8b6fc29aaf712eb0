// The port through which a request is counted: right after its caller is known, before anything is read for it.
// What a front door says of the limits goes with every answer of a request that was counted, errors too.
import type { RequestPrincipal } from "@cynosure/arm-protocol";
import type { ControlPlaneError } from "@cynosure/model";

export interface ThrottleRequest {
  readonly principal: RequestPrincipal;
  /** As the path has it; null above subscriptions. */
  readonly subscriptionId: string | null;
  readonly method: string;
}

export interface ThrottleVerdict {
  /** What is left, and on a refusal when to come back. */
  readonly headers: Readonly<Record<string, string>>;
  /** TooManyRequests or SubscriptionRequestsThrottled; null when the request may pass. */
  readonly refusal: ControlPlaneError | null;
}

export type Throttle = (request: ThrottleRequest) => Promise<ThrottleVerdict>;
