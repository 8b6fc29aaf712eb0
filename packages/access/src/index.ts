// Roles: who may do what where. The decision, the built-in roles, and Microsoft.Authorization over the store.
export { createAccess, type Access, type AccessHandlers } from "./access.ts";
export { builtInRole, builtInRoles, OWNER_ROLE, type BuiltInRole } from "./built-in-roles.ts";
export { decideAccess, EVERYONE, takeSnapshot, type AccessDecision, type AccessQuestion, type AccessRecords, type AccessSnapshot, type PermissionEntry } from "./decide-access.ts";
export { REFRESH_MS_MAX } from "./live-snapshot.ts";
export type { AccessOptions } from "./options.ts";
