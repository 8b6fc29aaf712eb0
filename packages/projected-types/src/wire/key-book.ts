// Names of properties that come again with every object of a list: each is decoded and judged once. Objects of one list have them in
// one order, so that the next name is mostly known before it is read.
import { isSecretName } from "@cynosure/projection";
import { BACKSLASH, QUOTE, textOfBytes } from "./json-bytes.ts";

export interface KnownKey {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly isSecret: boolean;
}

/** Names are the engine's, except in maps that people fill. */
const KEYS_KEPT_MAX = 20_000;
const ORDER_KEPT_MAX = 2_000;

export class KeyBook {
  readonly #keys = new Map<number, KnownKey[]>();
  #order: KnownKey[] = [];
  #next = 0;

  newRow(): void {
    this.#next = 0;
  }

  /** `start`: behind the opening quote. Null for a name that is escaped, which may be another spelling of a secret's, or has no end. */
  read(bytes: Uint8Array, start: number): KnownKey | null {
    const likely = this.#order[this.#next];
    if (likely !== undefined && isAt(likely.bytes, bytes, start)) {
      this.#next += 1;
      return likely;
    }
    let [sum, at] = [0, start];
    for (; at < bytes.length; at += 1) {
      const byte = bytes[at] ?? QUOTE;
      if (byte === QUOTE) break;
      if (byte === BACKSLASH) return null;
      sum = (Math.imul(sum, 31) + byte) | 0;
    }
    if (at >= bytes.length) return null;
    const key = this.#find(sum, bytes, start) ?? this.#add(sum, bytes.slice(start, at));
    if (this.#next < ORDER_KEPT_MAX) {
      this.#order = this.#next < this.#order.length ? this.#order.slice(0, this.#next) : this.#order;
      this.#order.push(key);
      this.#next += 1;
    }
    return key;
  }

  #find(sum: number, bytes: Uint8Array, start: number): KnownKey | undefined {
    return this.#keys.get(sum)?.find((key) => isAt(key.bytes, bytes, start));
  }

  #add(sum: number, bytes: Uint8Array): KnownKey {
    const name = textOfBytes(bytes, 0, bytes.length);
    const key: KnownKey = { bytes, name, isSecret: isSecretName(name) };
    if (this.#keys.size < KEYS_KEPT_MAX) this.#keys.set(sum, [...(this.#keys.get(sum) ?? []), key]);
    return key;
  }
}

/** With its closing quote. */
function isAt(key: Uint8Array, bytes: Uint8Array, start: number): boolean {
  const { length } = key;
  if (bytes[start + length] !== QUOTE) return false;
  for (let at = 0; at < length; at += 1) if (key[at] !== bytes[start + at]) return false;
  return true;
}
