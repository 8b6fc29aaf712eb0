// How a ready step becomes a queued workflow inside the store's own transaction. The workflow engine is
// not known here: the composition root passes in the statements that queue.
import type { PlanId, StepId } from "@cynosure/model";
import type { Transaction } from "../port.ts";
import type { CrashPoint } from "../rules/step-rules.ts";
import { together } from "../together.ts";
import { type Database, statement } from "./database.ts";

export interface QueueStatement {
  /** Of the text: it is prepared once per connection under this name. */
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** What queues the workflow of one step: statements that need no answer of each other, in their order; running them twice is harmless. */
export type QueueStatements = (planId: PlanId, stepId: StepId) => Promise<readonly QueueStatement[]>;

export class StepEnqueuer {
  readonly statementsOf: QueueStatements;
  readonly #database: Database;
  readonly #crashPoint: CrashPoint;

  constructor(database: Database, statementsOf: QueueStatements, crashPoint: CrashPoint) {
    this.#database = database;
    this.statementsOf = statementsOf;
    this.#crashPoint = crashPoint;
  }

  async enqueue(planId: PlanId, stepIds: readonly StepId[], tx: Transaction): Promise<void> {
    // Asked for together; the connection keeps their order.
    await together(
      ...stepIds.map(async (stepId) => {
        await this.ask(await this.statementsOf(planId, stepId), tx);
        this.#crashPoint("enqueue.betweenSteps");
      }),
    );
  }

  /** All of them are asked for before this returns. */
  async ask(statements: readonly QueueStatement[], tx: Transaction): Promise<void> {
    await together(...statements.map(({ name, text, values }) => this.#database.run(statement(`queue.${name}`, text), values, tx)));
  }
}
