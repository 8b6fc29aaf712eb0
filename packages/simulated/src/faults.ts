// Failures of a simulated world, drawn from its random stream: answers that are lost after the effect, calls
// that are delivered twice, calls that fail before any effect, hosts that are slow. What fails is the same
// in every run with the same seed.
import { retry, failed, type Rng, type StepResult } from "@cynosure/model";

export interface FailAt {
  /** Name of a port method (`ensureHost`), of an engine action (`sim.pools`) or `agent.converge`. */
  readonly method: string;
  /** A host id; without it any entity. */
  readonly entity?: string;
  /** How often it fails before it works; Infinity never works. */
  readonly times: number;
  readonly how: "retry" | "failed" | "throw";
}

export interface FaultOptions {
  /** Share of calls whose effect happens but whose answer gets lost, 0 to below 1. */
  readonly lostAnswerRate?: number;
  /** Share of calls that are delivered twice. */
  readonly duplicateRate?: number;
  readonly failAt?: readonly FailAt[];
  /** Everything of this host takes so many times as long. */
  readonly slowHosts?: Readonly<Record<string, number>>;
  /** Asked for every call: a failure that comes and goes, such as a disk that is full for a while. */
  readonly failNow?: (method: string, entity: string, cluster: string) => FailAt["how"] | null;
}

export interface Faults {
  run<T>(method: string, entity: string, effect: () => StepResult<T>): StepResult<T>;
  /** The failure prescribed for this call, counted; null when it may go on. */
  prescribed(method: string, entity: string, cluster?: string): Pick<FailAt, "how"> | null;
  slowness(entity: string): number;
}

const RETRY_AFTER_MS = 20;

export function createFaults(options: FaultOptions, rng: Rng): Faults {
  const calls = new Map<string, number>();
  const spent = new Map<FailAt, number>();
  const prescribed: Faults["prescribed"] = (method, entity, cluster = "") => {
    const now = options.failNow?.(method, entity, cluster) ?? null;
    if (now !== null) return { how: now };
    const fault = (options.failAt ?? []).find((each) => each.method === method && (each.entity === undefined || each.entity === entity) && (spent.get(each) ?? 0) < each.times);
    if (fault !== undefined) spent.set(fault, (spent.get(fault) ?? 0) + 1);
    return fault ?? null;
  };
  return {
    prescribed,
    slowness: (entity) => options.slowHosts?.[entity] ?? 1,
    run(method, entity, effect) {
      const fault = prescribed(method, entity);
      const what = `${method} of ${entity}`;
      if (fault?.how === "throw") throw new Error(`simulated failure: ${what} broke off`);
      if (fault?.how === "failed") return failed("SimulatedFailure", `${what} failed as the simulation prescribes. Remove the failure from the world's options.`);
      if (fault?.how === "retry") return retry("SimulatedFailure", `${what} failed as the simulation prescribes; it works later.`, RETRY_AFTER_MS);
      const key = `${method}/${entity}`;
      const count = (calls.get(key) ?? 0) + 1;
      calls.set(key, count);
      const draw = rng.child(`${key}/${count}`);
      const isDuplicate = draw.next() < (options.duplicateRate ?? 0);
      const isLost = draw.next() < (options.lostAnswerRate ?? 0);
      const first = effect();
      const result = isDuplicate ? effect() : first;
      return isLost && result.kind === "done" ? retry("AnswerLost", `The answer to ${what} was lost on its way.`, RETRY_AFTER_MS) : result;
    },
  };
}
