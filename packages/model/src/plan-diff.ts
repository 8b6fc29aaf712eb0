// What differs between two plans of a cluster, as data: one value for goldens, what-if, the command line and any
// page that shows a change. Told in names and words, so that a client can show it without knowing an engine.
// The planner makes it; how it reads for people is in plan-diff-text.ts.
import type { HostPlanChange } from "./host-plan-change.ts";

/** One value, before and after; absent on the side that does not have it. Of a list, one element that came or went. */
export interface PlanDiffValue {
  readonly name: string;
  readonly before?: string;
  readonly after?: string;
}

/** A named thing of a plan. Added it has its values after, removed those before, changed what differs. */
export interface PlanDiffItem {
  readonly name: string;
  readonly values: readonly PlanDiffValue[];
}

/** A host is also told by what becomes of its daemons and files; an added one starts and gets all of its own. */
export interface PlanDiffHost extends PlanDiffItem, Omit<HostPlanChange, "isSame"> {}

/** Something the engine is asked to see to, named by its id. */
export interface PlanDiffAction extends PlanDiffItem {
  /** For people: "create file system home". */
  readonly title: string;
}

export interface PlanDiffPart<Item extends PlanDiffItem = PlanDiffItem> {
  readonly added: readonly Item[];
  readonly removed: readonly Item[];
  readonly changed: readonly Item[];
}

export interface PlanDiff {
  /** What is wanted of the cluster, value by value: `hosts.count`, `fileSystems.home.usableCapacity`. */
  readonly settings: readonly PlanDiffValue[];
  readonly hosts: PlanDiffPart<PlanDiffHost>;
  readonly pools: PlanDiffPart;
  readonly endpoints: PlanDiffPart;
  readonly actions: PlanDiffPart<PlanDiffAction>;
}

const isEmptyPart = ({ added, removed, changed }: PlanDiffPart): boolean => added.length + removed.length + changed.length === 0;

export const isEmptyDiff = (diff: PlanDiff): boolean => diff.settings.length === 0 && [diff.hosts, diff.pools, diff.endpoints, diff.actions].every(isEmptyPart);
