// The memory adapter of the store port, for simulations and tests only.
export type { StoreFaults } from "./connection.ts";
export type { Leases } from "./leases.ts";
export { createMemoryDatabase, type MemoryDatabase, type MemoryDatabaseOptions, type MemoryTransaction } from "./memory-database.ts";
export { openMemoryStore, type MemoryStoreOptions } from "./open-memory-store.ts";
export type { EnqueueMemoryStep } from "./plan-tables.ts";
export type { QueuedStep } from "./rows.ts";
export type { StepQueue } from "./step-queue.ts";
