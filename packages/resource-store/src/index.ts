// Resource store: the port and its PostgreSQL adapter. Test helpers are in ./testkit, never here.
export * from "./audit-port.ts";
export * from "./gateway-user-port.ts";
export * from "./native-name-port.ts";
export * from "./port.ts";
export * from "./portal-port.ts";
export * from "./principal-port.ts";
export { openPool, transactionClient, type PoolOptions } from "./postgres/database.ts";
export { openStore, type StoreOptions } from "./postgres/open-store.ts";
export type { OnPlanFinished } from "./rules/plan-finisher.ts";
export type { QueueStatement, QueueStatements } from "./postgres/step-enqueuer.ts";
export { NATIVE_OPERATION_KEPT_MS } from "./rules/native-operation-rules.ts";
export { METRICS_KEPT_MS } from "./rules/metrics-rules.ts";
export { ACCESS_TOPIC } from "./rules/access-rows.ts";
export { PLANNING, plannedOperation } from "./rules/planning-work.ts";
export type { CrashPoint } from "./rules/step-rules.ts";
export { createSealer, type Sealed, type Sealer } from "./seal.ts";
export { together } from "./together.ts";
