// The mock's operations: one for each of its plans, the newest first.
import type { ClusterOperation, ClusterOperationStatus, ClusterPlan, PlanStatus } from "@cynosure/contract";

const statuses: Readonly<Record<PlanStatus, ClusterOperationStatus>> = { pending: "Accepted", running: "Running", succeeded: "Succeeded", failed: "Failed", canceled: "Canceled" };

export const operationsOf = (plans: readonly ClusterPlan[]): readonly ClusterOperation[] =>
  plans.toReversed().map(({ id = "", name = "", properties }) => {
    const cluster = id.slice(0, id.indexOf("/plans/"));
    const { generation, operationId = name, startedAt = "", finishedAt, steps, status } = properties;
    return {
      id: `${cluster}/operations/${operationId}`,
      name: operationId,
      type: "Cynosure.Storage/clusters/operations",
      properties: {
        kind: "create",
        resourceId: generation === 1 ? cluster : `${cluster}/buckets/results`,
        status: statuses[status],
        percentComplete: Math.floor((100 * steps.filter((step) => step.status === "done").length) / steps.length),
        startTime: startedAt,
        ...(finishedAt === undefined ? {} : { endTime: finishedAt }),
        startedBy: { id: "7d2f4c1e-0000-4000-8000-000000000001", displayName: "owner", type: "Application" },
        planId: name,
        provisioningState: "Succeeded",
      },
    };
  });
