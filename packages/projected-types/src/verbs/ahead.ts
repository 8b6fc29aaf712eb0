// What comes in numbered parts, asked for in turn and a few ahead of whoever takes them.

/** Asked for before those ahead of them are taken. */
const AHEAD_MAX = 3;

export class Ahead<Part> {
  readonly #ask: (number: number) => Promise<Part>;
  readonly #asked: Promise<Part | null>[] = [];
  #next: number;
  #last = 0;

  constructor(first: number, ask: (number: number) => Promise<Part>) {
    this.#next = first;
    this.#ask = ask;
  }

  get isEmpty(): boolean {
    return this.#asked.length === 0;
  }

  /** `last`: number of the last part there is. */
  askUntil(last: number): void {
    this.#last = last;
    for (; this.#asked.length < AHEAD_MAX && this.#next <= last; this.#next += 1) this.#asked.push(this.#ask(this.#next).catch(() => null));
  }

  /** In turn, one at a time. `part` is null where it could not be had; null: that was all. */
  async take(): Promise<{ readonly number: number; readonly part: Part | null } | null> {
    const coming = this.#asked[0];
    if (coming === undefined) return null;
    const number = this.#next - this.#asked.length;
    const part = await coming;
    void this.#asked.shift();
    this.askUntil(this.#last);
    return { number, part };
  }
}
