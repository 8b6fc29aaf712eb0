// A document of somebody who is trusted (ARM's certificates, an issuer's keys), asked for again every hour. An
// old copy serves on when its server is away; after a day without a new one the holder says it is not ready.
import type { Clock } from "@cynosure/model";

export const REFRESH_EVERY_MS = 3_600_000;
/** After a failure, and for documents that turn out to lack what a request names. */
export const REFRESH_AGAIN_MS = 60_000;
export const STALE_AFTER_MS = 24 * 3_600_000;

export interface KeptDocumentOptions<T> {
  /** For messages: "the list of client certificates". */
  readonly name: string;
  readonly clock: Clock;
  load(): Promise<T>;
}

export class KeptDocument<T> {
  readonly #options: KeptDocumentOptions<T>;
  #value: T | null = null;
  #loadedAtMs: number | null = null;
  #triedAtMs: number | null = null;
  #loading: Promise<void> | null = null;

  constructor(options: KeptDocumentOptions<T>) {
    this.#options = options;
  }

  get value(): T | null {
    return this.#value;
  }

  /** Why what is held is no good any more, or null. */
  trouble(): string | null {
    const { name, clock } = this.#options;
    if (this.#loadedAtMs === null) return `${name} was never read`;
    return clock.now() - this.#loadedAtMs >= STALE_AFTER_MS ? `${name} was last read at ${new Date(this.#loadedAtMs).toISOString()}, more than 24 h ago` : null;
  }

  /** Asks again when an hour has passed, or a minute since the last failure. Throws what the asking threw. */
  async refreshWhenDue(): Promise<void> {
    const nowMs = this.#options.clock.now();
    const isFresh = this.#loadedAtMs !== null && this.#loadedAtMs === this.#triedAtMs && nowMs - this.#loadedAtMs < REFRESH_EVERY_MS;
    if (!isFresh) await this.refreshAtMostEachMinute();
  }

  async refreshAtMostEachMinute(): Promise<void> {
    const nowMs = this.#options.clock.now();
    if (this.#loading === null && this.#triedAtMs !== null && nowMs - this.#triedAtMs < REFRESH_AGAIN_MS) return;
    this.#loading ??= this.#load(nowMs).finally(() => (this.#loading = null));
    await this.#loading;
  }

  async #load(nowMs: number): Promise<void> {
    this.#triedAtMs = nowMs;
    this.#value = await this.#options.load();
    this.#loadedAtMs = nowMs;
  }
}
