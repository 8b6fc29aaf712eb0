// The tables of plans, their ends and their steps in the memory store: one small change per method of
// `PlanTables`, as PostgreSQL's statements. What they add up to is in ../../rules. For tests only.
import { type PlanId, resourceKey, type StepId } from "@cynosure/model";
import { ENDED_PLANS_KEPT_MAX } from "../../rules/history.ts";
import type { FinishTables, PlanTables, StartTables, StepTables } from "../../rules/plan-tables.ts";
import { type Connection, duplicate } from "./connection.ts";
import { beyondNewest, dropEndedOperations } from "./history.ts";
import type { MemoryDatabase, MemoryTransaction } from "./memory-database.ts";
import { isUnder } from "./resources.ts";
import { type ClusterRow, frozenJson, type StepRow, stepKey } from "./rows.ts";

/** Queues the workflow of one step in the open transaction. */
export type EnqueueMemoryStep = (planId: PlanId, stepId: StepId, tx: MemoryTransaction) => void;

const isOpenStep = (step: StepRow | undefined): step is StepRow => step?.status === "ready" || step?.status === "running";
export const byOrdinal = (rows: readonly StepRow[]): readonly StepRow[] => rows.toSorted((a, b) => a.ordinal - b.ordinal);
const isSettled = (state: string): boolean => state === "Succeeded" || state === "Failed" || state === "Canceled";

export const clusterRow = ({ tables }: MemoryDatabase, cluster: ClusterRow["clusterKey"], tx?: MemoryTransaction): ClusterRow =>
  tables.clusters.get(cluster, tx) ?? { clusterKey: cluster, targetPlanId: null, epoch: 1 };

export function raiseEpoch(database: MemoryDatabase, cluster: ClusterRow["clusterKey"], tx: MemoryTransaction): number {
  const row = clusterRow(database, cluster, tx);
  database.tables.clusters.put({ ...row, epoch: row.epoch + 1 }, tx);
  return row.epoch + 1;
}

export function planTables(connection: Connection, enqueueStep: EnqueueMemoryStep, crashPoint: (name: string) => void): PlanTables {
  return {
    ...startTables(connection),
    ...stepTables(connection),
    ...endingTables(connection),
    ...finishTables(connection),
    transaction: (work) => connection.transaction(work),
    async enqueue(plan, steps, tx) {
      for (const step of steps) {
        await connection.write(tx, (own) => enqueueStep(plan, step, own));
        crashPoint("enqueue.betweenSteps");
      }
    },
    notify: (topics, tx) => connection.write(tx, (own) => topics.forEach((topic) => own.topics.add(topic))),
  };
}

function startTables(connection: Connection): StartTables {
  const { database } = connection;
  const { tables } = database;
  return {
    lockCluster: (cluster, tx) =>
      connection.write(tx, (own) => {
        const isNew = tables.clusters.get(cluster, own) === undefined && tables.resources.get(resourceKey(cluster), own) === undefined;
        const row = clusterRow(database, cluster, own);
        tables.clusters.put(row, own);
        return { ...row, isNew };
      }),
    planStatus: (id, tx) =>
      connection.read(tx, (own) => {
        const record = tables.plans.get(id, own)?.record;
        return record === undefined ? null : { status: record.status, operationId: record.operationId };
      }),
    insertPlan: (plan, report, operationId, nowMs, tx) =>
      connection.write(tx, (own) => {
        if (tables.plans.get(plan.id, own) !== undefined) throw duplicate("plans", plan.id);
        const record = frozenJson({ plan, report, operationId, status: "Running" as const, startedAtMs: nowMs, finishedAtMs: null });
        tables.plans.put({ seq: database.nextSeq(), record }, own);
        tables.clusters.put({ ...clusterRow(database, plan.clusterKey, own), targetPlanId: plan.id }, own);
        const row = tables.operations.get(operationId, own);
        if (row !== undefined && row.operation.finishedAtMs === null) tables.operations.put({ ...row, operation: { ...row.operation, status: "Running", planId: plan.id } }, own);
        record.plan.steps.forEach((step, ordinal) => {
          const dependsOn = [...new Set(step.dependsOn)];
          const status = dependsOn.length === 0 ? "ready" : "pending";
          const state = { attempts: 0, waitingOn: null, lastCause: null, startedAtMs: null, finishedAtMs: null, error: null };
          tables.steps.put({ planId: plan.id, stepId: step.id, ordinal, title: step.title, dependsOn, remaining: dependsOn.length, expectedMs: step.expectedMs, status, ...state }, own);
        });
      }),
    dropHistory: (cluster, target, nowMs, tx) =>
      connection.write(tx, (own) => {
        const endedPlans = tables.plans.list(own, cluster).filter(({ record }) => record.status !== "Running" && record.plan.id !== target);
        for (const { record } of beyondNewest(endedPlans, ENDED_PLANS_KEPT_MAX)) {
          tables.steps.removeGroup(record.plan.id, own);
          tables.plans.remove(record.plan.id, own);
        }
        dropEndedOperations(database, cluster, nowMs, own);
      }),
  };
}

type WhileRunning = Pick<StepTables, "lockClusterOf" | "beginStep" | "dropStep" | "readStep" | "noteStep">;

