// The port through which a request below a subscription is let in: known subscription, a state that allows the
// verb, a registration with the provider. Decided before the right is, so that an unknown subscription is 404.

export interface AdmissionRequest {
  readonly subscriptionId: string;
  readonly method: string;
  /** Provider the route belongs to, in canonical casing; null for the front door's own routes. */
  readonly namespace: string | null;
}

/** Throws SubscriptionNotFound, MissingSubscriptionRegistration or ReadOnlyDisabledSubscription. */
export type Admit = (request: AdmissionRequest) => Promise<void>;
