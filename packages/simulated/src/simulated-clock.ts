// A clock that stands still until it is told to move. Tests and simulations own time: what sleeps an hour
// here takes no time at all, and every run takes the same turns.
import type { Clock } from "@cynosure/model";

export interface SimulatedClock extends Clock {
  /** Moves time and wakes, in order, everything due on the way. Work woken may sleep again within the span. */
  advance(ms: number): Promise<void>;
  /** Lets work that is due now run to its next sleep. */
  settle(): Promise<void>;
  /** Moves from sleep to sleep until the promise settles; throws when it waits for something no sleep will bring. */
  runUntil<T>(promise: Promise<T>, simulatedMsMax?: number): Promise<T>;
  /** Number of sleepers. */
  readonly sleeping: number;
}

interface Sleeper {
  readonly at: number;
  readonly order: number;
  readonly wake: () => void;
}

/** Turns of the event loop given to woken work unless told: promise chains settle in one, files and sockets may take more. */
const TURNS = 4;
const IDLE_TURNS_MAX = 200;

export interface SimulatedClockOptions {
  readonly startMs?: number;
  /** One is enough, and four times as fast, where woken work is promise chains only. */
  readonly turnsPerWake?: number;
  /** Called when everything woken at one moment has run to its next sleep: a tick is over. */
  readonly onSettled?: () => void;
}

export function createSimulatedClock({ startMs = Date.UTC(2026, 0, 1), turnsPerWake = TURNS, onSettled = () => undefined }: SimulatedClockOptions = {}): SimulatedClock {
  let now = startMs;
  let orders = 0;
  const sleepers = new Set<Sleeper>();
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const settle = async (): Promise<void> => {
    for (let k = 0; k < turnsPerWake; k += 1) await turn();
    onSettled();
  };
  const next = (): Sleeper | undefined => [...sleepers].reduce<Sleeper | undefined>((best, each) => (best === undefined || each.at < best.at || (each.at === best.at && each.order < best.order) ? each : best), undefined);
  const wakeDue = async (until: number): Promise<void> => {
    await settle();
    for (let sleeper = next(); sleeper !== undefined && sleeper.at <= until; sleeper = next()) {
      now = Math.max(now, sleeper.at);
      sleepers.delete(sleeper);
      sleeper.wake();
      await settle();
    }
  };
  return {
    now: () => now,
    get sleeping() {
      return sleepers.size;
    },
    sleep(ms, signal) {
      return new Promise<void>((resolve, reject) => {
        if (signal?.aborted === true) {
          reject(signal.reason as Error); // the seam promises the signal's own reason
          return;
        }
        const abort = (): void => {
          sleepers.delete(sleeper);
          reject(signal?.reason as Error); // as above
        };
        const sleeper: Sleeper = {
          at: now + Math.max(0, ms),
          order: orders++,
          wake: () => {
            signal?.removeEventListener("abort", abort);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", abort, { once: true });
      });
    },
    settle,
    async advance(ms) {
      const until = now + ms;
      await wakeDue(until);
      now = until;
    },
    async runUntil(promise, simulatedMsMax = 24 * 3_600_000) {
      const end = now + simulatedMsMax;
      let settled = false;
      const mark = (): void => {
        settled = true;
      };
      promise.then(mark, mark);
      let idleTurns = 0;
      for (;;) {
        await settle();
        if (settled) return promise;
        const sleeper = next();
        if (sleeper === undefined) {
          idleTurns += 1;
          if (idleTurns > IDLE_TURNS_MAX) throw new Error("simulated clock: the awaited work does not sleep and does not end");
          continue;
        }
        idleTurns = 0;
        if (sleeper.at > end) throw new Error(`simulated clock: not done after ${simulatedMsMax} simulated milliseconds`);
        await wakeDue(sleeper.at);
      }
    },
  };
}
