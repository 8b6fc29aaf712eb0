// Third law: a process of its own that carries the workflow is killed at each step in turn, each time another
// goes on, and the end is that of the undisturbed run. The dying process prints where; what was printed must
// be the plan's step log, name by name, or some step has no crash point or was never killed at.
import type { StepId } from "@cynosure/model";
import { effectDifferences } from "./survives-repeat.ts";
import { type CalmRun, type EffectCount, endDifference, type LawResult } from "./workflow-under-test.ts";

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
  readonly output: string;
}

/** One world whose control plane is a process that can be killed. */
export interface CrashSubject {
  /** Runs the control plane until it has carried the workflow to its end (code 0) or died; it dies at any step but those. */
  runProcess(diedAt: readonly StepId[]): Promise<ProcessEnd>;
  /** Step ids of the plan under test, from the store, with their states. */
  readStepLog(): Promise<readonly { readonly stepId: StepId; readonly status: string }[]>;
  readEnd(): Promise<unknown>;
  /** Over all processes together. */
  effects(): Promise<readonly EffectCount[]>;
  close(): Promise<void>;
}

export interface CrashWorkflow {
  readonly name: string;
  open(): Promise<CrashSubject>;
}

/** Step at which the process says it dies. */
const printedPattern = /^killed at step\.afterPerform@(.+)$/m;

export interface CrashResult extends LawResult {
  /** As printed, in order. */
  readonly printed: readonly string[];
}

export async function resumesAfterCrashAtEveryStep(workflow: CrashWorkflow, calm: CalmRun): Promise<CrashResult> {
  const subject = await workflow.open();
  try {
    const { diedAt, violations } = await dieAtEachStep(subject, calm.stepIds.length);
    const log = await subject.readStepLog();
    violations.push(...log.filter((step) => step.status !== "done").map((step) => `${step.stepId} was left ${step.status}`));
    violations.push(...logDifferences(diedAt, log.map((step) => step.stepId)));
    const difference = endDifference(calm.end, await subject.readEnd());
    if (difference !== null) violations.push(`it ends otherwise: ${difference}`);
    violations.push(...effectDifferences(calm.effects, await subject.effects()));
    return { stepIds: diedAt, printed: diedAt.map((stepId) => `step.afterPerform@${stepId}`), violations: violations.map((text) => `${workflow.name}: ${text}`) };
  } finally {
    await subject.close();
  }
}

async function dieAtEachStep(subject: CrashSubject, stepCount: number): Promise<{ diedAt: StepId[]; violations: string[] }> {
  const diedAt: StepId[] = [];
  const violations: string[] = [];
  // One process per step and the one that survives; more would be a process that dies without saying where.
  for (let turn = 0; turn <= stepCount; turn += 1) {
    const end = await subject.runProcess(diedAt);
    const printed = printedPattern.exec(end.output)?.[1];
    if (end.signal === "SIGKILL" && printed !== undefined) {
      diedAt.push(printed as StepId); // printed by the process as it died
      continue;
    }
    if (end.code !== 0) violations.push(`after ${diedAt.length} kills a process ended with ${end.code ?? end.signal ?? "nothing"}: ${end.output.slice(-2_000)}`);
    return { diedAt, violations };
  }
  violations.push(`still dying after ${stepCount + 1} processes for ${stepCount} steps: ${diedAt.join(", ")}`);
  return { diedAt, violations };
}

/** The printed crash points against the step log: the same names, each once. */
export function logDifferences(diedAt: readonly StepId[], log: readonly StepId[]): string[] {
  const twice = diedAt.filter((stepId, index) => diedAt.indexOf(stepId) !== index);
  return [
    ...twice.map((stepId) => `killed at ${stepId} more than once`),
    ...log.filter((stepId) => !diedAt.includes(stepId)).map((stepId) => `${stepId} is in the step log but no process was killed at it`),
    ...diedAt.filter((stepId) => !log.includes(stepId)).map((stepId) => `a process was killed at ${stepId}, which is not in the step log`),
  ];
}
