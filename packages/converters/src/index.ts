// Conversions between wire versions and the version-free model; pure.
export * from "./stored.ts";
export * as v20261201 from "./2026-12-01/index.ts";
