// Laws of planning over random histories: a cluster is made, changed, interrupted and removed in any order,
// and every plan of the chain is sound. A failing case prints its seed.
import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { renderPlanDiff, type ClusterPolicy, type Plan, type PlanStep, type StepId } from "@cynosure/model";
import { checkPlan } from "@cynosure/plan-checks";
import { criticalPath, describePlan, diffPlans, plan } from "./index.ts";
import { GIB, aPolicy, anInput, inventoryAfter, testRng } from "./testkit/index.ts";

const protection = fc.record({ hostFailures: fc.integer({ min: 1, max: 2 }), scheme: fc.constantFrom("replication" as const, "erasureCoding" as const) });
const names = fc.uniqueArray(fc.constantFrom("home", "scratch", "projects", "archive"), { maxLength: 3 });
const policies: fc.Arbitrary<ClusterPolicy> = fc.record({ count: fc.integer({ min: 5, max: 14 }), files: names, buckets: names, wish: protection, presence: fc.constantFrom("present" as const, "present" as const, "present" as const, "absent" as const) }).map(({ count, files, buckets, wish, presence }) =>
  aPolicy(count, {
    presence,
    protection: { hostFailures: wish.hostFailures, scheme: "replication" },
    fileSystems: files.map((name) => ({ name, usableCapacityBytes: GIB, protocols: ["nfs"], protection: wish })),
    buckets: buckets.map((name) => ({ name, protection: wish })),
  }),
);
const histories = fc.array(fc.record({ policy: policies, succeeds: fc.boolean(), stageReached: fc.integer({ min: 0, max: 3 }) }), { minLength: 1, maxLength: 6 });

/** All steps in an order that respects what each waits for; shorter than the plan when there is a circle. */
function runnable(steps: readonly PlanStep[]): StepId[] {
  const done = new Set<StepId>();
  for (let before = -1; before !== done.size; ) {
    before = done.size;
    for (const step of steps) if (step.dependsOn.every((id) => done.has(id))) done.add(step.id);
  }
  return [...done];
}

interface Link {
  readonly plan: Plan;
  readonly parent: Plan | null;
  readonly parentSucceeded: boolean;
  readonly inventory: ReturnType<typeof inventoryAfter>;
}

/** Plans one policy after the other over what the ones before left behind. */
function live(history: readonly { policy: ClusterPolicy; succeeds: boolean; stageReached: number }[]): Link[] {
  const links: Link[] = [];
  for (const { policy, succeeds, stageReached } of history) {
    const last = links.at(-1);
    const parent = last?.plan ?? null;
    const input = anInput(policy, { parent, ...(last === undefined ? {} : { inventory: last.inventory, parentSucceeded: last.parentSucceeded }), rng: testRng(`${links.length}`) });
    const result = plan(input);
    if (!result.ok) continue;
    links.push({ plan: result.plan, parent, parentSucceeded: succeeds, inventory: after(last?.inventory, result.plan, succeeds, stageReached) });
  }
  return links;
}

/** Published generations never fall while a cluster lives; a finished removal leaves nothing. */
function after(before: Link["inventory"] | undefined, done: Plan, succeeded: boolean, stageReached: number): Link["inventory"] {
  const now = succeeded ? inventoryAfter(done) : inventoryAfter(done, stageReached);
  if (done.policy.presence === "absent" && succeeded) return { ...now, hosts: [] };
  const published = new Map(before?.hosts.map((host) => [host.hostId, host.publishedGeneration]));
  return { ...now, hosts: now.hosts.map((host) => ({ ...host, publishedGeneration: Math.max(host.publishedGeneration, published.get(host.hostId) ?? 0) })) };
}

describe("whatever happened before, a plan", () => {
  it("can be run to its end, finds every step it waits for, and passes all plan checks", () => {
    fc.assert(
      fc.property(histories, (history) => {
        for (const [k, link] of live(history).entries()) {
          const ids = new Set(link.plan.steps.map((step) => step.id));
          expect(link.plan.steps.every((step) => step.dependsOn.every((id) => ids.has(id)))).toBe(true);
          expect(runnable(link.plan.steps)).toHaveLength(link.plan.steps.length);
          const before = k === 0 ? undefined : live(history)[k - 1];
          const seen = before?.inventory ?? { ...link.inventory, hosts: [] };
          expect(checkPlan(link.plan, seen, link.parent).filter((finding) => finding.severity === "fatal")).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("publishes each host's plans under rising generations, over all plans of the cluster", () => {
    fc.assert(
      fc.property(histories, (history) => {
        const highest = new Map<string, number>();
        for (const { plan: each, parent } of live(history)) {
          if (parent !== null && parent.policy.presence === "absent") highest.clear();
          for (const { action } of each.steps) {
            if (action.kind !== "host.converge") continue;
            expect(action.generation).toBeGreaterThan(highest.get(action.hostId) ?? 0);
            highest.set(action.hostId, action.generation);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it("is the same for the same input, and has no step over a plan that succeeded with the same wish", () => {
    fc.assert(
      fc.property(histories, (history) => {
        expect(live(history)).toEqual(live(history));
        const last = live(history).at(-1);
        if (last === undefined) return;
        const settled = plan(anInput(last.plan.policy, { parent: last.plan, inventory: inventoryAfter(last.plan), rng: testRng("other") }));
        expect(settled.ok && settled.plan.steps).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it("fits a terminal of 80 columns in words, and its longest chain is a chain", () => {
    fc.assert(
      fc.property(histories, (history) => {
        for (const { plan: each, parent } of live(history)) {
          const path = criticalPath(each.steps);
          expect(Math.max(0, ...[...describePlan(each), ...renderPlanDiff(diffPlans(parent, each))].map((line) => line.length))).toBeLessThanOrEqual(80);
          const chain = path.steps.map((id) => each.steps.find((step) => step.id === id));
          expect(chain.reduce((sum, step) => sum + (step?.expectedMs ?? 0), 0)).toBe(path.expectedMs);
          expect(chain.slice(1).every((step, k) => step?.dependsOn.includes(path.steps[k] as StepId))).toBe(true); // k < length
          expect(path.sumMs).toBeGreaterThanOrEqual(path.expectedMs);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("critical path", () => {
  const step = (id: string, expectedMs: number, dependsOn: string[] = []): PlanStep => ({ id: id as StepId, title: id, action: { kind: "network.ensure" }, dependsOn: dependsOn as StepId[], expectedMs, attemptsMax: 1, timeoutMsMax: 1 }); // test ids
  it("is the longest chain by declared durations, with the width of starting everything as early as possible", () => {
    const diamond = [step("a", 10), step("b", 50, ["a"]), step("c", 20, ["a"]), step("d", 5, ["b", "c"])];
    expect(criticalPath(diamond)).toEqual({ expectedMs: 65, steps: ["a", "b", "d"], width: 2, sumMs: 85 });
    expect(criticalPath(diamond, () => 1).expectedMs).toBe(3);
    expect(criticalPath([])).toEqual({ expectedMs: 0, steps: [], width: 0, sumMs: 0 });
  });
});
