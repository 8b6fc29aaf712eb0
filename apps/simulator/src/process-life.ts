// The life of one control plane process as the simulation holds it: it runs, stands still, or is dead.
// Everything such a process does to the world goes through here, so that a dead one has no effect any more,
// whatever promises it had under way, and a paused one goes on later as if nothing had been.
import type { Clock } from "@cynosure/model";

type State = "running" | "paused" | "dead";

const NEVER = new Promise<never>(() => undefined);

export class ProcessLife {
  readonly name: string;
  #state: State = "running";
  readonly #resumed: (() => void)[] = [];
  readonly #onStandstill: ((how: "paused" | "dead") => void)[] = [];
  readonly #death = new AbortController();
  #sessionsEnd: PromiseWithResolvers<never> = Promise.withResolvers<never>();

  constructor(name: string) {
    this.name = name;
  }

  get state(): State {
    return this.#state;
  }

  /** At once while it runs, later while it is paused, never once it is dead. */
  pass(): Promise<void> {
    if (this.#state === "running") return Promise.resolve();
    if (this.#state === "dead") return NEVER;
    return new Promise<void>((resolve) => this.#resumed.push(resolve)).then(() => this.pass());
  }

  async guard<T>(work: () => Promise<T>): Promise<T> {
    if (this.#state !== "running") await this.pass();
    try {
      const result = await work();
      if (this.#state !== "running") await this.pass();
      return result;
    } catch (error) {
      if (this.#state !== "running") await this.pass();
      throw error;
    }
  }

  /** Runs `work` in a session with the database, which ends when the process dies, is paused for long or is cut off: what was not committed is undone then. */
  inSession<T>(work: () => Promise<T>): Promise<T> {
    return Promise.race([work(), this.#sessionsEnd.promise]);
  }

  endSessions(reason: string): void {
    const { promise, reject } = this.#sessionsEnd;
    promise.catch(() => undefined);
    this.#sessionsEnd = Promise.withResolvers<never>();
    reject(Object.assign(new Error(`the connection to the database ended: ${reason}`), { code: "ECONNRESET" }));
  }

  /** Timers of this process: those of a dead one never fire. */
  clockOver(clock: Clock): Clock {
    const death = this.#death.signal;
    return {
      now: () => clock.now(),
      sleep: (ms, signal) =>
        this.guard(() => clock.sleep(ms, signal === undefined ? death : AbortSignal.any([signal, death]))),
    };
  }

  pause(): void {
    if (this.#state !== "running") return;
    this.#state = "paused";
    this.endSessions(`${this.name} stood still`);
    for (const listener of this.#onStandstill) listener("paused");
  }

  resume(): void {
    if (this.#state !== "paused") return;
    this.#state = "running";
    for (const go of this.#resumed.splice(0)) go();
  }

  kill(): void {
    if (this.#state === "dead") return;
    this.#state = "dead";
    this.#resumed.length = 0;
    this.endSessions(`${this.name} died`);
    this.#death.abort(new Error(`${this.name} is dead`));
    for (const listener of this.#onStandstill.splice(0)) listener("dead");
  }

  onStandstill(listener: (how: "paused" | "dead") => void): void {
    this.#onStandstill.push(listener);
  }
}
