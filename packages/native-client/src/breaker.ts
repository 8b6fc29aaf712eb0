// Refuses at once while an engine does not answer, so that whoever asks does not wait for each failure in turn. Any HTTP
// answer closes it, whatever its status: an engine that says no is there.
import { ControlPlaneError } from "@cynosure/model";

export interface BreakerOptions {
  readonly name: string;
  readonly unansweredMax: number;
  readonly breakerPauseMs: number;
  nowMs(): number;
}

export class Breaker {
  readonly #options: BreakerOptions;
  #unanswered = 0;
  #closedAgainAtMs = 0;
  #isTrying = false;

  constructor(options: BreakerOptions) {
    this.#options = options;
  }

  /** Throws while open. Whoever is let through says how it ended: `answered`, `unanswered`, or `withdrawn` when nothing was learnt. */
  enter(): void {
    const { name, unansweredMax, nowMs } = this.#options;
    if (this.#unanswered < unansweredMax) return;
    const waitMs = this.#closedAgainAtMs - nowMs();
    if (waitMs > 0 || this.#isTrying) {
      throw new ControlPlaneError("ServiceUnavailable", `The engine's API at ${name} did not answer ${this.#unanswered} times in a row and is not asked for the moment. Try again in ${Math.max(1, Math.ceil(waitMs / 1000))} s.`);
    }
    this.#isTrying = true;
  }

  answered(): void {
    this.#unanswered = 0;
    this.#isTrying = false;
  }

  unanswered(): void {
    this.#unanswered += 1;
    this.#isTrying = false;
    if (this.#unanswered >= this.#options.unansweredMax) this.#closedAgainAtMs = this.#options.nowMs() + this.#options.breakerPauseMs;
  }

  withdrawn(): void {
    this.#isTrying = false;
  }
}
