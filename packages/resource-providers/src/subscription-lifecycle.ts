// What Azure Resource Manager says of a subscription (§13, V9) and what becomes of the clusters in it. The word
// is recorded at once; clusters of a deleted subscription go after a grace, round by round, until none is left:
// what is to be done follows from the rows alone, so it survives any restart and any leader.
import { parseResourceId } from "@cynosure/arm-protocol";
import type { RequestContext } from "@cynosure/arm-protocol";
import { CLUSTER_TYPE, NAMESPACE, SUBSCRIPTION_STATES, auditRow, changeSubscription, isVerbAllowed, listSubscriptions, newSubscription, readSubscription, withRegistration, withState } from "@cynosure/arm-store";
import type { SubscriptionRow, SubscriptionState } from "@cynosure/arm-store";
import { ControlPlaneError, clusterKey, isSameJson } from "@cynosure/model";
import type { Store, StoredResource } from "@cynosure/resource-store";
import { cancelCluster } from "./cancel-cluster.ts";
import { deleteResource } from "./delete-resource.ts";
import type { ResourceProvidersOptions } from "./options.ts";

const DETAILS_BYTES_MAX = 64 * 1024;
const PAGE_COUNT_MAX = 100;
const AUDIT_ACTION = "Microsoft.Resources/subscriptions/lifecycle/action";

export interface SubscriptionLifecycle {
  /** PUT of a subscription by ARM. Answers how many clusters are left where the state says there should be none, else 0. */
  notify(request: { readonly subscriptionId: string; readonly body: unknown; readonly context: RequestContext }): Promise<{ readonly state: SubscriptionState; readonly strandedCount: number }>;
  /** One round of deleting what deleted subscriptions still hold; to be run again and again. */
  deleteDue(graceMs: number): Promise<DeletionRound>;
  /** Throws ReadOnlyDisabledSubscription or MissingSubscriptionRegistration. */
  requireVerb(subscriptionId: string, method: string): Promise<void>;
}

export interface DeletionRound {
  /** Deletions that were begun, or that go on. */
  readonly deleting: readonly string[];
  /** For the next round, with the reason. */
  readonly blocked: readonly { readonly id: string; readonly reason: string }[];
  /** Clusters whose subscription is unregistered: nobody deletes them but their owner. */
  readonly stranded: readonly string[];
}

export function subscriptionLifecycle(options: ResourceProvidersOptions): SubscriptionLifecycle {
  return {
    notify: (request) => notify(options, request),
    deleteDue: (graceMs) => deleteDue(options, graceMs),
    requireVerb: (subscriptionId, method) => requireVerb(options.store, subscriptionId, method),
  };
}

const invalid = (target: string, message: string): ControlPlaneError => new ControlPlaneError("InvalidRequestContent", message, { target });

/** Anything beside `state` is kept as it came and not looked at: the dictionary is not strongly typed. */
function readNotification(body: unknown): { readonly state: SubscriptionState; readonly tenantId: string | null; readonly details: Readonly<Record<string, unknown>> } {
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw invalid("$", "The notification must be an object with a 'state'.");
  const { state: said, ...details } = body as Readonly<Record<string, unknown>>; // an object, just checked
  const state = SUBSCRIPTION_STATES.find((known) => typeof said === "string" && known.toLowerCase() === said.toLowerCase());
  if (state === undefined) throw invalid("state", `The subscription state is not one of ${SUBSCRIPTION_STATES.join(", ")}. Send one of them.`);
  if (JSON.stringify(details).length > DETAILS_BYTES_MAX) throw invalid("$", `The notification is longer than ${DETAILS_BYTES_MAX} bytes. Send less.`);
  const properties = details["properties"];
  const tenantId = typeof properties === "object" && properties !== null && "tenantId" in properties && typeof properties.tenantId === "string" ? properties.tenantId : null;
  return { state, tenantId, details };
}

async function notify(options: ResourceProvidersOptions, request: Parameters<SubscriptionLifecycle["notify"]>[0]): ReturnType<SubscriptionLifecycle["notify"]> {
  const { store, clock } = options;
  const { subscriptionId, context } = request;
  const { state, tenantId, details } = readNotification(request.body);
  const nowMs = clock.now();
  await store.transaction(async (tx) => {
    let before: SubscriptionRow | null = null;
    const after = await changeSubscription(
      store,
      {
        subscriptionId,
        nowMs,
        by: "Azure Resource Manager",
        change: (current) => {
          before = current;
          const known = current ?? newSubscription({ subscriptionId, displayName: subscriptionId, tenantId, nowMs });
          const registered = withRegistration(withState(known, state, nowMs), NAMESPACE, state === "Unregistered" ? "NotRegistered" : "Registered", nowMs);
          if (current !== null && registered === current && isSameJson(current.details, details)) return current;
          return { ...registered, tenantId: tenantId ?? registered.tenantId, details };
        },
      },
      tx,
    );
    if (after === null || after === before) return;
    await store.appendAudit(auditRow({ context, atMs: nowMs, action: AUDIT_ACTION, resourceId: `/subscriptions/${subscriptionId}`, before: digestible(before), after: digestible(after) }), tx);
  });
  const stranded = state === "Unregistered" ? await clusterIds(store, subscriptionId) : [];
  return { state, strandedCount: stranded.length };
}

