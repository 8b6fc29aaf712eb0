// Where random cases take their choices from: a number, so that the same number is the same case in a test, in the bench and in the
// list of what once failed.

export class Draw {
  readonly #integer: (min: number, max: number) => number;

  constructor(integer: (min: number, max: number) => number) {
    this.#integer = integer;
  }

  /** Both ends included. */
  integer(min: number, max: number): number {
    return this.#integer(min, max);
  }

  /** True in `percent` of 100 cases. */
  chance(percent: number): boolean {
    return this.#integer(0, 99) >= 100 - percent;
  }

  pick<T>(values: readonly [T, ...T[]]): T {
    return values[this.#integer(0, values.length - 1)] ?? values[0];
  }

  /** Those that a coin chooses, in their order. */
  some<T>(values: readonly T[], percent: number): T[] {
    return values.filter(() => this.chance(percent));
  }
}

/** Mulberry32: the same number, the same case, on every machine. */
export function drawOf(seed: number): Draw {
  let state = seed >>> 0;
  return new Draw((min, max) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return min + (((mixed ^ (mixed >>> 14)) >>> 0) % (max - min + 1));
  });
}
