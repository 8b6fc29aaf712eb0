// Public names of projected types: an engine's own objects, settings and actions as ARM has them.
export * from "./port.ts";
export { createProjectedTypes } from "./create-projected-types.ts";
export type { ProjectedTypesOptions } from "./context.ts";
export { TRANSFER_CONTENT_BYTES_MAX } from "./verbs/transfer.ts";
