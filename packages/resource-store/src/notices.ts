// Who waits for a change of which topic, in this process. A notice is only a hint to read again. How notices
// arrive (PostgreSQL's LISTEN, or the memory database of the tests) and what time is are given.
import type { ChangeWatch } from "./port.ts";

/** Bound of one wait while notices cannot arrive. */
export const POLL_MS = 1_000;
/** A reader without a watch that looked just before the notice and waits just after it should not sleep through it. */
const RECENT_MS = 50;
const RECENT_DELAY_MS = 5;
const RECENT_TOPICS_MAX = 1_000;

export interface NoticeTime {
  nowMs(): number;
  /** Calls `then` after `ms`; answers how to call it off. */
  after(ms: number, then: () => void): () => void;
}

export interface NoticeOptions {
  readonly time: NoticeTime;
  /** While notices can arrive a wait lasts as long as was asked, else `POLL_MS` at most. */
  readonly isConnected: () => boolean;
}

type Listeners = Map<string, Set<() => void>>;

export class Notices {
  readonly #options: NoticeOptions;
  readonly #waiters: Listeners = new Map();
  readonly #watches: Listeners = new Map();
  readonly #hearers = new Set<(topic: string | null) => void>();
  readonly #recent = new Map<string, number>();
  #isClosed = false;

  constructor(options: NoticeOptions) {
    this.#options = options;
  }

  wait(topic: string, timeoutMsMax: number, signal?: AbortSignal): Promise<void> {
    const recent = this.#options.time.nowMs() - (this.#recent.get(topic) ?? Number.NEGATIVE_INFINITY) < RECENT_MS;
    return this.#sleep(topic, recent ? Math.min(RECENT_DELAY_MS, timeoutMsMax) : timeoutMsMax, signal);
  }

  watch(topic: string): ChangeWatch {
    let isChanged = false;
    const mark = (): void => {
      isChanged = true;
    };
    const forget = add(this.#watches, topic, mark);
    return {
      wait: async (timeoutMsMax, signal) => {
        if (!isChanged) await this.#sleep(topic, timeoutMsMax, signal);
        isChanged = false;
      },
      close: forget,
    };
  }

  /** Every topic as it arrives; null when some may have been missed. */
  hear(listener: (topic: string | null) => void): () => void {
    this.#hearers.add(listener);
    return () => void this.#hearers.delete(listener);
  }

  async #sleep(topic: string, timeoutMsMax: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true || this.#isClosed || timeoutMsMax <= 0) return;
    const bound = this.#options.isConnected() ? timeoutMsMax : Math.min(POLL_MS, timeoutMsMax);
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        callOff();
        signal?.removeEventListener("abort", finish);
        forget();
        resolve();
      };
      const callOff = this.#options.time.after(bound, finish);
      signal?.addEventListener("abort", finish, { once: true });
      const forget = add(this.#waiters, topic, finish);
    });
  }

  arrived(topic: string): void {
    this.#recent.delete(topic);
    this.#recent.set(topic, this.#options.time.nowMs());
    if (this.#recent.size > RECENT_TOPICS_MAX) {
      const oldest = this.#recent.keys().next();
      if (oldest.done !== true) this.#recent.delete(oldest.value);
    }
    this.#wake(topic);
    for (const listener of [...this.#hearers]) listener(topic);
  }

  /** Notices may have been missed: everybody reads again. */
  wakeAll(): void {
    for (const topic of new Set([...this.#watches.keys(), ...this.#waiters.keys()])) this.#wake(topic);
    for (const listener of [...this.#hearers]) listener(null);
  }

  /** From here on nobody waits. */
  close(): void {
    this.#isClosed = true;
    this.wakeAll();
  }

  #wake(topic: string): void {
    for (const listener of [...(this.#watches.get(topic) ?? []), ...(this.#waiters.get(topic) ?? [])]) listener();
  }
}

/** Answers how to take the listener away again. */
function add(listeners: Listeners, topic: string, listener: () => void): () => void {
  const ofTopic = listeners.get(topic) ?? new Set<() => void>();
  ofTopic.add(listener);
  listeners.set(topic, ofTopic);
  return () => {
    ofTopic.delete(listener);
    if (ofTopic.size === 0 && listeners.get(topic) === ofTopic) listeners.delete(topic);
  };
}
