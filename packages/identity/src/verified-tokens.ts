// Tokens whose signature was checked, so that a poll costs none. Bounded in number and, for each, in time.
import type { RequestPrincipal } from "@cynosure/arm-protocol";

const TOKENS_COUNT_MAX = 1000;

export class VerifiedTokens {
  readonly #known = new Map<string, { readonly principal: RequestPrincipal; readonly untilMs: number }>();
  readonly #countMax: number;

  constructor(countMax = TOKENS_COUNT_MAX) {
    this.#countMax = countMax;
  }

  get(token: string, nowMs: number): RequestPrincipal | null {
    const found = this.#known.get(token);
    if (found === undefined) return null;
    if (found.untilMs > nowMs) return found.principal;
    this.#known.delete(token);
    return null;
  }

  keep(token: string, principal: RequestPrincipal, untilMs: number): void {
    const oldest = this.#known.size >= this.#countMax ? this.#known.keys().next().value : undefined;
    if (oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(token, { principal, untilMs });
  }
}
