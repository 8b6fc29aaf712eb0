// INV-03: everything belongs to something. What is in the world to a cluster in the store; an open step to a
// workflow, right after each commit; an open operation to a plan that runs or to a place in the queue.
import type { Invariant, Sight } from "./invariant.ts";

function stepsWithoutWorkflow({ database }: Sight): string | null {
  const { tables, queue } = database;
  for (const { targetPlanId } of tables.clusters.list()) {
    if (targetPlanId === null || tables.plans.get(targetPlanId)?.record.status !== "Running") continue;
    for (const step of tables.steps.list(undefined, targetPlanId)) {
      if (step.status !== "ready" && step.status !== "running") continue;
      const queued = queue.find(step.planId, step.stepId);
      if (queued === null || queued.status === "ended") return `step ${step.stepId} of plan ${step.planId} is ${step.status}, but its workflow ${queued === null ? "was never queued" : "has ended"}`;
    }
  }
  return null;
}

function operationsWithoutPlan({ database }: Sight): string | null {
  const { tables } = database;
  for (const { operation } of tables.operations.list()) {
    if (operation.finishedAtMs !== null || operation.planId === null) continue;
    const status = tables.plans.get(operation.planId)?.record.status ?? "gone";
    if (status !== "Running") return `operation ${operation.id} (${operation.kind} of ${operation.resourceKey}) is open, but its plan is ${status}`;
  }
  return null;
}

function worldWithoutCluster({ database, pictures }: Sight): string | null {
  for (const [cluster, picture] of pictures) {
    const left = [...Object.keys(picture.hosts), ...(picture.hasNetwork ? ["the network"] : []), ...picture.endpoints.map((endpoint) => endpoint.name)];
    if (left.length > 0 && database.tables.resources.get(cluster) === undefined) return `${left.join(", ")} of ${cluster} exist, but the store knows no such cluster`;
    const strays = Object.values(picture.hosts).filter(() => !picture.hasNetwork);
    if (strays.length > 0) return `${strays.map((host) => host.hostId).join(", ")} of ${cluster} have no network`;
  }
  return null;
}

export const noOrphans = (): Invariant => ({
  id: "INV-03",
  statement: "Nothing is orphaned: hosts, networks and endpoints belong to a cluster in the store, open steps to a workflow that is queued or claimed, open operations to a running plan or the queue.",
  committed: (sight) => stepsWithoutWorkflow(sight) ?? operationsWithoutPlan(sight),
  ticked: worldWithoutCluster,
});
