// Effects on the machine at hand: processes, prerequisites, PostgreSQL, host images, relays.
export * from "./exclusive.ts";
export * from "./postgres.ts";
export * from "./process.ts";
export * from "./run.ts";
