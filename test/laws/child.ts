// The process the crash law kills: `child.ts <json>`. It carries one workflow to its end and exits 0, or dies
// by SIGKILL when a step of the plan under test was performed and nothing of it is recorded, unless that step
// already had its kill. It prints where it dies: nothing written after the kill would be seen.
import { writeSync } from "node:fs";
import type { CrashPoint, planningCrashPoints } from "@cynosure/workflow";
import { openLawControlPlane } from "./control-plane.ts";
import { stepScope } from "./counted-effects.ts";
import { makeBefore, submitTogether } from "./subjects.ts";
import { keyOfCluster, untilNothingIsOpen } from "./wishes.ts";
import { workflows } from "./workflows.ts";

export interface ChildInput {
  readonly databaseUrl: string;
  readonly stateFile: string;
  readonly effectsFile: string;
  readonly cluster: string;
  readonly workflow: string;
  readonly phase: "tables" | "before" | "run";
  /** Generation of the plan under test. */
  readonly generation: number;
  readonly diedAt: readonly string[];
  /** Kills here instead of at steps; dies once, unless it is among `diedAt`. */
  readonly planningPoint?: (typeof planningCrashPoints)[number];
  /** A fault the crash law must find: a step is recorded before it is performed, or has no crash point. */
  readonly planted?: "recordedBeforePerformed" | "stepWithoutCrashPoint";
}

function createLawCrashPoint({ diedAt, generation, phase, planningPoint, planted }: ChildInput): CrashPoint {
  const kill = (name: string): void => {
    writeSync(2, `killed at ${name}\n`);
    process.kill(process.pid, "SIGKILL");
  };
  return (name) => {
    if (phase === "run" && name === planningPoint && !diedAt.includes(name)) kill(name);
    if (planningPoint !== undefined) return;
    const stepId = /^step\.afterPerform@(.+)$/.exec(name)?.[1];
    if (phase !== "run" || stepId === undefined || diedAt.includes(stepId) || stepScope.getStore()?.plan.generation !== generation) return;
    if (planted === "stepWithoutCrashPoint" && stepId.startsWith("engine.act:sim.bucket")) return;
    kill(name);
  };
}

async function main(input: ChildInput): Promise<void> {
  const workflow = workflows.find((each) => each.name === input.workflow);
  if (workflow === undefined) throw new Error(`no workflow "${input.workflow}"`);
  const controlPlane = await openLawControlPlane({
    ...input,
    crashPoint: createLawCrashPoint(input),
    recordsBeforePerforming: input.phase === "run" && input.planted === "recordedBeforePerformed",
    onLeaseLost: (reason) => {
      process.stderr.write(`${reason.message}\n`);
      process.exit(70);
    },
  });
  if (input.phase === "before") await makeBefore(controlPlane, input.cluster, workflow);
  if (input.phase === "run") await run(controlPlane, input, workflow);
  await controlPlane.close();
  process.stdout.write("ended\n");
}

async function run(controlPlane: Awaited<ReturnType<typeof openLawControlPlane>>, { cluster, generation }: ChildInput, workflow: (typeof workflows)[number]): Promise<void> {
  const { store } = controlPlane;
  const key = keyOfCluster(cluster);
  // Once it is recorded the change is the control plane's to finish: no user asks again.
  const isStarted = (await store.plans.list(key, 10)).some(({ plan }) => plan.generation === generation) || (await store.operations.listOpen(key)).length > 0;
  if (!isStarted) await submitTogether(controlPlane, cluster, workflow, generation - workflow.planNumber + 1);
  await untilNothingIsOpen(store, key);
}

await main(JSON.parse(process.argv[2] ?? "{}") as ChildInput); // written by crash-subject.ts
