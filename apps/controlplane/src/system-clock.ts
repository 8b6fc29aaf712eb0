// The real clock. The only place of the control plane where time is read from the machine; everything
// else gets a Clock as an argument.
import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "@cynosure/model";

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    if (signal === undefined) {
      await delay(ms);
      return;
    }
    signal.throwIfAborted();
    try {
      await delay(ms, undefined, { signal });
    } catch (error) {
      // The timer's own AbortError hides why; the seam promises the signal's reason.
      signal.throwIfAborted();
      throw error;
    }
  },
};
