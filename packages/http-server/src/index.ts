// HTTP server: ARM over Fastify, its ports for caller, right and admission, error mapping.
export * from "./admission.ts";
export * from "./authentication.ts";
export * from "./authorization.ts";
export * from "./contract-routes.ts";
export * from "./error-mapping.ts";
export * from "./request-body.ts";
export * from "./request-target.ts";
export * from "./route.ts";
export { RESERVED_HEADERS } from "./reserved-headers.ts";
export * from "./server.ts";
export { openStaticFiles, type StaticFiles, type StaticTable } from "./static-files.ts";
export { STREAM_STALL_MS_MAX } from "./stream-answer.ts";
export * from "./throttling.ts";
