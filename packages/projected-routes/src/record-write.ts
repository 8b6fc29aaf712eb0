// The audit row of what is about to be sent to an engine: one that cannot be recorded is not sent. Of a body only a digest is
// kept.
import { createHash } from "node:crypto";
import { canonicalJson } from "@cynosure/arm-store";
import type { ProjectedRoutesOptions } from "./options.ts";

export interface NativeWrite {
  readonly principalId: string;
  readonly correlationId: string;
  /** The permission that was used. */
  readonly action: string;
  readonly resourceId: string;
  readonly body: unknown;
}

export function recordWrite({ store, nowMs }: Pick<ProjectedRoutesOptions, "store" | "nowMs">, { principalId, correlationId, action, resourceId, body }: NativeWrite): Promise<void> {
  const afterSha256 = body === undefined ? null : createHash("sha256").update(canonicalJson(body)).digest("hex");
  return store.transaction((tx) => store.appendAudit({ atMs: nowMs(), principal: principalId, correlationId, action, resourceId, beforeSha256: null, afterSha256 }, tx));
}
