// An action with its audit row, all or nothing. The row is written first and committed last: nothing is done without a
// record of it, and what is refused leaves none.
import type { RequestContext } from "@cynosure/arm-protocol";
import { auditRow } from "@cynosure/arm-store";
import type { Transaction } from "@cynosure/resource-store";
import type { ResourceProvidersOptions } from "./options.ts";

export interface ActionOn {
  /** For example `Cynosure.Storage/clusters/benchmark/action`. */
  readonly action: string;
  readonly resourceId: string;
}

export function auditedAction<T>({ store, clock }: Pick<ResourceProvidersOptions, "store" | "clock">, context: RequestContext, { action, resourceId }: ActionOn, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return store.transaction(async (tx) => {
    await store.appendAudit(auditRow({ context, atMs: clock.now(), action, resourceId, before: null, after: null }), tx);
    return work(tx);
  });
}
