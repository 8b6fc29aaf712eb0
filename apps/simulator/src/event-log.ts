// What happened, in order: one line an event. Its digest is the run's fingerprint (the same seed must give
// the same); the last lines are what a failing run shows.
import { createHash } from "node:crypto";

const KEPT_MAX = 400;

export class EventLog {
  readonly #hash = createHash("sha256");
  readonly #now: () => number;
  readonly #startedAtMs: number;
  readonly #isWhole: boolean;
  readonly #onLine: ((line: string) => void) | null;
  #lines: string[] = [];
  #count = 0;

  constructor(now: () => number, options: { readonly onLine?: (line: string) => void; readonly keepsAll?: boolean } = {}) {
    this.#now = now;
    this.#startedAtMs = now();
    this.#isWhole = options.keepsAll ?? false;
    this.#onLine = options.onLine ?? null;
  }

  get elapsedMs(): number {
    return this.#now() - this.#startedAtMs;
  }

  get count(): number {
    return this.#count;
  }

  add(who: string, what: string): void {
    const line = `${String(this.elapsedMs).padStart(8)} ${who.padEnd(8)} ${what}`;
    this.#hash.update(line);
    this.#count += 1;
    this.#onLine?.(line);
    this.#lines.push(line);
    if (!this.#isWhole && this.#lines.length > KEPT_MAX * 2) this.#lines = this.#lines.slice(-KEPT_MAX);
  }

  last(count: number): readonly string[] {
    return this.#lines.slice(-count);
  }

  /** Ends the log. */
  digest(): string {
    return this.#hash.digest("hex").slice(0, 16);
  }
}
