// What is told of a change: that something of a cluster, of a group or of the roles at a scope is different now, and
// never what. Pure: from a topic of the store to what it is about.
import { resourceKey } from "@cynosure/model";
import type { ClusterKey, ResourceKey } from "@cynosure/model";

export type ChangeKind = "cluster" | "plan" | "health" | "access";

export interface Change {
  readonly key: ResourceKey;
  /** As its owner wrote it where the resource is still there, else the key. */
  readonly id: string;
  readonly kind: ChangeKind;
}

/** A cluster must be looked at to know what of it changed; of all else the topic says it. */
export type Heard = { readonly look: ClusterKey } | { readonly key: ResourceKey; readonly kind: "cluster" | "access" };

/** What every scope is below. */
export const EVERYWHERE = resourceKey("/");

const AUTHORIZATION = "/providers/microsoft.authorization/";
const CLUSTER = /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/cynosure\.storage\/clusters\/[^/]+/;
const SCOPE = /^\/subscriptions\/[^/]+(\/resourcegroups\/[^/]+)?/;

/** Null for what nobody shows. */
export function readTopic(topic: string): Heard | null {
  const at = topic.indexOf(":");
  const [kind, key] = [topic.slice(0, at), topic.slice(at + 1)];
  if (kind === "cluster") return CLUSTER.exec(key)?.[0] === key ? { look: key as ClusterKey } : null; // matched by the line itself
  if (kind !== "resource") return null;
  const role = key.indexOf(AUTHORIZATION);
  if (role >= 0) return { key: scopeOf(key.slice(0, role)), kind: "access" };
  const owner = CLUSTER.exec(key)?.[0] ?? (SCOPE.exec(key)?.[1] === undefined ? null : SCOPE.exec(key)?.[0]);
  // Of a group only the group itself: what else hangs on one is not shown.
  return owner === null || owner === undefined || (owner !== key && CLUSTER.exec(key) === null) ? null : { key: resourceKey(owner), kind: "cluster" };
}

const scopeOf = (scope: string): ResourceKey => resourceKey(CLUSTER.exec(scope)?.[0] ?? SCOPE.exec(scope)?.[0] ?? EVERYWHERE);

/** Whether it is of the subscription, or above all of them. */
export const isWithin = (key: ResourceKey, subscriptionId: string): boolean => key === EVERYWHERE || `${key}/`.startsWith(`/subscriptions/${subscriptionId.toLowerCase()}/`);
