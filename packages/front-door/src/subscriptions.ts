// Subscriptions: rows that are read often and change rarely. A look for a GET may be five seconds old; a look for
// a write is not. What this process changes it sees at once.
import type { Subscription } from "@cynosure/contract";
import { SUBSCRIPTION_ID_PATTERN } from "@cynosure/arm-protocol";
import { ControlPlaneError } from "@cynosure/model";
import type { Clock } from "@cynosure/model";
import type { Store } from "@cynosure/resource-store";
import { NAMESPACE, changeSubscription, listSubscriptions, newSubscription, pageAnswer, readPageRequest, readSubscription, withRegistration } from "@cynosure/arm-store";
import type { OurHandlers, SubscriptionRow, SubscriptionState } from "@cynosure/arm-store";
import type { FrontDoorOptions } from "./options.ts";

export const STALENESS_MS_MAX = 5_000;
/** Of subscriptions that are not there as well: asking for made-up ones must not cost a read each. */
const REMEMBERED_COUNT_MAX = 1_000;

export class Subscriptions {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #remembered = new Map<string, { readonly row: SubscriptionRow | null; readonly atMs: number }>();

  constructor({ store, clock }: Pick<FrontDoorOptions, "store" | "clock">) {
    this.#store = store;
    this.#clock = clock;
  }

  /** As it is now. */
  async read(subscriptionId: string): Promise<SubscriptionRow | null> {
    const name = subscriptionId.toLowerCase();
    const atMs = this.#clock.now();
    const row = SUBSCRIPTION_ID_PATTERN.test(name) ? await readSubscription(this.#store, name) : null;
    this.#remembered.delete(name);
    if (this.#remembered.size >= REMEMBERED_COUNT_MAX) this.#remembered.delete(this.#remembered.keys().next().value ?? "");
    this.#remembered.set(name, { row, atMs });
    return row;
  }

  /** As it was at most `STALENESS_MS_MAX` ago. */
  async readRecent(subscriptionId: string): Promise<SubscriptionRow | null> {
    const seen = this.#remembered.get(subscriptionId.toLowerCase());
    const ageMs = seen === undefined ? Number.POSITIVE_INFINITY : this.#clock.now() - seen.atMs;
    return seen !== undefined && ageMs >= 0 && ageMs <= STALENESS_MS_MAX ? seen.row : this.read(subscriptionId);
  }

  forget(subscriptionId: string): void {
    this.#remembered.delete(subscriptionId.toLowerCase());
  }
}

export const subscriptionNotFound = (subscriptionId: string): ControlPlaneError => new ControlPlaneError("SubscriptionNotFound", `The subscription '${subscriptionId.slice(0, 60)}' could not be found. GET /subscriptions lists those you may use.`);

const SHOWN_STATES: Readonly<Record<SubscriptionState, Subscription["state"]>> = { Registered: "Enabled", Warned: "Warned", Suspended: "Disabled", Deleted: "Deleted", Unregistered: "Disabled" };

const describe = (row: SubscriptionRow, tenantId: string): Subscription => ({
  id: `/subscriptions/${row.subscriptionId}`,
  subscriptionId: row.subscriptionId,
  tenantId: row.tenantId ?? tenantId,
  displayName: row.displayName,
  state: SHOWN_STATES[row.state],
  subscriptionPolicies: { locationPlacementId: "Internal", quotaId: "Internal", spendingLimit: "Off" },
  authorizationSource: "RoleBased",
  managedByTenants: [],
});

export function subscriptionHandlers({ store, config }: FrontDoorOptions): Pick<OurHandlers, "Subscriptions_Get" | "Subscriptions_List"> {
  return {
    Subscriptions_List: async ({ query }) => {
      const page = await listSubscriptions(store, readPageRequest(query));
      return pageAnswer({ ...page, items: page.items.map((row) => describe(row, config.tenantId)) });
    },
    Subscriptions_Get: async ({ params }) => {
      const row = await readSubscription(store, params.subscriptionId);
      if (row === null) throw subscriptionNotFound(params.subscriptionId);
      return { status: 200, body: describe(row, config.tenantId) };
    },
  };
}

/** The built-in subscription of a first start, registered with our provider. One that is there stays as its users left it. */
export async function ensureSubscription({ store, config, clock }: FrontDoorOptions): Promise<void> {
  if ((await readSubscription(store, config.subscriptionId)) !== null) return;
  const nowMs = clock.now();
  const first = newSubscription({ subscriptionId: config.subscriptionId, displayName: config.subscriptionName, tenantId: config.tenantId, nowMs });
  await store.transaction((tx) => changeSubscription(store, { subscriptionId: config.subscriptionId, nowMs, by: "control plane", change: (current) => current ?? withRegistration(first, NAMESPACE, "Registered", nowMs) }, tx));
}
