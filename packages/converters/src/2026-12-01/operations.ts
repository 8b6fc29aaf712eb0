// An operation of a cluster from the model to wire 2026-12-01; it is shown and never written.
import type { ClusterOperationProperties } from "@cynosure/contract";
import type { Operation } from "@cynosure/model";
import { isoTime } from "./iso-time.ts";

export const operationToWire = ({ kind, resourceId, status, percentComplete, startedAtMs, finishedAtMs, startedBy, planId, error }: Operation): ClusterOperationProperties => ({
  kind,
  resourceId,
  status,
  percentComplete,
  startTime: isoTime(startedAtMs),
  ...(finishedAtMs === null ? {} : { endTime: isoTime(finishedAtMs) }),
  ...(startedBy === undefined ? {} : { startedBy }),
  ...(planId === null ? {} : { planId }),
  ...(error === null ? {} : { error: { code: error.code, message: error.message } }),
  provisioningState: "Succeeded",
});
