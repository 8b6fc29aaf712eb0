// Typed identifiers. A brand keeps a host id from being passed where a plan id is meant; it costs nothing
// at run time. Construction happens at trust edges only (HTTP in, store out, planner).

declare const brand: unique symbol;
type Brand<Name extends string> = string & { readonly [brand]: Name };

/** Lower-cased ARM resource id of a cluster: the key under which everything of that cluster is stored. */
export type ClusterKey = Brand<"ClusterKey">;
/** Lower-cased ARM resource id of any resource. */
export type ResourceKey = Brand<"ResourceKey">;
/** Name of a host inside its cluster, for example `host-3`. */
export type HostId = Brand<"HostId">;
export type PlanId = Brand<"PlanId">;
/** Unique inside its plan; stable across replans of the same change, for example `host.join:host-3`. */
export type StepId = Brand<"StepId">;
export type OperationId = Brand<"OperationId">;
/** Marks every process, namespace, mount and file of one installation, 8 lower-case hexadecimal digits. */
export type InstallationId = Brand<"InstallationId">;

// `as` is the one place where a plain string becomes a branded one: callers have checked its shape.
export const clusterKey = (resourceId: string): ClusterKey => resourceId.toLowerCase() as ClusterKey;
export const resourceKey = (resourceId: string): ResourceKey => resourceId.toLowerCase() as ResourceKey;
export const hostId = (name: string): HostId => name as HostId;
export const planId = (id: string): PlanId => id as PlanId;
export const stepId = (id: string): StepId => id as StepId;
export const operationId = (id: string): OperationId => id as OperationId;
export const installationId = (id: string): InstallationId => id as InstallationId;
