// Everything the emulated system remembers: objects by collection, singletons by path, and what only sign-in may see.
// Kept in memory, and in one file when it is given one. Knows no rule of the API.
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRandom } from "./random.ts";
import type { Random } from "./random.ts";

export type Row = Record<string, unknown>;

/** An object of a collection. */
export type StoredRow = Row & { id: number | string };

/** What is never answered. */
export interface Secrets {
  /** Salted hashes by user name. */
  passwords: Record<string, string>;
  /** Hashes of tokens, and whose they are. */
  apiTokens: Record<string, { id: string; owner: string; isRevoked: boolean }>;
  signingKey: string;
}

export interface Store {
  readonly random: Random;
  readonly secrets: Secrets;
  /** In the order of creation. */
  rows(collection: string): readonly StoredRow[];
  find(collection: string, id: string): StoredRow | null;
  /** Gives it the next number unless it has an id. */
  insert(collection: string, row: Row): StoredRow;
  remove(collection: string, id: number | string): void;
  singleton(path: string): Row | null;
  setSingleton(path: string, row: Row): void;
  /** Says that something was changed in place. */
  touch(): void;
  close(): void;
}

interface Saved {
  format: 1;
  random: number;
  numbers: Record<string, number>;
  collections: Record<string, StoredRow[]>;
  singletons: Record<string, Row>;
  secrets: Secrets;
}

/** Changes that come together are written together. */
const SAVE_DELAY_MS = 50;

export function openStore(options: { readonly seed: number; readonly dataFile: string | null }): { readonly store: Store; readonly isNew: boolean } {
  const { dataFile } = options;
  const saved = dataFile !== null && existsSync(dataFile) ? readSaved(dataFile) : null;
  const random = createRandom(saved?.random ?? options.seed);
  const secrets: Secrets = saved?.secrets ?? { passwords: {}, apiTokens: {}, signingKey: randomUUID() };
  const numbers = new Map(Object.entries(saved?.numbers ?? {}));
  const collections = new Map(Object.entries(saved?.collections ?? {}).map(([name, rows]) => [name, new Map(rows.map((row) => [String(row.id), row]))]));
  const singletons = new Map(Object.entries(saved?.singletons ?? {}));
  let timer: NodeJS.Timeout | null = null;
  const save = (): void => {
    timer = null;
    if (dataFile === null) return;
    const content: Saved = { format: 1, random: random.state, numbers: Object.fromEntries(numbers), collections: Object.fromEntries([...collections].map(([name, rows]) => [name, [...rows.values()]])), singletons: Object.fromEntries(singletons), secrets };
    writeFileSync(`${dataFile}.new`, JSON.stringify(content), { mode: 0o600 });
    renameSync(`${dataFile}.new`, dataFile);
  };
  const touch = (): void => {
    if (dataFile !== null) timer ??= setTimeout(save, SAVE_DELAY_MS).unref();
  };
  const store: Store = {
    random,
    secrets,
    rows: (collection) => [...(collections.get(collection)?.values() ?? [])],
    find: (collection, id) => collections.get(collection)?.get(id) ?? null,
    insert(collection, row) {
      const number = (numbers.get(collection) ?? 0) + 1;
      numbers.set(collection, number);
      const id = typeof row["id"] === "string" || typeof row["id"] === "number" ? row["id"] : number;
      const stored = Object.assign(row, { id });
      const rows = collections.get(collection) ?? new Map<string, StoredRow>();
      collections.set(collection, rows.set(String(id), stored));
      touch();
      return stored;
    },
    remove(collection, id) {
      collections.get(collection)?.delete(String(id));
      touch();
    },
    singleton: (path) => singletons.get(path) ?? null,
    setSingleton(path, row) {
      singletons.set(path, row);
      touch();
    },
    touch,
    close() {
      if (timer !== null) clearTimeout(timer);
      save();
    },
  };
  return { store, isNew: saved === null };
}

function readSaved(path: string): Saved {
  const content: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (typeof content !== "object" || content === null || !("format" in content) || content.format !== 1) throw new Error(`${path} is not a data file of this emulator: give another name, or remove it`);
  return content as Saved; // written by `save` above: its format says so
}
