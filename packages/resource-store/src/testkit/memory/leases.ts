// Who holds the lock under which executor id: what session advisory locks are in PostgreSQL. A peer holds the
// dead one's while it takes over its steps. For tests only.

export class Leases {
  readonly #holders = new Map<string, string>();

  /** False when somebody else holds it; the holder may take it again. `holder` is the executor itself unless it is a peer. */
  take(executorId: string, holder: string = executorId): boolean {
    const current = this.#holders.get(executorId);
    if (current !== undefined) return current === holder;
    this.#holders.set(executorId, holder);
    return true;
  }

  release(executorId: string, holder: string = executorId): void {
    if (this.#holders.get(executorId) === holder) this.#holders.delete(executorId);
  }

  isHeld(executorId: string): boolean {
    return this.#holders.has(executorId);
  }

  /** The holder's connection is gone, and with it all it held. */
  releaseAllOf(holder: string): void {
    for (const [executorId, current] of [...this.#holders]) if (current === holder) this.#holders.delete(executorId);
  }
}
