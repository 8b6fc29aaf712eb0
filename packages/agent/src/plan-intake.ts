// Which plans the agent takes: checked, never older than one it has taken before (also after a restart),
// written to disk before it is acted on, as it was served. A plan that is wrong is refused by its numbers and
// reported. A host in place gets every path of it where it really is.
import { checkServedPlan } from "./host-plan-check.ts";
import { placeHostPlan } from "@cynosure/model";
import type { HostPlace, ServedHostPlan } from "@cynosure/model";
import { describeError } from "./state-holder.ts";
import type { AcceptedPlan, StateFiles } from "./state-file.ts";

export type Intake =
  | { readonly kind: "accepted"; readonly served: ServedHostPlan }
  /** Older than what this host has acted on. */
  | { readonly kind: "stale"; readonly problem: string }
  | { readonly kind: "refused"; readonly problem: string }
  /** Right, but it could not be written down. */
  | { readonly kind: "notStored"; readonly problem: string };

export interface PlanIntake {
  offer(value: unknown): Intake;
  accepted(): ServedHostPlan | null;
  refused(): AcceptedPlan["refused"];
  /** `after` of the next poll: the newest plan that was looked at. */
  after(): string;
}

/** `host.stateDir` is the state directory as plans name it. */
export function openPlanIntake(files: StateFiles, host: { readonly clusterKey: string; readonly hostId: string; readonly stateDir: string }, place: HostPlace | null = null): PlanIntake {
  const inPlace = (served: ServedHostPlan): ServedHostPlan => ({ ...served, plan: placeHostPlan(place, served.plan) });
  let stored = files.readPlan();
  let refused: AcceptedPlan["refused"] = stored?.refused ?? null;
  return {
    accepted: () => (stored === null ? null : inPlace(stored.served)),
    refused: () => refused,
    after: () => {
      const numbers = refused ?? { generation: stored?.served.plan.generation ?? 0, executorEpoch: stored?.served.executorEpoch ?? 0 };
      return `${String(numbers.generation)}:${String(numbers.executorEpoch)}`;
    },
    offer: (value) => {
      const check = checkServedPlan(value, host);
      const numbers = check.ok ? { generation: check.served.plan.generation, executorEpoch: check.served.executorEpoch } : check;
      const newest = stored === null ? null : { generation: stored.served.plan.generation, executorEpoch: stored.served.executorEpoch };
      if (newest !== null && (numbers.generation < newest.generation || numbers.executorEpoch < newest.executorEpoch)) {
        return { kind: "stale", problem: `host plan ${String(numbers.generation)} of epoch ${String(numbers.executorEpoch)} is older than ${String(newest.generation)} of epoch ${String(newest.executorEpoch)}, which this host has acted on; it is refused` };
      }
      if (!check.ok) {
        refused = { generation: check.generation, executorEpoch: check.executorEpoch, error: check.problem };
        return { kind: "refused", problem: check.problem };
      }
      try {
        const next = { served: check.served, refused: null };
        files.writePlan(next);
        stored = next;
        refused = null;
      } catch (error) {
        return { kind: "notStored", problem: `host plan ${String(numbers.generation)} could not be stored in ${files.directory} (${describeError(error)})` };
      }
      return { kind: "accepted", served: inPlace(check.served) };
    },
  };
}
