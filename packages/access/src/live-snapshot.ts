// The snapshot every request is decided by, kept in memory: read again on each notice of the topic `access`, every
// few seconds without one, and by this process's own writes before they are answered.
import { ACCESS_TOPIC } from "@cynosure/resource-store";
import type { Store } from "@cynosure/resource-store";
import { readRecords } from "./access-rows.ts";
import { FAULT_ROLE, OWNER_ROLE } from "./built-in-roles.ts";
import { takeSnapshot } from "./decide-access.ts";
import type { AccessSnapshot } from "./decide-access.ts";
import type { AccessOptions } from "./options.ts";
import { TENANT_SCOPE } from "./scope.ts";

/** So long at most is a right that was taken back in another process still in force here while no notice arrives. */
export const REFRESH_MS_MAX = 5_000;

export class LiveSnapshot {
  readonly #options: AccessOptions;
  readonly #stop = new AbortController();
  #current: AccessSnapshot | null = null;
  /** The read under way, and the one after it that all who ask meanwhile share: they need what was written before they asked. */
  #running: Promise<void> | null = null;
  #next: Promise<void> | null = null;
  #watching: Promise<void> | null = null;

  constructor(options: AccessOptions) {
    this.#options = options;
  }

  /** The first request waits for the first read; later ones wait for nothing. */
  async get(): Promise<AccessSnapshot> {
    if (this.#current === null) await this.refresh();
    if (this.#current === null) throw new Error("the roles were read and are not there");
    return this.#current;
  }

  /** What `get` answers at once, null before the first read. */
  peek(): AccessSnapshot | null {
    return this.#current;
  }

  /** Ends when all that was committed before the call is in force here. */
  refresh(): Promise<void> {
    if (this.#running === null) return (this.#running = this.#read().finally(() => (this.#running = null)));
    this.#next ??= this.#running.catch(() => undefined).then(() => {
      this.#next = null;
      return this.refresh();
    });
    return this.#next;
  }

  watch(): void {
    this.#watching ??= this.#watchStore(this.#options.store);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#watching;
  }

  async #watchStore(store: Store): Promise<void> {
    const { signal } = this.#stop;
    const changes = store.watchChanges(ACCESS_TOPIC);
    let isFailing = false;
    while (!signal.aborted) {
      const failure = await this.refresh().then(() => null, (error: unknown) => ({ error }));
      // Said once for each time the database is away, not once a second.
      if (failure !== null && !isFailing && !signal.aborted) this.#options.onError(failure.error);
      isFailing = failure !== null;
      await changes.wait(REFRESH_MS_MAX, signal);
    }
    changes.close();
  }

  async #read(): Promise<void> {
    const { store, ownerIds } = this.#options;
    const records = await readRecords(store);
    const byCode = ownerIds.flatMap((principalId) => [OWNER_ROLE, FAULT_ROLE].map((roleId) => ({ id: "built in", principalId, principalType: "ServicePrincipal", roleId, scope: TENANT_SCOPE })));
    this.#current = takeSnapshot({ ...records, assignments: [...byCode, ...records.assignments] });
  }
}
