// Name rules (U4, U5). Every name has an explicit pattern and a sentence that says it (those of our own types
// are in the contract); names come from the URL alone (U3), and what a body repeats must agree with the URL.
import type { Outcome } from "./outcome.ts";
import { accept, refuse } from "./outcome.ts";
import type { ResourceId } from "./resource-id.ts";
import { formatResourceId, isSameResource, resourceNameOf, resourceTypeOf } from "./resource-id.ts";

export interface NameRule {
  readonly pattern: RegExp;
  /** Completes "… must ". */
  readonly must: string;
}

export const SUBSCRIPTION_ID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const resourceGroupNameRule: NameRule = {
  // Up to 90 characters, last one not a dot.
  pattern: /^[-\w.()]{0,89}[-\w()]$/,
  must: "be 1 to 90 letters, digits, '-', '_', '.', '(' or ')', and not end with '.'",
};

/** `what` reads as "file system". */
export function checkName(what: string, name: string, rule: NameRule, target = "name"): Outcome<string> {
  if (rule.pattern.test(name)) return accept(name);
  return refuse("InvalidResourceName", `The ${what} name '${name.slice(0, 100)}' is not valid: it must ${rule.must}. Choose another name.`, target);
}

export function checkSubscriptionId(id: string): Outcome<string> {
  if (SUBSCRIPTION_ID_PATTERN.test(id)) return accept(id);
  return refuse("InvalidSubscriptionId", `The provided subscription identifier '${id.slice(0, 100)}' is malformed or invalid: it must be a GUID.`, "subscriptionId");
}

/** U3: `id`, `name` and `type` in a body are tolerated when they agree with the URL. */
export function checkBodyIdentity(body: Readonly<Record<string, unknown>>, id: ResourceId): Outcome<ResourceId> {
  const differs = (key: string, expected: string): Outcome<never> =>
    refuse("MismatchingResourceSegments", `The body's '${key}' differs from the request URL, which says '${expected}'. Leave '${key}' out or make it agree.`, key);
  if (body["id"] !== undefined && !(typeof body["id"] === "string" && isSameResource(body["id"], id))) return differs("id", formatResourceId(id));
  const name = resourceNameOf(id);
  if (body["name"] !== undefined && !(typeof body["name"] === "string" && body["name"].toLowerCase() === name.toLowerCase())) return differs("name", name);
  const type = resourceTypeOf(id);
  if (body["type"] !== undefined && !(typeof body["type"] === "string" && body["type"].toLowerCase() === type.toLowerCase())) return differs("type", type);
  return accept(id);
}
