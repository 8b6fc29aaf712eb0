// All changes of the database for whoever listens in this process: heard from the store, gathered for a quarter of a
// second, each named once. Hears and looks only while somebody listens.
import { resourceKey } from "@cynosure/model";
import type { ClusterKey } from "@cynosure/model";
import type { Store } from "@cynosure/resource-store";
import { EVERYWHERE, readTopic } from "./change.ts";
import type { Change, ChangeKind } from "./change.ts";
import { lookAt } from "./cluster-look.ts";
import type { ClusterLook, LookStore } from "./cluster-look.ts";

export const COALESCE_MS = 250;
const LOOKS_AT_ONCE_MAX = 4;
/** Of one round: what comes next must not wait for thousands of clusters that all move. */
const LOOKS_A_ROUND_MAX = 64;
const CLUSTERS_KNOWN_MAX = 10_000;
/** Heard and not yet told: beyond it everybody is told to read again instead. */
export const HEARD_MAX = 5_000;

export type HubStore = LookStore & Pick<Store, "hearChanges" | "resources">;

/** Null: some changes may have been missed. */
export type ChangeListener = (changes: readonly Change[] | null) => void;

export interface ChangeHubOptions {
  readonly store: HubStore;
  readonly onError: (error: unknown) => void;
  /** Shorter in tests. */
  readonly coalesceMs?: number;
}

export class ChangeHub {
  readonly #options: ChangeHubOptions;
  readonly #listeners = new Set<ChangeListener>();
  readonly #named = new Map<string, Pick<Change, "key" | "kind">>();
  readonly #toLookAt = new Set<ClusterKey>();
  readonly #looks = new Map<ClusterKey, ClusterLook>();
  #stopHearing: (() => void) | null = null;
  #round: NodeJS.Timeout | null = null;

  constructor(options: ChangeHubOptions) {
    this.#options = options;
  }

  /** Answers how to stop. */
  listen(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    this.#stopHearing ??= this.#options.store.hearChanges((topic) => this.#heard(topic));
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#rest();
    };
  }

  #rest(): void {
    this.#stopHearing?.();
    this.#stopHearing = null;
    if (this.#round !== null) clearTimeout(this.#round);
    this.#round = null;
    for (const kept of [this.#named, this.#toLookAt, this.#looks]) kept.clear();
  }

  #heard(topic: string | null): void {
    if (topic === null) {
      this.#tell(null);
      return;
    }
    const heard = readTopic(topic);
    if (heard === null) return;
    if ("look" in heard) this.#toLookAt.add(heard.look);
    else this.#named.set(`${heard.kind} ${heard.key}`, heard);
    if (this.#named.size + this.#toLookAt.size > HEARD_MAX) {
      this.#named.clear();
      this.#toLookAt.clear();
      this.#tell(null);
      return;
    }
    this.#begin();
  }

  #begin(): void {
    this.#round ??= setTimeout(() => {
      this.#run().catch(this.#options.onError);
    }, this.#options.coalesceMs ?? COALESCE_MS);
    this.#round.unref();
  }

  async #run(): Promise<void> {
    const round = this.#round;
    const named = [...this.#named.values()];
    this.#named.clear();
    const clusters = [...this.#toLookAt].slice(0, LOOKS_A_ROUND_MAX);
    for (const cluster of clusters) this.#toLookAt.delete(cluster);
    try {
      await forEach(named, async ({ key, kind }) => this.#tell([{ key, kind, id: key === EVERYWHERE ? key : ((await this.#options.store.resources.get(key))?.id ?? key) }]));
      await forEach(clusters, async (cluster) => this.#tell(await this.#lookAt(cluster)));
    } catch (error) {
      // What was heard is lost with the database: whoever listens reads again.
      this.#tell(null);
      this.#options.onError(error);
    } finally {
      // Another round may have begun meanwhile for other listeners.
      if (this.#round === round) this.#round = null;
      if (this.#listeners.size > 0 && this.#named.size + this.#toLookAt.size > 0) this.#begin();
    }
  }

  async #lookAt(cluster: ClusterKey): Promise<readonly Change[]> {
    const before = this.#looks.get(cluster) ?? null;
    const now = await lookAt(this.#options.store, cluster, before);
    this.#looks.delete(cluster);
    // That it is gone its row has said.
    if (now === null || this.#stopHearing === null) return [];
    this.#looks.set(cluster, now);
    const [oldest] = this.#looks.keys();
    if (this.#looks.size > CLUSTERS_KNOWN_MAX && oldest !== undefined) this.#looks.delete(oldest);
    const kinds: readonly ChangeKind[] = [...(before?.plan === now.plan ? [] : ["plan" as const]), ...(before?.health === now.health ? [] : ["health" as const])];
    return kinds.map((kind) => ({ key: resourceKey(cluster), id: now.id, kind }));
  }

  #tell(changes: readonly Change[] | null): void {
    if (changes === null || changes.length > 0) for (const listener of [...this.#listeners]) listener(changes);
  }
}

async function forEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const worker = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(LOOKS_AT_ONCE_MAX, items.length) }, worker));
}
