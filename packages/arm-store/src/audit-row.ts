// The audit row of one accepted request: who did what to which resource, with digests of before and after.
// Bodies themselves are not kept: the digest proves a change without spreading customer data.
import { hash } from "node:crypto";
import type { RequestContext } from "@cynosure/arm-protocol";
import type { AuditRow, StoredResource } from "@cynosure/resource-store";

/** Members sorted at every level, so that equal values have equal digests. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, inner]) => [name, sorted(inner)]));
}

type Digestible = Pick<StoredResource, "location" | "tags" | "properties">;

const digest = (row: Digestible | null): string | null =>
  row === null ? null : hash("sha256", canonicalJson({ location: row.location, tags: row.tags, properties: row.properties }), "hex");

export interface AuditInput {
  readonly context: RequestContext;
  readonly atMs: number;
  readonly action: string;
  readonly resourceId: string;
  readonly before: Digestible | null;
  readonly after: Digestible | null;
}

export const auditRow = ({ context, atMs, action, resourceId, before, after }: AuditInput): AuditRow => ({
  atMs,
  principal: context.principal.id,
  correlationId: context.correlationId,
  action,
  resourceId,
  beforeSha256: digest(before),
  afterSha256: digest(after),
});
