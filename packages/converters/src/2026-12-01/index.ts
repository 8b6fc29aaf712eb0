// Wire version 2026-12-01.
export * from "./check-requirement.ts";
export * from "./metrics.ts";
export * from "./plans.ts";
export * from "./protection.ts";
export * from "./requirement.ts";
export * from "./resources.ts";
export * from "./sizing.ts";
