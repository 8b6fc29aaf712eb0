// Runs one step of a stored plan to its end: begin, call the port until it is done, complete or fail.
// It decides nothing: which steps there are and when they are ready is in the plan and the store. Each
// step is its own durable workflow, may run any number of times, and is fenced by the executor epoch.
import type { Clock, OperationId, Plan, PlanStep, StepFailure, StepResult } from "@cynosure/model";
import { ControlPlaneError, failed, retry, waiting } from "@cynosure/model";
import { PLANNING, plannedOperation, type PlanRecord, type Store } from "@cynosure/resource-store";
import type { CrashPoint, StepRun } from "@cynosure/workflow";
import { performStep, type StepContext } from "./perform-step.ts";
import type { StepPorts } from "./ports.ts";

export interface ExecutorOptions extends StepPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log?: (level: "info" | "warn", message: string) => void;
  readonly crashPoint?: CrashPoint;
  /** Makes the plan of a change that waits for one, or finds that it has it. */
  readonly planWaiting: (operation: OperationId) => Promise<void>;
}

export interface Executor {
  /** For `launchWorkflows`. Settles when the step needs no more running; rejects only when the signal aborted. */
  readonly runStep: (run: StepRun) => Promise<void>;
}

/** Between tries while the database is away, and after an error nobody expected. */
const TROUBLE_MS = 1_000;
/** How often a step looks whether its plan still runs when no notice says otherwise. */
const PLAN_LOOK_MS = 5_000;
/** Plans are immutable, so the last few can be kept. */
const PLANS_KEPT_MAX = 16;

type Verdict = { readonly kind: "done" } | { readonly kind: "failed"; readonly error: StepFailure } | { readonly kind: "dropped" };

export function createExecutor(options: ExecutorOptions): Executor {
  const { store, clock } = options;
  const crashPoint = options.crashPoint ?? ((): void => undefined);
  const plans = new Map<string, Plan>();

  const readPlan = async (run: StepRun): Promise<Plan | null> => {
    const kept = plans.get(run.planId);
    if (kept !== undefined) return kept;
    const record: PlanRecord | null = await store.plans.get(run.planId);
    if (record === null) return null;
    plans.set(run.planId, record.plan);
    const oldest = plans.keys().next();
    if (plans.size > PLANS_KEPT_MAX && oldest.done !== true) plans.delete(oldest.value);
    return record.plan;
  };

  const runOnce = async (run: StepRun): Promise<void> => {
    if (run.stepId === PLANNING) {
      crashPoint("planning.beforePlan");
      await options.planWaiting(plannedOperation(run.planId));
      return crashPoint("planning.afterPlan");
    }
    crashPoint("step.beforeBegin");
    const begun = await store.steps.begin(run.planId, run.stepId);
    crashPoint("step.afterBegin");
    if (!begun.proceed) return;
    const plan = await readPlan(run);
    const step = plan?.steps.find((each) => each.id === run.stepId);
    if (plan === null || step === undefined) return;
    const verdict = await new StepLoop(options, plan, step, run, begun).untilEnd();
    crashPoint("step.afterPerform");
    crashPoint(`step.afterPerform@${step.id}`); // each step by name, so that a test can end the process at every one of them
    run.signal.throwIfAborted();
    if (verdict.kind === "done") await store.steps.complete(plan.id, step.id);
    // Marks what a failed plan left running as canceled.
    if (verdict.kind === "dropped") await store.steps.begin(plan.id, step.id);
    // A process that stood still past its step's time may not fail the plan that its successor runs.
    if (verdict.kind === "failed") await run.confirmLease();
    if (verdict.kind === "failed") await store.steps.fail(plan.id, step.id, tellPeople(step, verdict.error));
  };

  return {
    async runStep(run) {
      for (;;) {
        run.signal.throwIfAborted();
        try {
          return await runOnce(run);
        } catch (error) {
          run.signal.throwIfAborted();
          // The ports' errors are results by now: this is the store being away. The step is repeatable, so wait and repeat.
          options.log?.("warn", `Step ${run.stepId} of plan ${run.planId} starts over: ${error instanceof Error ? error.message : String(error)}`);
          await clock.sleep(TROUBLE_MS, run.signal);
        }
      }
    },
  };
}

/** The error becomes the operation's: whoever reads it there knows neither the step nor that the change may be repeated. */
function tellPeople(step: PlanStep, { code, message }: StepFailure): StepFailure {
  const named = message.includes(step.title) ? message : `${step.title}: ${message}`;
  if (/submit the change again/i.test(named)) return { code, message: named };
  return { code, message: `${named.replace(/\.?$/, ".")} When that is put right, submit the change again.` };
}

/** The calls of one step, from begin to verdict. */
class StepLoop {
  readonly #options: ExecutorOptions;
  readonly #plan: Plan;
  readonly #step: PlanStep;
  readonly #signal: AbortSignal;
  readonly #confirmLease: () => Promise<void>;
  readonly #deadlineMs: number;
  #attempts: number;
  #noted = "";
  #waitingOn = "a call that did not return";

  constructor(options: ExecutorOptions, plan: Plan, step: PlanStep, run: Pick<StepRun, "signal" | "confirmLease">, begun: { readonly attempts: number; readonly startedAtMs: number }) {
    this.#options = options;
    this.#plan = plan;
    this.#step = step;
    this.#signal = run.signal;
    this.#confirmLease = run.confirmLease;
    this.#attempts = begun.attempts;
    this.#deadlineMs = begun.startedAtMs + step.timeoutMsMax;
  }

