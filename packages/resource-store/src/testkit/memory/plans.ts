// Plans and steps as the memory store shows them; how they change is in ../../rules. For tests only.
import type { ClusterKey, OperationId, Plan, PlanId, PlanReport, PlanStepState, StepFailure } from "@cynosure/model";
import type { PlanRecord, PlanStore, Transaction } from "../../port.ts";
import type { PlanFinisher } from "../../rules/plan-finisher.ts";
import type { PlanStarter } from "../../rules/plan-starter.ts";
import type { Connection } from "./connection.ts";
import { byOrdinal, clusterRow, raiseEpoch } from "./plan-tables.ts";
import type { StepRow } from "./rows.ts";

const toStepState = (row: StepRow): PlanStepState => ({
  stepId: row.stepId,
  title: row.title,
  status: row.status,
  attempts: row.attempts,
  waitingOn: row.waitingOn,
  startedAtMs: row.startedAtMs,
  finishedAtMs: row.finishedAtMs,
  error: row.error,
});

export class MemoryPlans implements PlanStore {
  readonly #connection: Connection;
  readonly #starter: PlanStarter;
  readonly #finisher: PlanFinisher;

  constructor(connection: Connection, starter: PlanStarter, finisher: PlanFinisher) {
    this.#connection = connection;
    this.#starter = starter;
    this.#finisher = finisher;
  }

  start(plan: Plan, report: PlanReport, operationId: OperationId, tx: Transaction): Promise<void> {
    return this.#starter.start(plan, report, operationId, tx);
  }

  cancel(id: PlanId, reason: StepFailure, tx: Transaction): Promise<boolean> {
    return this.#finisher.cancel(id, reason, tx);
  }

  get(id: PlanId, tx?: Transaction): Promise<PlanRecord | null> {
    return this.#connection.read(tx, (own) => this.#connection.database.tables.plans.get(id, own)?.record ?? null);
  }

  async status(id: PlanId, tx?: Transaction): Promise<PlanRecord["status"] | null> {
    return (await this.get(id, tx))?.status ?? null;
  }

  target(cluster: ClusterKey, tx?: Transaction): Promise<PlanRecord | null> {
    const { database } = this.#connection;
    return this.#connection.read(tx, (own) => {
      const { targetPlanId } = clusterRow(database, cluster, own);
      return targetPlanId === null ? null : (database.tables.plans.get(targetPlanId, own)?.record ?? null);
    });
  }

  targetId(cluster: ClusterKey, tx?: Transaction): Promise<PlanId | null> {
    return this.#connection.read(tx, (own) => clusterRow(this.#connection.database, cluster, own).targetPlanId);
  }

  list(cluster: ClusterKey, limitMax: number): Promise<readonly PlanRecord[]> {
    return this.#connection.read(undefined, () => {
      const rows = this.#connection.database.tables.plans.list(undefined, cluster).toSorted((a, b) => b.seq - a.seq);
      return rows.slice(0, limitMax).map((row) => row.record);
    });
  }

  stepStates(id: PlanId, tx?: Transaction): Promise<readonly PlanStepState[]> {
    return this.#connection.read(tx, (own) => byOrdinal(this.#connection.database.tables.steps.list(own, id)).map(toStepState));
  }

  epoch(cluster: ClusterKey, tx?: Transaction): Promise<number> {
    return this.#connection.read(tx, (own) => clusterRow(this.#connection.database, cluster, own).epoch);
  }

  raiseEpoch(cluster: ClusterKey, tx?: Transaction): Promise<number> {
    return this.#connection.inTransaction(tx, (own) => raiseEpoch(this.#connection.database, cluster, own));
  }
}
