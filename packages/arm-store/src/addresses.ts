// From the parameters of a route to resource ids, keys and name rules.
import { routes } from "@cynosure/contract";
import type { OperationId } from "@cynosure/contract";
import { checkName, childResourceId, formatResourceId, parentResourceId, parseResourceId, resourceGroupNameRule, resourceIdKey, resourceNameOf, resourceTypeOf } from "@cynosure/arm-protocol";
import type { ArmProblem, ResourceId } from "@cynosure/arm-protocol";
import { ControlPlaneError, clusterKey, resourceKey } from "@cynosure/model";
import type { ClusterKey, ResourceKey } from "@cynosure/model";
import { NAMESPACE } from "./resource-types.ts";

export const raise = (problem: ArmProblem): ControlPlaneError => new ControlPlaneError(problem.code, problem.message, problem.target === undefined ? {} : { target: problem.target });

export interface GroupParams {
  readonly subscriptionId: string;
  readonly resourceGroupName: string;
}
export interface ClusterParams extends GroupParams {
  readonly clusterName: string;
}

export const groupId = (params: GroupParams): ResourceId => ({ subscriptionId: params.subscriptionId, resourceGroup: params.resourceGroupName, namespace: null, segments: [] });
export const clusterId = (params: ClusterParams): ResourceId => ({ ...groupId(params), namespace: NAMESPACE, segments: [{ type: "clusters", name: params.clusterName }] });
export const childId = (params: ClusterParams, type: string, name: string): ResourceId => childResourceId(clusterId(params), type, name);

export const keyOf = (id: ResourceId): ResourceKey => resourceKey(resourceIdKey(id));
export const clusterKeyOf = (params: ClusterParams): ClusterKey => clusterKey(resourceIdKey(clusterId(params)));
export const subscriptionKey = (subscriptionId: string): ResourceKey => resourceKey(`/subscriptions/${subscriptionId}`);

export function parentKeyOf(id: ResourceId): ResourceKey {
  const parent = parentResourceId(id);
  if (parent === null) throw new ControlPlaneError("InternalServerError", `${formatResourceId(id)} has no parent`);
  return keyOf(parent);
}

const singular: Readonly<Record<string, string>> = { clusters: "cluster", filesystems: "file system", buckets: "bucket", snapshots: "snapshot", quotas: "quota" };

/** For plan comments: "file system home". */
export function describeResource(id: ResourceId | string): string {
  const parsed = typeof id === "string" ? parseResourceId(id) : { ok: true as const, value: id };
  if (!parsed.ok) return String(id);
  const type = parsed.value.segments.at(-1)?.type ?? "";
  return `${singular[type.toLowerCase()] ?? type} ${resourceNameOf(parsed.value)}`;
}

/** G1: "The Resource 'Ns/type/name' under resource group 'rg' was not found." */
export function notFound(id: ResourceId): ControlPlaneError {
  const shown = [resourceTypeOf(id), ...id.segments.map((segment) => segment.name)].join("/");
  return new ControlPlaneError("ResourceNotFound", `The Resource '${shown.slice(0, 300)}' under resource group '${(id.resourceGroup ?? "").slice(0, 90)}' was not found. Check the name, or create it first.`);
}

export const groupNotFound = (name: string): ControlPlaneError => new ControlPlaneError("ResourceGroupNotFound", `Resource group '${name.slice(0, 90)}' could not be found. Create it first, or check the name.`);

const namePatterns = new Map(routes.flatMap((route) => route.pathParameters.map((parameter) => [`${route.operationId}/${parameter.name}`, parameter] as const)));

/** Names are checked when something of that name would come to be; looking for a bad name just finds nothing. */
export function checkNewName(operation: OperationId, parameter: string, id: ResourceId): void {
  const limits = namePatterns.get(`${operation}/${parameter}`);
  if (limits === undefined) throw new ControlPlaneError("InternalServerError", `The contract has no parameter ${parameter} for ${operation}`);
  const { lengthMin = 1, lengthMax = 260, pattern = "^.{1,260}$" } = limits;
  // Groups have one rule (no dot at the end) that the common types leave out of their pattern.
  const rule = id.namespace === null ? resourceGroupNameRule : { pattern: new RegExp(pattern), must: `be ${lengthMin} to ${lengthMax} characters that match ${pattern}` };
  const checked = checkName(resourceTypeOf(id), resourceNameOf(id), rule, parameter);
  if (!checked.ok) throw raise(checked.problem);
}
