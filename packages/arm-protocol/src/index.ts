// ARM protocol rules as pure functions. No status codes, no input or output, no clock.
export * from "./api-version.ts";
export * from "./error-body.ts";
export * from "./etag.ts";
export * from "./locations.ts";
export * from "./long-running.ts";
export * from "./merge-patch.ts";
export * from "./names.ts";
export * from "./outcome.ts";
export * from "./paging.ts";
export * from "./provisioning-state.ts";
export * from "./request-context.ts";
export * from "./request-headers.ts";
export * from "./resource-id.ts";
export * from "./system-data.ts";
export * from "./tags.ts";
