// The queue of step workflows: what DBOS's workflow table is in production. A step is queued once by its id,
// in the transaction that made it ready; an executor claims it, and its peers give back what a dead one had
// claimed. For tests only.
import type { PlanId, StepId } from "@cynosure/model";
import type { Transaction } from "../../port.ts";
import type { MemoryTransaction } from "./memory-database.ts";
import { type QueuedStep, stepKey } from "./rows.ts";
import type { Table } from "./table.ts";

export interface StepQueueOptions {
  readonly table: Table<QueuedStep>;
  readonly nextSeq: () => number;
  readonly begin: () => MemoryTransaction;
  readonly commit: (tx: MemoryTransaction) => void;
}

export class StepQueue {
  readonly #options: StepQueueOptions;
  readonly #listeners = new Set<() => void>();

  constructor(options: StepQueueOptions) {
    this.#options = options;
  }

  /** Part of `tx`. Does nothing when the step is known, also when it has ended. */
  enqueue(planId: PlanId, stepId: StepId, tx: Transaction): void {
    const own = tx as MemoryTransaction; // opened by a store on this database; there is no other kind beside it
    if (this.#options.table.get(stepKey(planId, stepId), own) !== undefined) return;
    this.#options.table.put({ seq: this.#options.nextSeq(), planId, stepId, status: "enqueued", executorId: null }, own);
  }

  /** All that is known, in the order it was queued. */
  list(): readonly QueuedStep[] {
    return this.#options.table.list().toSorted((a, b) => a.seq - b.seq);
  }

  find(planId: PlanId, stepId: StepId): QueuedStep | null {
    return this.#options.table.get(stepKey(planId, stepId)) ?? null;
  }

  /** The oldest enqueued step, the executor's from now on. */
  claimNext(executorId: string): QueuedStep | null {
    const next = this.list().find((step) => step.status === "enqueued");
    return next === undefined ? null : this.#write({ ...next, status: "claimed", executorId });
  }

  claimedBy(executorId: string): readonly QueuedStep[] {
    return this.list().filter((step) => step.status === "claimed" && step.executorId === executorId);
  }

  /** Everybody who has claimed something that has not ended. */
  executors(): readonly string[] {
    return [...new Set(this.list().flatMap((step) => (step.status === "claimed" && step.executorId !== null ? [step.executorId] : [])))];
  }

  /** With `executorId` only when the step is still that executor's; answers whether it ended now. */
  end(planId: PlanId, stepId: StepId, executorId?: string): boolean {
    const step = this.find(planId, stepId);
    if (step === null || step.status === "ended" || (executorId !== undefined && step.executorId !== executorId)) return false;
    this.#write({ ...step, status: "ended" });
    return true;
  }

  /** Everything the executor had claimed is enqueued again, in its old place; answers what. */
  giveBack(executorId: string): readonly QueuedStep[] {
    return this.claimedBy(executorId).map((step) => this.#write({ ...step, status: "enqueued", executorId: null }));
  }

  /** Forgets the step, so that it can be queued again. */
  remove(planId: PlanId, stepId: StepId): void {
    this.#change((tx) => this.#options.table.remove(stepKey(planId, stepId), tx));
  }

  /** Calls `listener` after every commit that changed the queue; answers how to stop. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Called by the database after such a commit. */
  committed(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  #write(step: QueuedStep): QueuedStep {
    this.#change((tx) => this.#options.table.put(step, tx));
    return step;
  }

  #change(work: (tx: MemoryTransaction) => unknown): void {
    const tx = this.#options.begin();
    work(tx);
    this.#options.commit(tx);
  }
}
