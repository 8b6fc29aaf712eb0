// Subscriptions as rows of the resource store: their state, since when, and which providers are registered. The
// front door writes registrations, lifecycle notifications write states; both read through here. What a state
// allows is decided here once; what becomes of clusters in it is not.
import { parseResourceId } from "@cynosure/arm-protocol";
import { resourceKey } from "@cynosure/model";
import type { ClusterKey } from "@cynosure/model";
import type { Store, StoredResource, SystemData, Transaction } from "@cynosure/resource-store";
import { raise, subscriptionKey } from "./addresses.ts";
import { listResourcePage } from "./lists.ts";
import type { Page, PageRequest } from "./lists.ts";
import { SUBSCRIPTION_TYPE } from "./resource-types.ts";

/** The words of the lifecycle notifications (arm-rpc §13); any may follow any, the latest holds. */
export const SUBSCRIPTION_STATES = ["Registered", "Warned", "Suspended", "Deleted", "Unregistered"] as const;
export type SubscriptionState = (typeof SUBSCRIPTION_STATES)[number];

export interface ProviderRegistration {
  readonly state: "Registered" | "NotRegistered";
  readonly changedAtMs: number;
}

export interface SubscriptionRow {
  /** In the casing it was first written with. */
  readonly subscriptionId: string;
  readonly displayName: string;
  readonly tenantId: string | null;
  readonly state: SubscriptionState;
  /** Since when it is in this state: a repeated word does not move it. */
  readonly stateSinceMs: number;
  /** By provider namespace in lower case; absent means never registered. */
  readonly registrations: Readonly<Record<string, ProviderRegistration>>;
  /** What the latest notification said besides, as it said it. */
  readonly details: Readonly<Record<string, unknown>>;
}

export const newSubscription = (of: { readonly subscriptionId: string; readonly displayName: string; readonly tenantId: string | null; readonly nowMs: number }): SubscriptionRow => ({
  subscriptionId: of.subscriptionId,
  displayName: of.displayName,
  tenantId: of.tenantId,
  state: "Registered",
  stateSinceMs: of.nowMs,
  registrations: {},
  details: {},
});

export const withState = (row: SubscriptionRow, state: SubscriptionState, nowMs: number): SubscriptionRow => (row.state === state ? row : { ...row, state, stateSinceMs: nowMs });

export const isRegistered = (row: SubscriptionRow, namespace: string): boolean => row.registrations[namespace.toLowerCase()]?.state === "Registered";

export function withRegistration(row: SubscriptionRow, namespace: string, state: ProviderRegistration["state"], nowMs: number): SubscriptionRow {
  const name = namespace.toLowerCase();
  if ((row.registrations[name]?.state ?? "NotRegistered") === state) return row;
  return { ...row, registrations: { ...row.registrations, [name]: { state, changedAtMs: nowMs } } };
}

const ALLOWED_ANYWHERE: readonly string[] = ["GET", "HEAD", "DELETE"];

/** §13: in every state but Registered only GET (HEAD) and DELETE are allowed. */
export const isVerbAllowed = (state: SubscriptionState, method: string): boolean => state === "Registered" || ALLOWED_ANYWHERE.includes(method);

/** Parent of the rows of subscriptions; no resource has this key. */
const ROOT_KEY = resourceKey("/subscriptions");

// `properties` of these rows were written by `writeSubscription` alone.
const fromStored = (stored: StoredResource): SubscriptionRow => stored.properties as unknown as SubscriptionRow;

export async function readSubscription(store: Pick<Store, "resources">, subscriptionId: string, tx?: Transaction): Promise<SubscriptionRow | null> {
  const stored = await store.resources.get(subscriptionKey(subscriptionId), tx);
  return stored === null ? null : fromStored(stored);
}

export const listSubscriptions = (store: Store, page: PageRequest): Promise<Page<SubscriptionRow>> => listResourcePage(store, { type: SUBSCRIPTION_TYPE, parentKey: ROOT_KEY }, page, (stored) => Promise.resolve(fromStored(stored)));

export interface SubscriptionChange {
  readonly subscriptionId: string;
  readonly nowMs: number;
  readonly by: string;
  /** Gets the row as it is (null: unknown here); answers the row to keep, or the same one for no change. */
  change(current: SubscriptionRow | null): SubscriptionRow | null;
}

/** Reads, changes and writes one row under its own lock; answers the row as it now is. Audit rows are the caller's. */
export async function changeSubscription(store: Store, wish: SubscriptionChange, tx: Transaction): Promise<SubscriptionRow | null> {
  const key = subscriptionKey(wish.subscriptionId);
  await store.lockCluster(key as unknown as ClusterKey, tx); // the store locks by name, whatever the name is of
  const stored = await store.resources.get(key, tx);
  const current = stored === null ? null : fromStored(stored);
  const next = wish.change(current);
  if (next === null || next === current) return next;
  await store.resources.put(toStored(next, stored, wish), { kind: "none" }, tx);
  return next;
}

function toStored(row: SubscriptionRow, before: StoredResource | null, wish: SubscriptionChange): Omit<StoredResource, "etag"> {
  const id = `/subscriptions/${row.subscriptionId}`;
  const parsed = parseResourceId(id);
  if (!parsed.ok) throw raise(parsed.problem);
  const at = new Date(wish.nowMs).toISOString();
  const created: Pick<SystemData, "createdBy" | "createdByType" | "createdAt"> = before?.systemData ?? { createdBy: wish.by, createdByType: "Application", createdAt: at };
  return {
    key: resourceKey(id),
    id,
    type: SUBSCRIPTION_TYPE,
    name: row.subscriptionId,
    parentKey: ROOT_KEY,
    subscriptionId: row.subscriptionId,
    location: null,
    tags: before?.tags ?? {},
    properties: { ...row },
    systemData: { createdBy: created.createdBy, createdByType: created.createdByType, createdAt: created.createdAt, lastModifiedBy: wish.by, lastModifiedByType: "Application", lastModifiedAt: at },
    provisioningState: "Succeeded",
  };
}
