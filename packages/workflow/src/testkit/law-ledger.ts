// What the laws were tried on. The registry test asks it at the end: a registered workflow that lacks a law,
// or a law that left out one of its steps, is a failure.
import type { StepId } from "@cynosure/model";
import type { LawResult } from "./workflow-under-test.ts";

export const lawNames = ["failsCleanlyAtEveryStep", "survivesRepeatAtEveryStep", "resumesAfterCrashAtEveryStep"] as const;
export type LawName = (typeof lawNames)[number];

export interface LawLedger {
  record(workflow: string, law: LawName, result: LawResult): void;
  /** What is missing for these workflows, each with its step log. */
  missing(workflows: readonly { readonly name: string; readonly stepIds: readonly StepId[] }[]): readonly string[];
}

export function createLawLedger(): LawLedger {
  const tried = new Map<string, ReadonlySet<StepId>>();
  const keyOf = (workflow: string, law: LawName): string => `${law} of ${workflow}`;
  return {
    record(workflow, law, result) {
      tried.set(keyOf(workflow, law), new Set(result.stepIds));
    },
    missing: (workflows) =>
      workflows.flatMap(({ name, stepIds }) =>
        lawNames.flatMap((law) => {
          const steps = tried.get(keyOf(name, law));
          if (steps === undefined) return [`${keyOf(name, law)} was not run`];
          return stepIds.length === 0 ? [`${name} has no steps`] : stepIds.filter((stepId) => !steps.has(stepId)).map((stepId) => `${keyOf(name, law)} left out ${stepId}`);
        }),
      ),
  };
}
