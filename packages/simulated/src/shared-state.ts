// The state file of a simulated world, shared by the processes of one installation: one of them at a time
// changes it, every other sees the change. The lock is the kernel's (held through SQLite, the one synchronous
// file lock that Node brings): it is free the moment its holder dies, so there is no stale owner to detect.
// Not here: what the state means (world.ts).
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, watch, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { newCluster, type WorldState } from "./world-state.ts";

/** Longest wait for another process that changes the file; a change takes well below a millisecond. */
const LOCK_WAIT_MS_MAX = 2_000;

export interface SharedState {
  /** What the file holds now, read again when another process has written it. */
  read(): WorldState;
  /** Runs `work` on what the file holds now, while nobody else may change it. May be nested. */
  exclusively<T>(work: (state: WorldState) => T): T;
  /** Stores the state as it is; only inside `exclusively`. */
  store(): void;
}

/** `onForeignChange` is told which clusters another process has changed. */
export function openSharedState(path: string, onForeignChange: (clusters: readonly string[]) => void): SharedState {
  return new StateFile(path, onForeignChange);
}

class StateFile implements SharedState {
  readonly #path: string;
  readonly #onForeignChange: (clusters: readonly string[]) => void;
  #state: WorldState = { version: 1, clusters: {} };
  /** Which version of the file `#state` is; every store makes a new file. */
  #seen = "";
  #depth = 0;
  #lock: DatabaseSync | null = null;

  constructor(path: string, onForeignChange: (clusters: readonly string[]) => void) {
    this.#path = path;
    this.#onForeignChange = onForeignChange;
    mkdirSync(dirname(path), { recursive: true });
    const file = basename(path);
    const watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
      if (name === file) this.read();
    });
    // A directory that goes away takes the world along; nothing is left to tell.
    watcher.on("error", () => {});
    this.read();
  }

  read(): WorldState {
    if (this.#depth === 0) this.#refresh();
    return this.#state;
  }

  exclusively<T>(work: (state: WorldState) => T): T {
    if (this.#depth > 0) return work(this.#state);
    const lock = (this.#lock ??= this.#openLock());
    lock.exec("BEGIN EXCLUSIVE");
    this.#depth += 1;
    try {
      this.#refresh();
      return work(this.#state);
    } finally {
      this.#depth -= 1;
      lock.exec("ROLLBACK");
    }
  }

  store(): void {
    writeFileSync(`${this.#path}.new`, JSON.stringify(this.#state));
    renameSync(`${this.#path}.new`, this.#path);
    this.#seen = this.#version();
  }

  #refresh(): void {
    const version = this.#version();
    if (version === this.#seen) return;
    const before = this.#state;
    this.#state = readState(this.#path);
    this.#seen = version;
    const names = new Set([...Object.keys(before.clusters), ...Object.keys(this.#state.clusters)]);
    const changed = [...names].filter((name) => JSON.stringify(before.clusters[name]) !== JSON.stringify(this.#state.clusters[name]));
    // Not in the middle of somebody's look or change: who is told will look and change in turn.
    if (changed.length > 0) queueMicrotask(() => this.#onForeignChange(changed));
  }

  #version(): string {
    const stat = statSync(this.#path, { bigint: true, throwIfNoEntry: false });
    return stat === undefined ? "" : `${stat.ino} ${stat.mtimeNs}`;
  }

  /** Loaded only where a world is on file. */
  #openLock(): DatabaseSync {
    const { DatabaseSync: Database } = process.getBuiltinModule("node:sqlite");
    return new Database(`${this.#path}.lock`, { timeout: LOCK_WAIT_MS_MAX });
  }
}

function readState(path: string): WorldState {
  if (!existsSync(path)) return { version: 1, clusters: {} };
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new Error(`The state file ${path} of the simulated world cannot be read. Remove it to start with an empty world.`, { cause });
  }
  const state = parsed as WorldState; // written by this file only; the version guards its shape
  if (state.version !== 1) throw new Error(`The state file ${path} of the simulated world has another version. Remove it to start with an empty world.`);
  // A world that was stored before a thing was known has none of it.
  for (const cluster of Object.values(state.clusters)) cluster.engine = { ...newCluster().engine, ...cluster.engine };
  return state;
}
