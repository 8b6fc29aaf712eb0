// First law: whichever step fails for good, the failure is told (step and remedy), nothing goes on, the old
// epoch is refused, the same change can be submitted again with success, and a deletion leaves nothing.
import type { PlanId, StepId } from "@cynosure/model";
import { type CalmRun, eachBounded, endDifference, type FailWhen, type LawResult, untilPlanEnds, type WorkflowSubject, type WorkflowUnderTest } from "./workflow-under-test.ts";

const WORLDS_AT_ONCE_MAX = 6;
/** A step under way when its plan fails hears of it by notice; this is the bound when the notice is lost, with room for a loaded machine. */
const SETTLE_MS_MAX = 20_000;
const SETTLE_LOOK_MS = 20;

interface Case {
  readonly stepId: StepId;
  readonly when: FailWhen;
  readonly then: "submitAgain" | "remove";
}

/** Each step in two worlds: one submits again, one deletes. Where the effect falls alternates, so that neighbours of a kind see both. */
function casesOf(calm: CalmRun): Case[] {
  return calm.stepIds.flatMap((stepId, index): Case[] => {
    const [first, second]: readonly [FailWhen, FailWhen] = index % 2 === 0 ? ["beforeEffect", "afterEffect"] : ["afterEffect", "beforeEffect"];
    return [{ stepId, when: first, then: "submitAgain" }, { stepId, when: second, then: "remove" }];
  });
}

export async function failsCleanlyAtEveryStep(workflow: WorkflowUnderTest, calm: CalmRun, { settleMsMax = SETTLE_MS_MAX } = {}): Promise<LawResult> {
  const violations: string[] = [];
  await eachBounded(casesOf(calm), WORLDS_AT_ONCE_MAX, async (each) => {
    const found = await tryCase(workflow, calm, each, settleMsMax).catch((error: unknown) => [error instanceof Error ? error.message : String(error)]);
    violations.push(...found.map((text) => `${workflow.name}: ${each.stepId} failed ${each.when}, then ${each.then}: ${text}`));
  });
  return { stepIds: calm.stepIds, violations };
}

async function tryCase(workflow: WorkflowUnderTest, calm: CalmRun, { stepId, when, then }: Case, settleMsMax: number): Promise<string[]> {
  const subject = await workflow.open({ kind: "fail", stepId, when });
  try {
    const planId = await subject.start();
    const epoch = await subject.store.plans.epoch(subject.clusterKey);
    const status = await untilPlanEnds(subject, planId);
    if (status !== "Failed") return [`the plan is ${status ?? "unknown"}, not Failed`];
    const found = [...(await readFailure(subject, planId, stepId)), ...(await readStandstill(subject, planId, settleMsMax))];
    if ((await subject.store.plans.epoch(subject.clusterKey)) <= epoch) found.push("the epoch was not raised");
    const effectsAtRest = JSON.stringify(subject.effects());
    await subject[then]();
    if (JSON.stringify(subject.effects()) !== effectsAtRest) found.push("the failed plan had effects after it stood still");
    found.push(...(await subject.acceptorsOf(epoch)).map((name) => `${name} still takes calls of the old epoch`));
    if (then === "remove") found.push(...(await subject.leftovers()).map((left) => `left behind: ${left}`));
    else found.push(...(await readRecovery(subject, calm)));
    return found;
  } finally {
    await subject.close();
  }
}

/** What people are told: plan, operations, resources. */
async function readFailure({ store, clusterKey }: WorkflowSubject, planId: PlanId, stepId: StepId): Promise<string[]> {
  const found: string[] = [];
  const steps = await store.plans.stepStates(planId);
  const failed = steps.find((step) => step.stepId === stepId);
  if (failed?.status !== "failed" || failed.error === null) found.push(`the step is ${failed?.status ?? "unknown"}${failed?.error === null ? " without an error" : ""}`);
  const operations = (await store.operations.list(clusterKey, 100)).filter((operation) => operation.planId === planId);
  if (operations.length === 0) found.push("no operation belongs to the plan");
  for (const operation of operations) {
    if (operation.status !== "Failed") found.push(`operation ${operation.kind} is ${operation.status}`);
    const message = operation.error?.message ?? "";
    if (failed !== undefined && !message.includes(failed.title)) found.push(`the operation's error does not name the step "${failed.title}": ${message}`);
    if (!/submit the change again/i.test(message)) found.push(`the operation's error names no remedy: ${message}`);
    const resource = await store.resources.get(operation.resourceKey);
    if (resource?.provisioningState !== "Failed") found.push(`${operation.resourceId} is ${resource?.provisioningState ?? "gone"}, not Failed`);
  }
  return found;
}

/** Nothing begins after the failure is committed, and what was under way ends. */
async function readStandstill(subject: WorkflowSubject, planId: PlanId, settleMsMax: number): Promise<string[]> {
  const found: string[] = [];
  const deadlineMs = performance.now() + settleMsMax;
  let running = await subject.running();
  while (running.length > 0 && performance.now() < deadlineMs) {
    await subject.store.hosts.waitForChange(`cluster:${subject.clusterKey}`, SETTLE_LOOK_MS);
    running = await subject.running();
  }
  if (running.length > 0) found.push(`still running ${settleMsMax} ms after the failure: ${running.join(", ")}`);
  const open = (await subject.store.plans.stepStates(planId)).filter((step) => !["done", "failed", "canceled"].includes(step.status));
  found.push(...open.map((step) => `${step.stepId} was left ${step.status}`));
  const events = subject.events().filter((event) => event.planId === planId);
  const committed = events.findIndex((event) => event.kind === "failureCommitted");
  if (committed < 0) return [...found, "the failure was never committed"];
  const begun = new Set(events.slice(0, committed).flatMap((event) => (event.kind === "begun" ? [event.stepId] : [])));
  const late = events.slice(committed + 1).filter((event) => event.kind === "begun" || (event.kind === "effect" && !begun.has(event.stepId)));
  return [...found, ...late.map((event) => `${event.stepId} ${event.kind === "begun" ? "began" : "had an effect"} after the failure was committed`)];
}

async function readRecovery(subject: WorkflowSubject, calm: CalmRun): Promise<string[]> {
  const target = await subject.store.plans.target(subject.clusterKey);
  const found = target === null || target.status === "Succeeded" ? [] : [`submitted again, the plan is ${target.status}: ${JSON.stringify((await subject.store.plans.stepStates(target.plan.id)).filter((step) => step.error !== null))}`];
  const difference = endDifference(calm.end, await subject.readEnd());
  return difference === null ? found : [...found, `submitted again, it ends otherwise: ${difference}`];
}
