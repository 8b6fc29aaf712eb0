// The real source of randomness: a seed drawn from the operating system, then one hash stream per label,
// so that a child's values depend on its label only and not on how many siblings were made before it.
import { createHash, randomBytes } from "node:crypto";
import type { Rng } from "@cynosure/model";

const DOUBLE_FRACTION_BITS = 53n;

class HashStream implements Rng {
  readonly #seed: Buffer;
  #counter = 0;

  constructor(seed: Buffer) {
    this.#seed = seed;
  }

  child(label: string): Rng {
    return new HashStream(createHash("sha256").update(this.#seed).update("child:").update(label).digest());
  }

  next(): number {
    const bits = this.#block().readBigUInt64BE(0) >> (64n - DOUBLE_FRACTION_BITS);
    return Number(bits) / Number(1n << DOUBLE_FRACTION_BITS);
  }

  uuid(): string {
    const bytes = this.#block().subarray(0, 16);
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const hex = bytes.toString("hex");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  #block(): Buffer {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(this.#counter++));
    return createHash("sha256").update(this.#seed).update("value:").update(counter).digest();
  }
}

/** A stream from `seed`, or from the operating system's entropy. The same seed gives the same values for ever. */
export const createSystemRng = (seed?: string): Rng => new HashStream(seed === undefined ? randomBytes(32) : createHash("sha256").update(seed).digest());
