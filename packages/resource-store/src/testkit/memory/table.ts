// One table of the memory database: rows by key, found by group (usually the cluster) in the order they came.
// A transaction writes into a layer of its own; others see its rows once it commits. Rows are never changed
// in place, so that a layer or a reader may hold one without a copy.

export interface TableOptions<Row> {
  readonly keyOf: (row: Row) => string;
  /** Fixed for the life of a row. */
  readonly groupOf: (row: Row) => string;
}

/** What transactions are to a table: where their rows are until they commit. */
export interface Layers {
  readonly layers: Map<Committing, Map<string, unknown>>;
}

export interface Committing {
  /** Makes the rows of the transaction everybody's. */
  commit(of: Layers): void;
}

export class Table<Row> implements Committing {
  readonly #options: TableOptions<Row>;
  readonly #rows = new Map<string, Row>();
  readonly #groups = new Map<string, Set<string>>();

  constructor(options: TableOptions<Row>) {
    this.#options = options;
  }

  get(key: string, tx?: Layers): Row | undefined {
    const own = this.#layer(tx)?.get(key);
    return own === undefined ? this.#rows.get(key) : (own ?? undefined);
  }

  /** Rows of one group, or all. */
  list(tx?: Layers, group?: string): Row[] {
    const layer = this.#layer(tx);
    const keys = group === undefined ? this.#rows.keys() : (this.#groups.get(group) ?? []);
    const rows: Row[] = [];
    for (const key of keys) {
      const own = layer?.get(key);
      const row = own === undefined ? this.#rows.get(key) : own;
      if (row !== null && row !== undefined) rows.push(row);
    }
    for (const [key, row] of layer ?? []) {
      if (row !== null && !this.#rows.has(key) && (group === undefined || this.#options.groupOf(row) === group)) rows.push(row);
    }
    return rows;
  }

  put(row: Row, tx: Layers): void {
    this.#write(this.#options.keyOf(row), row, tx);
  }

  /** False when there is no such row. */
  remove(key: string, tx: Layers): boolean {
    if (this.get(key, tx) === undefined) return false;
    this.#write(key, null, tx);
    return true;
  }

  removeGroup(group: string, tx: Layers): void {
    for (const row of this.list(tx, group)) this.#write(this.#options.keyOf(row), null, tx);
  }

  commit(of: Layers): void {
    for (const [key, row] of this.#layer(of) ?? []) {
      if (row !== null) this.#keep(key, row);
      else this.#forget(key);
    }
  }

  #keep(key: string, row: Row): void {
    this.#rows.set(key, row);
    const group = this.#options.groupOf(row);
    const keys = this.#groups.get(group) ?? new Set<string>();
    keys.add(key);
    this.#groups.set(group, keys);
  }

  #forget(key: string): void {
    const row = this.#rows.get(key);
    if (row === undefined) return;
    this.#rows.delete(key);
    const group = this.#options.groupOf(row);
    const keys = this.#groups.get(group);
    keys?.delete(key);
    if (keys?.size === 0) this.#groups.delete(group);
  }

  #write(key: string, row: Row | null, tx: Layers): void {
    const layer = this.#layer(tx);
    if (layer === undefined) tx.layers.set(this, new Map([[key, row]]));
    else layer.set(key, row);
  }

  #layer(tx: Layers | undefined): Map<string, Row | null> | undefined {
    return tx?.layers.get(this) as Map<string, Row | null> | undefined; // only this table writes under its own name
  }
}
