// How the parts of a control plane are closed: in the opposite order of their opening.
import type { Log } from "./log.ts";
import { describeError } from "./log.ts";

/** Closes run in the opposite order of their opening, each whatever became of the others. */
export class Closers {
  readonly #closers: { readonly name: string; readonly close: () => Promise<void> }[] = [];
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  add(name: string, close: () => Promise<void>): void {
    this.#closers.push({ name, close });
  }

  async closeAll(): Promise<void> {
    for (const { name, close } of this.#closers.splice(0).reverse()) {
      await close().catch((error: unknown) => this.#log("close failed", { part: name, ...describeError(error) }));
    }
  }
}
