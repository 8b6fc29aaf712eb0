// Wire version 2026-12-01.
export * from "./plans.ts";
export * from "./protection.ts";
export * from "./resources.ts";
export * from "./sizing.ts";
