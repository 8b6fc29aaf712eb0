// Public names of the ARM endpoint's side of projected types.
export { nativeHandlers } from "./native-handlers.ts";
export type { NativeApis, ProjectedRoutesOptions } from "./options.ts";
export { projectedRoutes } from "./projected-routes.ts";
export { projectedOperations, projectedTypePaths } from "./projected-names.ts";
