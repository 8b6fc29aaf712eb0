// ARM over the resource store: ids to keys, pages of rows, the audit row of a request. What resource providers
// and the front door share; it decides nothing.
export * from "./addresses.ts";
export * from "./audit-row.ts";
export * from "./handler-types.ts";
export * from "./lists.ts";
export * from "./resource-types.ts";
export * from "./subscription-rows.ts";
