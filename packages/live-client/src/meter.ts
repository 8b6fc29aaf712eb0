// What a live client has to say of itself: rates by the second, stalls, and what was verified. A stall is a time
// without an acknowledgement of one kind; it shows while it lasts, not only once it is over. Pure but for its own state.
import type { LiveSample, LiveTotals } from "@cynosure/model";

const BYTES_PER_MB = 1_000_000;

type Kind = "read" | "write";

export class Meter {
  /** When each kind was acknowledged last; reading begins with the first object that is there. */
  readonly #lastMs: Record<Kind, number | null> = { read: null, write: null };
  readonly #bytes: Record<Kind, number> = { read: 0, write: 0 };
  readonly #bytesInSecond: Record<Kind, number> = { read: 0, write: 0 };
  #secondFromMs: number;
  #stallInSecondMs = 0;
  #longestStallMs = 0;
  #objectsVerified = 0;
  #corruptObjects = 0;
  #lastError: string | null = null;

  constructor(nowMs: number) {
    this.#secondFromMs = nowMs;
    this.#lastMs.write = nowMs;
  }

  acknowledged(kind: Kind, bytes: number, atMs: number): void {
    this.#stall(atMs - (this.#lastMs[kind] ?? atMs));
    this.#lastMs[kind] = atMs;
    if (kind === "write") this.#lastMs.read ??= atMs;
    this.#bytes[kind] += bytes;
    this.#bytesInSecond[kind] += bytes;
  }

  verified(isSame: boolean): void {
    if (isSame) this.#objectsVerified += 1;
    else this.#corruptObjects += 1;
  }

  failed(what: string): void {
    this.#lastError = what;
  }

  /** For how long nothing at all was acknowledged. */
  silentMs(atMs: number): number {
    return atMs - Math.max(this.#lastMs.read ?? 0, this.#lastMs.write ?? 0);
  }

  /** Closes the second that ends now. */
  second(atMs: number): LiveSample {
    for (const last of Object.values(this.#lastMs)) if (last !== null) this.#stall(atMs - last);
    const seconds = Math.max(1, atMs - this.#secondFromMs) / 1_000;
    const rate = (kind: Kind): number => this.#bytesInSecond[kind] / BYTES_PER_MB / seconds;
    const sample = { atMs, readMBps: rate("read"), writeMBps: rate("write"), longestStallMs: this.#stallInSecondMs };
    Object.assign(this.#bytesInSecond, { read: 0, write: 0 });
    this.#stallInSecondMs = 0;
    this.#secondFromMs = atMs;
    return sample;
  }

  totals(): LiveTotals {
    return { bytesWritten: this.#bytes.write, bytesRead: this.#bytes.read, objectsVerified: this.#objectsVerified, corruptObjects: this.#corruptObjects, longestStallMs: this.#longestStallMs, lastError: this.#lastError };
  }

  #stall(ms: number): void {
    this.#stallInSecondMs = Math.max(this.#stallInSecondMs, ms);
    this.#longestStallMs = Math.max(this.#longestStallMs, ms);
  }
}
