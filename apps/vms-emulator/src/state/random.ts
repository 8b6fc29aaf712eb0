// Numbers and names from a seed: the same seed and the same calls give the same answers. Not for secrets of value.
export interface Random {
  /** From 0, less than `below`. */
  integer(below: number): number;
  /** Lower-case hex digits. */
  hex(digits: number): string;
  guid(): string;
  readonly state: number;
}

/** Mulberry32. `state`: where an earlier one stood. */
export function createRandom(state: number): Random {
  let current = state >>> 0;
  const next = (): number => {
    current = (current + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(current ^ (current >>> 15), 1 | current);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const hex = (digits: number): string => Array.from({ length: digits }, () => (next() & 15).toString(16)).join("");
  return {
    integer: (below) => next() % below,
    hex,
    guid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
    get state() {
      return current;
    },
  };
}

/** A number of a text, the same for ever: what metrics are made of. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
}
