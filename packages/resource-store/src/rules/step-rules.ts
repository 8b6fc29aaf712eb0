// Steps of a running plan: the only writer is the executor. Completing a step releases its successors and
// queues them in the same transaction, so a kill between the two cannot exist (docs/rfd/0002). The same for
// every adapter; what is read and written is the adapter's (plan-tables.ts).
import type { PlanId, StepFailure, StepId } from "@cynosure/model";
import type { PlanStepStore } from "../port.ts";
import type { PlanFinisher } from "./plan-finisher.ts";
import type { PlanTables } from "./plan-tables.ts";

/** Named moments at which the proof kills the process; does nothing in production. */
export type CrashPoint = (name: string) => void;

export interface StepRulesOptions {
  readonly tables: PlanTables;
  readonly finisher: PlanFinisher;
  readonly nowMs: () => number;
  readonly crashPoint: CrashPoint;
}

export class StepRules implements PlanStepStore {
  readonly #tables: PlanTables;
  readonly #finisher: PlanFinisher;
  readonly #nowMs: () => number;
  readonly #crashPoint: CrashPoint;

  constructor(options: StepRulesOptions) {
    this.#tables = options.tables;
    this.#finisher = options.finisher;
    this.#nowMs = options.nowMs;
    this.#crashPoint = options.crashPoint;
  }

  async begin(plan: PlanId, step: StepId): Promise<{ readonly proceed: boolean; readonly attempts: number; readonly startedAtMs: number }> {
    const begun = await this.#tables.beginStep(plan, step, this.#nowMs());
    if (begun !== null) return { proceed: true, ...begun };
    await this.#tables.dropStep(plan, step, this.#nowMs());
    return { proceed: false, ...((await this.#tables.readStep(plan, step)) ?? { attempts: 0, startedAtMs: 0 }) };
  }

  note(...of: Parameters<PlanStepStore["note"]>): Promise<void> {
    return this.#tables.noteStep(...of);
  }

  async complete(plan: PlanId, step: StepId): Promise<void> {
    await this.#tables.transaction(async (tx) => {
      const cluster = await this.#tables.lockClusterOf(plan, tx);
      if (cluster === null) return;
      // The plan's status is read after the lock was taken, never with it: only then is it the last committed one.
      const planStatus = await this.#tables.endStep(plan, step, { status: "done" }, this.#nowMs(), tx);
      if (planStatus === null) return;
      this.#crashPoint("complete.afterDone");
      if (planStatus === "Running") {
        const released = await this.#tables.releaseSuccessors(plan, step, tx);
        await this.#tables.enqueue(plan, released.filter((each) => each.isReady).map((each) => each.stepId), tx);
        this.#crashPoint("complete.afterEnqueue");
        // Whoever still waits for a predecessor or was just released keeps the plan open without asking.
        const isOpen = released.length > 0 || (await this.#tables.hasOpenSteps(plan, tx));
        if (!isOpen) await this.#finisher.finish(plan, { status: "Succeeded" }, tx);
      }
      await this.#tables.notify([`cluster:${cluster}`], tx);
      this.#crashPoint("complete.beforeCommit");
    });
    this.#crashPoint("complete.afterCommit");
  }

  async fail(plan: PlanId, step: StepId, error: StepFailure): Promise<void> {
    await this.#tables.transaction(async (tx) => {
      const cluster = await this.#tables.lockClusterOf(plan, tx);
      if (cluster === null) return;
      const planStatus = await this.#tables.endStep(plan, step, { status: "failed", error }, this.#nowMs(), tx);
      if (planStatus === null) return;
      if (planStatus === "Running") {
        await this.#tables.cancelSteps(plan, this.#nowMs(), tx);
        // Raises the epoch: steps still under way elsewhere stop at their next call, which every port refuses.
        await this.#finisher.finish(plan, { status: "Failed", error }, tx);
      }
      await this.#tables.notify([`cluster:${cluster}`], tx);
      this.#crashPoint("fail.beforeCommit");
    });
    this.#crashPoint("fail.afterCommit");
  }

  listUnfinished(limitMax: number): ReturnType<PlanStepStore["listUnfinished"]> {
    return this.#tables.unfinishedSteps(limitMax);
  }
}
