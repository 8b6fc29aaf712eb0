// Which audit records are about a cluster, how they are asked for, and operations in words. Pure.
import type { ClusterOperationProperties } from "@cynosure/sdk";
import { choiceLabel } from "../../words/labels.ts";

export const sinceFilter = (nowMs: number, hours: number): string => `eventTimestamp ge '${new Date(nowMs - hours * 3_600_000).toISOString()}'`;

/** The resource itself or something in it. */
export function isAbout(resourceId: string, id: string): boolean {
  const own = resourceId.toLowerCase();
  return own === id.toLowerCase() || own.startsWith(`${id.toLowerCase()}/`);
}

/** Said from where the reader is: "the cluster", "fileSystems/home". */
export const relativeId = (resourceId: string, id: string): string => (resourceId.length <= id.length ? "the cluster" : resourceId.slice(id.length + 1));

/** "Create fileSystems/home", "Action on the cluster". */
export const operationWords = ({ kind, resourceId }: Pick<ClusterOperationProperties, "kind" | "resourceId">, id: string): string => `${choiceLabel(kind)}${kind === "action" ? " on" : ""} ${relativeId(resourceId, id)}`;
