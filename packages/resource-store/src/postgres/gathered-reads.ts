// Point reads that are asked for in the same turn of the event loop, answered by one statement: under load most of
// what a read costs is its way to the database and back. Nothing is kept: each statement is sent after the
// last question it answers was asked, so that nobody is told what was so before he asked.
export interface GatheredReadsOptions<V> {
  /** Rows of some of the keys, in any order; a key without a row is left out. */
  readonly read: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>;
}

/** More would make one answer late for the sake of another. */
export const GATHERED_KEYS_MAX = 64;

interface Batch<V> {
  readonly keys: Set<string>;
  readonly rows: Promise<ReadonlyMap<string, V>>;
}

export class GatheredReads<V> {
  readonly #read: GatheredReadsOptions<V>["read"];
  #open: Batch<V> | null = null;

  constructor(options: GatheredReadsOptions<V>) {
    this.#read = options.read;
  }

  async get(key: string): Promise<V | null> {
    const batch = this.#open ?? this.#begin();
    batch.keys.add(key);
    if (batch.keys.size >= GATHERED_KEYS_MAX) this.#open = null;
    return (await batch.rows).get(key) ?? null;
  }

  /** Sent when every request that has arrived has had its turn. */
  #begin(): Batch<V> {
    const keys = new Set<string>();
    const batch: Batch<V> = {
      keys,
      rows: new Promise((resolve, reject) => {
        setImmediate(() => {
          if (this.#open === batch) this.#open = null;
          this.#read([...keys]).then(resolve, reject);
        });
      }),
    };
    this.#open = batch;
    return batch;
  }
}