function stepTables(connection: Connection): WhileRunning {
  const { database } = connection;
  const { tables } = database;
  const planOf = (plan: PlanId, own?: MemoryTransaction) => tables.plans.get(plan, own)?.record;
  return {
    lockClusterOf: (plan, tx) => connection.read(tx, (own) => planOf(plan, own)?.plan.clusterKey ?? null),
    beginStep: (plan, step, nowMs) =>
      connection.inTransaction(undefined, (own) => {
        const row = tables.steps.get(stepKey(plan, step), own);
        const record = planOf(plan, own);
        if (!isOpenStep(row) || record?.status !== "Running") return null;
        const startedAtMs = row.startedAtMs ?? nowMs;
        tables.steps.put({ ...row, status: "running", startedAtMs }, own);
        own.topics.add(`cluster:${record.plan.clusterKey}`);
        return { attempts: row.attempts, startedAtMs };
      }),
    dropStep: (plan, step, nowMs) =>
      connection.inTransaction(undefined, (own) => {
        const row = tables.steps.get(stepKey(plan, step), own);
        if (isOpenStep(row) && planOf(plan, own)?.status !== "Running") tables.steps.put({ ...row, status: "canceled", waitingOn: null, finishedAtMs: nowMs }, own);
      }),
    readStep: (plan, step) =>
      connection.read(undefined, () => {
        const row = tables.steps.get(stepKey(plan, step));
        return row === undefined ? null : { attempts: row.attempts, startedAtMs: row.startedAtMs ?? 0 };
      }),
    noteStep: (plan, step, note) =>
      connection.inTransaction(undefined, (own) => {
        const row = tables.steps.get(stepKey(plan, step), own);
        const record = planOf(plan, own);
        if (row?.status !== "running" || record === undefined) return;
        const lastCause = note.lastCause === undefined ? row.lastCause : frozenJson(note.lastCause);
        tables.steps.put({ ...row, waitingOn: note.waitingOn, attempts: note.attempts, lastCause }, own);
        own.topics.add(`cluster:${record.plan.clusterKey}`);
      }),
  };
}

function endingTables(connection: Connection): Omit<StepTables, keyof WhileRunning> {
  const { database } = connection;
  const { tables } = database;
  return {
    endStep: (plan, step, end, nowMs, tx) =>
      connection.write(tx, (own) => {
        const row = tables.steps.get(stepKey(plan, step), own);
        if (!isOpenStep(row)) return null;
        const error = end.status === "failed" ? frozenJson(end.error) : row.error;
        tables.steps.put({ ...row, status: end.status, waitingOn: null, error, finishedAtMs: nowMs }, own);
        return tables.plans.get(plan, own)?.record.status ?? null;
      }),
    releaseSuccessors: (plan, step, tx) =>
      connection.write(tx, (own) => {
        const behind = tables.steps.list(own, plan).filter((row) => row.status === "pending" && row.dependsOn.includes(step));
        return behind.map((row) => {
          const isReady = row.remaining === 1;
          tables.steps.put({ ...row, remaining: row.remaining - 1, status: isReady ? "ready" : row.status }, own);
          return { stepId: row.stepId, isReady };
        });
      }),
    hasOpenSteps: (plan, tx) => connection.read(tx, (own) => tables.steps.list(own, plan).some((row) => row.status === "pending" || isOpenStep(row))),
    cancelSteps: (plan, nowMs, tx) =>
      connection.write(tx, (own) => {
        for (const row of tables.steps.list(own, plan)) {
          if (row.status === "pending" || row.status === "ready") tables.steps.put({ ...row, status: "canceled", finishedAtMs: nowMs }, own);
        }
      }),
    raiseEpoch: (cluster, tx) => connection.write(tx, (own) => raiseEpoch(database, cluster, own)),
    unfinishedSteps: (limitMax) =>
      connection.read(undefined, () => {
        const running = tables.plans.list().filter(({ record }) => record.status === "Running").toSorted((a, b) => a.seq - b.seq);
        const steps = running.flatMap(({ record }) => byOrdinal(tables.steps.list(undefined, record.plan.id)));
        return steps.filter(isOpenStep).slice(0, limitMax).map(({ planId, stepId }) => ({ planId, stepId }));
      }),
  };
}

function finishTables(connection: Connection): FinishTables {
  const { database } = connection;
  const { tables } = database;
  return {
    endPlan: (id, status, nowMs, tx) =>
      connection.write(tx, (own) => {
        const row = tables.plans.get(id, own);
        if (row?.record.status !== "Running") return null;
        tables.plans.put({ ...row, record: { ...row.record, status, finishedAtMs: nowMs } }, own);
        return { clusterKey: row.record.plan.clusterKey, presence: row.record.plan.policy.presence };
      }),
    endOperations: (plan, end, nowMs, tx) =>
      connection.write(tx, (own) => {
        const cluster = tables.plans.get(plan, own)?.record.plan.clusterKey;
        const open = tables.operations.list(own, cluster).filter(({ operation }) => operation.planId === plan && operation.finishedAtMs === null);
        const error = end.status !== "Succeeded" ? frozenJson(end.error) : null;
        for (const row of open) tables.operations.put({ ...row, operation: { ...row.operation, status: end.status, error, finishedAtMs: nowMs } }, own);
        return open.map(({ operation }) => ({ kind: operation.kind, resourceKey: operation.resourceKey }));
      }),
    settleResource: (key, state, tx) =>
      connection.write(tx, (own) => {
        const row = tables.resources.get(key, own);
        if (row !== undefined && !isSettled(row.provisioningState)) tables.resources.put({ ...row, provisioningState: state, etag: database.newEtag() }, own);
      }),
    removeTree: (key, tx) =>
      connection.write(tx, (own) => {
        for (const row of tables.resources.list(own)) if (row.key === key || isUnder(row.key, `${key}/`)) tables.resources.remove(row.key, own);
      }),
    clearTarget: (cluster, plan, tx) =>
      connection.write(tx, (own) => {
        const row = clusterRow(database, cluster, own);
        if (row.targetPlanId === plan) tables.clusters.put({ ...row, targetPlanId: null }, own);
      }),
    undoably: (tx, work) => connection.undoably(tx, work),
  };
}
