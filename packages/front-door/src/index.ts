// The front door: subscriptions, resource groups, provider registration, generic lists. Served where nothing
// stands before this installation; behind Azure Resource Manager it is left out.
export { createFrontDoor, type FrontDoor, type FrontDoorHandlers } from "./front-door.ts";
export type { FrontDoorConfig, FrontDoorOptions } from "./options.ts";
