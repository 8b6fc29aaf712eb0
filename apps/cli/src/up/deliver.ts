// Brings the clusters of a requirement about through the ARM API, exactly as any client would: size, look at
// the plan, write the cluster, then its file systems and buckets. Run again after a crash it finds what is
// already there or on its way and follows that; it never starts a second change.
import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster, ClusterPlan, PlanSummary, Requirement, SizedCluster, SizingAnswer, SizingSite } from "@cynosure/sdk";
import type { Arm } from "../arm.ts";
import { sendOrNull } from "../arm.ts";
import { CommandError, ExitCode } from "../exit-code.ts";
import { BETWEEN_PLANS_MS, followOperation } from "../progress/follow-operation.ts";
import type { LiveView } from "../progress/live-view.ts";

export interface DeliverContext {
  readonly arm: Arm;
  readonly isSimulated: boolean;
  readonly isEmulated?: boolean | undefined;
  readonly view: LiveView;
  readonly startedAtMs: number;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
  readonly note: (line: string) => void;
}

/** Asks the service which clusters would meet the requirement; refuses when it knows none. */
export async function sizeRequirement(arm: Arm, requirement: Requirement): Promise<SizingAnswer> {
  const { subscriptionId } = arm.scope;
  const location = requirement.sites[0]?.location ?? arm.scope.location;
  const answer = (await arm.send("Sizing_Size", { subscriptionId, location }, requirement)).body;
  const reasons = [...answer.problems.map((problem) => `${problem.target}: ${problem.message}`), ...answer.sites.filter((site) => site.options.length === 0).map(describeNoOption)];
  if (reasons.length > 0) throw new CommandError(ExitCode.usage, `no cluster meets the requirement ${requirement.name}:\n${reasons.join("\n")}`, { code: "RequirementInvalid" });
  return answer;
}

function describeNoOption({ siteName, contradiction, ruledOut }: SizingSite): string {
  const relaxation = contradiction?.relaxation === undefined ? "" : ` ${contradiction.relaxation.statement}`;
  return `site ${siteName}: ${contradiction?.message ?? ruledOut.map((each) => `${each.hostSize}: ${each.reason}`).join("; ")}${relaxation}`;
}

/** A cluster of the option that will be delivered for a site, and the name it gets. */
export interface WantedCluster extends SizedCluster {
  /** The requirement's name; with several sites or clusters, each cluster carries its site's and its own name too. */
  readonly clusterName: string;
}

/** The clusters of the best option of each site. */
export function wantedClusters(answer: SizingAnswer): WantedCluster[] {
  return answer.sites.flatMap((site) => {
    const clusters = site.options.find((option) => option.rank === 1)?.clusters ?? [];
    const siteParts = answer.sites.length === 1 ? [] : [site.siteName];
    return clusters.map((cluster) => ({ ...cluster, clusterName: [answer.requirementName, ...siteParts, ...(clusters.length === 1 ? [] : [cluster.name])].join("-") }));
  });
}

export async function previewPlan(arm: Arm, option: WantedCluster): Promise<PlanSummary> {
  return (await arm.send("Clusters_WhatIf", clusterParams(arm, option.clusterName), option.cluster)).body;
}

export async function findCluster(arm: Arm, clusterName: string): Promise<Cluster | null> {
  return sendOrNull(arm, "Clusters_Get", clusterParams(arm, clusterName), undefined);
}

const clusterParams = (arm: Arm, clusterName: string) => ({ subscriptionId: arm.scope.subscriptionId, resourceGroupName: arm.scope.resourceGroupName, clusterName });

const isSettled = (state: string | undefined): boolean => state === "Succeeded" || state === "Failed" || state === "Canceled";

interface Child {
  readonly what: string;
  readonly state: () => Promise<string | null>;
  readonly put: () => Promise<string | null>;
}

