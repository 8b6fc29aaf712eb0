// Waiting for the store to hold something for a host, bounded. The wait is armed before each look, so a
// change between the look and the wait is not slept through.
import type { Clock } from "@cynosure/model";
import type { HostStore } from "@cynosure/resource-store";

export interface LongPoll<T> {
  readonly hosts: Pick<HostStore, "waitForChange">;
  readonly clock: Pick<Clock, "now">;
  readonly topic: string;
  readonly timeoutMsMax: number;
  /** The caller went away or the gateway closes. */
  readonly signal: AbortSignal;
  /** Null means: nothing yet. */
  readonly look: () => Promise<T | null>;
}

export async function longPoll<T>(poll: LongPoll<T>): Promise<T | null> {
  const endMs = poll.clock.now() + poll.timeoutMsMax;
  for (;;) {
    const leftMs = endMs - poll.clock.now();
    const armed = new AbortController();
    const signal = AbortSignal.any([poll.signal, armed.signal]);
    let waitError: unknown = null;
    const wait = poll.hosts.waitForChange(poll.topic, Math.max(0, leftMs), signal).catch((error: unknown) => {
      waitError = error;
    });
    try {
      const found = await poll.look();
      if (found !== null || leftMs <= 0 || poll.signal.aborted) return found;
      await wait;
      if (poll.signal.aborted) return null;
      if (waitError !== null) throw waitError;
    } finally {
      armed.abort();
    }
  }
}
