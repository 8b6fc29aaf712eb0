// Follows one long-running operation through the ARM API until it ends, and hands each picture to a view.
// It only reads; a service that does not answer for a while is waited for, up to a limit.
import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterHost, ClusterPlan, OperationStatus } from "@cynosure/sdk";
import type { Arm } from "../arm.ts";
import { sendOrNull } from "../arm.ts";
import { CommandError, ExitCode } from "../exit-code.ts";
import type { LiveView } from "./live-view.ts";
import type { ProgressHost, ProgressState, ProgressStep } from "./progress-state.ts";

const POLL_MS = 400;
/** As long as this the service may be away (a restart) before following gives up. */
const UNREACHABLE_MS_MAX = 30_000;

/** Between a change and its plan, and between two plans: a plan is there, or the next one, in a moment. */
export const BETWEEN_PLANS_MS = 200;

export interface FollowOptions {
  readonly arm: Arm;
  /** Whose plan and hosts are shown; null for operations that are about no cluster. */
  readonly clusterName: string | null;
  readonly operationId: string;
  readonly title: string;
  readonly isSimulated: boolean;
  readonly isEmulated?: boolean | undefined;
  readonly view: LiveView;
  readonly startedAtMs: number;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
}

/** Resolves when the operation succeeded; throws with its error and id when it did not. */
export async function followOperation(options: FollowOptions): Promise<void> {
  let lastAnswerMs = options.nowMs();
  for (;;) {
    options.signal.throwIfAborted();
    try {
      const status = await pictureOnce(options);
      lastAnswerMs = options.nowMs();
      if (status.status === "Succeeded") return;
      if (status.status === "Failed" || status.status === "Canceled") {
        throw new CommandError(ExitCode.failed, status.error?.message ?? `the operation ended as ${status.status}`, { code: status.error?.code ?? status.status, operationId: options.operationId });
      }
    } catch (error) {
      const isAway = error instanceof CommandError && error.exitCode === ExitCode.unreachable && options.nowMs() - lastAnswerMs < UNREACHABLE_MS_MAX;
      if (!isAway) throw error;
    }
    await sleep(POLL_MS, undefined, { signal: options.signal });
  }
}

async function pictureOnce(options: FollowOptions): Promise<OperationStatus> {
  const { arm, clusterName, operationId } = options;
  const { subscriptionId, resourceGroupName, location } = arm.scope;
  // The status is read first: what is shown with "Succeeded" is then not older than it.
  const status = (await arm.send("OperationStatuses_Get", { subscriptionId, location, operationId }, undefined)).body;
  if (clusterName === null) return status;
  const cluster = { subscriptionId, resourceGroupName, clusterName };
  const planName = (await sendOrNull(arm, "Clusters_Get", cluster, undefined))?.properties.targetPlanId;
  const plan = planName === undefined ? null : await sendOrNull(arm, "Plans_Get", { ...cluster, planName }, undefined);
  const hosts = await sendOrNull(arm, "Hosts_ListByCluster", cluster, undefined);
  options.view.show(stateOf(options, plan, hosts?.value ?? []));
  return status;
}

function stateOf(options: FollowOptions, plan: ClusterPlan | null, hosts: readonly ClusterHost[]): ProgressState {
  const isOurs = plan !== null && plan.properties.operationId === options.operationId;
  return {
    title: options.title,
    isSimulated: options.isSimulated,
    isEmulated: options.isEmulated,
    nowMs: options.nowMs(),
    startedAtMs: options.startedAtMs,
    hosts: hostsOf(plan, hosts),
    steps: isOurs ? plan.properties.steps.map(stepOf) : [],
    waitingOn: isOurs ? null : plan === null ? "the plan" : "its turn: another change of the cluster runs",
  };
}

const time = (text: string | undefined): number | null => (text === undefined ? null : Date.parse(text));

const stepOf = (step: ClusterPlan["properties"]["steps"][number]): ProgressStep => ({
  id: step.id,
  title: step.title,
  status: step.status,
  waitingOn: step.waitingOn ?? null,
  startedAtMs: time(step.startedAt),
  finishedAtMs: time(step.finishedAt),
  error: step.error?.message ?? null,
});

/** Hosts of the plan in its order; those that do not exist yet are shown as absent. */
function hostsOf(plan: ClusterPlan | null, hosts: readonly ClusterHost[]): ProgressHost[] {
  const seen = new Map(hosts.map((host) => [host.name ?? "", host.properties]));
  const names = plan === null ? [...seen.keys()] : plan.properties.hosts.map((host) => host.name);
  return names.map((name) => {
    const host = seen.get(name);
    const planned = plan?.properties.hosts.find((each) => each.name === name)?.daemons.length;
    const running = host?.daemons.filter((daemon) => daemon.state === "running").length ?? 0;
    return { hostId: name, state: host === undefined ? "absent" : host.state === "pending" ? (host.joined ? "joined" : "created") : host.state, daemonsRunning: running, daemonsTotal: planned ?? host?.daemons.length ?? 0, activity: host?.activity ?? null };
  });
}
