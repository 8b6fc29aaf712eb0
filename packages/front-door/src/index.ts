// The front door: subscriptions, resource groups, provider registration, throttling, tags, generic lists. Served
// where nothing stands before this installation; behind Azure Resource Manager it is left out.
export { changesRoute, type ChangesRouteOptions } from "./changes/changes-route.ts";
export { createFrontDoor, type FrontDoor, type FrontDoorHandlers } from "./front-door.ts";
export type { FrontDoorConfig, FrontDoorOptions, MoveRequest, ProviderPort } from "./options.ts";
export { PUBLIC_LIMITS, sharedBy, type RequestKind, type ThrottleLimits } from "./throttling/limits.ts";
export { createThrottle } from "./throttling/throttle.ts";
