// Opens the memory store of one control plane on a memory database: the whole `Store` port, with the rules
// PostgreSQL's adapter runs (../../rules) over rows in this process. For simulations and tests only: it can
// be made to fail where a database can, and it takes the same turns in every run.
import type { Store } from "../../port.ts";
import { type OnPlanFinished, PlanFinisher } from "../../rules/plan-finisher.ts";
import { PlanStarter } from "../../rules/plan-starter.ts";
import { PLANNING, planningOf } from "../../rules/planning-work.ts";
import { type CrashPoint, StepRules } from "../../rules/step-rules.ts";
import { MemoryClusterViews } from "./cluster-views.ts";
import { MemoryAudit } from "./audit.ts";
import { Connection, type StoreFaults } from "./connection.ts";
import { MemoryGatewayUsers } from "./gateway-users.ts";
import { MemoryHosts } from "./hosts.ts";
import type { MemoryDatabase } from "./memory-database.ts";
import { MemoryMetrics } from "./metrics.ts";
import { MemoryNativeNames, MemoryNativeOperations } from "./native-names.ts";
import { type EnqueueMemoryStep, planTables } from "./plan-tables.ts";
import { MemoryPlans } from "./plans.ts";
import { MemoryPortalSessions } from "./portal-sessions.ts";
import { MemoryDeviceCodes, MemoryPrincipals } from "./principals.ts";
import { MemoryOperations, MemoryResources } from "./resources.ts";
import { MemoryObservations, MemoryVault } from "./vault.ts";

export interface MemoryStoreOptions {
  readonly onPlanFinished?: OnPlanFinished;
  readonly onHookError?: (error: unknown) => void;
  readonly faults?: StoreFaults;
  /** How a ready step becomes a queued workflow; the database's queue unless a test breaks it on purpose. */
  readonly enqueueStep?: EnqueueMemoryStep;
  /** Named moments around commits; what it throws there, it throws as the process that dies there. */
  readonly crashPoint?: CrashPoint;
}

const nothing = (): void => undefined;

export function openMemoryStore(database: MemoryDatabase, options: MemoryStoreOptions = {}): Store {
  const connection = new Connection(database, options.faults);
  const nowMs = (): number => database.clock.now();
  const crashPoint = options.crashPoint ?? nothing;
  const enqueueStep: EnqueueMemoryStep = options.enqueueStep ?? ((plan, step, tx) => database.queue.enqueue(plan, step, tx));
  const tables = planTables(connection, enqueueStep, crashPoint);
  const finisher = new PlanFinisher(tables, {
    nowMs,
    onPlanFinished: options.onPlanFinished ?? (() => Promise.resolve()),
    onHookError: options.onHookError ?? nothing,
  });
  const audit = new MemoryAudit(connection);
  const resources = new MemoryResources(connection);
  const operations = new MemoryOperations(connection);
  return {
    resources,
    operations,
    plans: new MemoryPlans(connection, new PlanStarter(tables, finisher, nowMs), finisher),
    steps: new StepRules({ tables, finisher, nowMs, crashPoint }),
    hosts: new MemoryHosts(connection),
    vault: new MemoryVault(connection),
    observations: new MemoryObservations(connection),
    metrics: new MemoryMetrics(connection),
    principals: new MemoryPrincipals(connection),
    deviceCodes: new MemoryDeviceCodes(connection),
    portalSessions: new MemoryPortalSessions(connection),
    gatewayUsers: new MemoryGatewayUsers(connection),
    nativeNames: new MemoryNativeNames(connection),
    nativeOperations: new MemoryNativeOperations(connection),
    clusterViews: new MemoryClusterViews(connection),
    audit,
    appendAudit: (row, tx) => audit.append(row, tx),
    watchChanges: (topic) => connection.notices.watch(topic),
    hearChanges: (listener) => connection.notices.hear(listener),
    lockCluster: (cluster, tx) => tables.lockCluster(cluster, tx),
    async recordChange({ resource, condition, audit: row, operation, isPlannedNext }, tx) {
      const outcome = await resources.put(resource, condition, tx);
      if (outcome.ok) await audit.append(row, tx);
      if (outcome.ok && operation !== null) await operations.insert(operation, tx);
      if (outcome.ok && operation !== null && isPlannedNext) await tables.enqueue(planningOf(operation.id), [PLANNING], tx);
      connection.conclude(tx, outcome.ok);
      return outcome;
    },
    transaction: (work) => connection.transaction(work),
    async close() {
      connection.close();
      await Promise.resolve();
    },
  };
}
