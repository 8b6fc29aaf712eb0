// How a ready step becomes a queued workflow inside the store's own transaction. The workflow engine is
// not known here: the composition root passes `enqueueStep` in.
import type { PlanId, StepId } from "@cynosure/model";
import type { ClientBase } from "pg";
import type { Transaction } from "../port.ts";
import type { CrashPoint } from "../rules/step-rules.ts";
import { together } from "../together.ts";
import { transactionClient } from "./database.ts";

/** Queues the workflow of one step in the open transaction of `client`; queueing it twice is harmless. */
export type EnqueueStep = (client: ClientBase, planId: PlanId, stepId: StepId) => Promise<void>;

export class StepEnqueuer {
  readonly #enqueueStep: EnqueueStep;
  readonly #crashPoint: CrashPoint;

  constructor(enqueueStep: EnqueueStep, crashPoint: CrashPoint) {
    this.#enqueueStep = enqueueStep;
    this.#crashPoint = crashPoint;
  }

  async enqueue(planId: PlanId, stepIds: readonly StepId[], tx: Transaction): Promise<void> {
    const client = transactionClient(tx);
    // Asked for together; the connection keeps their order.
    await together(
      ...stepIds.map(async (stepId) => {
        await this.#enqueueStep(client, planId, stepId);
        this.#crashPoint("enqueue.betweenSteps");
      }),
    );
  }
}
