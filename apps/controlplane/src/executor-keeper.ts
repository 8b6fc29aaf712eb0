// Keeps an executor running: when its lease is lost, all its steps stop at once, it is closed, and as soon as
// the database answers a new one with a new id is launched in its place. Whoever comes first, a peer or the new
// one, takes over the steps under a higher epoch. A process that cannot stop its old executor must end.
import type { Clock } from "@cynosure/model";
import type { Workflows } from "@cynosure/workflow";
import type { Log } from "./log.ts";
import { describeError } from "./log.ts";

const CLOSE_MS_MAX = 15_000;
const PAUSE_MS_MIN = 100;
const PAUSE_MS_MAX = 2_000;

export interface ExecutorKeeperOptions {
  /** Unique to this process; executor ids are it, a dot and a number. */
  readonly processName: string;
  readonly launch: (executorId: string, onLeaseLost: (reason: Error) => void) => Promise<Workflows>;
  readonly clock: Clock;
  readonly log: Log;
  /** The old executor does not stop: only the end of the process makes sure that it does nothing more. */
  readonly onStuck: (reason: Error) => void;
}

export interface ExecutorKeeper {
  close(): Promise<void>;
}

/** Rejects when the first launch fails. */
export async function keepExecutor(options: ExecutorKeeperOptions): Promise<ExecutorKeeper> {
  const keeper = new Keeper(options);
  await keeper.start();
  return keeper;
}

class Keeper implements ExecutorKeeper {
  readonly #options: ExecutorKeeperOptions;
  readonly #closing = new AbortController();
  #workflows: Workflows | null = null;
  #launches = 0;
  #recovering: Promise<void> | null = null;

  constructor(options: ExecutorKeeperOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const executorId = `${this.#options.processName}.${(this.#launches += 1)}`;
    // A lease may be lost while the launch still goes on: then it is the launch that fails, or the recovery waits for it.
    const launching = this.#options.launch(executorId, (reason) => {
      this.#recovering ??= launching.catch(() => null).then(() => this.#recover(executorId, reason)).finally(() => (this.#recovering = null));
    });
    this.#workflows = await launching;
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error("the control plane stops"));
    await this.#recovering;
    await this.#workflows?.close();
  }

  async #recover(lostId: string, reason: Error): Promise<void> {
    const { clock, log, onStuck } = this.#options;
    const { signal } = this.#closing;
    const lost = this.#workflows;
    if (lost === null || lost.executorId !== lostId || signal.aborted) return; // never launched, or about to be closed
    const lostAtMs = clock.now();
    log("lease lost", { executorId: lostId, ...describeError(reason) });
    if (!(await this.#closeWithin(lost))) return onStuck(new Error(`executor ${lostId} lost its lease and did not stop within ${CLOSE_MS_MAX} ms`, { cause: reason }));
    this.#workflows = null;
    for (let pauseMs = PAUSE_MS_MIN; !signal.aborted; pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX)) {
      try {
        await this.start();
        return log("lease taken anew", { executorId: `${this.#options.processName}.${this.#launches}`, awayMs: clock.now() - lostAtMs });
      } catch (error) {
        if (pauseMs === PAUSE_MS_MIN || pauseMs === PAUSE_MS_MAX) log("lease not yet had", { message: error instanceof Error ? error.message : String(error) });
        await clock.sleep(pauseMs, signal).catch(() => {}); // an aborted sleep only means stop
      }
    }
  }

  async #closeWithin(workflows: Workflows): Promise<boolean> {
    const closed = new AbortController();
    const closing = workflows.close().then(
      () => true,
      (error: unknown) => {
        this.#options.log("close failed", { part: workflows.executorId, ...describeError(error) });
        return false;
      },
    );
    try {
      return await Promise.race([closing, this.#options.clock.sleep(CLOSE_MS_MAX, closed.signal).then(() => false, () => false)]);
    } finally {
      closed.abort();
    }
  }
}
