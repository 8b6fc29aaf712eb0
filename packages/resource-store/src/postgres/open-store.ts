// Opens the PostgreSQL store: schema up to date, notices listened to, every concern wired to one pool.
// The pool stays the caller's: the workflow engine shares it, so one transaction can span both.
import type { Pool } from "pg";
import type { Store } from "../port.ts";
import { type OnPlanFinished, PlanFinisher } from "../rules/plan-finisher.ts";
import { PlanStarter } from "../rules/plan-starter.ts";
import type { PlanTables } from "../rules/plan-tables.ts";
import { type CrashPoint, StepRules } from "../rules/step-rules.ts";
import { createSealer } from "../seal.ts";
import { PostgresAudit, appendAudit } from "./audit.ts";
import { Changes } from "./changes.ts";
import { PostgresClusterViews } from "./cluster-views.ts";
import { Database } from "./database.ts";
import { PostgresDeviceCodes } from "./device-codes.ts";
import { PostgresGatewayUsers } from "./gateway-users.ts";
import { HostRequests } from "./host-requests.ts";
import { PostgresHosts } from "./hosts.ts";
import { migrate } from "./migrations.ts";
import { PostgresMetrics } from "./metrics.ts";
import { PostgresNativeNames } from "./native-names.ts";
import { PostgresNativeOperations } from "./native-operations.ts";
import { PostgresOperations } from "./operations.ts";
import { finishTables, lockCluster, startTables } from "./plan-tables.ts";
import { PostgresPlans } from "./plans.ts";
import { PostgresPortalSessions } from "./portal-sessions.ts";
import { PostgresPrincipals } from "./principals.ts";
import { recordChange } from "./record-change.ts";
import { PostgresResources } from "./resources.ts";
import { type QueueStatements, StepEnqueuer } from "./step-enqueuer.ts";
import { stepTables } from "./step-tables.ts";
import { PostgresObservations, PostgresVault } from "./vault.ts";

export interface StoreOptions {
  /** From `openPool`; ended by whoever opened it, after `store.close()`. */
  readonly pool: Pool;
  /** 32 bytes that seal secrets; kept outside the database. */
  readonly masterKey: Uint8Array;
  /** Earlier master keys that still open what they sealed. */
  readonly formerMasterKeys?: readonly Uint8Array[];
  /** What queues a ready step's workflow in the transaction that makes it ready (`createStepEnqueuer` of the workflow package). */
  readonly queueStatements: QueueStatements;
  /** Runs in the transaction that finishes a plan, with the cluster locked; what it throws is undone and reported. */
  readonly onPlanFinished?: OnPlanFinished;
  readonly onHookError?: (error: unknown) => void;
  /** Milliseconds since the Unix epoch, for stored times only. */
  readonly nowMs?: () => number;
  /** For the crash proof. */
  readonly crashPoint?: CrashPoint;
}

export async function openStore(options: StoreOptions): Promise<Store> {
  const sealer = createSealer(options.masterKey, options.formerMasterKeys); // first: a bad key must leave nothing open
  await migrate(options.pool);
  const database = new Database(options.pool);
  const changes = new Changes(database);
  await changes.open();
  const nowMs = options.nowMs ?? Date.now;
  const crashPoint = options.crashPoint ?? ((): void => undefined);
  const enqueuer = new StepEnqueuer(database, options.queueStatements, crashPoint);
  const tables: PlanTables = {
    ...startTables(database),
    ...stepTables(database),
    ...finishTables(database),
    transaction: (work) => database.transaction(work),
    enqueue: (plan, steps, tx) => enqueuer.enqueue(plan, steps, tx),
    notify: (topics, tx) => changes.notify(topics, tx),
  };
  const finisher = new PlanFinisher(tables, {
    nowMs,
    onPlanFinished: options.onPlanFinished ?? ((): Promise<void> => Promise.resolve()),
    onHookError: options.onHookError ?? ((): void => undefined),
  });
  return {
    resources: new PostgresResources(database, changes),
    operations: new PostgresOperations(database, changes, nowMs),
    plans: new PostgresPlans(database, new PlanStarter(tables, finisher, nowMs), finisher),
    steps: new StepRules({ tables, finisher, nowMs, crashPoint }),
    hosts: new PostgresHosts(database, changes, new HostRequests(database, changes, sealer, nowMs), nowMs),
    vault: new PostgresVault(database, changes, sealer),
    observations: new PostgresObservations(database, changes),
    metrics: new PostgresMetrics(database),
    principals: new PostgresPrincipals(database),
    deviceCodes: new PostgresDeviceCodes(database),
    portalSessions: new PostgresPortalSessions(database),
    gatewayUsers: new PostgresGatewayUsers(database),
    nativeNames: new PostgresNativeNames(database),
    nativeOperations: new PostgresNativeOperations(database),
    clusterViews: new PostgresClusterViews(database),
    audit: new PostgresAudit(database),
    appendAudit: (row, tx) => appendAudit(database, row, tx),
    watchChanges: (topic) => changes.watch(topic),
    hearChanges: (listener) => changes.hear(listener),
    lockCluster: (cluster, tx) => lockCluster(database, cluster, tx),
    recordChange: (change, tx) => recordChange({ database, enqueuer }, change, tx),
    transaction: (work) => database.transaction(work),
    close: () => changes.close(),
  };
}
