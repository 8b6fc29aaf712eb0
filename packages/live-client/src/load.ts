// The work of a live client: one hand writes object after object and removes the oldest, the other reads any of those
// that are there and compares. Every object has a name of its own and is never written over with other bytes, so that
// a write that arrives late changes nothing, and whatever differs is the storage's doing. Goes on after every failure.
import type { Clock } from "@cynosure/model";
import { bytesOf, checksumOf } from "./checked-bytes.ts";
import type { Meter } from "./meter.ts";
import type { ObjectStore } from "./object-store.ts";

export interface LoadBounds {
  readonly objectBytes: number;
  /** So many objects are there at once. */
  readonly objectsMax: number;
  /** Between two objects of one hand: leaves the machine to the cluster. */
  readonly pauseMs: number;
}

/** 32 MiB at most: all of it is removed at the end, object by object, while somebody waits. */
export const loadBounds: LoadBounds = { objectBytes: 256 * 1024, objectsMax: 128, pauseMs: 40 };
const AGAIN_MS = 200;
/** A prime: successive readings jump over all that is there. */
const STRIDE = 7919;

export interface LoadOptions {
  readonly store: ObjectStore;
  readonly meter: Meter;
  readonly clock: Clock;
  /** Names and bytes of the objects follow from it. */
  readonly seed: string;
  readonly signal: AbortSignal;
  readonly bounds?: LoadBounds;
}

interface Written {
  readonly name: string;
  readonly checksum: string;
}

const textOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
};

class Load {
  readonly #options: LoadOptions;
  readonly #bounds: LoadBounds;
  readonly #there: Written[] = [];
  /** Being read: not removed under the reader's hand. */
  #inHand: Written | null = null;
  readonly #doomed: Written[] = [];

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#bounds = options.bounds ?? loadBounds;
  }

  async prepare(): Promise<void> {
    const { store, signal } = this.#options;
    await this.#persist("making its place", () => store.prepare(signal));
  }

  async write(): Promise<void> {
    const { store, meter, clock, seed, signal } = this.#options;
    for (let sequence = 1; !signal.aborted; sequence++) {
      const name = `${seed}-${String(sequence).padStart(9, "0")}`;
      const bytes = bytesOf(name, this.#bounds.objectBytes);
      await this.#persist(`writing ${name}`, () => store.write(name, bytes, signal));
      meter.acknowledged("write", bytes.length, clock.now());
      this.#there.push({ name, checksum: checksumOf(bytes) });
      if (this.#there.length > this.#bounds.objectsMax) this.#doomed.push(...this.#there.splice(0, 1));
      await this.#removeDoomed();
      await clock.sleep(this.#bounds.pauseMs, signal);
    }
  }

  async read(): Promise<void> {
    const { store, meter, clock, signal } = this.#options;
    for (let turn = 0; !signal.aborted; turn++) {
      const object = this.#there[(turn * STRIDE) % Math.max(1, this.#there.length)];
      if (object !== undefined) {
        this.#inHand = object;
        const bytes = await this.#persist(`reading ${object.name}`, () => store.read(object.name, signal));
        this.#inHand = null;
        this.#judge(object, bytes);
        if (bytes !== null) meter.acknowledged("read", bytes.length, clock.now());
      }
      await clock.sleep(this.#bounds.pauseMs, signal);
    }
  }

  /** An object that is gone or differs counts once. */
  #judge(object: Written, bytes: Buffer | null): void {
    const { meter } = this.#options;
    const isSame = bytes !== null && checksumOf(bytes) === object.checksum;
    meter.verified(isSame);
    if (isSame) return;
    meter.failed(`${object.name} was acknowledged and is ${bytes === null ? "gone" : `different: ${bytes.length} bytes, SHA-256 ${checksumOf(bytes)} in place of ${object.checksum}`}`);
    const at = this.#there.indexOf(object);
    if (at >= 0) this.#doomed.push(...this.#there.splice(at, 1));
  }

  async #removeDoomed(): Promise<void> {
    const { store, signal } = this.#options;
    for (const object of this.#doomed.filter((each) => each !== this.#inHand)) {
      await this.#persist(`removing ${object.name}`, () => store.remove(object.name, signal));
      this.#doomed.splice(this.#doomed.indexOf(object), 1);
    }
  }

  /** Until it works or the client is told to stop. */
  async #persist<T>(what: string, work: () => Promise<T>): Promise<T> {
    const { store, meter, clock, signal } = this.#options;
    for (;;) {
      signal.throwIfAborted();
      try {
        return await work();
      } catch (error) {
        signal.throwIfAborted();
        meter.failed(`${what}: ${textOf(error)}`);
        store.reset();
        await clock.sleep(AGAIN_MS, signal);
      }
    }
  }
}

/** Ends when the signal aborts; what was written is then still there. */
export async function runLoad(options: LoadOptions): Promise<void> {
  const load = new Load(options);
  try {
    await load.prepare();
    await Promise.all([load.write(), load.read()]);
  } catch (error) {
    if (!options.signal.aborted) throw error;
  }
}
