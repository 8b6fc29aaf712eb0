// Calls a port method again until it is done, as the executor does: waits as long as the adapter asks.
import type { StepResult } from "@cynosure/model";

const CALLS_MAX = 2_000;

/** The final answer: done or failed. `retry` counts as not yet. */
export async function finish<T>(call: () => Promise<StepResult<T>>, sleep: (ms: number) => Promise<void>): Promise<Extract<StepResult<T>, { kind: "done" | "failed" }>> {
  for (let k = 0; k < CALLS_MAX; k += 1) {
    const result = await call();
    if (result.kind === "done" || result.kind === "failed") return result;
    await sleep(result.afterMs);
  }
  throw new Error(`not done after ${CALLS_MAX} calls`);
}