/** Delivers one option. Children are written while the cluster is still on its way: the service queues them. */
export async function deliverOption(context: DeliverContext, option: WantedCluster): Promise<void> {
  const { arm } = context;
  const name = option.clusterName;
  const current = await findCluster(arm, name);
  const state = current?.properties.provisioningState;
  let operationId: string | null = null;
  if (current === null || state === "Failed" || state === "Canceled") operationId = (await arm.send("Clusters_CreateOrUpdate", clusterParams(arm, name), option.cluster)).operationId;
  else if (!isSettled(state)) operationId = await plannedOperation(context, name);
  const children = childrenOf(arm, option);
  const childOperations: { what: string; operationId: string }[] = [];
  for (const child of children) {
    const childState = await child.state();
    if (childState === "Succeeded") continue;
    const started = childState === null || isSettled(childState) ? await child.put() : null;
    if (started !== null) childOperations.push({ what: child.what, operationId: started });
  }
  if (operationId !== null) await follow(context, name, operationId, `${current === null ? "create" : "go on with"} cluster ${name}`);
  for (const { what, operationId: child } of childOperations) await follow(context, name, child, `create ${what}`);
  await settleRest(context, name, children);
}

/** Children that were already on their way when we came: their operations are those of the cluster's plans. */
async function settleRest(context: DeliverContext, name: string, children: readonly Child[]): Promise<void> {
  for (const child of children) {
    while (!isSettled((await child.state()) ?? undefined)) {
      const operationId = await plannedOperation(context, name);
      if (operationId === null) throw new CommandError(ExitCode.failed, `${child.what} is neither finished nor on its way; write it again`);
      await follow(context, name, operationId, `create ${child.what}`);
      // Between two plans the finished one is still the target for a moment.
      await sleep(BETWEEN_PLANS_MS, undefined, { signal: context.signal });
    }
    const state = await child.state();
    if (state !== "Succeeded") throw new CommandError(ExitCode.failed, `${child.what} ended as ${state ?? "absent"}`);
  }
}

async function runningOperation(arm: Arm, cluster: Cluster): Promise<string | null> {
  const planName = cluster.properties.targetPlanId;
  if (planName === undefined) return null;
  const plan: ClusterPlan | null = await sendOrNull(arm, "Plans_Get", { ...clusterParams(arm, cluster.name ?? ""), planName }, undefined);
  return plan?.properties.operationId ?? null;
}

/** Of the target plan. What was just written has its plan in a moment; null when the cluster is gone. */
async function plannedOperation(context: DeliverContext, name: string): Promise<string | null> {
  for (;;) {
    const cluster = await findCluster(context.arm, name);
    const operationId = cluster === null ? null : await runningOperation(context.arm, cluster);
    if (operationId !== null || cluster === null || isSettled(cluster.properties.provisioningState)) return operationId;
    await sleep(BETWEEN_PLANS_MS, undefined, { signal: context.signal });
  }
}

const follow = (context: DeliverContext, clusterName: string, operationId: string, title: string): Promise<void> =>
  followOperation({ arm: context.arm, clusterName, operationId, title, isSimulated: context.isSimulated, isEmulated: context.isEmulated, view: context.view, startedAtMs: context.startedAtMs, nowMs: context.nowMs, signal: context.signal });

function childrenOf(arm: Arm, option: WantedCluster): Child[] {
  const cluster = clusterParams(arm, option.clusterName);
  const fileSystems = option.fileSystems.map((fileSystem): Child => {
    const params = { ...cluster, fileSystemName: fileSystem.name };
    return {
      what: `file system ${fileSystem.name}`,
      state: async () => (await sendOrNull(arm, "FileSystems_Get", params, undefined))?.properties.provisioningState ?? null,
      put: async () => (await arm.send("FileSystems_CreateOrUpdate", params, fileSystem.body)).operationId,
    };
  });
  const buckets = option.buckets.map((bucket): Child => {
    const params = { ...cluster, bucketName: bucket.name };
    return {
      what: `bucket ${bucket.name}`,
      state: async () => (await sendOrNull(arm, "Buckets_Get", params, undefined))?.properties.provisioningState ?? null,
      put: async () => (await arm.send("Buckets_CreateOrUpdate", params, bucket.body)).operationId,
    };
  });
  return [...fileSystems, ...buckets];
}