  async untilEnd(): Promise<Verdict> {
    const planEnded = new AbortController();
    const finished = new AbortController();
    const watching = this.#watchPlan(planEnded, finished.signal);
    const signal = AbortSignal.any([this.#signal, planEnded.signal]);
    try {
      return await this.#turns(signal);
    } catch (error) {
      this.#signal.throwIfAborted();
      if (planEnded.signal.aborted) return { kind: "dropped" };
      throw error;
    } finally {
      finished.abort();
      await watching;
    }
  }

  async #turns(signal: AbortSignal): Promise<Verdict> {
    const { store, clock } = this.#options;
    let epoch = await this.#readEpoch();
    const context = this.#createContext();
    for (;;) {
      const result = await this.#call(context, epoch, signal);
      signal.throwIfAborted();
      switch (result.kind) {
        case "done":
          return { kind: "done" };
        case "failed": {
          if (result.error.code !== "StaleExecutor") return { kind: "failed", error: result.error };
          // Somebody raised the epoch. Our lease is held, so either a peer took over a third one's steps and we go
          // on under the new epoch, or the plan has ended and we stop.
          const next = await this.#readEpoch();
          if (!(await store.steps.begin(this.#plan.id, this.#step.id)).proceed) return { kind: "dropped" };
          if (next === epoch) return { kind: "failed", error: result.error };
          epoch = next;
          continue;
        }
        case "retry": {
          this.#attempts += 1;
          await this.#note(result.cause.message, result.cause);
          if (this.#attempts >= this.#step.attemptsMax) return { kind: "failed", error: result.cause };
          break;
        }
        case "waiting":
          await this.#note(result.waitingOn);
          break;
      }
      if (clock.now() >= this.#deadlineMs) return { kind: "failed", error: this.#timeout(result) };
      const leftMs = Math.max(1, this.#deadlineMs - clock.now());
      if (result.afterMs > 0) await clock.sleep(Math.min(result.afterMs, leftMs), signal);
    }
  }

  /**
   * The epoch we may act under. Read first, then confirmed to be ours: who was taken over from while it stood
   * still would read its successor's epoch and pass every fence with it.
   */
  async #readEpoch(): Promise<number> {
    const epoch = await this.#options.store.plans.epoch(this.#plan.clusterKey);
    await this.#confirmLease();
    return epoch;
  }

  /** A plan that failed elsewhere interrupts this step where it is, also inside a port call. */
  async #watchPlan(planEnded: AbortController, signal: AbortSignal): Promise<void> {
    const { store } = this.#options;
    const watch = store.watchChanges(`plan:${this.#plan.id}`);
    while (!signal.aborted && !planEnded.signal.aborted) {
      await watch.wait(PLAN_LOOK_MS, signal);
      if (signal.aborted) break;
      const status = await store.plans.status(this.#plan.id).catch(() => "Running" as const); // away: look again
      if (status !== "Running") planEnded.abort(new Error("the plan has ended"));
    }
    watch.close();
  }

  #createContext(): Omit<StepContext, "epoch" | "signal"> {
    return {
      ports: this.#options,
      store: this.#options.store,
      clock: this.#options.clock,
      plan: this.#plan,
      deadlineMs: this.#deadlineMs,
      note: (waitingOn) => this.#note(waitingOn),
      kept: new Map(),
    };
  }

  /** An exception of an adapter is a retry with its message: one bad answer must not end the plan. */
  async #call(context: Omit<StepContext, "epoch" | "signal">, epoch: number, whileWanted: AbortSignal): Promise<StepResult<unknown>> {
    const { clock } = this.#options;
    const over = new AbortController();
    const returned = new AbortController();
    const signal = AbortSignal.any([whileWanted, over.signal]);
    // A call that never returns must not outlive its step, whether or not it heeds the signal.
    const outlasted = clock.sleep(Math.max(1, this.#deadlineMs - clock.now()), AbortSignal.any([whileWanted, returned.signal])).then(
      () => {
        over.abort(new Error("the step's time is over"));
        return waiting(this.#waitingOn, 0);
      },
      () => waiting("nothing", 0),
    );
    try {
      return await Promise.race([performStep({ ...context, epoch, signal }, this.#step.action), outlasted]);
    } catch (error) {
      whileWanted.throwIfAborted();
      if (error instanceof ControlPlaneError && error.code === "StaleExecutor") return failed(error.code, error.message);
      const message = error instanceof Error ? error.message : String(error);
      return retry(error instanceof ControlPlaneError ? error.code : "StepFailed", `${this.#step.title}: ${message}`, TROUBLE_MS);
    } finally {
      returned.abort();
    }
  }

  /** Written only when it says something new: people read it, and every note is a commit. */
  async #note(waitingOn: string, lastCause?: StepFailure): Promise<void> {
    const said = `${this.#attempts} ${waitingOn}`;
    if (said === this.#noted) return;
    this.#noted = said;
    this.#waitingOn = waitingOn;
    await this.#options.store.steps.note(this.#plan.id, this.#step.id, { waitingOn, attempts: this.#attempts, ...(lastCause === undefined ? {} : { lastCause }) });
  }

  #timeout(last: { readonly kind: "waiting"; readonly waitingOn: string } | { readonly kind: "retry"; readonly cause: StepFailure }): StepFailure {
    const reason = last.kind === "waiting" ? `it was waiting for ${last.waitingOn}` : last.cause.message;
    return { code: "StepTimedOut", message: `${this.#step.title} was not done within ${this.#step.timeoutMsMax} ms: ${reason}. Look at that part, then submit the change again.` };
  }
}
