// Resource ids (rules U1, U2, U6, U7): parse and format with the user's casing of names kept, compare and
// key case-insensitively, collapse `//` (T5). Ids are not URL-encoded; the router decodes before this.
import type { Outcome } from "./outcome.ts";
import { accept, refuse } from "./outcome.ts";

export interface ResourceIdSegment {
  readonly type: string;
  readonly name: string;
}

export interface ResourceId {
  readonly subscriptionId: string;
  readonly resourceGroup: string | null;
  /** Null for a subscription or a resource group. */
  readonly namespace: string | null;
  /** `clusters/c1`, `fileSystems/home`: outermost first. */
  readonly segments: readonly ResourceIdSegment[];
}

/** `//` counts as `/`, and a trailing slash does not count. */
export function normalizePath(path: string): string {
  const collapsed = path.replace(/\/{2,}/g, "/");
  return collapsed.length > 1 && collapsed.endsWith("/") ? collapsed.slice(0, -1) : collapsed;
}

const sameWord = (a: string | undefined, b: string): boolean => a !== undefined && a.toLowerCase() === b;

/** Understands a subscription, a resource group and a resource of any depth below either. */
export function parseResourceId(text: string): Outcome<ResourceId> {
  const wrong = (why: string): Outcome<never> => refuse("MismatchingResourceSegments", `The resource id '${text.slice(0, 300)}' ${why}.`, "id");
  if (!text.startsWith("/")) return wrong("does not start with '/'");
  const words = normalizePath(text).slice(1).split("/");
  const subscriptionId = words[1];
  if (!sameWord(words[0], "subscriptions") || subscriptionId === undefined || subscriptionId === "") return wrong("does not start with '/subscriptions/{subscriptionId}'");
  let at = 2;
  let resourceGroup: string | null = null;
  if (sameWord(words[at], "resourcegroups")) {
    resourceGroup = words[at + 1] ?? null;
    if (resourceGroup === null) return wrong("names no resource group after 'resourceGroups'");
    at += 2;
  }
  if (at === words.length) return accept({ subscriptionId, resourceGroup, namespace: null, segments: [] });
  const namespace = words[at + 1];
  if (!sameWord(words[at], "providers") || namespace === undefined) return wrong("has neither 'resourceGroups' nor 'providers' where one is expected");
  const segments: ResourceIdSegment[] = [];
  for (let i = at + 2; i < words.length; i += 2) {
    const type = words[i];
    const name = words[i + 1];
    if (type === undefined || name === undefined) return wrong("must have a name after each resource type");
    segments.push({ type, name });
  }
  if (segments.length === 0) return wrong("names no resource type after the provider");
  return accept({ subscriptionId, resourceGroup, namespace, segments });
}

/** Static words in our canonical casing, names as they are. */
export function formatResourceId(id: ResourceId): string {
  const group = id.resourceGroup === null ? "" : `/resourceGroups/${id.resourceGroup}`;
  const provider = id.namespace === null ? "" : `/providers/${id.namespace}`;
  return `/subscriptions/${id.subscriptionId}${group}${provider}${id.segments.map((s) => `/${s.type}/${s.name}`).join("")}`;
}

/** Key under which a resource is stored and compared (U1). */
export const resourceIdKey = (id: ResourceId | string): string => (typeof id === "string" ? normalizePath(id) : formatResourceId(id)).toLowerCase();

export const isSameResource = (a: ResourceId | string, b: ResourceId | string): boolean => resourceIdKey(a) === resourceIdKey(b);

/** `Cynosure.Storage/clusters/fileSystems`; the two front-door types have names of their own. */
export function resourceTypeOf(id: ResourceId): string {
  if (id.namespace === null) return id.resourceGroup === null ? "Microsoft.Resources/subscriptions" : "Microsoft.Resources/resourceGroups";
  return [id.namespace, ...id.segments.map((s) => s.type)].join("/");
}

/** The name as ARM shows it: the innermost one. */
export const resourceNameOf = (id: ResourceId): string => id.segments.at(-1)?.name ?? id.resourceGroup ?? id.subscriptionId;

/** The parent resource; the resource group (or subscription) of a top-level one; null for a subscription. */
export function parentResourceId(id: ResourceId): ResourceId | null {
  if (id.segments.length > 1) return { ...id, segments: id.segments.slice(0, -1) };
  if (id.segments.length === 1) return { ...id, namespace: null, segments: [] };
  return id.resourceGroup === null ? null : { ...id, resourceGroup: null };
}

export function childResourceId(parent: ResourceId, type: string, name: string): ResourceId {
  return { ...parent, segments: [...parent.segments, { type, name }] };
}
