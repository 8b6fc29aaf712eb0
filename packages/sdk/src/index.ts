// Client of the Cynosure ARM API. Classes and types are generated from spec/; the runtime below them is small.
export * from "./__generated__/client.ts";
export * from "./__generated__/contract-types.ts";
export type * from "./contract-type.ts";
export * from "./__generated__/wire.ts";
export { ArmError } from "./arm-error.ts";
export type { ArmErrorDetail } from "./arm-error.ts";
export type { CynosureClientOptions, ListOptions, LongRunningOptions, RequestOptions } from "./client-options.ts";
export type { LongRunningPoller, LongRunningState } from "./long-running.ts";
export { createClientSecretCredential } from "./client-secret-credential.ts";
export type { ClientSecretOptions } from "./client-secret-credential.ts";
export { OperationCaller } from "./operation-caller.ts";
export type { PagedItems } from "./paging.ts";
export type { PathParameters, PathRequest } from "./transport.ts";
