// Second law: whatever is delivered twice, the end is that of the undisturbed run, and what may happen once
// happens once. In each world every step of the plan is repeated in one way.
import { type CalmRun, eachBounded, type EffectCount, endDifference, type LawResult, repeatKinds, type RepeatKind, untilPlanEnds, type WorkflowUnderTest } from "./workflow-under-test.ts";

const WORLDS_AT_ONCE_MAX = repeatKinds.length;

export async function survivesRepeatAtEveryStep(workflow: WorkflowUnderTest, calm: CalmRun): Promise<LawResult> {
  const violations: string[] = [];
  await eachBounded(repeatKinds, WORLDS_AT_ONCE_MAX, async (how) => {
    const found = await tryRepeat(workflow, calm, how).catch((error: unknown) => [error instanceof Error ? error.message : String(error)]);
    violations.push(...found.map((text) => `${workflow.name}: every step ${how}: ${text}`));
  });
  return { stepIds: calm.stepIds, violations };
}

async function tryRepeat(workflow: WorkflowUnderTest, calm: CalmRun, how: RepeatKind): Promise<string[]> {
  const subject = await workflow.open({ kind: "repeat", how });
  try {
    const planId = await subject.start();
    const status = await untilPlanEnds(subject, planId);
    if (status !== "Succeeded") {
      const failed = (await subject.store.plans.stepStates(planId)).filter((step) => step.error !== null);
      return [`the plan is ${status ?? "unknown"}: ${failed.map((step) => `${step.stepId}: ${step.error?.message ?? ""}`).join("; ")}`];
    }
    const difference = endDifference(calm.end, await subject.readEnd());
    return [...(difference === null ? [] : [`it ends otherwise: ${difference}`]), ...effectDifferences(calm.effects, subject.effects())];
  } finally {
    await subject.close();
  }
}

const nameOf = ({ stepId, effect }: EffectCount): string => `${stepId}: ${effect}`;

/** Once means as often as undisturbed; a record is written, however often. */
export function effectDifferences(calm: readonly EffectCount[], here: readonly EffectCount[]): string[] {
  const counts = new Map(here.map((each) => [nameOf(each), each]));
  const expected = new Set(calm.map(nameOf));
  const missing = calm.flatMap((each) => {
    const count = counts.get(nameOf(each))?.count ?? 0;
    const holds = each.isOnce ? count === each.count : count > 0;
    return holds ? [] : [`${nameOf(each)} happened ${count} times, undisturbed ${each.count}`];
  });
  return [...missing, ...here.filter((each) => !expected.has(nameOf(each))).map((each) => `${nameOf(each)} happened, undisturbed it does not`)];
}
