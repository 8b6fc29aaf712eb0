// Cancel at the boundary before each step of a workflow: nothing more begins, people are told, and the same
// change submitted again ends as if it had never been stopped; deleted instead, nothing is left.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Plan, PlanStepState } from "@cynosure/model";
import { sharedTestPostgres } from "@cynosure/resource-store/testkit";
import { type CalmRun, endDifference, eachBounded, runCalmly } from "@cynosure/workflow/testkit";
import { type LawControlPlane, openLawControlPlane } from "./control-plane.ts";
import { makeBefore, underTest } from "./subjects.ts";
import { deleteCluster, keyOfCluster, submit, untilNothingIsOpen, untilPlanned } from "./wishes.ts";
import { openWorkflows, readLeftovers, readWorldEnd } from "./world-snapshot.ts";
import { type RegisteredWorkflow, workflows } from "./workflows.ts";

const LAW_MS_MAX = 300_000;
const WORLDS_AT_ONCE_MAX = 6;

let controlPlane: LawControlPlane;
let worlds = 0;

beforeAll(async () => {
  const postgres = await sharedTestPostgres();
  controlPlane = await openLawControlPlane({
    databaseUrl: await postgres.createDatabase(),
    onLeaseLost: (reason) => {
      throw reason;
    },
  });
});
afterAll(() => controlPlane.close());

/** The held step and all that wait for it; a plan's steps are in no order, so until nothing is added. */
function behind(held: string, plan: Plan): ReadonlySet<string> {
  const found = new Set<string>([held]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const step of plan.steps) if (step.dependsOn.some((id) => found.has(id))) found.add(step.id);
  }
  return found;
}

async function untilStepsAre(cluster: ReturnType<typeof keyOfCluster>, generation: number, hold: (states: readonly PlanStepState[]) => boolean): Promise<void> {
  const { store } = controlPlane;
  const watch = store.watchChanges(`cluster:${cluster}`);
  try {
    for (;;) {
      const target = await store.plans.target(cluster);
      if (target?.plan.generation === generation && hold(await store.plans.stepStates(target.plan.id))) return;
      await watch.wait(500);
    }
  } finally {
    watch.close();
  }
}

async function cancelBefore(workflow: RegisteredWorkflow, calm: CalmRun, stepId: string, then: "submitAgain" | "remove"): Promise<string[]> {
  const { store, providers } = controlPlane;
  const name = `cancel-${String((worlds += 1)).padStart(4, "0")}-world`;
  const key = keyOfCluster(name);
  await makeBefore(controlPlane, name, workflow);
  const generation = ((await store.plans.target(key))?.plan.generation ?? 0) + 1;
  let release = (): void => undefined;
  controlPlane.hold(key, generation, new Promise<void>((resolve) => (release = resolve)), stepId);
  for (const wish of workflow.wishes) await submit(providers, name, wish);
  await untilPlanned(store, key);
  const plan = (await store.plans.target(key))?.plan;
  if (plan === undefined) return ["no plan was started"];
  const waiting = behind(stepId, plan);
  // A step that is under way may itself wait for what the held one does: it is then canceled where it is.
  await untilStepsAre(key, generation, (states) => states.every((each) => each.status === "done" || waiting.has(each.stepId) || (each.status === "running" && each.waitingOn !== null)));
  const epoch = await store.plans.epoch(key);
  await submit(providers, name, { operation: "Clusters_Cancel" });
  const found = await readCanceled(key, plan.id, epoch);
  const effectsAtRest = JSON.stringify(controlPlane.recorder.effectsOf(key, generation));
  release();
  await untilStepsAre(key, generation, (states) => states.every((each) => each.status === "done" || each.status === "canceled"));
  for (const wish of then === "remove" ? [deleteCluster] : workflow.wishes) await submit(providers, name, wish);
  await untilNothingIsOpen(store, key);
  if (JSON.stringify(controlPlane.recorder.effectsOf(key, generation)) !== effectsAtRest) found.push("the canceled plan had effects afterwards");
  // The plan's end is told before the workflow engine has noted its own.
  while ((await openWorkflows(controlPlane.pool, key)).length > 0) await store.hosts.waitForChange(`cluster:${key}`, 20);
  if (then === "remove") return [...found, ...(await readLeftovers(controlPlane, key)).map((left) => `left behind: ${left}`)];
  const difference = endDifference(calm.end, await readWorldEnd(controlPlane, key));
  return difference === null ? found : [...found, `submitted again, it ends otherwise: ${difference}`];
}

async function readCanceled(key: ReturnType<typeof keyOfCluster>, planId: Parameters<LawControlPlane["store"]["plans"]["get"]>[0], epoch: number): Promise<string[]> {
  const { store } = controlPlane;
  const found: string[] = [];
  if ((await store.plans.status(planId)) !== "Canceled") found.push("the plan is not Canceled");
  if ((await store.plans.epoch(key)) <= epoch) found.push("the epoch was not raised");
  for (const operation of (await store.operations.list(key, 100)).filter((each) => each.planId === planId)) {
    if (operation.status !== "Canceled" || operation.error === null) found.push(`operation ${operation.kind} is ${operation.status}`);
    const resource = await store.resources.get(operation.resourceKey);
    if (resource?.provisioningState !== "Canceled") found.push(`${operation.resourceId} is ${resource?.provisioningState ?? "gone"}`);
  }
  if ((await store.operations.listOpen(key)).length > 0) found.push("an operation is still open");
  return found;
}

describe("cancel before each step", () => {
  it.each(workflows.filter(({ name }) => ["create a cluster", "grow a cluster", "create a file system", "delete a cluster"].includes(name)))("L10: of $name; submitted again it is completed, deleted nothing is left", { timeout: LAW_MS_MAX }, async (workflow) => {
    const calm = await runCalmly(underTest(controlPlane, workflow));
    const found: string[] = [];
    const cases = calm.stepIds.flatMap((stepId) => (["submitAgain", "remove"] as const).map((then) => ({ stepId, then })));
    await eachBounded(cases, WORLDS_AT_ONCE_MAX, async ({ stepId, then }) => {
      const violations = await cancelBefore(workflow, calm, stepId, then).catch((error: unknown) => [String(error)]);
      found.push(...violations.map((text) => `canceled before ${stepId}, then ${then}: ${text}`));
    });
    expect(calm.stepIds.length).toBeGreaterThan(0);
    expect(found).toEqual([]);
    expect(controlPlane.troubles).toEqual([]);
  });
});
