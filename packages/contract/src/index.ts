// The contract in TypeScript. Everything but the validator's words is generated from spec/.
export * from "./__generated__/cli-verbs.ts";
export * from "./__generated__/handlers.ts";
export * from "./__generated__/provider-operations.ts";
export * from "./__generated__/requirement-file-schema.ts";
export * from "./__generated__/routes.ts";
export * from "./__generated__/types.ts";
export { credentialActions, dataActions, engineInternals, faultActions, isDataAction } from "./data-actions.ts";
export { validate } from "./validate.ts";
export type { ValidationIssue } from "./validate.ts";
