// Effects on the machine at hand: processes, prerequisites, PostgreSQL, host images, relays.
export type { ControlPlaneRecord } from "./control-plane-record.ts";
export * from "./exclusive.ts";
export * from "./postgres.ts";
export * from "./process.ts";
export * from "./run.ts";
export * from "./host-image/build.ts";
export { hostImageRecipes, findHostImageRecipe } from "./host-image/recipes.ts";
export type { HostImageRecipe } from "./host-image/recipes.ts";
export * from "./installation.ts";
export { PortTakenError, createRelay, findFreePort } from "./relay.ts";
export type { Relay, RelayOptions, RelayRoute } from "./relay.ts";
export * from "./process-scan.ts";
export * from "./doctor.ts";
export * from "./leftovers.ts";
export * from "./packages.ts";
export * from "./run-in-image.ts";
export * from "./rungs.ts";
