// The store as one control plane process sees it: through its life (a dead one gets no answer and commits
// nothing) and with the small delays of a real database, so that what may interleave does.
import type { ChangeWatch, Store, Transaction } from "@cynosure/resource-store";
import type { ProcessLife } from "./process-life.ts";

export interface GuardOptions {
  readonly life: ProcessLife;
  /** Passes the time a call takes. */
  readonly delay: () => Promise<void>;
}

/** Every method of one concern, guarded. Reads and writes alike: what a dead process reads it cannot act upon. */
function guardConcern<T extends object>(concern: T, { life, delay }: GuardOptions): T {
  return new Proxy(concern, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      return (...of: unknown[]) =>
        life.guard(async () => {
          await delay();
          return Reflect.apply(method, target, of) as Promise<unknown>; // every method of the port's concerns answers a promise
        });
    },
  });
}

function guardWatch(watch: ChangeWatch, life: ProcessLife): ChangeWatch {
  return { wait: (timeoutMsMax, signal) => life.guard(() => watch.wait(timeoutMsMax, signal)), close: () => watch.close() };
}

export function guardStore(store: Store, options: GuardOptions): Store {
  const { life, delay } = options;
  return {
    resources: guardConcern(store.resources, options),
    operations: guardConcern(store.operations, options),
    plans: guardConcern(store.plans, options),
    steps: guardConcern(store.steps, options),
    hosts: guardConcern(store.hosts, options),
    vault: guardConcern(store.vault, options),
    observations: guardConcern(store.observations, options),
    metrics: guardConcern(store.metrics, options),
    principals: guardConcern(store.principals, options),
    deviceCodes: guardConcern(store.deviceCodes, options),
    portalSessions: guardConcern(store.portalSessions, options),
    gatewayUsers: guardConcern(store.gatewayUsers, options),
    nativeNames: guardConcern(store.nativeNames, options),
    nativeOperations: guardConcern(store.nativeOperations, options),
    clusterViews: guardConcern(store.clusterViews, options),
    audit: guardConcern(store.audit, options),
    appendAudit: (row, tx) => life.guard(() => store.appendAudit(row, tx)),
    watchChanges: (topic) => guardWatch(store.watchChanges(topic), life),
    hearChanges: (listener) => store.hearChanges(listener),
    lockCluster: (cluster, tx) =>
      life.guard(async () => {
        await delay();
        return store.lockCluster(cluster, tx);
      }),
    recordChange: (change, tx) =>
      life.guard(async () => {
        await delay();
        return store.recordChange(change, tx);
      }),
    transaction: <T>(work: (tx: Transaction) => Promise<T>) => life.guard(() => store.transaction((tx) => life.inSession(() => work(tx)))),
    close: () => store.close(),
  };
}
