// What plans say: which one to look at, how far it is, what it waits for, and how two of them differ. Pure.
import type { ClusterPlan, ClusterPlanProperties, PlanStep } from "@cynosure/sdk";

export const newestFirst = (plans: readonly ClusterPlan[]): readonly ClusterPlan[] => plans.toSorted((a, b) => b.properties.generation - a.properties.generation);

const isOpen = ({ properties }: ClusterPlan): boolean => properties.status === "running" || properties.status === "pending";

/** The one that runs, else the target, else the newest. */
export function planToShow(plans: readonly ClusterPlan[], targetPlanId: string | undefined): ClusterPlan | undefined {
  const sorted = newestFirst(plans);
  return sorted.find(({ properties }) => properties.status === "running") ?? sorted.find(isOpen) ?? sorted.find(({ name }) => name === targetPlanId) ?? sorted[0];
}

export interface PlanProgress {
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  /** What the steps that run wait for, in their own words. */
  readonly waitingOn: readonly string[];
}

export function progressOf({ steps }: Pick<ClusterPlanProperties, "steps">): PlanProgress {
  const running = steps.filter(({ status }) => status === "running" || status === "ready");
  return {
    done: steps.filter(({ status }) => status === "done").length,
    total: steps.length,
    failed: steps.filter(({ status }) => status === "failed").length,
    waitingOn: [...new Set(running.map(({ title, waitingOn }) => (waitingOn === undefined ? title : `${title}: ${waitingOn}`)))],
  };
}

/** What a step has still to wait for: its own words, else the steps before it that are not done. */
export function waitWords(step: PlanStep, steps: readonly PlanStep[]): string {
  if (step.status === "done" || step.status === "failed" || step.status === "canceled") return "";
  if (step.waitingOn !== undefined) return step.waitingOn;
  const open = steps.filter(({ id, status }) => step.dependsOn.includes(id) && status !== "done");
  if (open.length === 0) return "";
  return open.length <= 2 ? open.map(({ title }) => title).join("; ") : `${open[0]?.title ?? ""} and ${open.length - 1} more steps`;
}

export interface PlanComparison {
  readonly hostsAdded: readonly string[];
  readonly hostsRemoved: readonly string[];
  /** "host-3: + osd.9, - mds.1" */
  readonly hostsChanged: readonly string[];
  readonly poolsAdded: readonly string[];
  readonly poolsRemoved: readonly string[];
  readonly poolsChanged: readonly string[];
}

type Parts = Pick<ClusterPlanProperties, "hosts" | "pools">;

const without = (from: readonly string[], other: readonly string[]): readonly string[] => from.filter((each) => !other.includes(each));

/** How the first became the second. */
export function comparePlans(before: Parts, after: Parts): PlanComparison {
  const names = (items: readonly { readonly name: string }[]): readonly string[] => items.map(({ name }) => name);
  const hostsChanged = after.hosts.flatMap(({ name, daemons }) => {
    const old = before.hosts.find((host) => host.name === name)?.daemons;
    if (old === undefined) return [];
    const moves = [...without(daemons, old).map((daemon) => `+ ${daemon}`), ...without(old, daemons).map((daemon) => `- ${daemon}`)];
    return moves.length === 0 ? [] : [`${name}: ${moves.join(", ")}`];
  });
  const poolsChanged = after.pools.filter((pool) => {
    const old = before.pools.find(({ name }) => name === pool.name);
    return old !== undefined && JSON.stringify(old) !== JSON.stringify(pool);
  });
  return {
    hostsAdded: without(names(after.hosts), names(before.hosts)),
    hostsRemoved: without(names(before.hosts), names(after.hosts)),
    hostsChanged,
    poolsAdded: without(names(after.pools), names(before.pools)),
    poolsRemoved: without(names(before.pools), names(after.pools)),
    poolsChanged: names(poolsChanged),
  };
}