const digestible = (row: SubscriptionRow | null) => (row === null ? null : { location: null, tags: {}, properties: { state: row.state } });

async function requireVerb(store: Store, subscriptionId: string, method: string): Promise<void> {
  // ARM sends requests only below subscriptions that are registered: one that it never spoke of is.
  const state = (await readSubscription(store, subscriptionId))?.state ?? "Registered";
  const isReading = method === "GET" || method === "HEAD";
  if (state === "Unregistered" && !isReading) {
    throw new ControlPlaneError("MissingSubscriptionRegistration", `The subscription is not registered to use namespace '${NAMESPACE}'. Register it, then try again.`);
  }
  if (isVerbAllowed(state, method)) return;
  throw new ControlPlaneError("ReadOnlyDisabledSubscription", `The subscription '${subscriptionId}' is ${state.toLowerCase()} and therefore marked as read only: only GET and DELETE are possible until it is active again.`);
}

/** Page by page: clusters that cannot go now must not keep those behind them from it. */
async function* clustersOf(store: Store, subscriptionId: string): AsyncGenerator<StoredResource> {
  const scope = { type: CLUSTER_TYPE, keyPrefix: `/subscriptions/${subscriptionId}/`.toLowerCase(), limitMax: PAGE_COUNT_MAX };
  let page = await store.resources.list(scope);
  while (page.length > 0) {
    yield* page;
    const last = page.at(-1);
    page = last === undefined || page.length < PAGE_COUNT_MAX ? [] : await store.resources.list({ ...scope, afterKey: last.key });
  }
}

async function clusterIds(store: Store, subscriptionId: string): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { id } of clustersOf(store, subscriptionId)) ids.push(id);
  return ids;
}

async function* subscriptions(store: Store): AsyncGenerator<SubscriptionRow> {
  let afterKey: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof listSubscriptions>> = await listSubscriptions(store, { top: PAGE_COUNT_MAX, afterKey });
    yield* page.items;
    afterKey = page.nextAfterKey;
  } while (afterKey !== null);
}

async function deleteDue(options: ResourceProvidersOptions, graceMs: number): Promise<DeletionRound> {
  const { store, clock } = options;
  const deleting: string[] = [];
  const blocked: { id: string; reason: string }[] = [];
  const stranded: string[] = [];
  for await (const row of subscriptions(store)) {
    if (row.state === "Unregistered") stranded.push(...(await clusterIds(store, row.subscriptionId)));
    if (row.state !== "Deleted" || clock.now() - row.stateSinceMs < graceMs) continue;
    for await (const cluster of clustersOf(store, row.subscriptionId)) {
      const reason = await deleteCluster(options, cluster, row);
      if (reason === null) deleting.push(cluster.id);
      else blocked.push({ id: cluster.id, reason });
    }
  }
  return { deleting, blocked, stranded };
}

/**
 * Null when it goes. A change that still runs is canceled: it must not hold up the end of what it changes; the next
 * round comes through. Whatever goes wrong with one cluster must not keep the others.
 */
async function deleteCluster(options: ResourceProvidersOptions, cluster: StoredResource, row: SubscriptionRow): Promise<string | null> {
  const id = parseResourceId(cluster.id);
  if (!id.ok) return id.problem.message;
  const context = systemContext(options, row);
  try {
    await deleteResource(options, { context, id: id.value, clusterKey: clusterKey(cluster.key) });
    return null;
  } catch (error) {
    if (!(error instanceof ControlPlaneError) || error.code !== "AnotherOperationInProgress") return describe(error);
  }
  try {
    await cancelCluster(options, { subscriptionId: row.subscriptionId, resourceGroupName: id.value.resourceGroup ?? "", clusterName: cluster.name }, context);
    return "AnotherOperationInProgress: the change that was running was canceled";
  } catch (error) {
    return describe(error); // it may have ended by itself meanwhile
  }
}

const describe = (error: unknown): string => (error instanceof ControlPlaneError ? `${error.code}: ${error.message}` : String(error));

/** What this control plane does on ARM's word, long after ARM said it. */
function systemContext(options: ResourceProvidersOptions, row: SubscriptionRow): RequestContext {
  const requestId = options.newId();
  const principal = { id: options.config.installationId, type: "Application", displayName: "control plane", tenantId: row.tenantId ?? "unknown" } as const;
  return { principal, requestId, correlationId: requestId, apiVersion: "", condition: { kind: "none" }, baseUrl: "" };
}
