// Steps of plans in PostgreSQL: the shared rules over this adapter's tables, and the sweeper's list.
import type { PlanId, StepFailure, StepId } from "@cynosure/model";
import type { PlanStepStore } from "../port.ts";
import type { StepRules } from "../rules/step-rules.ts";
import { type Database, statement } from "./database.ts";

const unfinishedSql = statement(
  "step.unfinished",
  `select s.plan_id, s.step_id from cynosure.plans p join cynosure.plan_steps s on s.plan_id = p.id
   where p.status = 'Running' and s.status in ('ready', 'running') order by p.seq, s.ordinal limit $1`,
);

export class PostgresSteps implements PlanStepStore {
  readonly #database: Database;
  readonly #rules: StepRules;

  constructor(database: Database, rules: StepRules) {
    this.#database = database;
    this.#rules = rules;
  }

  begin(plan: PlanId, step: StepId): ReturnType<PlanStepStore["begin"]> {
    return this.#rules.begin(plan, step);
  }

  note(...of: Parameters<PlanStepStore["note"]>): Promise<void> {
    return this.#rules.note(...of);
  }

  complete(plan: PlanId, step: StepId): Promise<void> {
    return this.#rules.complete(plan, step);
  }

  fail(plan: PlanId, step: StepId, error: StepFailure): Promise<void> {
    return this.#rules.fail(plan, step, error);
  }

  async listUnfinished(limitMax: number): Promise<readonly { readonly planId: PlanId; readonly stepId: StepId }[]> {
    const rows = await this.#database.query<{ plan_id: PlanId; step_id: StepId }>(unfinishedSql, [limitMax]);
    return rows.map((row) => ({ planId: row.plan_id, stepId: row.step_id }));
  }
}
