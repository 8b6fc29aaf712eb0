// Messages between the parts of a run: late, lost on the way there or on the way back, delivered twice, cut
// off. A caller whose message was lost waits out its time and hears nothing; the effect may have happened.
import type { Clock } from "@cynosure/model";
import type { Draw, RunConfig } from "./draw.ts";
import type { EventLog } from "./event-log.ts";

export class Unreachable extends Error {
  constructor(from: string, to: string, what: string) {
    super(`${to} did not answer ${from} (${what})`);
    this.name = "Unreachable";
  }
}

const PATIENCE_MS = 2_000;

export interface Message<T> {
  readonly from: string;
  readonly to: string;
  /** For the log and for errors. */
  readonly what: string;
  readonly deliver: () => Promise<T>;
  /** False where the protocol itself keeps a message from coming twice. */
  readonly mayRepeat?: boolean;
}

export class Network {
  readonly #clock: Clock;
  readonly #draw: Draw;
  readonly #config: RunConfig;
  readonly #log: EventLog;
  readonly #cuts = new Set<string>();
  #isCalm = false;

  constructor(options: { readonly clock: Clock; readonly draw: Draw; readonly config: RunConfig; readonly log: EventLog }) {
    this.#clock = options.clock;
    this.#draw = options.draw;
    this.#config = options.config;
    this.#log = options.log;
  }

  /** Names are those of `from` and `to`; a cut holds both ways. */
  cut(a: string, b: string): void {
    this.#cuts.add(pairOf(a, b));
  }

  heal(a: string, b: string): void {
    this.#cuts.delete(pairOf(a, b));
  }

  isCut(a: string, b: string): boolean {
    return this.#cuts.has(pairOf(a, b));
  }

  /** From here on messages arrive, once and soon. Those under way still are what they were drawn to be. */
  calm(): void {
    this.#isCalm = true;
    this.#cuts.clear();
  }

  async send<T>(message: Message<T>): Promise<T> {
    const { from, to, what, deliver, mayRepeat = true } = message;
    const fate = this.#drawFate(mayRepeat);
    if (this.isCut(from, to) || fate.isRequestLost) {
      this.#log.add("network", `lost ${from} > ${to} ${what}`);
      return this.#giveUp(message);
    }
    if (fate.requestDelayMs > 0) await this.#clock.sleep(fate.requestDelayMs);
    if (this.isCut(from, to)) return this.#giveUp(message);
    if (fate.repeatsAfterMs !== null) this.#deliverLater(message, fate.repeatsAfterMs);
    const result = await deliver();
    if (fate.isAnswerLost || this.isCut(from, to)) {
      this.#log.add("network", `answer lost ${from} < ${to} ${what}`);
      return this.#giveUp(message);
    }
    if (fate.answerDelayMs > 0) await this.#clock.sleep(fate.answerDelayMs);
    return result;
  }

  #drawFate(mayRepeat: boolean): { isRequestLost: boolean; isAnswerLost: boolean; requestDelayMs: number; answerDelayMs: number; repeatsAfterMs: number | null } {
    const { lossRate, delayRate, delayMsMax, duplicateRate, lateMsMax } = this.#config;
    const draw = this.#draw;
    if (this.#isCalm) return { isRequestLost: false, isAnswerLost: false, requestDelayMs: 0, answerDelayMs: 0, repeatsAfterMs: null };
    const delay = (): number => (draw.chance(delayRate) ? draw.skewed(delayMsMax) : 0);
    return {
      isRequestLost: draw.chance(lossRate / 2),
      isAnswerLost: draw.chance(lossRate / 2),
      requestDelayMs: delay(),
      answerDelayMs: delay(),
      repeatsAfterMs: mayRepeat && draw.chance(duplicateRate) ? draw.skewed(lateMsMax) : null,
    };
  }

  async #giveUp({ from, to, what }: Message<unknown>): Promise<never> {
    await this.#clock.sleep(PATIENCE_MS);
    throw new Unreachable(from, to, what);
  }

  /** The second copy of a message: nobody waits for what it does. */
  #deliverLater({ from, to, what, deliver }: Message<unknown>, afterMs: number): void {
    const arrive = async (): Promise<void> => {
      await this.#clock.sleep(afterMs);
      if (this.isCut(from, to)) return;
      this.#log.add("network", `again ${from} > ${to} ${what}`);
      await deliver();
    };
    arrive().catch(() => undefined);
  }
}

const pairOf = (a: string, b: string): string => (a < b ? `${a}|${b}` : `${b}|${a}`);
