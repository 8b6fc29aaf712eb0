// The layout under the planner that turns it into steps: what was delivered is not done again.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BucketPolicy, ClusterPolicy, FileSystemPolicy, Plan, ProtectionPolicy } from "@cynosure/model";
import { anInput, planned, replan, testRng } from "@cynosure/planner/testkit";
import { seedProperty, testPolicy } from "../testkit/policies.ts";
import { cephPlanner } from "./engine-planner.ts";

const fileSystem = (protection: ProtectionPolicy, k: number): FileSystemPolicy => ({ name: `fs-${k}`, usableCapacityBytes: 8e9, protocols: ["nfs"], protection });
const bucket = (protection: ProtectionPolicy, k: number): BucketPolicy => ({ name: `bucket-${k}`, protection });
const replication = (hostFailures: number): ProtectionPolicy => ({ scheme: "replication", hostFailures });
const erasure = (hostFailures: number): ProtectionPolicy => ({ scheme: "erasureCoding", hostFailures });
const sized = (count: number, change: Partial<ClusterPolicy>): ClusterPolicy => testPolicy(count, { hosts: { size: "local-small", count }, ...change });

const first = (policy: ClusterPolicy): Plan => planned(anInput(policy, { enginePlanner: cephPlanner }));
/** As the store gives it back: only what JSON holds. */
const stored = (plan: Plan): Plan => JSON.parse(JSON.stringify(plan)) as Plan; // the same plan
const stepsOfNext = (parent: Plan, policy: ClusterPolicy = parent.policy): string[] =>
  replan(stored(parent), policy, { enginePlanner: cephPlanner, rng: testRng("another stream") }).steps.map((step) => step.id);

describe("planning the same policy over a delivered plan", () => {
  it("has no step where the default bucket pool is one that no bucket asks for", () => {
    // The pool comes first while there is no parent and nobody wishes for it afterwards: it must keep its place.
    const parent = first(sized(8, { protection: replication(2), fileSystems: [fileSystem(replication(1), 0), fileSystem(erasure(1), 1)], buckets: [bucket(erasure(1), 0)] }));
    expect(stepsOfNext(parent)).toEqual([]);
  });

  it("has no step after removals and growth either", () => {
    const small = first(sized(5, { fileSystems: [fileSystem(erasure(1), 0), fileSystem(replication(1), 1)], buckets: [bucket(erasure(1), 0), bucket(replication(1), 1)] }));
    const changed = replan(small, sized(8, { fileSystems: [fileSystem(replication(1), 1)], buckets: [bucket(replication(2), 2)] }), { enginePlanner: cephPlanner });
    expect(changed.steps.map((step) => step.id)).toEqual(expect.arrayContaining(["engine.act:ceph.pools", "engine.act:ceph.removeFileSystem:fs-0.100", "engine.act:ceph.removeBucket:bucket-0"]));
    expect(stepsOfNext(changed)).toEqual([]);
  });

  it("has no step for any wish, in whatever order its file systems and buckets are listed", () => {
    const protection = fc.record({ scheme: fc.constantFrom("replication" as const, "erasureCoding" as const), hostFailures: fc.integer({ min: 0, max: 2 }) });
    const wish = fc.record({ count: fc.integer({ min: 5, max: 12 }), protection, fileSystems: fc.array(protection, { maxLength: 4 }), buckets: fc.array(protection, { maxLength: 4 }) });
    let plansCompared = 0;
    seedProperty(fc.property(wish, (value) => {
      const policy = sized(value.count, { protection: value.protection, fileSystems: value.fileSystems.map(fileSystem), buckets: value.buckets.map(bucket) });
      const parent = first(policy);
      plansCompared += 1;
      expect(stepsOfNext(parent, { ...policy, fileSystems: policy.fileSystems.toReversed(), buckets: policy.buckets.toReversed() })).toEqual([]);
    }), 60);
    expect(plansCompared).toBe(60);
  });
});
