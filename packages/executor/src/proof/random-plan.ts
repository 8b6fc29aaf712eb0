// Random plans for the crash proof: a DAG of effect steps drawn from one seed, so that every process that
// knows the seed makes the same plan.
import { type Plan, type PlanStep, clusterKey, installationId, operationId, planId, resourceKey, stepId } from "@cynosure/model";
import type { Operation } from "@cynosure/model";

/** What the fake engine does with a step; carried in the action's parameters. */
export interface EffectParams {
  readonly waits: number;
  readonly retries: number;
  readonly fails: boolean;
  readonly durationMs: number;
}

export interface RandomPlan {
  readonly plan: Plan;
  readonly operation: Operation;
  readonly isToFail: boolean;
}

/** mulberry32: small, seeded and good enough to draw shapes. */
export function createRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const cluster = clusterKey("/subscriptions/00000000-0000-4000-8000-000000000001/resourcegroups/proof/providers/cynosure.storage/clusters/proof");

export function createRandomPlan(seed: number): RandomPlan {
  const random = createRandom(seed);
  const count = 6 + random(10);
  const isToFail = random(4) === 0;
  const failing = isToFail ? Math.floor(count / 2) + random(Math.ceil(count / 2)) : -1;
  const steps: PlanStep[] = [];
  for (let index = 0; index < count; index += 1) {
    const predecessors = new Set<string>();
    for (let draws = random(4); draws > 0 && index > 0; draws -= 1) predecessors.add(`s${random(index)}`);
    const params: EffectParams = { waits: random(5) === 0 ? 1 : 0, retries: random(6) === 0 ? 1 : 0, fails: index === failing, durationMs: random(8) };
    steps.push({
      id: stepId(`s${index}`),
      title: `step ${index}`,
      action: { kind: "engine.act", action: { name: "proof.effect", params: { step: `s${index}`, ...params } } },
      dependsOn: [...predecessors].map(stepId),
      expectedMs: 10,
      attemptsMax: 20,
      timeoutMsMax: 120_000,
    });
  }
  return { plan: planOf(seed, steps), operation: operationOf(seed), isToFail };
}

function planOf(seed: number, steps: readonly PlanStep[]): Plan {
  return {
    id: planId(`proof-${seed}`),
    parentId: null,
    clusterKey: cluster,
    generation: 1,
    createdBy: "proof",
    comment: `seed ${seed}`,
    policy: {
      clusterKey: cluster,
      clusterName: "proof",
      installationId: installationId("0badcafe"),
      engine: "simulated",
      engineVersion: "1",
      substrate: "simulated",
      location: "local",
      hosts: { size: "none", count: 3 },
      protection: { hostFailures: 1, scheme: "replication" },
      fileSystems: [],
      buckets: [],
      snapshots: [],
      quotas: [],
      presence: "present",
    },
    hosts: {},
    layout: { daemons: {}, files: {}, stages: 0, stageExpectedMs: [], pools: [], steps: [], endpoints: [], imageName: "none" },
    steps,
  };
}

function operationOf(seed: number): Operation {
  return {
    id: operationId(`proof-operation-${seed}`),
    kind: "create",
    resourceKey: resourceKey(cluster),
    resourceId: cluster,
    clusterKey: cluster,
    location: "local",
    planId: null,
    status: "Accepted",
    percentComplete: 0,
    startedAtMs: 0,
    finishedAtMs: null,
    error: null,
  };
}
