// Operation: what ARM shows of a running change. One operation runs one plan; changes of one cluster that
// arrive while a plan runs wait in order (`queued`).
import type { ClusterKey, OperationId, PlanId, ResourceKey } from "./ids.ts";

export type OperationKind = "create" | "update" | "delete" | "action";
export type OperationStatus = "Accepted" | "Running" | "Succeeded" | "Failed" | "Canceled";

/** Who asked, by the name of that moment. */
export interface OperationCaller {
  readonly id: string;
  readonly displayName: string;
  readonly type: "User" | "Application";
}

export interface Operation {
  readonly id: OperationId;
  readonly kind: OperationKind;
  readonly resourceKey: ResourceKey;
  /** As the user wrote it. */
  readonly resourceId: string;
  readonly clusterKey: ClusterKey;
  readonly location: string;
  readonly planId: PlanId | null;
  readonly status: OperationStatus;
  readonly percentComplete: number;
  readonly startedAtMs: number;
  /** Absent of those that an older release recorded. */
  readonly startedBy?: OperationCaller;
  readonly finishedAtMs: number | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

export const isTerminal = (status: OperationStatus): boolean => status === "Succeeded" || status === "Failed" || status === "Canceled";
