// What the three laws need of a workflow: how to open a world in which it is about to begin, how to submit
// it, and how to read what came of it. A workflow is what people call one: a kind of change that starts a
// plan. The world is the caller's; nothing here knows step kinds, ports or providers.
import type { ClusterKey, PlanId, StepId } from "@cynosure/model";
import type { Store } from "@cynosure/resource-store";

/** What is delivered more than once. */
export const repeatKinds = ["calledTwice", "answerLost", "runAgain", "runTwiceAtOnce"] as const;
export type RepeatKind = (typeof repeatKinds)[number];

export type Disturbance =
  | { readonly kind: "none" }
  /** This step fails for good, before its effect or after it (the effect is there, its answer says otherwise). */
  | { readonly kind: "fail"; readonly stepId: StepId; readonly when: FailWhen }
  /** Every step of the plan: its calls come twice, its first answer is lost, it is run again when done, or by two at once. */
  | { readonly kind: "repeat"; readonly how: RepeatKind };
export type FailWhen = "beforeEffect" | "afterEffect";

/** An effect of one step, by name: "make host host-1". */
export interface EffectCount {
  readonly stepId: StepId;
  readonly effect: string;
  readonly count: number;
  /** It changes the world or makes a secret, so a repeat must not have it again. Records may be written again as they are. */
  readonly isOnce: boolean;
}

/** What happened, in order: enough to see an effect that comes too late. */
export type StepEvent =
  | { readonly kind: "begun" | "effect"; readonly planId: PlanId; readonly stepId: StepId }
  | { readonly kind: "failureCommitted"; readonly planId: PlanId; readonly stepId: StepId };

/** One world of its own, made up to the moment before the workflow begins. */
export interface WorkflowSubject {
  readonly store: Pick<Store, "plans" | "operations" | "resources" | "hosts">;
  readonly clusterKey: ClusterKey;
  /** Submits the change; answers the plan under test once it is stored. */
  start(): Promise<PlanId>;
  /** Submits the same again, undisturbed, and waits until nothing of it is open. */
  submitAgain(): Promise<void>;
  /** Deletes everything there is, undisturbed, and waits until it is gone. */
  remove(): Promise<void>;
  /** Runs of steps of this world that are under way, the durable ones included; empty when nothing can act any more. */
  running(): Promise<readonly string[]>;
  /** The world and the records in a form in which two equal ends are equal: no names, times, tokens or epochs. */
  readEnd(): Promise<unknown>;
  /** Effects of the plan under test. */
  effects(): readonly EffectCount[];
  events(): readonly StepEvent[];
  /** Receivers that still take a call under this epoch; called after a change under a higher one. */
  acceptorsOf(epoch: number): Promise<readonly string[]>;
  /** What is left in the world, the store and the vault besides history. */
  leftovers(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface WorkflowUnderTest {
  readonly name: string;
  open(disturbance: Disturbance): Promise<WorkflowSubject>;
}

/** The run nobody disturbed: what every disturbed one is held against. */
export interface CalmRun {
  /** Step log of the plan, in the plan's order. */
  readonly stepIds: readonly StepId[];
  readonly titles: Readonly<Record<StepId, string>>;
  readonly end: unknown;
  readonly effects: readonly EffectCount[];
}

export interface LawResult {
  /** Steps at which the law was tried. */
  readonly stepIds: readonly StepId[];
  /** What does not hold; empty when the law does. */
  readonly violations: readonly string[];
}

const LOOK_AGAIN_MS = 500;

/** Waits for the plan's end by its notice. */
export async function untilPlanEnds({ store }: Pick<WorkflowSubject, "store">, planId: PlanId): Promise<string | null> {
  for (;;) {
    const status = await store.plans.status(planId);
    if (status !== "Running") return status;
    await store.hosts.waitForChange(`plan:${planId}`, LOOK_AGAIN_MS);
  }
}

export async function runCalmly(workflow: WorkflowUnderTest): Promise<CalmRun> {
  const subject = await workflow.open({ kind: "none" });
  try {
    const planId = await subject.start();
    const status = await untilPlanEnds(subject, planId);
    if (status !== "Succeeded") throw new Error(`${workflow.name} does not succeed even undisturbed: its plan is ${status ?? "unknown"}.`);
    const steps = await subject.store.plans.stepStates(planId);
    return {
      stepIds: steps.map((step) => step.stepId),
      titles: Object.fromEntries(steps.map((step) => [step.stepId, step.title])),
      end: await subject.readEnd(),
      effects: subject.effects(),
    };
  } finally {
    await subject.close();
  }
}

/** Where two ends differ, in a few words; null when they are equal. */
export function endDifference(calm: unknown, other: unknown, path = "end"): string | null {
  if (Object.is(calm, other)) return null;
  if (typeof calm !== "object" || typeof other !== "object" || calm === null || other === null) {
    return `${path}: ${JSON.stringify(calm) ?? "nothing"} undisturbed, ${JSON.stringify(other) ?? "nothing"} here`;
  }
  // Both are plain JSON values by construction of `readEnd`.
  const [one, two] = [calm as Readonly<Record<string, unknown>>, other as Readonly<Record<string, unknown>>];
  for (const key of new Set([...Object.keys(one), ...Object.keys(two)])) {
    const found = endDifference(one[key], two[key], `${path}.${key}`);
    if (found !== null) return found;
  }
  return null;
}

/** At most so many worlds at once: each is a cluster of its own. */
export async function eachBounded<T>(items: readonly T[], atOnceMax: number, work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const lane = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnceMax }, lane));
}
