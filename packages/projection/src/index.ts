// Public names of the projection.
export * from "./arm-words.ts";
export * from "./build-catalogue.ts";
export * from "./catalogue.ts";
export * from "./document/api-document.ts";
export { factsOf, isApiDocument } from "./document/facts.ts";
export { documentHash } from "./document/hash.ts";
export { isSecretName } from "./document/schema-fields.ts";
export * from "./find-operation.ts";
export { cephOverrides } from "./overrides/ceph.ts";
export type { EngineOverrides, KeyedRoot } from "./overrides/overrides.ts";
export { vastOverrides } from "./overrides/vast.ts";
export { TASK_FIELDS } from "./rules/classify.ts";
export { isParameter } from "./rules/paths.ts";
export { ENGINE_INTERNALS, PERMISSIONS, projectedTypeName } from "./rules/naming.ts";
