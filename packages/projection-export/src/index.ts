// Public names of the export of a catalogue: what a real Azure Resource Manager is told of the operations it would route.
export { armOperationsOf, leftOut } from "./arm-operations.ts";
export type { ArmMethod, ArmOperation } from "./arm-operations.ts";
export { exportManifest } from "./manifest.ts";
export type { Manifest, ManifestOperation, ManifestResourceType } from "./manifest.ts";
export { exportSwagger } from "./swagger/swagger-document.ts";
export { API_VERSION } from "./provider.ts";
