// What the access room is made of; filled in by the composition root.
import type { Clock } from "@cynosure/model";
import type { Store } from "@cynosure/resource-store";

export interface AccessOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly tenantId: string;
  /** Object ids of the tenant's programs that are Owner of everything by code, so that nobody can lock himself out. */
  readonly ownerIds: readonly string[];
  /** Reading the rows again failed; what was known before stays in force. */
  readonly onError: (error: unknown) => void;
}
