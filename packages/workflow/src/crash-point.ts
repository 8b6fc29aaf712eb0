// Named moments around commits at which a test can kill the process, as a power cut would. In production
// the point does nothing; only the composition root of a test turns a specification into a kill.
import { writeSync } from "node:fs";

/** Called at a named moment; kills the process when the specification says so. */
export type CrashPoint = (name: string) => void;

/** Every point there is, in the order of a step's life; the proof kills at each (docs/rfd/0002). */
export const crashPoints = [
  "enqueue.betweenSteps",
  "start.beforeCommit",
  "start.afterCommit",
  "step.beforeBegin",
  "step.afterBegin",
  "step.afterPerform",
  "complete.afterDone",
  "complete.afterEnqueue",
  "complete.beforeCommit",
  "complete.afterCommit",
  "takeover.beforeRaise",
  "takeover.afterRaise",
  "takeover.afterRecover",
  "fail.beforeCommit",
  "fail.afterCommit",
] as const;

/** Where a change gets its plan; the laws kill at each (test/laws/planning.test.ts). */
export const planningCrashPoints = ["planning.beforePlan", "planning.afterPlan"] as const;

/** `name` or `name#n`, several separated by commas: dies the first (or n-th) time one of them is reached. Nothing given: never. */
export function createCrashPoint(specification: string | undefined): CrashPoint {
  const left = new Map<string, number>();
  for (const part of (specification ?? "").split(",").filter((each) => each !== "")) {
    const [name = "", nth = "1"] = part.split("#");
    left.set(name, Number(nth));
  }
  return (name) => {
    const before = left.get(name);
    if (before === undefined) return;
    left.set(name, before - 1);
    if (before > 1) return;
    writeSync(2, `killed at ${name}\n`); // synchronous: nothing after the kill would be written
    process.kill(process.pid, "SIGKILL");
  };
}
