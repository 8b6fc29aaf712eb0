// Two bounds for asking many: how many at once, and how long for one. A question past its time is abandoned:
// its signal aborts, its answer counts no more.
import type { Clock } from "@cynosure/model";

/** Rejects with a message naming `what` after `timeoutMsMax`, or with the reason of `signal`. */
export async function within<T>(clock: Clock, timeoutMsMax: number, what: string, signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const over = new AbortController();
  const both = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
  const timer = new AbortController();
  const timeout = clock.sleep(timeoutMsMax, timer.signal).then(
    () => {
      const reason = new Error(`${what} did not answer within ${timeoutMsMax} ms`);
      over.abort(reason);
      throw reason;
    },
    () => new Promise<never>(() => undefined), // answered in time: the race is over
  );
  try {
    return await Promise.race([work(both), timeout]);
  } finally {
    timer.abort();
  }
}

/** Runs `work` for every item, at most `atOnceMax` at a time; a failure of one is handed to `onError` and ends no other.
 *  Once `over` aborts nothing new is begun; what runs goes on. */
export async function forEachBounded<T>(items: readonly T[], atOnceMax: number, over: AbortSignal, work: (item: T) => Promise<void>, onError: (item: T, error: unknown) => void): Promise<void> {
  const rest = [...items];
  const worker = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined && !over.aborted; item = rest.shift()) {
      const each = item;
      await work(each).catch((error: unknown) => onError(each, error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnceMax, items.length) }, worker));
}
