// clusters/plans: every plan as it was decided, with the progress of its steps; and whatIf, which decides
// without storing anything.
import { checkNewName, childId, clusterId, clusterKeyOf, cutPage, groupId, itemsAfter, keyOf, notFound, pageAnswer, readPageRequest } from "@cynosure/arm-store";
import type { RequestContext } from "@cynosure/arm-protocol";
import type { ClusterParams, OurHandlers } from "@cynosure/arm-store";
import type { Cluster, ClusterPlan, PlanSummary } from "@cynosure/contract";
import { v20261201 } from "@cynosure/converters";
import { clusterKey, planId } from "@cynosure/model";
import { criticalPath, diffPlans } from "@cynosure/planner";
import type { PlanRecord, StoredResource } from "@cynosure/resource-store";
import { buildPolicy } from "./cluster-policy.ts";
import { clusterWish, requireOffer } from "./cluster-wish.ts";
import { CLUSTER_IMMUTABLE, readCluster, rowReality } from "./clusters.ts";
import type { ResourceProvidersOptions } from "./options.ts";
import { decideChange, readAround, refusal } from "./planning.ts";
import { splitReport } from "./recorded-findings.ts";
import { readChildren } from "./stored-resources.ts";
import { refuseImmutable } from "./write-resource.ts";
import type { Wish } from "./write-resource.ts";

/** Plans of one cluster that can be listed; older ones are read by name. */
const LISTED_COUNT_MAX = 1000;

async function toWire(options: ResourceProvidersOptions, cluster: StoredResource, record: PlanRecord): Promise<ClusterPlan> {
  const { plan } = record;
  const steps = await options.store.plans.stepStates(plan.id);
  return {
    id: `${cluster.id}/plans/${plan.id}`,
    name: plan.id,
    type: "Cynosure.Storage/clusters/plans",
    properties: v20261201.planToWire({ plan, ...splitReport(record.report), criticalPathMs: criticalPath(plan.steps).expectedMs }, { ...record, steps }),
  };
}

export function planHandlers(options: ResourceProvidersOptions): Pick<OurHandlers, "Plans_Get" | "Plans_ListByCluster" | "Clusters_WhatIf"> {
  const { store } = options;
  return {
    Plans_Get: async ({ params }) => {
      const cluster = await readCluster(options, params);
      const record = await store.plans.get(planId(params.planName.toLowerCase()));
      // A plan's name is unique in the store, so whose it is must be checked.
      if (record === null || record.plan.clusterKey !== clusterKey(cluster.key)) throw notFound(childId(params, "plans", params.planName));
      return { status: 200, body: await toWire(options, cluster, record) };
    },
    Plans_ListByCluster: async ({ params, query }) => {
      const page = readPageRequest(query);
      const cluster = await readCluster(options, params);
      const records = await store.plans.list(clusterKey(cluster.key), LISTED_COUNT_MAX);
      return pageAnswer(await cutPage(itemsAfter(records, page.afterKey, ({ plan }) => plan.id), page.top, ({ plan }) => plan.id, (record) => toWire(options, cluster, record)));
    },
    Clusters_WhatIf: async ({ params, body, context }) => ({ status: 200, body: await previewWrite(options, params, body, context) }),
  };
}

/** Decides as a PUT of this body would, once the change that runs is done, and leaves no trace. */
async function previewWrite(options: ResourceProvidersOptions, params: ClusterParams, body: Cluster, context: RequestContext): Promise<PlanSummary> {
  const { store } = options;
  const { row, wish } = await hypotheticalRow(options, params, body, context);
  const offer = await requireOffer(options, wish);
  const key = clusterKeyOf(params);
  return store.transaction(async (tx) => {
    const { target, inventory } = await readAround(options, key, tx);
    const rows = { cluster: row, ...(await readChildren(store, key, tx)) };
    const policy = buildPolicy({ clusterKey: key, rows, installationId: options.config.installationId, presence: "present", before: target?.plan.policy ?? null });
    const decided = decideChange(options, { clusterKey: key, policy, target, inventory, offer, createdBy: context.principal.displayName, comment: `what if cluster ${row.name}`, label: `whatIf/${context.requestId}`, assumesTargetDone: target?.status === "Running" });
    if (!decided.ok) throw refusal(decided);
    const { plan, report, findings } = decided;
    const compared = target === null || target.plan.policy.presence === "absent" ? null : target.plan;
    return v20261201.planSummaryToWire({ plan, report: splitReport(report).report, findings, criticalPathMs: criticalPath(plan.steps).expectedMs, target: compared, diff: diffPlans(compared, plan) }, rowReality(options, row));
  });
}

/** The row a PUT of this body would store. */
async function hypotheticalRow(options: ResourceProvidersOptions, params: ClusterParams, body: Cluster, context: RequestContext): Promise<{ readonly row: StoredResource; readonly wish: Wish }> {
  const id = clusterId(params);
  await options.parents.requireGroup(groupId(params));
  const current = await options.store.resources.get(keyOf(id));
  if (current === null) checkNewName("Clusters_CreateOrUpdate", "clusterName", id);
  const wish = clusterWish(options, id, body, current, context);
  if (current !== null) refuseImmutable(current, wish, CLUSTER_IMMUTABLE);
  const stamp = { createdBy: "", createdByType: "User", createdAt: "", lastModifiedBy: "", lastModifiedByType: "User", lastModifiedAt: "" } as const;
  const row: StoredResource = {
    key: keyOf(id), id: keyOf(id), type: "Cynosure.Storage/clusters", name: params.clusterName, parentKey: keyOf(groupId(params)), subscriptionId: params.subscriptionId,
    location: wish.location, tags: wish.tags, properties: wish.properties, systemData: current?.systemData ?? stamp, provisioningState: "Accepted", etag: current?.etag ?? "",
  };
  return { row, wish };
}
