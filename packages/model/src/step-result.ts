// What every port method and every plan step answers. A method may be called again until it says `done`:
// the caller alone decides when, so adapters never loop or sleep inside a call for longer than a probe.

/** The failure of a step in terms an operator can act on; `retryable` was already spent when this is shown. */
export interface StepFailure {
  readonly code: string;
  /** Names the thing, the reason and the remedy. Never holds a secret. */
  readonly message: string;
}

export type StepResult<T = void> =
  | { readonly kind: "done"; readonly value: T }
  /** Not there yet, nothing is wrong. `waitingOn` is shown to people: "agent of host-3 to join". */
  | { readonly kind: "waiting"; readonly afterMs: number; readonly waitingOn: string }
  /** Something went wrong that may pass (a lost answer, a throttled call). Counted against the step's attempts. */
  | { readonly kind: "retry"; readonly afterMs: number; readonly cause: StepFailure }
  /** Final. */
  | { readonly kind: "failed"; readonly error: StepFailure };

export const done = <T>(value: T): StepResult<T> => ({ kind: "done", value });
export const doneVoid: StepResult = { kind: "done", value: undefined };
export const waiting = (waitingOn: string, afterMs: number): StepResult<never> => ({ kind: "waiting", afterMs, waitingOn });
export const retry = (code: string, message: string, afterMs: number): StepResult<never> => ({
  kind: "retry",
  afterMs,
  cause: { code, message },
});
export const failed = (code: string, message: string): StepResult<never> => ({ kind: "failed", error: { code, message } });
